"""Settings of networks over clips."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from lstm_toolkit.settings.fields import (
    MODEL,
    NOT_NEGATIVE,
    POSITIVE,
    SHARE,
    SettingsGroup,
    settings,
)


@settings()
class ClipNetworkSettings(SettingsGroup):
    """How frames are seen and distorted; arguments of `builders.clip_classifier`."""

    filters: Annotated[tuple[int, ...], POSITIVE, MODEL] = (16, 32, 64)
    """Filters of each stage of convolutions over a frame; each but the last halves its sides."""
    depth: Annotated[int, POSITIVE, MODEL] = 1
    """Convolutions of each stage."""
    frame_features: Annotated[int, POSITIVE, MODEL] = 64
    """Width of what is seen in a frame, and of where."""
    frame_dropout: Annotated[float, SHARE, MODEL] = 0.2
    """Share of what is seen in places of a frame that is dropped in training."""
    backbone: Annotated[str, MODEL] = ""
    """A network of keras.applications in place of the convolutions, such as MobileNetV2."""
    backbone_weights: Annotated[str, MODEL] = ""
    """File of its weights without a head (.weights.h5); nothing is fetched from the network."""
    backbone_trainable: Annotated[bool, MODEL] = False
    """Train these weights further; without a file they are trained in any case."""
    clip_pooling: Annotated[Literal["last", "max", "mean", "max_mean", "attention"], MODEL] = (
        "max_mean"
    )
    """What the last layer's outputs become: the last one, or what all frames give."""
    shift: Annotated[float, SHARE, MODEL] = 0.1
    """Largest random move of a training clip, all frames alike, in shares of its sides."""
    zoom: Annotated[float, SHARE, MODEL] = 0.1
    """Largest random change of a training clip's size, all frames alike."""
    brightness: Annotated[float, SHARE, MODEL] = 0.0
    """Largest random change of a training clip's light, in shares of full light."""
    noise: Annotated[float, NOT_NEGATIVE, MODEL] = 0.02
    """Standard deviation of the noise added to training pixels, which lie in 0 to 1."""

    def mistakes(self) -> Iterator[str]:
        """Yields what is wrong between settings that are each right alone."""
        yield from super().mistakes()
        if self.backbone_weights and not self.backbone:
            yield f"backbone_weights needs backbone. Received: {self.backbone_weights}"
