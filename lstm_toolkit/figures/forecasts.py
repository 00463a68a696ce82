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


def last_windows(windows: NDArray[Any], truth: NDArray[Any], numbers: NDArray[Any]) -> Figure:
    """Draws some windows with what followed and what was foretold.

    Args:
        windows: `float32[n, window]`.
        truth: `float32[n, horizon]`.
        numbers: Likewise, as foretold.
    """
    rows = np.unique(np.linspace(0, len(truth) - 1, SHOWN).astype(int))
    sheet = figure(7.5, 1.6 * len(rows) + 0.6)
    before = np.arange(-windows.shape[1], 0)
    after = np.arange(truth.shape[1])
    for place, row in enumerate(rows, 1):
        axes = plain(sheet.add_subplot(len(rows), 1, place))
        axes.plot(before, windows[row], color=GREY, linewidth=1, label="known")
        axes.plot(after, truth[row], color=BLUE, linewidth=1.5, label="what followed")
        axes.plot(after, numbers[row], color=ORANGE, linewidth=1.5, label="forecast")
        axes.axvline(-0.5, color=GREY, linewidth=0.5)
        if place == 1:
            axes.legend(loc="lower left", bbox_to_anchor=(0, 1), frameon=False, ncols=3, fontsize=8)
    axes.set_xlabel("steps from now")
    return sheet


def error_by_step(truth: NDArray[Any], numbers: NDArray[Any]) -> Figure:
    """Draws how the mean absolute error grows with the steps ahead."""
    sheet = figure(5.2, 2.9)
    axes = plain(sheet.add_subplot())
    errors = np.abs(numbers - truth).mean(axis=0)
    axes.plot(np.arange(1, len(errors) + 1), errors, color=BLUE)
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
