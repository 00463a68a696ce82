"""Settings of texts that are written, and what `predict` can be told about them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from lstm_toolkit.errors import InputError
from lstm_toolkit.settings.fields import (
    ANSWERS,
    CHANGES_LOSS,
    NOT_NEGATIVE,
    NOT_SEARCHED,
    POSITIVE,
    SHARE,
    TRAINING,
    Bounds,
    SettingsGroup,
    settings,
)
from lstm_toolkit.settings.options import PredictOptions
from lstm_toolkit.system.files import check_writable

MOST_SAMPLES = 1000
"""More texts for one prompt would take memory without end."""


@settings()
class WritingSettings(SettingsGroup):
    """How a language model learns and writes."""

    label_smoothing: Annotated[float, SHARE, TRAINING, CHANGES_LOSS] = 0.0
    """Share of each target spread over the whole vocabulary."""
    monitor: Annotated[
        Literal["val_loss", "val_accuracy", "val_perplexity"], TRAINING, NOT_SEARCHED
    ] = "val_loss"
    """Which score on the validation split chooses the best weights."""
    length: Annotated[int, POSITIVE, NOT_SEARCHED] = 200
    """Tokens that are written at most."""
    temperature: Annotated[float, NOT_NEGATIVE, NOT_SEARCHED] = 0.8
    """What scores are divided by before a token is drawn: below 1 it is bolder on what is likely;
    0 takes the likeliest."""
    top_k: Annotated[int, NOT_NEGATIVE, NOT_SEARCHED] = 0
    """Draw among so many of the likeliest tokens; 0 for all."""
    top_p: Annotated[float, Bounds(0, 1), NOT_SEARCHED] = 0.95
    """Draw among the likeliest tokens that together have this probability."""
    repetition_penalty: Annotated[float, Bounds(1), NOT_SEARCHED] = 1.0
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
        if self.form == "tune" and tokens != "abc":
            yield f"form=tune needs tokens=abc. Received: tokens={tokens}"


@dataclasses.dataclass(frozen=True)
class WritingOptions(PredictOptions):
    """What `predict` can be told about texts."""

    writes: ClassVar[tuple[str, ...]] = ("midi",)

    length: int = -1
    """Write so many tokens at most, instead of the trained setting."""
    temperature: float = -1.0
    """Divide scores by this before drawing; 0 takes the likeliest token each time."""
    top_k: int = -1
    """Draw among so many of the likeliest tokens; 0 for all."""
    top_p: float = -1.0
    """Draw among the likeliest tokens that together have this probability."""
    repetition_penalty: float = -1.0
    """Multiply the log-probability of tokens that came already by this; at least 1."""
    random_seed: int = 0
    """Write other texts by another number."""
    samples: int = 1
    """Write so many texts for each prompt."""
    stop: tuple[str, ...] = ()
    """End a text before any of these; \\n stands for the end of a line."""
    rate: bool = False
    """Write nothing; tell how likely each text is."""
    midi: str = ""
    """Write the first tune, in ABC, into this MIDI file too."""

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, least in (("length", 1), ("temperature", 0), ("top_k", 0)):
            value = getattr(self, name)
            if value < least and value != -1:
                raise InputError(
                    f"--{name.replace('_', '-')} must be at least {least}. Received: {value}"
                )
        if self.top_p != -1 and not 0 <= self.top_p <= 1:
            raise InputError(f"--top-p must be from 0 to 1. Received: {self.top_p}")
        if self.repetition_penalty != -1 and self.repetition_penalty < 1:
            raise InputError(
                f"--repetition-penalty must be at least 1. Received: {self.repetition_penalty}"
            )
        if not 1 <= self.samples <= MOST_SAMPLES:
            raise InputError(
                f"--samples must be from 1 to {MOST_SAMPLES}. Received: {self.samples}"
            )
        if self.midi:
            from lstm_toolkit.targets.midi_file import check_midi

            check_writable(Path(self.midi).parent)
            check_midi()
