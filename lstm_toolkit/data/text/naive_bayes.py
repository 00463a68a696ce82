"""Which tokens speak for which class, counted before any network is trained."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

AT_ONCE = 2**20
"""Tokens that are counted at a time, or the rest of their row more."""


def log_ratios(
    tokens: NDArray[np.int32],
    rows: NDArray[np.int64],
    classes: NDArray[np.int32],
    *,
    vocabulary: int,
    names: int | None = None,
    smoothing: float = 1.0,
) -> NDArray[np.float32]:
    """Returns the naive Bayes log-count ratios of tokens, centred over the classes.

    The ratio of a token and a class is log(p / q), where p is the token's share among all
    the tokens that rows of the class hold, and q that of the other classes, each token
    counted once a row: S. Wang and C. Manning, "Baselines and Bigrams", 2012
    (https://aclanthology.org/P12-2018).

    Args:
        tokens: `int32[n]` numbers of the tokens of all rows, one row after the other.
        rows: `int64[n]`, the row that each token stands in, in their order.
        classes: `int32[rows]` class numbers.
        vocabulary: Number of tokens.
        names: Number of classes; None takes those that occur.
        smoothing: Added to each count.

    Returns:
        `float32[vocabulary, classes]`, zeros for padding and tokens that do not occur.

    >>> log_ratios(
    ...     np.array([2, 3, 2, 4]), np.array([0, 0, 1, 2]), np.array([0, 0, 1]), vocabulary=5
    ... ).astype(float).round(1).tolist()[2:]
    [[0.8, -0.8], [0.4, -0.4], [-1.0, 1.0]]
    """
    number = int(classes.max()) + 1 if names is None else names
    counts = np.zeros(vocabulary * number)
    borders = np.unique(np.searchsorted(rows, rows[::AT_ONCE]))  # where a row begins
    for begin, end in pairwise([*borders, len(rows)]):
        # One number for a row and a token: sorting pairs takes long.
        pairs = np.unique(rows[begin:end].astype(np.int64) * vocabulary + tokens[begin:end])
        places = pairs % vocabulary * number + classes[pairs // vocabulary]
        counts += np.bincount(places, minlength=len(counts))
    ratios = ratios_of_counts(counts.reshape(vocabulary, number), smoothing=smoothing)
    ratios[0] = 0
    return ratios


def ratios_of_counts(counts: NDArray[Any], *, smoothing: float = 1.0) -> NDArray[np.float32]:
    """Returns the log-count ratios of what was counted already.

    Args:
        counts: `[vocabulary, classes]`, how many rows of each class hold each token.
        smoothing: Added to each count.

    Returns:
        `float32[vocabulary, classes]`, see `log_ratios`.
    """
    smooth = counts + smoothing
    shares = smooth / smooth.sum(axis=0)
    others = (shares.sum(axis=1, keepdims=True) - shares) / (counts.shape[1] - 1)
    ratios = np.log(shares / others)
    ratios -= ratios.mean(axis=1, keepdims=True)
    ratios[counts.sum(axis=1) == 0] = 0
    return ratios.astype(np.float32)
