"""Figures of forecasts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.figures.plots import BLUE, GREY, ORANGE, figure, plain

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOWN = 4
"""Windows in a figure."""


def shown_rows(count: int) -> NDArray[np.int64]:
    """Returns which of so many rows are drawn: from the first to the last."""
    return np.unique(np.linspace(0, count - 1, SHOWN).astype(np.int64))


def last_windows(
    windows: NDArray[Any],
    truth: NDArray[Any],
    numbers: NDArray[Any],
    low: NDArray[Any] | None = None,
    high: NDArray[Any] | None = None,
) -> Figure:
    """Draws windows with what followed and what was foretold.

    Args:
        windows: `float32[n, window]`; of a long one its end is drawn.
        truth: `float32[n, horizon]`.
        numbers: Likewise, as foretold.
        low: Likewise, the lower end of an interval.
        high: Its upper end.
    """
    sheet = figure(7.5, 1.6 * len(windows) + 0.6)
    shown = min(windows.shape[1], max(4 * truth.shape[1], 48))
    before = np.arange(-shown, 0)
    after = np.arange(truth.shape[1])
    mark = "." if truth.shape[1] == 1 else ""
    for row in range(len(windows)):
        axes = plain(sheet.add_subplot(len(windows), 1, row + 1))
        axes.plot(before, windows[row, -shown:], color=GREY, linewidth=1, label="known")
        if low is not None and high is not None:
            axes.fill_between(
                after,
                low[row],
                high[row],
                color=ORANGE,
                alpha=0.25,
                linewidth=0,
                label="80 % interval",
            )
        axes.plot(after, truth[row], mark, color=BLUE, linewidth=1.5, label="what followed")
        axes.plot(after, numbers[row], mark, color=ORANGE, linewidth=1.5, label="forecast")
        axes.axvline(-0.5, color=GREY, linewidth=0.5)
        if row == 0:
            axes.legend(loc="lower left", bbox_to_anchor=(0, 1), frameon=False, ncols=4, fontsize=8)
    axes.set_xlabel("steps from now")
    return sheet


def error_by_step(errors: NDArray[Any]) -> Figure:
    """Draws how the mean absolute error, `float[steps]`, grows with the steps ahead."""
    sheet = figure(5.2, 2.9)
    axes = plain(sheet.add_subplot())
    axes.plot(np.arange(1, len(errors) + 1), errors, "." if len(errors) == 1 else "", color=BLUE)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("steps ahead")
    axes.set_ylabel("mean absolute error")
    return sheet


def predicted_over_true(truth: NDArray[Any], numbers: NDArray[Any]) -> Figure:
    """Draws predicted numbers over true ones, `float32[n]` each."""
    sheet = figure(4.2, 4.2)
    axes = plain(sheet.add_subplot())
    ends = [float(min(truth.min(), numbers.min())), float(max(truth.max(), numbers.max()))]
    axes.plot(ends, ends, color=GREY, linewidth=1)
    axes.scatter(truth, numbers, s=8, color=BLUE, alpha=0.5, linewidths=0)
    axes.set_xlabel("true")
    axes.set_ylabel("predicted")
    return sheet
