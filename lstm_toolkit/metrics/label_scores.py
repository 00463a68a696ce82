"""Scores of several labels a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import metrics

_COLUMNS = ("precision", "recall", "f1-score", "support")
_DRAWS = 200
"""Of rows, for the standard error."""


def label_scores(
    truth: NDArray[np.bool_],
    probabilities: NDArray[np.float32],
    thresholds: NDArray[np.float32],
    names: Sequence[str],
) -> dict[str, Any]:
    """Scores labels that were chosen by thresholds.

    Args:
        truth: `bool[n, labels]`.
        probabilities: `float32[n, labels]`.
        thresholds: `float32[labels]`, at which a label is chosen.
        names: The labels.

    Returns:
        `micro_f1` and its `standard_error` (bootstrap over rows), `macro_f1`, `subset_accuracy`
        (all labels of a row right), `loss` (binary cross-entropy in nats), `examples`, and
        `per_label` with precision, recall, F1, support and threshold by name.
    """
    chosen = probabilities >= thresholds
    table = metrics.precision_recall_fscore_support(truth, chosen, zero_division=0.0)
    return {
        **simple_label_scores(truth, chosen),
        "standard_error": _standard_error(truth, chosen),
        "loss": float(cross_entropies(truth, probabilities).mean()),
        "examples": len(truth),
        "per_label": {
            name: dict(zip(_COLUMNS, map(float, row), strict=True))
            | {"threshold": float(threshold)}
            for name, row, threshold in zip(
                names, zip(*table, strict=True), thresholds, strict=True
            )
        },
    }


def simple_label_scores(truth: NDArray[np.bool_], chosen: NDArray[np.bool_]) -> dict[str, float]:
    """Returns `micro_f1`, `macro_f1` and `subset_accuracy` of `bool[n, labels]` answers."""
    return {
        "micro_f1": float(metrics.f1_score(truth, chosen, average="micro", zero_division=0.0)),
        "macro_f1": float(metrics.f1_score(truth, chosen, average="macro", zero_division=0.0)),
        "subset_accuracy": float((truth == chosen).all(axis=1).mean()),
    }


def cross_entropies(
    truth: NDArray[np.bool_], probabilities: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Returns `float64[n, labels]` binary cross-entropies in nats, bounded as Keras has them."""
    sure = np.clip(probabilities.astype(np.float64), 1e-7, 1 - 1e-7)
    losses: NDArray[np.float64] = -np.log(np.where(truth, sure, 1 - sure))
    return losses


def best_thresholds(
    truth: NDArray[np.bool_], probabilities: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Returns for each label the threshold with the best F1, in the middle of a gap.

    Labels that do not occur keep 0.5.

    >>> best_thresholds(np.array([[1], [0], [0]], bool), np.array([[0.4], [0.2], [0.1]]))
    array([0.3], dtype=float32)
    """
    found = np.full(truth.shape[1], 0.5, np.float32)
    for label in np.flatnonzero(truth.any(axis=0)):
        values = np.unique(probabilities[:, label])
        gaps = np.concatenate(([values[0] / 2], (values[1:] + values[:-1]) / 2))
        scores = [_f1(truth[:, label], probabilities[:, label] >= gap) for gap in gaps]
        best = np.flatnonzero(np.isclose(scores, max(scores)))
        found[label] = gaps[best[np.argmin(np.abs(gaps[best] - 0.5))]]
    return found


def label_report(scores: Mapping[str, Any]) -> str:
    """Returns what `label_scores` gave as a table for people to read."""
    width = max(12, *(len(name) for name in scores["per_label"]))
    lines = [f"{'':{width}}  precision  recall  f1-score  support  threshold"]
    for name, row in scores["per_label"].items():
        lines.append(
            f"{name:>{width}}  {row['precision']:9.3f}  {row['recall']:6.3f}"
            f"  {row['f1-score']:8.3f}  {row['support']:7.0f}  {row['threshold']:9.3f}"
        )
    lines.append(
        f"micro F1 {scores['micro_f1']:.4f}   macro F1 {scores['macro_f1']:.4f}   all labels right "
        f"{scores['subset_accuracy']:.4f}   loss {scores['loss']:.4f}   "
        f"({scores['examples']:,} examples)"
    )
    return "\n".join(lines)


def _f1(truth: NDArray[np.bool_], chosen: NDArray[np.bool_]) -> float:
    both = truth.sum() + chosen.sum()
    return float(2 * (truth & chosen).sum() / both) if both else 0.0


def _standard_error(truth: NDArray[np.bool_], chosen: NDArray[np.bool_]) -> float:
    hits = (truth & chosen).sum(axis=1)
    both = truth.sum(axis=1) + chosen.sum(axis=1)
    rows = np.random.default_rng(0).integers(0, len(truth), (_DRAWS, len(truth)))
    return float((2 * hits[rows].sum(axis=1) / np.maximum(both[rows].sum(axis=1), 1)).std())
