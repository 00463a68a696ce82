"""Settings of sentences that are written, and what `predict` can be told about them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from lstm_toolkit.errors import InputError
from lstm_toolkit.settings.fields import (
    CHANGES_LOSS,
    NOT_NEGATIVE,
    NOT_SEARCHED,
    SHARE,
    TRAINING,
    Bounds,
    SettingsGroup,
    settings,
)
from lstm_toolkit.settings.options import PredictOptions
from lstm_toolkit.system.files import check_writable
from lstm_toolkit.targets.sentence_writer import MOST_BEAMS


@settings()
class TokensSettings(SettingsGroup):
    """How sentences are learnt and written."""

    label_smoothing: Annotated[float, SHARE, TRAINING, CHANGES_LOSS] = 0.1
    """Share of each target spread over the whole vocabulary."""
    beams: Annotated[int, Bounds(1, MOST_BEAMS)] = 5
    """Beams that are followed in writing; 1 is greedy."""
    length_penalty: Annotated[float, NOT_NEGATIVE] = 1.0
    """Exponent by which longer translations are favoured."""
    coverage_penalty: Annotated[float, NOT_NEGATIVE] = 0.0
    """What it costs to leave words of the source out; needs attention."""
    monitor: Annotated[
        Literal["val_accuracy", "val_loss", "val_perplexity"], TRAINING, NOT_SEARCHED
    ] = "val_accuracy"
    """Which score on the validation split chooses the best weights."""

    def mistakes(self) -> Iterator[str]:
        """Yields what is wrong between settings that are each right alone."""
        yield from super().mistakes()
        if self.coverage_penalty and getattr(self, "attention", "") == "none":
            yield (
                "coverage_penalty needs attention. "
                f"Received: coverage_penalty={self.coverage_penalty:g}, attention=none"
            )


@dataclasses.dataclass(frozen=True)
class TokensOptions(PredictOptions):
    """What `predict` can be told about sentences that are written."""

    writes: ClassVar[tuple[str, ...]] = ("attention",)

    beams: int = -1
    """Beams to follow instead of the trained setting; 1 is greedy."""
    length_penalty: float = -1.0
    """Exponent that favours longer sentences, instead of the trained setting."""
    all: bool = False
    """Show every candidate with its score."""
    attention: str = ""
    """Draw what each token looked at into this PNG file, of the first input."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.beams < 1 and self.beams != -1:
            raise InputError(f"--beams must be at least 1. Received: {self.beams}")
        if self.length_penalty < 0 and self.length_penalty != -1.0:
            raise InputError(
                f"--length-penalty must be at least 0. Received: {self.length_penalty}"
            )
        if self.attention:
            check_writable(Path(self.attention).parent)
