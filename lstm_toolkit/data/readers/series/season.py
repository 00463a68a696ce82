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
"""Autocorrelation from which a season counts as one, and by which it stands above the valley."""
FEWEST = 6
"""Seasons that there have to be, at least."""
LEARNT_SHARE = 0.7
"""Of each series, in which its season is looked for: what is tested on lies behind."""
LOOKED_AT = 50
"""Series in which the season is looked for."""


def season_of(series: Sequence[Observed], longest: int) -> int:
    """Returns after how many steps most series repeat, by the first part of each.

    Args:
        series: As they were observed.
        longest: Steps; longer seasons do not help windows that are no longer.
    """
    some = series[:: max(1, len(series) // LOOKED_AT)][:LOOKED_AT]
    parts = [filled(each.values)[: int(LEARNT_SHARE * len(each.values))] for each in some]
    values, counts = np.unique([find_season(part, longest) for part in parts], return_counts=True)
    return int(values[counts.argmax()])


def filled(values: NDArray[Any]) -> NDArray[np.float64]:
    """Returns values, missing ones on the line between their neighbours."""
    there = np.isfinite(values)
    places = np.arange(len(there))
    return np.interp(places, places[there], values[there])


def find_season(values: NDArray[Any], longest: int = LONGEST_SEASON) -> int:
    """Returns the steps after which values repeat best, 1 where they do not.

    That is the first high peak of the autocorrelation of values without their trend: one that
    stands clearly above the valley before it, and comes again at twice its steps. Walks at
    random have peaks too, but none such.

    >>> find_season(np.tile([0.0, 1.0, 5.0, 2.0], 20))
    4
    """
    numbers = np.asarray(values, np.float64)
    longest = min(longest, LONGEST_SEASON, len(numbers) // FEWEST)
    if longest < 2:
        return 1
    correlation = _autocorrelation(_without_trend(numbers), 2 * longest + 1)
    peaks = [steps for steps in range(2, longest + 1) if _is_season(correlation, steps)]
    if not peaks:
        return 1
    highest = max(correlation[steps] for steps in peaks)
    return next(steps for steps in peaks if correlation[steps] >= 0.9 * highest)


def _without_trend(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    steps = np.linspace(-1, 1, len(numbers))
    return np.asarray(numbers - np.polyval(np.polyfit(steps, numbers, 1), steps), np.float64)


def _autocorrelation(numbers: NDArray[np.float64], longest: int) -> NDArray[np.float64]:
    """Returns `float64[longest + 1]`; zeros where nothing changes."""
    count, longest = len(numbers), min(longest, len(numbers) - 1)
    spectrum = np.fft.rfft(numbers, 2 * count)
    products = np.fft.irfft(spectrum * np.conj(spectrum))[: longest + 1]
    if products[0] <= 1e-9 * count * max(1.0, float(np.square(numbers).max())):
        return np.zeros(longest + 1)
    found: NDArray[np.float64] = products / products[0] * count / (count - np.arange(longest + 1))
    return found


def _is_season(correlation: NDArray[np.float64], steps: int) -> bool:
    here = correlation[steps]
    peak = here >= correlation[steps - 1] and here > correlation[steps + 1]
    clear = here >= CLEAR and here - correlation[:steps].min() >= CLEAR
    return bool(peak and clear and correlation[2 * steps] >= here / 2)
