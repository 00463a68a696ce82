"""Whether a value rises or falls: what a forecast of prices can be asked for honestly."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

UP, DOWN = 0.0055, -0.005
"""Relative changes from which a day counts as up, and as down; what is between is not scored
(Y. Xu and S. Cohen, "Stock movement prediction from tweets and historical prices", ACL 2018)."""


def direction_scores(
    last: NDArray[Any], truth: NDArray[Any], foretold: NDArray[Any]
) -> dict[str, float]:
    """Scores whether changes are foretold with the right sign.

    Args:
        last: `float[n]`, values before.
        truth: `float[n]`, values after.
        foretold: Likewise.

    Returns:
        `accuracy`, and `mcc`, Matthews' correlation coefficient, 0 for guesses; of rows whose
        value changes enough. Nothing if there are none, or a value is not positive.
    """
    if len(last) == 0 or np.nanmin(last) <= 0:
        return {}
    change = truth / last - 1
    counted = (change >= UP) | (change <= DOWN)
    return signs_scores(change[counted] > 0, (foretold > last)[counted])


def signs_scores(truth: NDArray[np.bool_], guess: NDArray[np.bool_]) -> dict[str, float]:
    """Returns `accuracy` and `mcc` of two classes.

    >>> signs_scores(np.array([True, False]), np.array([True, True]))
    {'accuracy': 0.5, 'mcc': 0.0}
    """
    if not len(truth):
        return {}
    hits, misses = float((truth & guess).sum()), float((truth & ~guess).sum())
    alarms, rests = float((~truth & guess).sum()), float((~truth & ~guess).sum())
    below = (hits + alarms) * (hits + misses) * (rests + alarms) * (rests + misses)
    mcc = (hits * rests - alarms * misses) / np.sqrt(below) if below else 0.0
    return {"accuracy": (hits + rests) / len(truth), "mcc": float(mcc)}
