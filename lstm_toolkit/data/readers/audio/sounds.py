"""Files of sound to samples: WAV, FLAC, OGG and what else soundfile reads."""

from __future__ import annotations

import dataclasses
import io
import wave
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.errors import DataError

SUFFIXES = (".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".au", ".w64")
"""How names of files of sound end."""

FORMS = ".wav, .flac, .ogg or .mp3"

LOWEST_RATE, HIGHEST_RATE = 2_000, 384_000
"""Samples a second, beyond which a rate is a mistake."""

LEAST_SAMPLES = 2
"""Samples that a recording has at least."""

STREAMED = 0x7FFF_0000
"""Sizes that programs write who do not know how long a WAV file becomes."""

CLIPPED = 0.01
"""Share of the samples at the very top from which a recording is clipped."""

LEAST_PEAK = 2.0**-8
"""Share of full scale that a recording's peak has at least if it is clipped: the few steps of a
quieter one stand side by side anyway."""

Samples = NDArray[np.float32]


@dataclasses.dataclass(frozen=True, eq=False)
class Sound:
    """A recording.

    Attributes:
        samples: `float32[time]`, the mean of all channels, full scale at 1.
        rate: Samples a second.
    """

    samples: Samples
    rate: int

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.samples) / self.rate

    @property
    def silent(self) -> bool:
        """Whether all samples are one number."""
        return bool(np.ptp(self.samples) <= 0)

    @property
    def clipped(self) -> bool:
        """Whether many samples in a row stand at the very top or bottom."""
        size = np.abs(self.samples)
        peak = float(size.max(initial=0.0))
        top = size >= 0.999 * peak
        share = float(np.mean(top[1:] & top[:-1]))
        return peak >= LEAST_PEAK and not self.silent and share > CLIPPED

    def row(self) -> Samples:
        """Returns what `features.Audio` takes: the rate, then the samples."""
        return np.concatenate([np.array([self.rate], np.float32), self.samples])


def is_sound(path: Path) -> bool:
    """Tells whether a file is one of sound by its name."""
    return path.suffix.lower() in SUFFIXES and path.is_file()


def read_sound(path: Path) -> Sound:
    """Reads a file of sound; by its content, whatever its name ends in.

    Raises:
        DataError: If it is missing, empty, damaged, no sound, or has samples that are no numbers.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise DataError("no such file or folder", path=path) from None
    if not content:
        raise DataError(f"is empty; needs {FORMS}", path=path)
    return sound_of_bytes(content, path)


def sound_of_bytes(content: bytes, path: Path) -> Sound:
    """Reads the bytes of a file of sound, see `read_sound`."""
    _check_whole(content, path)
    try:
        import soundfile
    except (ImportError, OSError):  # OSError: its library in C is missing
        return checked_sound(*_plain_wave(content, path), path)
    try:
        samples, rate = soundfile.read(io.BytesIO(content), dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, RuntimeError, ValueError, TypeError) as error:
        said = str(error).rpartition(":")[2].strip() or type(error).__name__
        raise DataError(f"is no sound that can be read; needs {FORMS}. {said}", path=path) from None
    return checked_sound(samples, rate, path)


def _check_whole(content: bytes, path: Path) -> None:
    """Refuses WAV that ends before its header says; one that was written as a stream says nothing.

    Raises:
        DataError: If it is cut off.
    """
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        return
    place = 12
    while place + 8 <= len(content):
        name, size = (
            content[place : place + 4],
            int.from_bytes(content[place + 4 : place + 8], "little"),
        )
        there = len(content) - place - 8
        if name == b"data" and there < size < STREAMED:
            raise DataError(
                f"is cut off: needs {size:,} bytes of samples. Received: {there:,}", path=path
            )
        place += 8 + size + size % 2


def check_rate(rate: float, path: Path | None = None) -> None:
    """Refuses rates that are unlikely.

    Raises:
        DataError: If it is one.
    """
    if not LOWEST_RATE <= rate <= HIGHEST_RATE or rate != int(rate):
        raise DataError(
            f"needs from {LOWEST_RATE:,} to {HIGHEST_RATE:,} whole samples a second. "
            f"Received: {rate:g}",
            path=path,
        )


def checked_sound(samples: NDArray[np.floating], rate: float, path: Path | None = None) -> Sound:
    """Returns a recording of samples `float[time]` or `float[time, channels]`.

    Raises:
        DataError: If the rate is unlikely, or samples are too few or no numbers.
    """
    check_rate(rate, path)
    mono = samples if samples.ndim == 1 else samples.mean(axis=1)
    if len(mono) < LEAST_SAMPLES:
        raise DataError(
            f"needs at least {LEAST_SAMPLES} samples of sound. Received: {len(mono)}", path=path
        )
    wrong = np.flatnonzero(~np.isfinite(mono))
    if len(wrong):
        raise DataError(
            f"needs samples that are numbers. Received: {mono[wrong[0]]} at sample "
            f"{int(wrong[0]) + 1:,}, {len(wrong):,} in all",
            path=path,
        )
    return Sound(np.asarray(mono, np.float32), int(rate))


def full_scale(samples: NDArray[Any]) -> NDArray[np.float32]:
    """Returns whole numbers by their dtype's full scale, and fractions as they are.

    >>> full_scale(np.array([-32768, 16384], np.int16)).tolist()
    [-1.0, 0.5]
    """
    if samples.dtype.kind == "u":
        half = (np.iinfo(samples.dtype).max + 1) / 2
        return ((samples.astype(np.float64) - half) / half).astype(np.float32)
    if samples.dtype.kind == "i":
        return (samples / -float(np.iinfo(samples.dtype).min)).astype(np.float32)
    return samples.astype(np.float32)


def _plain_wave(content: bytes, path: Path) -> tuple[Samples, int]:
    """Reads WAV of whole numbers by Python's own module."""
    try:
        with wave.open(io.BytesIO(content)) as file:
            width, channels, rate = file.getsampwidth(), file.getnchannels(), file.getframerate()
            raw = file.readframes(file.getnframes())
    except (wave.Error, EOFError):
        raise DataError(
            "is no WAV file of whole numbers; pip install 'lstm_toolkit[audio]' reads other sounds",
            path=path,
        ) from None
    raw = raw[: len(raw) // (width * channels) * width * channels]
    return full_scale(_whole_numbers(raw, width)).reshape(-1, channels), rate


def _whole_numbers(raw: bytes, width: int) -> NDArray[Any]:
    """Returns the samples of WAV, which are unsigned in 8 bits alone."""
    if width != 3:
        return np.frombuffer(raw, {1: "<u1", 2: "<i2", 4: "<i4"}[width])
    wide = np.zeros((len(raw) // 3, 4), np.uint8)
    wide[:, 1:] = np.frombuffer(raw, np.uint8).reshape(-1, 3)
    return wide.view("<i4")[:, 0]
