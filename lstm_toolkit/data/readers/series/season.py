"""After how many steps series repeat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.readers.series.observed import Observed

LONGEST_SEASON = 400
"""Steps; longer seasons are not looked for."""
CLEAR = 0.3
"""Autocorrelation from which a season counts as one."""
LEARNT_SHARE = 0.7
"""Of each series, in which its season is looked for: what is tested on lies behind."""
LOOKED_AT = 50
"""Series in which the season is looked for."""


def season_of(series: Sequence[Observed]) -> int:
    """Returns after how many steps most series repeat, by the first part of each."""
    some = series[:: max(1, len(series) // LOOKED_AT)][:LOOKED_AT]
    parts = [filled(each.values)[: int(LEARNT_SHARE * len(each.values))] for each in some]
    values, counts = np.unique([find_season(part) for part in parts], return_counts=True)
    return int(values[counts.argmax()])


def filled(values: NDArray[Any]) -> NDArray[np.float64]:
    """Returns values, missing ones on the line between their neighbours."""
    there = np.isfinite(values)
    places = np.arange(len(there))
    return np.interp(places, places[there], values[there])


def find_season(values: NDArray[Any]) -> int:
    """Returns the steps after which values repeat best, 1 where they do not.

    That is the first high peak of the autocorrelation of their differences.

    >>> find_season(np.tile([0.0, 1.0, 5.0, 2.0], 20))
    4
    """
    steps = np.diff(np.asarray(values, np.float64))
    if len(steps) < 6:
        return 1
    steps = steps - steps.mean()
    longest = min(LONGEST_SEASON, len(steps) // 3)
    if longest < 2 or not steps.any():
        return 1
    padded = np.fft.rfft(steps, 2 * len(steps))
    correlation = np.fft.irfft(padded * np.conj(padded))[: longest + 1]
    correlation = correlation / correlation[0] * len(steps) / (len(steps) - np.arange(longest + 1))
    inner = correlation[1:-1]
    peaks = 1 + np.flatnonzero((inner >= correlation[:-2]) & (inner > correlation[2:]))
    peaks = peaks[peaks > 1]
    if not len(peaks) or correlation[peaks].max() < CLEAR:
        return 1
    high = peaks[correlation[peaks] >= 0.9 * correlation[peaks].max()]
    return int(high[0])
