"""Quantiles made right by what was seen: conformal correction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

LEAST, MOST = 0.1, 10.0
"""By how much a quantile is moved at least and at most."""


def factors(
    truth: NDArray[Any],
    quantiles: NDArray[Any],
    levels: Sequence[float],
    independent: float | None = None,
) -> tuple[float, ...]:
    """Returns by how much each quantile's distance from the median is to be multiplied.

    With it, as many of the values that were held out lie below a quantile as its level says
    (Y. Romano et al., 2019, arXiv:1905.03222; residuals are taken over the distance, so that
    the correction is wider where the network is less sure).

    Args:
        truth: `float[n, steps]`, NaN where it is not known.
        quantiles: `float[n, steps, levels]`, sorted; the one in the middle is the median.
        levels: Of them.
        independent: How many values count as seen, where rows overlap: of few, quantiles are
            moved farther, since what was held out says less. None counts all values.
    """
    known = np.isfinite(truth)
    middle = quantiles[..., len(levels) // 2]
    residuals = (truth - middle)[known].astype(np.float64)
    count = len(residuals) if independent is None else independent
    found = []
    for place, level in enumerate(levels):
        if level == 0.5 or not len(residuals):
            found.append(1.0)
            continue
        width = np.abs(quantiles[..., place] - middle)[known].astype(np.float64)
        width = np.maximum(width, 1e-9 * np.abs(middle[known]) + 1e-12)
        side, tail = (1, level) if level > 0.5 else (-1, 1 - level)
        share = min(1.0, (count + 1) * tail / count)
        factor = float(np.quantile(side * residuals / width, share))
        found.append(min(max(factor, LEAST), MOST))
    return tuple(found)
