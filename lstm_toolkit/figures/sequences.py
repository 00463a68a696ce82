"""Figures of sequences of letters: what each stretch speaks for, along the sequence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from lstm_toolkit.figures.plots import BLUE, ORANGE, figure, plain

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_LETTERS = 120
"""Letters that are written below their bars; of more, places are numbered."""


def sequence_weights(answers: Sequence[Mapping[str, Any]]) -> Figure:
    """Draws explained answers: bars up for what speaks for the label, down for what is against it.

    Args:
        answers: Of `predict` with `explain=True`: `tokens` with `token` and `weight`, `label` and
            `probability`; at least one.
    """
    sheet = figure(9.0, 1.5 * len(answers) + 0.4)
    for row, answer in enumerate(answers, 1):
        axes = plain(sheet.add_subplot(len(answers), 1, row))
        lengths = np.array([len(item["token"]) for item in answer["tokens"]])
        weights = np.array([item["weight"] for item in answer["tokens"]])
        begins = np.cumsum(lengths) - lengths
        colours = [BLUE if weight > 0 else ORANGE for weight in weights]
        axes.bar(begins + lengths / 2, weights, width=lengths * 0.9, color=colours)
        axes.axhline(0, color="black", linewidth=0.5)
        axes.set_xlim(0, max(int(lengths.sum()), 1))
        axes.set_title(f"{answer['label']} {answer['probability']:.2f}", fontsize=8, loc="right")
        if lengths.sum() <= MOST_LETTERS:
            letters = "".join(item["token"] for item in answer["tokens"])
            axes.set_xticks(np.arange(len(letters)) + 0.5, list(letters), fontsize=6)
            axes.tick_params(axis="x", length=0)
    return sheet
