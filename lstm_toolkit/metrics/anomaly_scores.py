"""How well scores of steps tell anomalies, by labels that nothing was learnt from.

Scores that count a whole event as found where a single step of it is ("point-adjusted") are not
among them: with those, random numbers reach 0.92 on some sets.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.metrics.vus import vus_pr

Labels = NDArray[np.bool_]
Floats = NDArray[np.float64]

BUFFER = 100
"""Steps around an event up to which `vus_pr` lets scores be early or late."""


def anomaly_scores(labels: Labels, scores: Floats, alarms: Labels) -> dict[str, Any]:
    """Returns how scores and alarms agree with labels.

    Args:
        labels: `bool[n]`, one series after the other.
        scores: `float64[n]`, the greater the stranger.
        alarms: `bool[n]`.

    Returns:
        `auc_pr`, `vus_pr`, `f1` of steps, and `event_f1` with its precision and recall; empty
        if all steps have one label.
    """
    from sklearn.metrics import average_precision_score, f1_score

    if labels.all() or not labels.any():
        return {}
    return {
        "auc_pr": float(average_precision_score(labels, scores)),
        "vus_pr": vus_pr(labels, scores, BUFFER),
        "f1": float(f1_score(labels, alarms, zero_division=0.0)),
        **event_scores(labels, alarms),
    }


def runs_of(marked: Labels) -> NDArray[np.int64]:
    """Returns where runs of marked steps begin and end, `int64[runs, 2]`; ends are not in them.

    >>> runs_of(np.array([False, True, True, False, True])).tolist()
    [[1, 3], [4, 5]]
    """
    edges = np.diff(np.concatenate([[0], np.asarray(marked, np.int8), [0]]))
    return np.stack([np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)], axis=1)


def event_scores(labels: Labels, alarms: Labels) -> dict[str, float]:
    """Returns the share of events that an alarm touches, of alarms that touch one, and their F1.

    >>> labels = np.array([0, 1, 1, 0, 0, 1], bool)
    >>> alarms = np.array([0, 0, 1, 0, 1, 0], bool)
    >>> event_scores(labels, alarms)["event_f1"]
    0.5
    """
    events, raised = runs_of(labels), runs_of(alarms)
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
