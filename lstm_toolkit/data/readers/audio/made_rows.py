"""Training rows that nobody recorded: rooms without speech, and words that are none."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = list[NDArray[np.float32]]


def made_silences(column: Any, count: int, rng: np.random.Generator) -> Rows:
    """Returns noises as of rooms, microphones and lines, as long as recordings are.

    Args:
        column: Recordings, each its rate and its samples.
        count: How many are made.
        rng: Draws them.
    """
    return [_silence(column[np.array([row])].values, rng) for row in _drawn(column, count, rng)]


def made_strangers(column: Any, labels: NDArray[Any], count: int, rng: np.random.Generator) -> Rows:
    """Returns what sounds like words and is none of the classes.

    A recording played backwards, or the beginning of one class and the end of another.

    Args:
        column: Recordings, each its rate and its samples.
        labels: Their classes.
        count: How many are made.
        rng: Draws them.
    """
    strangers = []
    for row in _drawn(column, count, rng):
        own = column[np.array([row])].values
        others = np.flatnonzero(labels != labels[row])
        if rng.random() < 0.5 or not len(others):
            strangers.append(np.concatenate([own[:1], own[:0:-1]]))
            continue
        other = column[rng.choice(others, 1)].values
        strangers.append(_joined(own, other, float(rng.uniform(0.35, 0.65))))
    return strangers


def _drawn(column: Any, count: int, rng: np.random.Generator) -> list[int]:
    rows: list[int] = rng.integers(0, len(column), count).tolist()
    return rows


def _joined(
    one: NDArray[np.float32], other: NDArray[np.float32], share: float
) -> NDArray[np.float32]:
    """Returns the beginning of one recording and the end of another, equally loud."""
    first, second = one[1 : 2 + int(share * (len(one) - 2))], other[1:]
    if one[0] != other[0]:  # at the rate of the first, nearly enough
        steps = np.arange(0, len(second) - 1, other[0] / one[0])
        second = np.interp(steps, np.arange(len(second)), second).astype(np.float32)
    end = second[int(share * len(second)) :]
    loudness = np.abs(one[1:]).max() / max(float(np.abs(other[1:]).max()), 1e-9)
    return np.concatenate([one[:1], first, end * np.float32(loudness)])


def _silence(own: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Returns noise of some colour, with hum or a click at times, as long as a recording."""
    rate, length = float(own[0]), max(len(own) - 1, 2)
    noise = rng.normal(size=length)
    colour = rng.uniform(0.0, 1.8)
    waves = np.fft.rfft(noise)
    places = np.maximum(np.arange(len(waves)), 1.0)
    noise = np.fft.irfft(waves * places ** (-colour / 2), length)
    noise /= max(float(np.abs(noise).max()), 1e-9)
    times = np.arange(length) / rate
    if rng.random() < 0.3:
        hum = rng.choice([50.0, 60.0, 100.0, 120.0])
        noise += rng.uniform(0.2, 1.5) * np.sin(2 * np.pi * hum * times + rng.uniform(0, 6))
    if rng.random() < 0.3:
        click = rng.uniform(0, length)
        fall = np.exp(-np.abs(np.arange(length) - click) / (rate * rng.uniform(0.001, 0.01)))
        noise += rng.uniform(1, 5) * fall * rng.normal(size=length)
    swell = 1 + rng.uniform(0, 0.8) * np.sin(2 * np.pi * rng.uniform(0.2, 2) * times)
    samples = noise * swell * 10.0 ** rng.uniform(-4, -1)
    if rng.random() < 0.1:
        samples = np.zeros(length)
    return np.concatenate([own[:1], samples.astype(np.float32)])
