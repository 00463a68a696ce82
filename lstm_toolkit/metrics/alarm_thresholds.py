"""From which score on an alarm is given, so that usual steps give as few as are wanted."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

TAIL = 0.7
"""Quantile above which scores count as peaks."""
SHAPES = -0.5, 0.25
"""Of tails: the least and the greatest that is believed."""

Method = Literal["peaks", "quantile"]


def alarm_threshold(scores: NDArray[np.float64], share: float, method: Method = "peaks") -> float:
    """Returns the score that usual steps exceed with this share.

    Args:
        scores: Of usual steps, `float64[n]`, at least one.
        share: Of the steps, in (0, 1).
        method: "quantile" of the scores, or "peaks" over a high quantile, whose tail is taken on
            beyond what was seen (A. Siffer et al., 2017, doi:10.1145/3097983.3098144). Its shape
            follows from quantiles (J. Pickands, 1975, doi:10.1214/aos/1176343003), so that some
            steps may be anomalies: the highest 7 % hardly count.

    >>> alarm_threshold(np.arange(1000.0), 0.1, "quantile")
    899.1
    """
    if method == "quantile" or share >= 1 - TAIL:
        return float(np.quantile(scores, 1 - share))
    begin, half, most = np.quantile(scores, [TAIL, 0.5 + 0.5 * TAIL, 0.75 + 0.25 * TAIL])
    if most <= half or half <= begin:
        return float(np.quantile(scores, 1 - share))
    shape = float(np.clip(np.log2((most - half) / (half - begin)), *SHAPES))
    doublings = np.log2((1 - TAIL) / share)
    # Each time the share is halved, the score grows by the first step, times 2 to the shape.
    steps = doublings if abs(shape) < 1e-6 else (2 ** (shape * doublings) - 1) / (2**shape - 1)
    return float(begin + (half - begin) * steps)
