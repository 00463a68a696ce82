"""What is usual in channels of numbers, whatever a few of their values are."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

OF_NORMAL = 2.0 * 1.6448536269514722
"""Between the quantiles of 5 and 95 % of a normal distribution lie so many deviations."""


def robust_scale(values: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Returns the median of each channel, and how far values lie from it.

    Args:
        values: `float[steps, channels]`, NaN where one is missing.

    Returns:
        `float64[channels]` each. The spread is that between the quantiles of 5 and 95 %, as
        deviations of a normal distribution; of channels that seldom move, the deviation of all
        values; of those that never do, a hundredth of the value, or 1.

    >>> center, spread = robust_scale(np.array([[0.0, 5.0], [1.0, 5.0], [2.0, 5.0]]))
    >>> center.tolist(), spread.round(3).tolist()
    ([1.0, 5.0], [0.547, 0.05])
    """
    numbers = np.asarray(values, np.float64)
    numbers = np.where(np.isfinite(numbers).any(axis=0), numbers, 0.0)
    low, center, high = np.nanquantile(numbers, [0.05, 0.5, 0.95], axis=0)
    spread = (high - low) / OF_NORMAL
    whole = np.nanstd(numbers, axis=0)
    spread = np.where(spread > 1e-9 * np.abs(center), spread, whole)
    constant = np.where(center != 0, 0.01 * np.abs(center), 1.0)
    return center, np.where(spread > 1e-9 * np.abs(center), spread, constant)
