"""Marks that the figures of a search share: scores, failures, strips, labels."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.figures.plots import BLUE, GREY, ORANGE, literal
from lstm_toolkit.figures.search.axes import MISSING, Scale
from lstm_toolkit.figures.search.trials import Found

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DARK = "#404040"
_BAND = "#f3f3f3"


def brief(text: str, most: int) -> str:
    """Shortens in the middle what would not fit, and keeps dollar signs from being formulas.

    >>> brief("sgd_with_momentum_0.9", 14)
    'sgd_with_…_0.9'
    """
    text = " ".join(text.split())
    if len(text) > most:
        end = most // 3
        text = f"{text[: most - 1 - end]}…{text[-end:]}"
    return literal([text])[0]


def score_axis(axes: Axes, search: Found) -> None:
    """Scales the upright axis; a grey band marks where its heights mean nothing."""
    low, high = search.shown.min(), search.shown.max()
    if low == high:
        low, high = low - (0.05 * abs(low) or 0.5), high + (0.05 * abs(high) or 0.5)
    span = high - low
    bottom = low - (0.16 if len(search.failed) else 0.08) * span
    ends, top = [bottom, high + 0.08 * span], high + 0.08 * span
    if len(search.failed):
        ends[0] = bottom + 0.08 * span
    if search.edge is not None:
        ends[0 if search.maximise else 1] = (
            search.edge + (0.05 if search.maximise else -0.05) * span
        )
    axes.axhspan(bottom, ends[0], color=_BAND, linewidth=0, zorder=0)
    axes.axhspan(ends[1], top, color=_BAND, linewidth=0, zorder=0)
    axes.set_ylim(bottom, top)
    axes.set_yticks([tick for tick in axes.get_yticks() if ends[0] <= tick <= ends[1]])
    if search.default is not None:
        axes.axhline(search.scores[search.default], color=GREY, linewidth=1, label="default")


def points(axes: Axes, places: NDArray[np.float64], search: Found) -> None:
    """Draws scores at places, `float64[done]`, with the best one on top."""
    style: dict[str, Any] = {"linestyle": "", "markersize": 5, "alpha": 0.7, "markeredgewidth": 0}
    near, scores = ~search.beyond, search.shown
    axes.plot(places[near], scores[near], marker="o", color=BLUE, label="trial", **style)
    if search.beyond.any():
        marker = "v" if search.maximise else "^"
        far, name = search.beyond, "far worse, not to scale"
        axes.plot(places[far], scores[far], marker=marker, color=BLUE, label=name, **style)
    style |= {"markersize": 7, "alpha": 1}
    best = search.best
    axes.plot(places[[best]], scores[[best]], marker="o", color=ORANGE, label="best", **style)


def crosses(axes: Axes, places: NDArray[np.float64]) -> None:
    """Marks failed trials at the bottom."""
    if len(places):
        bottom = np.full(len(places), 0.03)
        style: dict[str, Any] = {"color": GREY, "marker": "x", "markersize": 4, "linestyle": ""}
        axes.plot(places, bottom, transform=axes.get_xaxis_transform(), label="failed", **style)


def name_ticks(axes: Axes, ticks: Sequence[tuple[float, str]]) -> None:
    """Writes labels of ticks, aslant where they would touch."""
    places, labels = [place for place, _ in ticks], [brief(label, 14) for _, label in ticks]
    axes.set_xticks(places, labels)
    inches = 2.2 / np.ptp(axes.get_xlim())
    letters = [len(label) for label in labels]
    halves = [(a + b) / 2 for a, b in itertools.pairwise(letters)]
    if any(np.diff(places) * inches < np.array(halves) * 0.07 + 0.08):
        axes.tick_params(axis="x", labelrotation=30)
        for label in axes.get_xticklabels():
            label.set(ha="right", rotation_mode="anchor")


def one_legend(sheet: Figure, *, columns: int) -> None:
    """Names each kind of mark once, below the figure."""
    pairs = [zip(*axes.get_legend_handles_labels(), strict=True) for axes in sheet.axes]
    marks = {label: handle for pair in pairs for handle, label in pair}
    legend: dict[str, Any] = {"loc": "outside lower center", "ncols": columns}
    sheet.legend([*marks.values()], [*marks], frameon=False, fontsize=9, **legend)


def levels(each: Scale) -> list[tuple[float, float]]:
    """Lists the places where values gather, and how wide a strip fits there."""
    known = np.unique(each.places[each.places != MISSING]) if each.steps else np.empty(0)
    width = float(min(0.16, 0.6 * np.diff(known).min(initial=1)))
    return [(place, width) for place in known.tolist()] + [(MISSING, 0.1)]


def strips(each: Scale) -> NDArray[np.float64]:
    """Moves values of one place apart, always in the same way."""
    places = each.places.copy()
    for level, width in levels(each):
        here = np.flatnonzero(each.places == level)
        golden = (5**0.5 - 1) / 2  # its multiples fill an interval evenly
        places[here] += width * ((0.5 + golden * np.arange(len(here))) % 1 - 0.5)
    return places
