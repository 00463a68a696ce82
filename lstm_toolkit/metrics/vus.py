"""The volume under precision and recall over buffers around events: VUS-PR.

J. Paparrizos et al., "Volume Under the Surface", 2022 (doi:10.14778/3551793.3551830).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

THRESHOLDS = 250
"""Of the scores, equally many steps apart, as the authors take them."""

Floats = NDArray[np.float64]
Bounds = NDArray[np.int64]


def vus_pr(labels: NDArray[np.bool_], scores: Floats, buffer: int) -> float:
    """Returns the mean area under precision and recall over buffers of 0 to `buffer` steps.

    Within half a buffer of an event, an alarm counts in part. Recall is multiplied with the share
    of events that any alarm is near to.

    Args:
        labels: `bool[n]`, some of them true.
        scores: `float64[n]`, the greater the stranger.
        buffer: Steps.
    """
    edges = np.diff(np.concatenate([[0], np.asarray(labels, np.int8), [0]]))
    begins, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    order = np.argsort(-scores, kind="stable")
    ordered = scores[order]
    places = np.linspace(0, len(scores) - 1, THRESHOLDS).astype(int)
    thresholds = ordered[places]
    counts = np.searchsorted(-ordered, -thresholds, side="right")
    inside = np.asarray(labels, np.float64)
    areas = []
    for width in range(buffer + 1):
        soft = _softened(inside, begins, ends, width)
        near = _peaks(scores, begins - width // 2, ends + width // 2)
        areas.append(_area(soft[order], inside[order], counts, thresholds, near))
    return float(np.mean(areas))


def _softened(inside: Floats, begins: Bounds, ends: Bounds, width: int) -> Floats:
    """Returns labels that fall off beside each event, along a root."""
    soft = inside.copy()
    for away in range(1, width // 2 + 1):
        share = np.sqrt(1 - away / width)
        for steps in (ends - 1 + away, begins - away):
            np.add.at(soft, steps[(steps >= 0) & (steps < len(soft))], share)
    return np.minimum(soft, 1.0)


def _peaks(scores: Floats, begins: Bounds, ends: Bounds) -> Floats:
    """Returns the highest score near each event; events whose buffers meet are one."""
    peaks: list[float] = []
    last = -1
    for begin, end in zip(np.maximum(begins, 0), np.minimum(ends, len(scores)), strict=True):
        peak = float(scores[begin:end].max())
        if peaks and begin <= last:
            peaks[-1] = max(peaks[-1], peak)
        else:
            peaks.append(peak)
        last = end
    return np.array(peaks)


def _area(soft: Floats, inside: Floats, counts: Bounds, thresholds: Floats, near: Floats) -> float:
    """Returns the area of one buffer; steps stand in the order of their scores."""
    hits = np.cumsum(soft)[counts - 1]
    outside = np.cumsum(soft * (1 - inside))[counts - 1]
    positives = inside.sum() + outside / 2
    reached = (near[None, :] >= thresholds[:, None]).mean(axis=1)
    recall = np.minimum(hits / positives, 1.0) * reached
    precision = hits / counts
    return float(np.dot(np.diff(recall, prepend=0.0), precision))
