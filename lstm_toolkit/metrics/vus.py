"""The volume under precision and recall over buffers around events: VUS-PR.

J. Paparrizos et al., "Volume Under the Surface", 2022 (doi:10.14778/3551793.3551830).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.metrics.runs import begins_of, runs_of

THRESHOLDS = 250
"""Of the scores, equally many steps apart, as the authors take them."""

Floats = NDArray[np.float64]
Bounds = NDArray[np.int64]


def vus_pr(
    labels: NDArray[np.bool_], scores: Floats, buffer: int, series: NDArray[Any] | None = None
) -> float:
    """Returns the mean area under precision and recall over buffers of 0 to `buffer` steps.

    Within half a buffer of an event, an alarm counts in part. Recall is multiplied with the share
    of events that any alarm is near to.

    Args:
        labels: `bool[n]`, some of them true.
        scores: `float64[n]`, the greater the stranger.
        buffer: Steps.
        series: `[n]`, which one each step is of: buffers end with them. None: one.
    """
    begins, ends = runs_of(labels, series).T
    seams = np.append(np.flatnonzero(begins_of(len(scores), series)), len(scores))
    which = np.searchsorted(seams, begins, side="right")
    bounds = seams[which - 1], seams[which]
    order = np.argsort(-scores, kind="stable")
    ordered = scores[order]
    places = np.linspace(0, len(scores) - 1, THRESHOLDS).astype(int)
    thresholds = ordered[places]
    counts = np.searchsorted(-ordered, -thresholds, side="right")
    inside = np.asarray(labels, np.float64)
    areas = []
    for width in range(buffer + 1):
        soft = _softened(inside, begins, ends, width, bounds)
        near = _peaks(scores, begins - width // 2, ends + width // 2, bounds)
        areas.append(_area(soft[order], inside[order], counts, thresholds, near))
    return float(np.mean(areas))


def _softened(
    inside: Floats, begins: Bounds, ends: Bounds, width: int, bounds: tuple[Bounds, Bounds]
) -> Floats:
    """Returns labels that fall off beside each event, along a root."""
    soft = inside.copy()
    for away in range(1, width // 2 + 1):
        share = np.sqrt(1 - away / width)
        for steps in (ends - 1 + away, begins - away):
            np.add.at(soft, steps[(steps >= bounds[0]) & (steps < bounds[1])], share)
    return np.minimum(soft, 1.0)


def _peaks(scores: Floats, begins: Bounds, ends: Bounds, bounds: tuple[Bounds, Bounds]) -> Floats:
    """Returns the highest score near each event; events whose buffers meet are one."""
    peaks: list[float] = []
    last = -1
    starts = np.maximum(begins, bounds[0])
    for begin, end, own in zip(starts, np.minimum(ends, bounds[1]), bounds[0], strict=True):
        peak = float(scores[begin:end].max())
        if peaks and own < last and begin <= last:
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
