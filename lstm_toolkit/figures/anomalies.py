"""Figures of anomalies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.figures.plots import BLUE, GREY, ORANGE, figure, plain
from lstm_toolkit.metrics.runs import begins_of, runs_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST = 20_000
"""Steps that are drawn; of more, the highest score of each so many."""

MOST_SEAMS = 100
"""Lines between series that are drawn."""


def scores_over_steps(
    scores: NDArray[Any],
    threshold: float,
    alarms: NDArray[np.bool_],
    labels: NDArray[np.bool_] | None = None,
    series: NDArray[Any] | None = None,
) -> Figure:
    """Draws scores with alarms as bands, and below them what is labelled.

    Args:
        scores: `float[n]`, NaN where there is none.
        threshold: From which on there is an alarm.
        alarms: `bool[n]`.
        labels: `bool[n]`, None where nothing is known.
        series: `[n]`, which one each step is of: thin lines stand between them.
    """
    sheet = figure(7.5, 2.9)
    axes = sheet.add_subplot()
    _draw(axes, scores, runs_of(alarms, series))
    for seam in np.flatnonzero(begins_of(len(scores), series))[1 : MOST_SEAMS + 1]:
        axes.axvline(seam, color=GREY, linewidth=0.5)
    for place, (begin, end) in enumerate(runs_of(labels, series) if labels is not None else ()):
        label = "labelled" if place == 0 else None
        axes.plot([begin, end], [0, 0], color="black", linewidth=4, label=label)
    axes.axhline(threshold, color=GREY, linewidth=0.8, linestyle="--", label="threshold")
    axes.set_xlabel("steps")
    axes.legend(loc="upper left", frameon=False, fontsize=8)
    return sheet


def several_series(
    scores: Mapping[str, NDArray[Any]], bands: Mapping[str, Sequence[tuple[int, int]]]
) -> Figure:
    """Draws the scores of series one below the other, with events as bands.

    Args:
        scores: `float[n]` by the names of series, NaN where there is none.
        bands: First steps of events, and those after their last ones, by the same names.
    """
    sheet = figure(7.5, 1.8 * len(scores) + 0.8)
    for place, (name, values) in enumerate(scores.items()):
        axes = sheet.add_subplot(len(scores), 1, place + 1)
        _draw(axes, values, bands[name])
        axes.set_title(name, fontsize=9, loc="left")
    axes.set_xlabel("steps")
    return sheet


def _draw(axes: Axes, scores: NDArray[Any], bands: Any) -> None:
    plain(axes)
    every = max(1, -(-len(scores) // MOST))
    heights = _highest(scores, every)
    axes.plot(np.arange(len(heights)) * every, heights, color=BLUE, linewidth=0.8)
    for place, (begin, end) in enumerate(bands):
        label = "alarm" if place == 0 else None
        axes.axvspan(begin, end, color=ORANGE, alpha=0.35, linewidth=0, label=label)
    axes.set_ylabel("score")


def _highest(scores: NDArray[Any], every: int) -> NDArray[Any]:
    if every == 1:
        return scores
    padded = np.pad(scores, (0, -len(scores) % every), constant_values=np.nan)
    return np.fmax.reduce(padded.reshape(-1, every), axis=1)
