"""Lines and upright axes of parallel coordinates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.figures.plots import GREY, ORANGE
from lstm_toolkit.figures.search.axes import MISSING, Scale, scale
from lstm_toolkit.figures.search.marks import DARK, brief
from lstm_toolkit.figures.search.trials import Found

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def side_by_side(each: Scale) -> NDArray[np.float64]:
    """Spreads values that lie on one tick, or that do not exist, in their order."""
    spread = each.places.copy()
    for place in np.unique(spread) if each.steps else [MISSING]:
        here = np.flatnonzero(each.places == place)
        width = 0.006 * min(len(here) - 1, 8)
        spread[here] += np.linspace(-width / 2, width / 2, len(here))
    return spread


def score_scale(search: Found, order: NDArray[np.int64]) -> Scale:
    """Scales the scores, upwards in `order` after those that failed."""
    import pandas as pd

    each = scale(pd.Series([*search.failed["score"], *search.shown[order]]))
    if search.edge is None:
        return each
    edge = 0.0 if search.maximise else 1.0
    ticks = [tick for tick in each.ticks if abs(tick[0] - edge) > 0.06]
    return Scale(each.places, [*ticks, (edge, "far worse")], each.steps)


def styles(search: Found, order: NDArray[np.int64]) -> list[dict[str, Any]]:
    """Chooses how lines look, one a row: those that failed, then done ones up to the best.

    Colours follow the rank of the score, so that many good trials are still told apart.
    """
    from matplotlib import colormaps

    width = float(np.interp(len(order), [20, 100], [1.5, 0.8]))
    failed = {"color": GREY, "linewidth": 0.9, "linestyle": ":", "label": "failed"}
    line_styles: list[dict[str, Any]] = [failed] * len(search.failed)
    for rank, row in enumerate(order.tolist(), 1):
        color: Any = colormaps["Blues"](0.2 + 0.75 * (rank / len(order)) ** 1.5)
        style = {"color": color, "linewidth": width, "label": "trial, the darker the better"}
        if row == search.default:
            style = {"color": DARK, "linewidth": 1.6, "linestyle": "--", "label": "default"}
        if row == search.best:
            style |= {"color": ORANGE, "linewidth": 2.6, "marker": "o", "label": _best(search)}
        line_styles.append(style)
    return line_styles


def _best(search: Found) -> str:
    name = brief(search.done["trial"].iloc[search.best], 12)
    default = " (default)" if search.best == search.default else ""
    return f"best: {search.scores[search.best]:.4g}, trial {name}{default}"


def upright(axes: Axes, place: int, name: str, each: Scale, *, missing: str) -> None:
    """Draws one upright axis with its name and its ticks."""
    from matplotlib.patheffects import withStroke

    ticks = each.ticks
    axes.vlines(place, 0, 1, color=DARK, linewidth=1, zorder=3)
    if (each.places == MISSING).any():
        ticks = [(MISSING, missing), *ticks]
        axes.vlines(place, MISSING, 0, color=GREY, linewidth=1, linestyle=":", zorder=3)
    halo = [withStroke(linewidth=3, foreground="white")]
    style: dict[str, Any] = {"ha": "right", "va": "center", "zorder": 5, "path_effects": halo}
    for tick, label in ticks:
        axes.hlines(tick, place - 0.04, place, color=DARK, linewidth=1, zorder=3)
        axes.text(place - 0.07, tick, brief(label, 14), fontsize=8, **style)
    axes.text(place, 1.07, _folded(name), ha="center", va="bottom", fontsize=9)


def _folded(name: str) -> str:
    """Breaks a long name at its underscores."""
    lines = [""]
    for part in name.replace("_", "_ ").split():
        if lines[-1] and len(lines[-1] + part) > 13:
            lines.append("")
        lines[-1] += part
    return "\n".join(brief(line, 15) for line in lines)
