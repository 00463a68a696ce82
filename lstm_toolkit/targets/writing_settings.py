"""Settings of texts that are written, and what `predict` can be told about them."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from lstm_toolkit.errors import InputError
from lstm_toolkit.settings.fields import (
    ANSWERS,
    CHANGES_LOSS,
    NOT_SEARCHED,
    SHARE,
    TRAINING,
    Bounds,
    SettingsGroup,
    settings,
)
from lstm_toolkit.settings.options import PredictOptions
from lstm_toolkit.system.files import check_writable
from lstm_toolkit.targets.text_writer import BETWEEN

MOST_WRITTEN = 100_000
"""Tokens of one text; more would take memory without end."""
LARGEST = 2**31 - 1
"""Of `int32`, as a signature takes it."""

BOUNDS = {
    "length": Bounds(1, MOST_WRITTEN),
    "temperature": Bounds(0, 1000),
    "top_k": Bounds(0, LARGEST),
    "top_p": Bounds(0, 1),
    "repetition_penalty": Bounds(1, 1000),
    "random_seed": Bounds(-LARGEST, LARGEST),
    "samples": Bounds(1, 1000),
}
"""What `predict` can be told of each."""


@settings()
class WritingSettings(SettingsGroup):
    """How a language model learns and writes."""

    label_smoothing: Annotated[float, SHARE, TRAINING, CHANGES_LOSS] = 0.0
    """Share of each target spread over the whole vocabulary."""
    monitor: Annotated[
        Literal["val_loss", "val_accuracy", "val_perplexity"], TRAINING, NOT_SEARCHED
    ] = "val_loss"
    """Which score on the validation split chooses the best weights."""
    length: Annotated[int, BOUNDS["length"], NOT_SEARCHED] = 200
    """Tokens that are written at most."""
    temperature: Annotated[float, BOUNDS["temperature"], NOT_SEARCHED] = 0.8
    """What scores are divided by before a token is drawn: below 1 it is bolder on what is likely;
    0 takes the likeliest."""
    top_k: Annotated[int, BOUNDS["top_k"], NOT_SEARCHED] = 0
    """Draw among so many of the likeliest tokens; 0 for all."""
    top_p: Annotated[float, BOUNDS["top_p"], NOT_SEARCHED] = 0.95
    """Draw among the likeliest tokens that together have this probability."""
    repetition_penalty: Annotated[float, BOUNDS["repetition_penalty"], NOT_SEARCHED] = 1.0
    """What the log-probability of tokens that were read or written is multiplied by."""
    form: Annotated[Literal["free", "verse", "tune"], NOT_SEARCHED] = "free"
    """What texts are held to: nothing, regulated Chinese verse, or tunes whose bars add up."""
    adaptive: Annotated[int, Bounds(20), NOT_SEARCHED] = 50_000
    """Tokens of a vocabulary above which an adaptive softmax is taken, which is untied."""
    keep_text: Annotated[bool, ANSWERS, NOT_SEARCHED] = True
    """Keep the training text in the run, to tell how much of what is written is copied from it."""

    def mistakes(self) -> Iterator[str]:
        """Yields what is wrong between settings that are each right alone."""
        yield from super().mistakes()
        tokens = getattr(self, "tokens", "character")
        if self.form == "verse" and tokens != "character":
            yield f"form=verse needs tokens=character. Received: tokens={tokens}"
        if self.monitor == "val_accuracy" and getattr(self, "vocabulary", 0) > self.adaptive:
            yield (
                "monitor=val_accuracy needs a plain softmax: vocabulary of at most adaptive. "
                f"Received: vocabulary={getattr(self, 'vocabulary', 0)}, adaptive={self.adaptive}"
            )
        if self.label_smoothing and getattr(self, "vocabulary", 0) > self.adaptive:
            yield (
                "label_smoothing needs a plain softmax: vocabulary of at most adaptive. "
                f"Received: vocabulary={getattr(self, 'vocabulary', 0)}, adaptive={self.adaptive}"
            )
        if self.form == "tune" and tokens != "abc":
            yield f"form=tune needs tokens=abc. Received: tokens={tokens}"


@dataclasses.dataclass(frozen=True)
class WritingOptions(PredictOptions):
    """What `predict` can be told about texts."""

    writes: ClassVar[tuple[str, ...]] = ("midi",)

    length: int | None = None
    """Write so many tokens at most, instead of the trained setting."""
    temperature: float | None = None
    """Divide scores by this before drawing; 0 takes the likeliest token each time."""
    top_k: int | None = None
    """Draw among so many of the likeliest tokens; 0 for all."""
    top_p: float | None = None
    """Draw among the likeliest tokens that together have this probability."""
    repetition_penalty: float | None = None
    """Multiply the log-probability of tokens that came already by this; at least 1."""
    random_seed: int = 0
    """Write other texts by another number."""
    samples: int = 1
    """Write so many texts for each prompt."""
    stop: tuple[str, ...] = ()
    """End a text before this; may be given again. \\n stands for the end of a line, \\t for a
    tab."""
    rate: bool = False
    """Write nothing; tell how likely each text is."""
    midi: str = ""
    """Write the first tune, in ABC, into this MIDI file too."""

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, bounds in BOUNDS.items():
            value = getattr(self, name)
            if value is not None and not (math.isfinite(value) and value in bounds):
                raise InputError(
                    f"--{name.replace('_', '-')} must be a number from {bounds.low:,} to "
                    f"{bounds.high:,}. Received: {value}"
                )
        for each in self.stop:
            if not each or BETWEEN in each:
                raise InputError(
                    f"--stop must be a text, not empty and without U+001F. Received: {each!r}"
                )
        if self.midi:
            from lstm_toolkit.targets.midi_file import check_midi

            check_writable(Path(self.midi).parent)
            check_midi()
