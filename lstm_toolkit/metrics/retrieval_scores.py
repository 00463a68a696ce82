"""Scores of questions that were answered from a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

FACTS = (
    *("truth", "best", "score", "probability", "rank", "loss"),
    *("other_score", "other_probability"),
)
"""Of each question: numbers of the right answer and of the best one (-1 if it is not in the
table), that one's probability and the score of its best text, the right one's rank from 1 (0
likewise) and the negative logarithm of its probability; then score and probability of the best one
if the right one were not in the table."""

MOST_LOSS = 30.0
"""The loss of what was given no probability, or is not in the table."""

Facts = Mapping[str, NDArray[np.float64]]

Measure = Literal["score", "probability"]
MEASURES: tuple[Measure, ...] = ("score", "probability")


def facts_of(
    sums: NDArray[Any], likely: NDArray[Any], nearest: NDArray[Any], truth: NDArray[np.int32]
) -> NDArray[np.float64]:
    """Returns `float64[n, FACTS]`.

    Args:
        sums: `float32[n, answers]`, by which answers are ranked.
        likely: `float32[n, answers]`, probabilities.
        nearest: `float32[n, answers]`, scores of the best text of each.
        truth: `int32[n]`, -1 where the right answer is not in the table.
    """
    rows, there = np.arange(len(truth)), truth >= 0
    best = sums.argmax(axis=1)
    own = np.where(there, sums[rows, truth], -np.inf)
    ranks = np.where(there, (sums > own[:, None]).sum(axis=1) + 1, 0)
    right = np.where(there, likely[rows, truth], 0.0).astype(np.float64)
    losses = np.where(right > 0, -np.log(np.maximum(right, 1e-300)), MOST_LOSS)
    others = sums.copy()
    others[rows[there], truth[there]] = -np.inf
    second = others.argmax(axis=1)
    rest = np.maximum(1.0 - right, 1e-9)
    columns = (
        *(truth, best, nearest[rows, best], likely[rows, best], ranks),
        *(np.minimum(losses, MOST_LOSS), nearest[rows, second]),
        np.minimum(likely[rows, second] / rest, 1.0),
    )
    return np.stack([np.asarray(column, np.float64) for column in columns], axis=1)


def named(facts: NDArray[np.float64]) -> Facts:
    """Returns the columns of `facts_of` by name."""
    return dict(zip(FACTS, facts.T, strict=True))


def ranking_scores(facts: Facts) -> dict[str, float]:
    """Returns accuracy, mean reciprocal rank, recall at 5 and loss."""
    ranks = facts["rank"]
    accuracy = float((ranks == 1).mean())
    return {
        "accuracy": accuracy,
        "mrr": float(np.divide(1, ranks, out=np.zeros(len(ranks)), where=ranks > 0).mean()),
        "recall_at_5": float(((ranks > 0) & (ranks <= 5)).mean()),
        "loss": float(facts["loss"].mean()),
        "standard_error": float(np.sqrt(accuracy * (1 - accuracy) / len(ranks))),
    }


def answering_scores(facts: Facts, measure: str, threshold: float) -> dict[str, Any]:
    """Returns how a threshold works: what is answered, how much of it is right, what refused.

    `unknown_refused` is the share of questions that would have no answer if their own were not in
    the table.
    """
    answered = facts[measure] >= threshold
    right = facts["best"] == facts["truth"]
    return {
        "answered": float(answered.mean()),
        "answered_right": float(right[answered].mean()) if answered.any() else 0.0,
        "right_kept": float(answered[right].mean()) if right.any() else 0.0,
        "unknown_refused": float((facts[f"other_{measure}"] < threshold).mean()),
    }


def answered_rightly(facts: Facts) -> NDArray[np.bool_]:
    """Returns `bool[n]`, of which questions the best answer is the right one."""
    right: NDArray[np.bool_] = (facts["best"] == facts["truth"]) & (facts["truth"] >= 0)
    return right


def best_threshold(facts: Facts, kept: float) -> tuple[Measure, float, float]:
    """Returns by which measure to tell known questions from others, and from which value on.

    The measure is the one by which questions that are answered rightly, and questions whose own
    answer is not in the table, are told apart best; its threshold tells most of both rightly, and
    keeps the share `kept` of the right answers at least. Where no answer is right, nothing shows
    that any can be trusted: the threshold is infinite, so that nothing is answered.

    Returns:
        The measure, its threshold, and the threshold of scores.
    """
    right = answered_rightly(facts)
    if not right.any():
        return "score", float("inf"), float("inf")
    measure = max(MEASURES, key=lambda name: _apart(facts, name, right))
    limits = {
        name: _dividing(facts[name][right], facts[f"other_{name}"], kept) for name in MEASURES
    }
    return measure, limits[measure], limits["score"]


def _dividing(known: NDArray[np.float64], unknown: NDArray[np.float64], kept: float) -> float:
    """Returns the value that divides best, of those with `kept` of the known above.

    Where several do alike, as in a gap between both, the one in their middle.
    """
    values = np.unique(np.concatenate([known, unknown]))
    between = np.concatenate([values[:1], (values[1:] + values[:-1]) / 2])
    above = 1 - np.searchsorted(np.sort(known), between) / len(known)
    below = np.searchsorted(np.sort(unknown), between) / len(unknown)
    told = np.where(above >= kept, above + below, -1.0)
    best = between[told >= told.max() - 1e-12]
    return float((best[0] + best[-1]) / 2)


def _apart(facts: Facts, measure: str, right: NDArray[np.bool_]) -> float:
    from sklearn.metrics import roc_auc_score

    values = np.concatenate([facts[measure][right], facts[f"other_{measure}"]])
    known = np.arange(len(values)) < right.sum()
    return float(roc_auc_score(known, values))
