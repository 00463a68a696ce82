"""The simplest ways to clean a signal, to compare a network with."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.metrics.signal_scores import row_powers, signal_scores
from lstm_toolkit.metrics.simple_forecasts import filled

Floats = NDArray[np.float64]
Filter = Callable[[Floats], Floats]
"""From `float64[n, steps]` to the same."""

WIDTHS = (3, 5, 9, 15, 25, 41)
"""Samples that filters look at, of which the best is chosen."""
TAPS = 64
"""Samples that the linear filter looks at."""
LOOKED_AT = 256
"""Training rows from which widths are chosen and the linear filter is fitted."""
RIDGE = 1e-4
"""Added to the diagonal, as a share of the power that goes in."""


def untouched(rows: Floats) -> Floats:
    """Returns what went in."""
    return rows


def moving_average(rows: Floats, width: int) -> Floats:
    """Returns the mean of the samples around each."""
    from scipy.ndimage import uniform_filter1d

    averages: Floats = uniform_filter1d(rows, width, axis=1, mode="nearest")
    return averages


def median(rows: Floats, width: int) -> Floats:
    """Returns the median of the samples around each."""
    from scipy.ndimage import median_filter

    medians: Floats = median_filter(rows, size=(1, width), mode="nearest")
    return medians


def savitzky_golay(rows: Floats, width: int) -> Floats:
    """Returns cubic curves that are fitted around each sample (doi:10.1021/ac60214a047)."""
    from scipy.signal import savgol_filter

    curves: Floats = savgol_filter(rows, width, min(3, width - 1), axis=1, mode="nearest")
    return curves


def wiener(rows: Floats, width: int) -> Floats:
    """Returns samples drawn to the mean around them, the more the less they vary there."""
    from scipy.signal import wiener as of_scipy

    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # of rows without any variance
        # SciPy has zeros beyond the ends, far from a signal with another level.
        level = rows.mean(axis=1, keepdims=True)
        drawn = np.stack([of_scipy(row, width) for row in rows - level]) + level
    return np.where(np.isfinite(drawn), drawn, rows)


WITH_WIDTHS: dict[str, Callable[[Floats, int], Floats]] = {
    "moving_average": moving_average,
    "savitzky_golay": savitzky_golay,
    "median": median,
    "wiener": wiener,
}


def widths(steps: int, delay: int | None) -> tuple[int, ...]:
    """Returns which widths are tried: no longer than a window, nor than a delay allows.

    >>> widths(512, None)[-1], widths(512, 4)
    (41, (3, 5, 9))
    """
    most = steps if delay is None else min(steps, 2 * delay + 1)
    return tuple(width for width in WIDTHS if width <= most)


def linear(noisy: Floats, clean: Floats, delay: int | None) -> Filter:
    """Fits the best linear filter of `TAPS` samples by least squares (N. Wiener, 1949).

    Args:
        noisy: `float64[n, steps]`, without what is missing.
        clean: Likewise.
        delay: How many later samples it sees; None takes half of the taps.
    """
    taps = min(TAPS, noisy.shape[1])
    later = taps // 2 if delay is None else min(delay, taps - 1)
    levels = partial(_levels, delay=None if delay is None else later)
    level = levels(noisy)
    wanted = (clean - level).reshape(-1)
    frames = (_frames(noisy, taps, later) - level[..., None]).reshape(-1, taps)
    normal = frames.T @ frames
    normal += RIDGE * np.trace(normal) / taps * np.eye(taps)
    weights = np.linalg.solve(normal, frames.T @ wanted).astype(np.float64)
    return partial(_filtered, weights=weights, later=later, levels=levels)


def _levels(rows: Floats, delay: int | None) -> Floats:
    """Returns the mean of a row at each step, of a delay the mean of what is there by then."""
    if delay is None:
        return np.broadcast_to(rows.mean(axis=1, keepdims=True), rows.shape)
    steps = rows.shape[1]
    means = np.cumsum(rows, axis=1) / np.arange(1, steps + 1)
    return means[:, np.minimum(np.arange(steps) + delay, steps - 1)]


def _filtered(rows: Floats, weights: Floats, later: int, levels: Filter) -> Floats:
    level = levels(rows)
    cleaned: Floats = _frames(rows, len(weights), later) @ weights + level * (1 - weights.sum())
    return cleaned


def _frames(rows: Floats, taps: int, later: int) -> Floats:
    padded = np.pad(rows, [(0, 0), (taps - 1 - later, later)], mode="edge")
    return np.lib.stride_tricks.sliding_window_view(padded, taps, axis=1)


Rows = tuple[Any, Any, Any, Any]
"""Noisy and clean windows, and means and deviations of the signals that they are of."""


def scored(clean_by: Filter, rows: Rows) -> dict[str, float]:
    """Returns the scores of a filter on rows."""
    noisy, truth, means, deviations = rows
    numbers = np.asarray(noisy, np.float64)
    outputs = clean_by(whole(numbers))
    return signal_scores(row_powers(np.asarray(truth), outputs, numbers, means, deviations))


def whole(noisy: Floats) -> Floats:
    """Returns rows with what is missing as the last sample before it; 0 in empty ones."""
    return np.nan_to_num(filled(noisy))


def best_width(
    apply: Callable[[Floats, int], Floats], train: Rows, tried: Sequence[int], test: Rows
) -> dict[str, float]:
    """Scores a filter on test rows with the width that is best on training rows."""
    best = max(tried, key=lambda width: scored(lambda rows: apply(rows, width), train)["snr"])
    return scored(lambda rows: apply(rows, best), test)


def fitted(train: Rows, delay: int | None, test: Rows) -> dict[str, float]:
    """Scores the linear filter that is fitted on training rows."""
    noisy, truth, _, _ = train
    known = np.isfinite(np.asarray(truth)).all(axis=1)
    if not known.any():
        raise ValueError("no training window is known throughout")
    numbers = whole(np.asarray(noisy, np.float64)[known])
    return scored(linear(numbers, np.asarray(truth, np.float64)[known], delay), test)


def methods(
    train: Rows, test: Rows, delay: int | None
) -> Iterator[tuple[str, partial[dict[str, float]]]]:
    """Yields the simplest methods by name, the quickest first; see `Target.baselines`."""
    yield "untouched", partial(scored, untouched, test)
    tried = widths(np.shape(test[0])[1], delay)
    for name, apply in WITH_WIDTHS.items() if tried else ():
        yield name, partial(best_width, apply, train, tried, test)
    yield "linear", partial(fitted, train, delay, test)
