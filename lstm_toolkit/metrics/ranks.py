"""Where the right item stands among all, and what follows from it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

CUTOFFS = (1, 5, 10, 20)
"""Lengths of lists in which the right item is looked for."""

NEVER = 1e9
"""The rank of an item that is not recommended at all."""


def ranks_of(scores: NDArray[Any], wanted: NDArray[Any]) -> NDArray[np.float64]:
    """Returns the rank of the right item in each row, from 1, those that are equal in their middle.

    Args:
        scores: `float[n, items]`; 0 is given to what is not recommended.
        wanted: `int[n]`.

    >>> ranks_of(np.array([[0.5, 0.5, 0.1], [0.0, 1.0, 0.0]]), np.array([1, 0])).tolist()
    [1.5, 1000000000.0]
    """
    own = scores[np.arange(len(wanted)), wanted][:, None]
    before, equal = (scores > own).sum(axis=1), (scores == own).sum(axis=1)
    return np.where(own[:, 0] > 0, before + (equal + 1) / 2, NEVER)


def hits(ranks: NDArray[Any]) -> NDArray[np.float64]:
    """Returns `float64[n, 2 * CUTOFFS]`: whether a list holds it, and the reciprocal ranks in it.

    >>> hits(np.array([4.0])).tolist()
    [[0.0, 1.0, 1.0, 1.0, 0.0, 0.25, 0.25, 0.25]]
    """
    inside = [ranks <= cutoff for cutoff in CUTOFFS]
    reciprocal = [np.where(each, 1 / ranks, 0.0) for each in inside]
    return np.stack([*inside, *reciprocal], axis=1).astype(np.float64)


def score_names() -> list[str]:
    """Returns the names of the columns of `hits`."""
    return [f"{kind}_at_{cutoff}" for kind in ("recall", "mrr") for cutoff in CUTOFFS]
