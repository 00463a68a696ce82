"""Scores of a classifier, through scikit-learn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import metrics

_COLUMNS = ("precision", "recall", "f1-score", "support")


def class_scores(
    truth: NDArray[np.int32], probabilities: NDArray[np.float32], names: Sequence[str]
) -> dict[str, Any]:
    """Scores predictions.

    Args:
        truth: `int32[n]`, the right class of each example.
        probabilities: `float32[n, classes]`.
        names: The classes.

    Returns:
        `accuracy` and its `standard_error`, `macro_f1` (over the classes that occur), `loss`
        (mean cross-entropy in nats), `calibration_error`, `examples`, `per_class` with
        precision, recall, F1 and support by name, and `confusion_matrix` (rows the truth,
        columns the answer).
    """
    answers = probabilities.argmax(axis=1)
    numbers = list(range(len(names)))
    table = metrics.precision_recall_fscore_support(
        truth, answers, labels=numbers, zero_division=0.0
    )
    occurring = np.union1d(truth, answers)
    accuracy = float(metrics.accuracy_score(truth, answers))
    return {
        "accuracy": accuracy,
        "standard_error": float(np.sqrt(accuracy * (1 - accuracy) / len(truth))),
        "macro_f1": float(
            metrics.f1_score(truth, answers, labels=occurring, average="macro", zero_division=0.0)
        ),
        "loss": cross_entropy(truth, probabilities),
        "calibration_error": calibration_error(truth, probabilities),
        "examples": len(truth),
        "per_class": {
            name: dict(zip(_COLUMNS, map(float, row), strict=True))
            for name, row in zip(names, zip(*table, strict=True), strict=True)
        },
        "confusion_matrix": metrics.confusion_matrix(truth, answers, labels=numbers).tolist(),
    }


def cross_entropy(truth: NDArray[np.int32], probabilities: NDArray[np.float32]) -> float:
    """Returns the mean of -log p(truth) in nats, with p at least 1e-7 as Keras has it."""
    return float(cross_entropies(truth, probabilities).mean())


def cross_entropies(
    truth: NDArray[np.int32], probabilities: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Returns `float64[n]`, that of each row, see `cross_entropy`."""
    chosen = probabilities[np.arange(len(truth)), truth].astype(np.float64)
    losses: NDArray[np.float64] = -np.log(np.clip(chosen, 1e-7, 1.0))
    return losses


def reliability(
    truth: NDArray[np.int32], probabilities: NDArray[np.float32], bins: int = 15
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Compares how sure the answers are with how often they are right.

    Args:
        truth: `int32[n]`.
        probabilities: `float32[n, classes]`.
        bins: Equal parts of the range from 0 to 1.

    Returns:
        Share of examples, mean probability and accuracy, `float64[k]` for the k bins that
        hold any.
    """
    sure = probabilities.max(axis=1).astype(np.float64)
    right = probabilities.argmax(axis=1) == truth
    bin_of_row = np.minimum((sure * bins).astype(int), bins - 1)
    counts = np.bincount(bin_of_row, minlength=bins)
    used = counts > 0
    mean = np.bincount(bin_of_row, sure, bins)[used] / counts[used]
    accuracy = np.bincount(bin_of_row, right, bins)[used] / counts[used]
    return counts[used] / len(truth), mean, accuracy


def calibration_error(truth: NDArray[np.int32], probabilities: NDArray[np.float32]) -> float:
    """Returns the expected calibration error over 15 equal bins (arXiv:1706.04599).

    >>> calibration_error(np.array([0, 1]), np.array([[0.75, 0.25], [0.75, 0.25]]))
    0.25
    """
    share, mean, accuracy = reliability(truth, probabilities)
    return float((share * np.abs(mean - accuracy)).sum())


def class_report(scores: Mapping[str, Any]) -> str:
    """Returns what `class_scores` gave as a table for people to read."""
    width = max(12, *(len(name) for name in scores["per_class"]))
    lines = [f"{'':{width}}  precision  recall  f1-score  support"]
    for name, row in scores["per_class"].items():
        lines.append(
            f"{name:>{width}}  {row['precision']:9.3f}  {row['recall']:6.3f}"
            f"  {row['f1-score']:8.3f}  {row['support']:7.0f}"
        )
    lines.append(
        f"accuracy {scores['accuracy']:.4f}   macro F1 {scores['macro_f1']:.4f}   "
        f"loss {scores['loss']:.4f}   calibration error {scores['calibration_error']:.4f}   "
        f"({scores['examples']:,} examples)"
    )
    return "\n".join(lines)
