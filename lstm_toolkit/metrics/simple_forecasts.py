"""The simplest forecasts, to compare a network with."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.metrics.forecast_scores import ForecastScores

CHUNK = 2048
"""Windows taken at a time."""
SMALLEST = 1e-6
"""Scale of a window, relative to its values, below which it counts as constant."""
RIDGE = 1.0
"""Added to the diagonal in ridge regression, for each thousand windows."""

Floats = NDArray[np.float64]


def chunks(*columns: Any) -> Iterator[tuple[Any, ...]]:
    """Yields as many rows of each column at a time, so that windows need not be stored."""
    for begin in range(0, len(columns[0]), CHUNK):
        yield tuple(np.asarray(column[begin : begin + CHUNK]) for column in columns)


def filled(windows: NDArray[Any]) -> Floats:
    """Returns `float64[n, steps]`, each missing value as the last one before it, or the first."""
    numbers = np.asarray(windows, np.float64)
    there = np.isfinite(numbers)
    if there.all():
        return numbers
    places = np.where(there, np.arange(numbers.shape[1]), -1)
    places = np.maximum.accumulate(places, axis=1)
    first = there.argmax(axis=1)[:, None]
    return np.take_along_axis(numbers, np.where(places < 0, first, places), axis=1)


def seasonal(windows: Any, truth: Any, scales: Any, *, season: int) -> dict[str, Any]:
    """Scores repeating the last season of each window; with season=1 the last value."""
    places = -season + np.arange(truth.shape[1]) % season
    scores = ForecastScores()
    for values, wanted, scale in chunks(windows, truth, scales):
        known = filled(values)
        scores.add(wanted, known[:, places], scale, last=known[:, -1])
    return scores.result()


def last_change(windows: Any, truth: Any, scales: Any) -> dict[str, Any]:
    """Scores that the next value changes by as much as the last one did: persistence."""
    scores = ForecastScores()
    for values, wanted, scale in chunks(windows, truth, scales):
        known = filled(values)
        change = known[:, -1:] - known[:, -2:-1]
        scores.add(wanted, known[:, -1:] + change, scale, last=known[:, -1])
    return scores.result()


def linear(
    windows: Any,
    truth: Any,
    scales: Any,
    test_windows: Any,
    test_truth: Any,
    test_scales: Any,
) -> dict[str, Any]:
    """Scores ridge regression from each window to what follows, see `linear_weights`.

    Errors of training rows count by their scales: in those of windows, one that is nearly
    constant would outweigh all others.
    """
    weights, bias = linear_weights(windows, truth, 1.0 / np.square(scales))
    scores = ForecastScores()
    for values, wanted, scale in chunks(test_windows, test_truth, test_scales):
        changes, last, spread = normalised(filled(values))
        point = (changes @ weights + bias) * spread + last
        scores.add(wanted, point, scale, last=last[:, 0])
    return scores.result()


def normalised(windows: Floats) -> tuple[Floats, Floats, Floats]:
    """Returns windows less their last value, over how far they are from their mean on average.

    Returns:
        `float64[n, steps]`; the last values and the scales, `float64[n, 1]`.
    """
    last = windows[:, -1:]
    mean = windows.mean(axis=1, keepdims=True)
    spread = np.abs(windows - mean).mean(axis=1, keepdims=True)
    spread = np.where(spread > SMALLEST * np.abs(mean), spread, 1.0)
    return (windows - last) / spread, last, spread


def linear_weights(
    windows: Any, truth: Any, weights: Any = None, most: int = 200_000
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Fits ridge regression from normalised windows to what follows, a chunk at a time.

    Args:
        windows: `float32[n, steps]`.
        truth: `float32[n, horizon]`; rows with a missing value are left out.
        weights: How much each row counts, `float32[n]`, times the square of its window's scale;
            None counts errors in the windows' own scales.
        most: Rows at most; of more, every so many-th is taken.

    Returns:
        `float32[steps, horizon]` and `float32[horizon]`, from `normalised` windows to targets
        on the same scale.
    """
    every = max(1, -(-len(windows) // most))
    steps, horizon = windows.shape[1], truth.shape[1]
    products, sums, count = np.zeros((steps + 1, steps + 1)), np.zeros((steps + 1, horizon)), 0.0
    columns = [windows, truth] if weights is None else [windows, truth, weights]
    for values, wanted, *counted in chunks(*(_Every(column, every) for column in columns)):
        whole = np.isfinite(wanted).all(axis=1)
        changes, last, spread = normalised(filled(values[whole]))
        targets = (wanted[whole].astype(np.float64) - last) / spread
        factor = np.ones((len(targets), 1))
        if counted:
            factor = spread * np.sqrt(counted[0][whole].astype(np.float64))[:, None]
        inputs = np.concatenate([changes, np.ones((len(changes), 1))], axis=1) * factor
        products += inputs.T @ inputs
        sums += inputs.T @ (targets * factor)
        count += float(np.square(factor).sum())
    ridge = RIDGE * max(count, 1.0) / 1000 * np.eye(steps + 1)
    ridge[-1, -1] = 1e-9 * max(count, 1.0)
    found = np.linalg.solve(products + ridge, sums)
    return found[:-1].astype(np.float32), found[-1].astype(np.float32)


class _Every:
    """Every so many-th row of a column."""

    def __init__(self, column: Any, every: int):
        self.column, self.every = column, every

    def __len__(self) -> int:
        return math.ceil(len(self.column) / self.every)

    def __getitem__(self, rows: slice) -> Any:
        places = np.arange(rows.start, min(rows.stop, len(self))) * self.every
        return self.column[places]
