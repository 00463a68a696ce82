"""How well scores of steps tell anomalies, by labels that nothing was learnt from.

Scores that count a whole event as found where a single step of it is ("point-adjusted") are not
among them: with those, random numbers reach 0.92 on some sets.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.metrics.runs import runs_of
from lstm_toolkit.metrics.vus import vus_pr

Labels = NDArray[np.bool_]
Floats = NDArray[np.float64]

BUFFER = 100
"""Steps around an event up to which `vus_pr` lets scores be early or late."""


def anomaly_scores(
    labels: Labels, scores: Floats, alarms: Labels, series: NDArray[Any] | None = None
) -> dict[str, Any]:
    """Returns how scores and alarms agree with labels.

    Args:
        labels: `bool[n]`, one series after the other.
        scores: `float64[n]`, the greater the stranger.
        alarms: `bool[n]`.
        series: `[n]`, which one each step is of; no event goes on into another. None: one.

    Returns:
        `auc_pr`, `vus_pr`, `f1` of steps, and `event_f1` with its precision and recall; empty
        if all steps have one label.
    """
    from sklearn.metrics import average_precision_score, f1_score

    if labels.all() or not labels.any():
        return {}
    return {
        "auc_pr": float(average_precision_score(labels, scores)),
        "vus_pr": vus_pr(labels, scores, BUFFER, series),
        "f1": float(f1_score(labels, alarms, zero_division=0.0)),
        **event_scores(labels, alarms, series),
    }


def event_scores(
    labels: Labels, alarms: Labels, series: NDArray[Any] | None = None
) -> dict[str, float]:
    """Returns the share of events that an alarm touches, of alarms that touch one, and their F1.

    >>> labels = np.array([0, 1, 1, 0, 0, 1], bool)
    >>> alarms = np.array([0, 0, 1, 0, 1, 0], bool)
    >>> event_scores(labels, alarms)["event_f1"]
    0.5
    """
    events, raised = runs_of(labels, series), runs_of(alarms, series)
    touched = sum(bool(alarms[begin:end].any()) for begin, end in events)
    right = sum(bool(labels[begin:end].any()) for begin, end in raised)
    recall = touched / len(events) if len(events) else 0.0
    precision = right / len(raised) if len(raised) else 0.0
    both = precision + recall
    return {
        "event_f1": 2 * precision * recall / both if both else 0.0,
        "event_precision": precision,
        "event_recall": recall,
    }
