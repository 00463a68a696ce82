"""Settings of networks that hear speech."""

from __future__ import annotations

from typing import Annotated

from lstm_toolkit.settings.fields import (
    MODEL,
    NOT_NEGATIVE,
    SHARE,
    Bounds,
    SettingsGroup,
    settings,
)


@settings()
class AugmentedSpeechSettings(SettingsGroup):
    """What networks do with spectrograms, and how training recordings are changed."""

    filters: Annotated[int, NOT_NEGATIVE, MODEL] = 16
    """Width of two convolutions over neighbouring frames and bands; 0 has none."""
    speed: Annotated[float, Bounds(0, 1), MODEL] = 0.2
    """Largest change of how long a training recording lasts, as a logarithm: 0.2 is a fifth."""
    tract: Annotated[float, Bounds(0, 0.5), MODEL] = 0.15
    """Largest change of all frequencies of a training recording, likewise, as if its speaker had a
    longer or shorter vocal tract."""
    colour: Annotated[float, NOT_NEGATIVE, MODEL] = 1.0
    """Deviation of smooth changes of a training recording's spectrum, in nats, as by other
    microphones."""
    noise: Annotated[float, SHARE, MODEL] = 0.0
    """Share of the training recordings to which noise is added."""
    shift: Annotated[int, NOT_NEGATIVE, MODEL] = 0
    """Frames of silence before and behind a training recording, at most."""
    hidden_bands: Annotated[int, NOT_NEGATIVE, MODEL] = 6
    """Widest of the two bands of pitch that are hidden from training recordings."""
    hidden_frames: Annotated[int, NOT_NEGATIVE, MODEL] = 6
    """Longest of the two stretches of time likewise, in frames of 10 ms."""
