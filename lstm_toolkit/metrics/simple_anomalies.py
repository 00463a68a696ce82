"""The simplest ways to tell what is strange, to compare a network with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.metrics.alarm_thresholds import alarm_threshold
from lstm_toolkit.metrics.anomaly_scores import anomaly_scores
from lstm_toolkit.metrics.robust_scale import robust_scale
from lstm_toolkit.metrics.simple_forecasts import chunks

Floats = NDArray[np.float64]
Method = Callable[[Any, Any, int], Callable[[Floats], Floats]]
"""Fitted on scaled training frames, how many there are at most and the horizon, it returns a
forecast of the last steps of scaled frames."""

MOST_FRAMES = 20_000
"""Training frames from which the linear fit is made."""
PAST = 32
"""Steps that it is made from, the last before those that are judged."""
RIDGE = 1e-3
"""Added to the diagonal, for each frame."""
ALARM_SHARE = 0.001
"""Share of usual steps at which the simplest methods may give an alarm."""


def last_value(frames: Any, scaled: Any, horizon: int) -> Callable[[Floats], Floats]:
    """Foretells the last value before the steps that are judged."""
    return lambda rows: np.repeat(rows[:, -horizon - 1 : -horizon], horizon, axis=1)


def rolling_mean(frames: Any, scaled: Any, horizon: int) -> Callable[[Floats], Floats]:
    """Foretells the mean of the window; with its deviation that is the rolling z-score."""
    return lambda rows: np.repeat(rows[:, :-horizon].mean(axis=1, keepdims=True), horizon, axis=1)


def linear(frames: Any, scaled: Any, horizon: int) -> Callable[[Floats], Floats]:
    """Foretells by ridge regression from each channel's own past: an autoregression."""
    every = max(1, len(frames) // MOST_FRAMES)
    rows = np.concatenate([scaled(part) for (part,) in chunks(frames[::every])])
    past = min(PAST, rows.shape[1] - horizon)
    kernels = []
    for channel in range(rows.shape[2]):
        known, wanted = _changes(rows[..., channel], past, horizon)
        diagonal = RIDGE * len(known) * np.eye(past)
        kernels.append(np.linalg.solve(known.T @ known + diagonal, known.T @ wanted))
    kernel = np.stack(kernels)

    def foretold(rows: Floats) -> Floats:
        last = rows[:, -horizon - 1 : -horizon]
        known = rows[:, -horizon - past : -horizon] - last
        return last + np.einsum("bsc,csh->bhc", known, kernel)

    return foretold


METHODS: dict[str, Method] = {
    "last_value": last_value,
    "rolling_mean": rolling_mean,
    "linear": linear,
}


def simple_scores(
    method: Method, values: Floats, train: Any, test: Any, horizon: int, labels: Any
) -> dict[str, Any]:
    """Fits a method on training frames, and scores it on test frames.

    Args:
        method: One of `METHODS`.
        values: `float[steps, channels]` of the training split, by which all are scaled.
        train: `float32[n, steps, channels]`.
        test: Likewise.
        horizon: Steps at the end that are judged.
        labels: `bool[n]` of the test rows, None where nothing is known.

    Returns:
        `mae` in spreads, and the scores by labels where there are such.
    """
    center, spread = robust_scale(values)

    def scaled(rows: Any) -> Floats:
        numbers = _filled((np.asarray(rows, np.float64) - center) / spread)
        return np.clip(numbers, -50.0, 50.0)

    foretold = method(train, scaled, horizon)

    def errors(frames: Any) -> Floats:
        parts = [
            np.abs(foretold(rows) - rows[:, -horizon:])
            for rows in (scaled(part) for (part,) in chunks(frames))
        ]
        return np.concatenate(parts)

    usual = errors(train[:: max(1, len(train) // MOST_FRAMES)])
    deviation = np.maximum(usual.mean(axis=(0, 1)), 1e-3)
    strange = errors(test)
    told: dict[str, Any] = {"mae": float(strange.mean())}
    if labels is not None:
        scores = (strange / deviation).mean(axis=1).max(axis=1)
        threshold = alarm_threshold((usual / deviation).mean(axis=1).max(axis=1), ALARM_SHARE)
        told |= anomaly_scores(np.asarray(labels, bool), scores, scores >= threshold)
    return told


def _changes(rows: Floats, past: int, horizon: int) -> tuple[Floats, Floats]:
    last = rows[:, -horizon - 1, None]
    return rows[:, -horizon - past : -horizon] - last, rows[:, -horizon:] - last


def _filled(rows: Floats) -> Floats:
    """Returns frames, each missing value as the last one before it, or the first, or 0."""
    there = np.isfinite(rows)
    if there.all():
        return rows
    places = np.where(there, np.arange(rows.shape[1])[None, :, None], -1)
    places = np.maximum.accumulate(places, axis=1)
    first = there.argmax(axis=1)[:, None]
    return np.nan_to_num(np.take_along_axis(rows, np.where(places < 0, first, places), axis=1))
