"""Figures of a search for hyperparameters: when it found what, and which settings mattered.

All take the same arguments. `trials` holds one row a trial in the order of their end:
`trial` (its name), `status` ("COMPLETED", "FAILED" or "RUNNING"), `score` (NaN where there is
none), `epochs`, `ended` (seconds since the search began), and a column a setting, with missing
values where a setting did not exist. A trial that completed without a finite score is drawn
as one that failed. Scores far worse than the rest are drawn at the edge, so that they do not
press the others into a line.
"""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import numpy as np

from lstm_toolkit.figures.plots import GREY, ORANGE, figure, plain
from lstm_toolkit.figures.search.axes import MISSING, NOTHING, scale
from lstm_toolkit.figures.search.lines import score_scale, side_by_side, styles, upright
from lstm_toolkit.figures.search.marks import (
    DARK,
    brief,
    crosses,
    levels,
    name_ticks,
    one_legend,
    points,
    score_axis,
    strips,
)
from lstm_toolkit.figures.search.shares import ENOUGH, Shares, shares
from lstm_toolkit.figures.search.trials import Found, found

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_UNITS = ((2 * 3600, "hours", 3600), (120, "minutes", 60), (0, "seconds", 1))
"""From how many seconds on which unit is taken, and its seconds."""


def objective_over_time(
    trials: pd.DataFrame,
    *,
    settings: Sequence[str],
    objective: str,
    maximise: bool,
    log: Collection[str] = (),
    default: str | None = None,
) -> Figure:
    """Draws the score of each trial when it ended, and the best until then.

    Args:
        trials: See the top of this module.
        settings: Columns of the settings; not drawn here.
        objective: What the scores are.
        maximise: Whether a higher score is a better one.
        log: Settings on a logarithmic scale; not drawn here.
        default: Name of the trial with the settings to beat, drawn as a level line.

    Raises:
        ValueError: If a column is missing.
    """
    search = found(trials, settings=settings, maximise=maximise, default=default)
    if not len(search.done):
        return _empty(search, objective)
    sheet = figure(7.4, 4.0)
    axes = plain(sheet.add_subplot())
    last = float(np.nan_to_num([*search.done["ended"], *search.failed["ended"]]).max())
    _, unit, seconds = next(entry for entry in _UNITS if last >= entry[0])
    ended = search.done["ended"].to_numpy(dtype=float) / seconds
    score_axis(axes, search)
    so_far = (np.maximum if maximise else np.minimum).accumulate(search.scores)
    line = [*so_far, so_far[-1]]
    axes.step([*ended, last / seconds], line, where="post", color=ORANGE, label="best so far")
    points(axes, ended, search)
    crosses(axes, search.failed["ended"].to_numpy(dtype=float) / seconds)
    axes.set_xlim(left=0)
    axes.set(xlabel=f"{unit} since the search began", ylabel=brief(objective, 40))
    axes.set_title(_best(search, objective))
    one_legend(sheet, columns=6)
    return sheet


def parallel_coordinates(
    trials: pd.DataFrame,
    *,
    settings: Sequence[str],
    objective: str,
    maximise: bool,
    log: Collection[str] = (),
    default: str | None = None,
) -> Figure:
    """Draws each trial as a line through its settings to its score.

    Lines through the same value lie side by side, the better ones higher. Values that do not
    exist lie below the axis, at "–", and so do the scores of trials that failed.

    Args:
        trials: See the top of this module.
        settings: Columns of the settings, from left to right.
        objective: What the scores are; the last axis.
        maximise: Whether a higher score is a better one.
        log: Settings on a logarithmic scale.
        default: Name of the trial with the settings to beat, drawn as a broken line.

    Raises:
        ValueError: If a column is missing.
    """
    search = found(trials, settings=settings, maximise=maximise, default=default)
    if not len(search.done) or not settings:
        return _empty(search, objective)
    order = np.argsort(search.shown if maximise else -search.shown, kind="stable")
    order = np.append(order[order != search.best], search.best)
    rows = _joined(search.failed, search.done.iloc[order])
    scales = [scale(rows[name], log=name in log) for name in settings]
    scales.append(score_scale(search, order))
    heights = np.stack([side_by_side(each) for each in scales], axis=1)
    bottom = min(0.0, heights.min()) - 0.05
    sheet = figure(max(5.4, 1.3 * len(scales) + 0.9), 1.2 + 3.0 * (1.04 - bottom))
    axes = sheet.add_subplot()
    axes.set_axis_off()
    axes.set(xlim=(-0.7, len(scales) - 0.6), ylim=(bottom, 1.04))
    for height, style in zip(heights, styles(search, order), strict=True):
        axes.plot(height, **style)
    for place, (name, each) in enumerate(zip((*settings, objective), scales, strict=True)):
        upright(axes, place, name, each, missing=NOTHING if place < len(settings) else "failed")
    one_legend(sheet, columns=4 if len(scales) > 5 else 2)
    return sheet


