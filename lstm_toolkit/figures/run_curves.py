"""Learning curves of several runs over each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lstm_toolkit.figures.plots import figure, literal, plain

if TYPE_CHECKING:
    from matplotlib.figure import Figure

History = Sequence[Mapping[str, float]]

MOST = 10
"""Curves that can be told apart by their colours."""


def curves_of_runs(histories: Mapping[str, History]) -> Figure:
    """Draws each score on the validation split over the epochs, a line a run.

    Args:
        histories: The rows of `history.csv` by the names of runs, at most `MOST`.

    Raises:
        ValueError: If there are more, or none has a score on a validation split.
    """
    from matplotlib.lines import Line2D
    from matplotlib.ticker import MaxNLocator

    from lstm_toolkit.figures.fonts import legible

    drawn = {name: rows for name, rows in histories.items() if rows}
    scores = dict.fromkeys(
        score for rows in drawn.values() for score in rows[0] if score.startswith("val_")
    )
    if not scores or len(drawn) > MOST:
        raise ValueError(
            f"histories must be of 1 to {MOST} runs with scores on a validation split. "
            f"Received: {len(drawn)}"
        )
    # Dashes and widths too, since equal curves lie on each other.
    looks: dict[str, dict[str, Any]] = {
        name: {
            "color": f"C{place}",
            "linestyle": ("-", "--", ":", "-.")[place % 4],
            "linewidth": 2.6 - 0.15 * place,
        }
        for place, name in enumerate(drawn)
    }
    sheet = figure(4.6 * len(scores), 3.6 + 0.22 * len(drawn))
    for place, score in enumerate(scores):
        axes = plain(sheet.add_subplot(1, len(scores), place + 1))
        for name, rows in drawn.items():
            known = [(row["epoch"], row[score]) for row in rows if score in row]
            # A training of one epoch is a point, which no line shows.
            marker = "o" if len(known) < 3 else None
            epochs, values = zip(*known, strict=True) if known else ((), ())
            axes.plot(epochs, values, marker=marker, **looks[name])
        axes.set(xlabel="epoch", title=f"{score.removeprefix('val_')} (validation)")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    shown, fonts, _ = legible(literal(list(drawn)))
    sheet.legend(
        [Line2D([], [], **looks[name]) for name in drawn],
        shown,
        loc="outside lower center",
        frameon=False,
        prop={"family": fonts, "size": 9},
    )
    return sheet
