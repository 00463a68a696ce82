"""Figures of signals: with noise, cleaned, and as they are in truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.figures.plots import BLUE, GREY, ORANGE, figure, plain

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOWN = 4
"""Windows in a figure."""
MOST_SAMPLES = 1000
"""Of a window, so that lines can be told apart."""


def before_and_after(
    noisy: NDArray[Any], clean: NDArray[Any], truth: NDArray[Any], names: Sequence[str]
) -> Figure:
    """Draws windows before and after, and the truth.

    Args:
        noisy: `float32[n, steps]`.
        clean: Likewise, as the network has it.
        truth: Likewise.
        names: Above each window, such as its noise.
    """
    sheet = figure(7.5, 1.7 * len(noisy) + 0.6)
    steps = np.arange(min(MOST_SAMPLES, noisy.shape[1]))
    for row, name in enumerate(names):
        axes = plain(sheet.add_subplot(len(noisy), 1, row + 1))
        axes.plot(steps, noisy[row, : len(steps)], color=GREY, linewidth=0.7, label="before")
        axes.plot(steps, truth[row, : len(steps)], color=BLUE, linewidth=1.3, label="truth")
        axes.plot(steps, clean[row, : len(steps)], color=ORANGE, linewidth=1, label="after")
        axes.set_title(name, fontsize=8, loc="right")
        if row == 0:
            axes.legend(loc="lower left", bbox_to_anchor=(0, 1), frameon=False, ncols=3, fontsize=8)
    axes.set_xlabel("samples")
    return sheet


def improvements(table: Mapping[str, Mapping[str, Mapping[str, float]]]) -> Figure:
    """Draws the SNR that comes out over that which goes in, a line a kind of noise.

    Args:
        table: See `metrics.signal_scores.by_noise`.
    """
    sheet = figure(5.2, 3.4)
    axes = plain(sheet.add_subplot())
    levels = sorted({float(level) for levels in table.values() for level in levels})
    for kind, scores in table.items():
        known = sorted(scores, key=float)
        values = [scores[level]["snr"] for level in known]
        axes.plot([float(level) for level in known], values, ".-", label=kind)
    axes.plot(levels, levels, color=GREY, linewidth=0.8, linestyle=":", label="untouched")
    axes.set_xlabel("SNR before, dB")
    axes.set_ylabel("SNR after, dB")
    axes.legend(frameon=False, fontsize=7)
    return sheet
