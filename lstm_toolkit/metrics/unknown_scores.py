"""How well rows of no known class are told from those of known ones."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def keeping_threshold(sure: NDArray[Any], kept: float) -> float:
    """Returns the probability from which on at least the share `kept` of known rows is answered.

    >>> keeping_threshold(np.array([0.2, 0.9, 0.8, 0.7]), 0.5)
    0.7
    """
    if not len(sure):
        return 0.0
    return float(np.quantile(sure.astype(np.float64), 1 - kept, method="lower"))


def rounded_down(threshold: float) -> float:
    """Returns a threshold to six digits, never above: what is as sure as it is answered.

    >>> rounded_down(0.99999996), rounded_down(0.7)
    (0.999999, 0.7)
    """
    rounded = round(threshold, 6)
    return rounded if rounded <= threshold else round(rounded - 1e-6, 6)


def unknown_scores(
    sure: NDArray[Any], unknown: NDArray[np.bool_], threshold: float
) -> dict[str, float]:
    """Returns which share of the known rows is answered, and of the unknown ones refused.

    Args:
        sure: `float[n]`, the probability of the likeliest known class.
        unknown: `bool[n]`, which rows belong to no known class.
        threshold: See `keeping_threshold`.

    Returns:
        `kept`; where there are unknown rows, also `unknown_recall`, and `unknown_auc`, how well
        the probability ranks both without a threshold (0.5 is chance).
    """
    from sklearn.metrics import roc_auc_score

    known = ~unknown
    scores = {"kept": float((sure[known] >= threshold).mean()) if known.any() else 0.0}
    if unknown.any():
        scores["unknown_recall"] = float((sure[unknown] < threshold).mean())
    if unknown.any() and known.any():
        scores["unknown_auc"] = float(roc_auc_score(known, sure))
    return scores
