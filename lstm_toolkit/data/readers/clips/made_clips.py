"""Made clips of moving digits: eight motions, ten digits."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.account import Account
from lstm_toolkit.data.dataset import Dataset, Source
from lstm_toolkit.data.readers.clips.array_clips import clips_of
from lstm_toolkit.data.readers.clips.frames_kept import Sampling, keep_frames

Floats = NDArray[np.float64]

SIDE, STEPS = 24, 12
"""Pixels of a side of the made frames, and frames of a clip."""

MOTIONS = ("left", "right", "up", "down", "clockwise", "anticlockwise", "growing", "shrinking")

NOISE = 12.0
"""Standard deviation of the noise in every pixel of 8 bits."""


def sample_clips(label: Literal["motion", "digit"], sampling: Sampling) -> Source:
    """Returns a clip of each of scikit-learn's 1,797 handwritten digits, moving.

    No digit is shown twice, so that digits that are tested are not those learnt from.

    Args:
        label: What is to be told: how a digit moves, or which it is.
        sampling: Which frames are kept.
    """
    frames, labels = made_clips()
    kept = keep_frames(clips_of(frames, None), sampling)
    names = np.array(labels[label], np.str_)
    note = f"{len(names):,} made clips of handwritten digits (scikit-learn), by their {label}"
    rows = Dataset({"clip": kept.clips}, {"label": names})
    return Source(rows, None, note, account=Account(len(rows), len(rows)))


def made_clips(seed: int = 0) -> tuple[NDArray[np.uint8], dict[str, list[str]]]:
    """Returns `uint8[1797, STEPS, SIDE, SIDE]`, and `motion` and `digit` of each clip.

    Where a digit starts, how fast it moves and on which part of a circle it is differs from clip
    to clip; a digit may leave the frame in part.
    """
    from sklearn.datasets import load_digits

    digits = load_digits()
    rng = np.random.default_rng(seed)
    motions = rng.permutation(np.arange(len(digits.images)) % len(MOTIONS))
    clips = np.stack(
        [
            moving(image / 16.0, MOTIONS[motion], rng)
            for image, motion in zip(digits.images, motions, strict=True)
        ]
    )
    return clips, {
        "motion": [MOTIONS[motion] for motion in motions],
        "digit": [str(digit) for digit in digits.target],
    }


def moving(image: Floats, motion: str, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Returns a clip of one digit, `uint8[STEPS, SIDE, SIDE]`.

    Args:
        image: `float64[h, w]` in 0 to 1.
        motion: One of `MOTIONS`.
        rng: Draws place, speed and noise.
    """
    places, sizes = _track(motion, rng)
    drawn = [_drawn(image, place, size) for place, size in zip(places, sizes, strict=True)]
    noisy = 255 * np.stack(drawn) + rng.normal(0, NOISE, (STEPS, SIDE, SIDE))
    return np.clip(noisy, 0, 255).round().astype(np.uint8)


def _track(motion: str, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Returns where the middle of a digit is, `[STEPS, 2]` from the top left, and its size."""
    time = np.linspace(-0.5, 0.5, STEPS)
    middle = np.full((STEPS, 2), (SIDE - 1) / 2)
    sizes = np.full(STEPS, rng.uniform(0.9, 1.25))
    if motion in ("clockwise", "anticlockwise"):
        turn = 1.0 if motion == "clockwise" else -1.0
        angle = rng.uniform(0, 2 * np.pi) + turn * time * rng.uniform(1.2, 2.0) * np.pi
        around = np.stack([np.sin(angle), np.cos(angle)], axis=1) * rng.uniform(4, 6)
        return middle + around + rng.uniform(-2, 2, 2), sizes
    if motion in ("growing", "shrinking"):
        change = rng.uniform(0.4, 0.7) * (1 if motion == "growing" else -1)
        drift = rng.uniform(-2, 2, 2) * time[:, None]
        return middle + drift + rng.uniform(-4, 4, 2), sizes * (1 + change * time)
    way = {"left": (0, -1), "right": (0, 1), "up": (-1, 0), "down": (1, 0)}[motion]
    path = time[:, None] * np.array(way) * rng.uniform(6, 14)
    drift = time[:, None] * np.array(way)[::-1] * rng.uniform(-3, 3)
    return middle + path + drift + rng.uniform(-4, 4, 2), sizes


def _drawn(image: Floats, place: Floats, size: float) -> Floats:
    """Draws an image into a frame, between pixels too, by bilinear interpolation."""
    rows, columns = ((np.arange(SIDE) - each) / size for each in place)
    rows, columns = rows + (image.shape[0] - 1) / 2, columns + (image.shape[1] - 1) / 2
    return _weights(rows, image.shape[0]) @ image @ _weights(columns, image.shape[1]).T


def _weights(places: Floats, count: int) -> Floats:
    """Returns how much of each of `count` pixels lies at places between them."""
    return np.maximum(0.0, 1.0 - np.abs(places[:, None] - np.arange(count)))
