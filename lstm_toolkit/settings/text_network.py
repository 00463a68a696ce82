"""Settings of networks that read tokens of texts."""

from __future__ import annotations

from typing import Annotated, Literal

from lstm_toolkit.settings.fields import MODEL, POSITIVE, SHARE, SettingsGroup, settings
from lstm_toolkit.settings.recurrent import RecurrentSettings


@settings()
class PoolingSettings(SettingsGroup):
    """How the outputs of the last layer become one vector a text."""

    pooling: Annotated[Literal["last", "max", "mean", "max_mean", "attention"], MODEL] = "max"
    """What the outputs of the last layer become: its last state, their maximum, their mean,
    both, or their mean weighted by attention."""

    @property
    def keeps_time(self) -> bool:
        """Whether the last layer gives an output a step."""
        return self.pooling != "last"


@settings(units=(64,))
class TextNetworkSettings(PoolingSettings, RecurrentSettings):
    """How tokens become one vector a text; arguments of `builders.text_classifier`."""

    embedding: Annotated[int, POSITIVE, MODEL] = 64
    """Width of a token's vector, without the features that naive_bayes puts beside it."""
    spatial_dropout: Annotated[float, SHARE, MODEL] = 0.2
    """Share of the embedding's features dropped in training, over whole texts."""
    wide: Annotated[bool, MODEL] = True
    """Add a weight of every token and bigram beside the recurrent layers."""