def effects(
    trials: pd.DataFrame,
    *,
    settings: Sequence[str],
    objective: str,
    maximise: bool,
    log: Collection[str] = (),
    default: str | None = None,
) -> Figure:
    """Draws the scores over each setting, those settings first that explain most of them.

    The number beside a name is the share of the variance of the scores' ranks that the
    setting explains, as `search_plots.shares` measures it: by random forests on
    held-out trials where ten or more completed, or else by Spearman's correlation (numbers)
    or the correlation ratio (names), squared and adjusted. "–" stands where it cannot be told,
    as for a setting that never changed. Settings with few values are drawn in strips with
    their medians. A share says how far the setting divided the trials that were tried, not
    what another setting would have brought.

    Args:
        trials: See the top of this module. Where trials were stopped early, `epochs` can be
            named among the settings to see what that explains.
        settings: Columns of the settings.
        objective: What the scores are.
        maximise: Whether a higher score is a better one.
        log: Settings on a logarithmic scale.
        default: Name of the trial with the settings to beat, drawn as a level line.

    Raises:
        ValueError: If a column is missing.
    """
    search = found(trials, settings=settings, maximise=maximise, default=default)
    if not len(search.done) or not settings:
        return _empty(search, objective)
    measured = shares(search.done, settings=settings)
    order = sorted(settings, key=lambda name: -np.nan_to_num(measured.each[name], nan=-1))
    columns = min(4, len(order))
    rows = -(-len(order) // columns)
    sheet = figure(max(4.6, 2.8 * columns + 0.4), 2.3 * rows + 1.1)
    for place, name in enumerate(order):
        axes = plain(sheet.add_subplot(rows, columns, place + 1))
        _panel(axes, search, name, log=name in log)
        share = measured.each[name]
        number = NOTHING if np.isnan(share) else f"{share:.2f}"
        axes.set_title(f"{brief(name, 26)}: {number}", fontsize=10)
        axes.tick_params(labelleft=place % columns == 0, labelsize=8)
    sheet.supylabel(brief(objective, 40), fontsize=10)
    note = _meaning(measured, len(search.done))
    sheet.suptitle(textwrap.fill(note, int(13 * sheet.get_figwidth())), fontsize=9)
    one_legend(sheet, columns=min(6, 2 * columns))
    return sheet


def _empty(search: Found, objective: str) -> Figure:
    sheet = figure(5, 2.4)
    axes = sheet.add_subplot()
    axes.set_axis_off()
    failed = f", {len(search.failed)} failed" if len(search.failed) else ""
    text = "no setting was searched" if len(search.done) else f"no trial has completed{failed}"
    axes.text(0.5, 0.5, text, ha="center", va="center", color=GREY)
    axes.set_title(brief(objective, 40))
    return sheet


def _best(search: Found, objective: str) -> str:
    name = search.done["trial"].iloc[search.best]
    return f"best {brief(objective, 30)} {search.scores[search.best]:.4g}: trial {brief(name, 12)}"


def _panel(axes: Axes, search: Found, name: str, *, log: bool) -> None:
    """Draws scores over one setting."""
    rows = _joined(search.failed, search.done)
    known = rows[name].dropna().astype(str).nunique()
    each = scale(rows[name], log=log, room=5, even=6 if 2 * known <= len(rows) else 1)
    places = strips(each)
    score_axis(axes, search)
    points(axes, places[len(search.failed) :], search)
    crosses(axes, places[: len(search.failed)])
    for level, width in levels(each):
        scores = search.scores[each.places[len(search.failed) :] == level]
        if len(scores) > 2:
            ends = (level - width / 2, level + width / 2)
            middle = search.to_edge(np.median(scores, keepdims=True))
            axes.hlines(middle, *ends, color=DARK, linewidth=2, label="median")
    missing = bool((each.places == MISSING).any())
    axes.set_xlim(MISSING - 0.1 if missing else -0.13, 1.13)
    name_ticks(axes, [(MISSING, NOTHING), *each.ticks] if missing else each.ticks)


def _meaning(measured: Shares, count: int) -> str:
    """Says what the numbers beside the names are."""
    note = "Beside each name: share of the variance of the scores' ranks that it explains"
    if measured.together is not None:
        guess = ", no better than a blind guess" if measured.together <= 0 else ""
        together = f"all settings together: R² {measured.together:.2f}{guess}"
        return f"{note}, by random forests on held-out trials ({together})"
    if count < ENOUGH:
        trials = "trial tells" if count == 1 else "trials tell"
        return f"{note} alone (R², adjusted; {count} {trials} little)"
    return f"{note}: none, as all scores are equal or no setting changed"


def _joined(failed: pd.DataFrame, done: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    return pd.concat([frame.astype(object) for frame in (failed, done)], ignore_index=True)
