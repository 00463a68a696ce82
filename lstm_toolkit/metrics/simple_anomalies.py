"""The simplest ways to tell what is strange, to compare a network with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Known = NDArray[np.bool_]
Foretold = Callable[[Floats], Floats]
"""From scaled frames to what is foretold of their last steps, `float[n, horizon, channels]`."""
Method = Callable[[Floats, int], Foretold]
"""Fitted on scaled frames without gaps, `float[n, steps, channels]`, and the horizon."""

MOST_FRAMES = 20_000
"""Training frames from which methods are made."""
MOST_NUMBERS = 50_000_000
"""In them."""
BLOCK = 500
"""Frames that follow each other, of those."""
PAST = 32
"""Steps that the linear fit is made from, the last before those that are judged."""
RIDGE = 1e-3
"""Added to the diagonal, for each frame."""
MOST = 10.0
"""Spreads at which values that are read are cut off, as the network does."""
TENTH = 1.2815515655446004
"""Deviations of a normal distribution beyond which a tenth lies."""


def last_value(frames: Floats, horizon: int) -> Foretold:
    """Foretells the last value before the steps that are judged."""
    return lambda rows: np.repeat(rows[:, -horizon - 1 : -horizon], horizon, axis=1)


def rolling_mean(frames: Floats, horizon: int) -> Foretold:
    """Foretells the mean of the window; with its deviation that is the rolling z-score."""
    return lambda rows: np.repeat(rows[:, :-horizon].mean(axis=1, keepdims=True), horizon, axis=1)


def linear(frames: Floats, horizon: int) -> Foretold:
    """Foretells by ridge regression from each channel's own past: an autoregression."""
    past = min(PAST, frames.shape[1] - horizon)
    kernels = []
    for channel in range(frames.shape[2]):
        known, wanted = _changes(_read(frames[..., channel]), past, horizon)
        diagonal = RIDGE * len(known) * np.eye(past)
        kernels.append(np.linalg.solve(known.T @ known + diagonal, known.T @ wanted))
    kernel = np.stack(kernels)

    def foretold(rows: Floats) -> Floats:
        last = rows[:, -horizon - 1 : -horizon]
        known = rows[:, -horizon - past : -horizon] - last
        return last + np.einsum("bsc,csh->bhc", known, kernel)

    return foretold


METHODS: dict[str, Method] = {
    "rolling_mean": rolling_mean,
    "linear": linear,
    "last_value": last_value,
}
"""The best of them first, since after short trainings not all are tried."""


def blocks_of(count: int, numbers: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Returns frames to fit a method on, in blocks that follow each other.

    Args:
        count: Frames that there are.
        numbers: In each.

    Returns:
        Which frames, rising; and the block of each.

    >>> [len(part) for part in blocks_of(50_000, 10)]
    [20000, 20000]
    """
    most = max(BLOCK, min(MOST_FRAMES, MOST_NUMBERS // numbers))
    if count <= most:
        return np.arange(count), np.zeros(count, np.int64)
    begins = np.linspace(0, count - BLOCK, most // BLOCK).astype(np.int64)
    return (begins[:, None] + np.arange(BLOCK)).ravel(), np.repeat(np.arange(len(begins)), BLOCK)


def typical_deviation(errors: Floats, known: Known) -> Floats:
    """Returns `float[channels]`, as of a normal distribution, from the mean absolute error.

    Args:
        errors: `float[n, horizon, channels]`.
        known: `bool[n, horizon, channels]`, which of them there are.
    """
    counts = np.maximum(known.sum(axis=(0, 1)), 1)
    deviation = np.sqrt(np.pi / 2) * np.abs(errors * known).sum(axis=(0, 1)) / counts
    return np.asarray(np.maximum(deviation, 1e-3))


def forecast_errors(foretold: Foretold, frames: Floats, horizon: int) -> Floats:
    """Returns what is foretold less what was observed, `float[n, horizon, channels]`."""
    return foretold(_read(frames)) - frames[:, -horizon:]


def as_quantiles(errors: Floats, known: Known, deviation: Floats) -> NDArray[np.float32]:
    """Returns errors as a network gives them.

    Returns:
        `float32[n, horizon * channels, 3]`, quantiles less what was observed, 0 where nothing was.
    """
    spread = TENTH * deviation[:, None] * np.array([-1.0, 0.0, 1.0])
    quantiles = (errors[..., None] + spread) * known[..., None]
    return quantiles.reshape(len(quantiles), -1, 3).astype(np.float32)


def _read(rows: Floats) -> Floats:
    return np.clip(rows, -MOST, MOST)


def _changes(rows: Floats, past: int, horizon: int) -> tuple[Floats, Floats]:
    last = rows[:, -horizon - 1, None]
    return rows[:, -horizon - past : -horizon] - last, rows[:, -horizon:] - last
