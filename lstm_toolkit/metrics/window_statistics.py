"""What the simplest methods see of a window: statistics of each channel."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

CHUNK = 1024
"""Windows that are looked at at a time."""


def window_statistics(rows: Any) -> NDArray[np.float32]:
    """Returns statistics of each channel of windows, `float32[n, channels * 8]`.

    They are mean, deviation, least and greatest value, first and last, the mean change from step
    to step, and how often the sign of what departs from the mean changes; of values that are
    known, 0 where there is none.

    Args:
        rows: A column of windows `[n, time, channels]`, NaN where a value is missing.
    """
    parts = [_statistics(rows[start : start + CHUNK]) for start in range(0, len(rows), CHUNK)]
    return np.concatenate(parts)


def _statistics(rows: Any) -> NDArray[np.float32]:
    values = np.asarray(np.asarray(rows), np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of channels without a value
        mean = np.nanmean(values, axis=1)
        changes = np.diff(values, axis=1)
        signs = np.signbit(values - mean[:, None])
        known = np.isfinite(changes)
        turns = (signs[:, 1:] != signs[:, :-1]) & known
        parts = [
            mean,
            np.nanstd(values, axis=1),
            np.nanmin(values, axis=1),
            np.nanmax(values, axis=1),
            *_ends(values),
            np.nanmean(np.abs(changes), axis=1) if changes.shape[1] else np.zeros_like(mean),
            turns.sum(axis=1) / np.maximum(known.sum(axis=1), 1),
        ]
    return np.nan_to_num(np.concatenate(parts, axis=1)).astype(np.float32)


def _ends(values: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """Returns the first and the last value of each channel that is known."""
    known = np.isfinite(values)
    first, last = known.argmax(axis=1), values.shape[1] - 1 - known[:, ::-1].argmax(axis=1)
    return [np.take_along_axis(values, place[:, None], axis=1)[:, 0] for place in (first, last)]
