"""Marked steps that follow each other."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def runs_of(marked: Any, series: NDArray[Any] | None = None) -> NDArray[np.int64]:
    """Returns where runs of marked steps begin and end, `int64[runs, 2]`; ends are not in them.

    Args:
        marked: `bool[n]`.
        series: `[n]`, which one each step is of, one after the other: a run ends with its series.

    >>> runs_of(np.array([False, True, True, False, True])).tolist()
    [[1, 3], [4, 5]]
    >>> runs_of(np.array([False, True, True]), np.array(["a", "a", "b"])).tolist()
    [[1, 2], [2, 3]]
    """
    steps = np.asarray(marked, bool)
    first = begins_of(len(steps), series)
    before = np.concatenate([[False], steps[:-1]])[: len(steps)]
    after = np.concatenate([steps[1:], [False]])[: len(steps)]
    last = np.concatenate([first[1:], [True]])[: len(steps)]
    begins = np.flatnonzero(steps & (first | ~before))
    return np.stack([begins, np.flatnonzero(steps & (last | ~after)) + 1], axis=1)


def begins_of(count: int, series: NDArray[Any] | None) -> NDArray[np.bool_]:
    """Returns which of so many steps begin a series; None: the first alone."""
    first = np.zeros(count, bool)
    first[:1] = True
    if series is not None:
        first[1:] = series[1:] != series[:-1]
    return first
