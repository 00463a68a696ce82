"""Quantiles that were forecast for rows with what came: how they are scored, shown and drawn."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.metrics.conformal import factors
from lstm_toolkit.metrics.forecast_scores import ForecastScores, pinball
from lstm_toolkit.targets.judged_rows import JudgedRows, line_of_numbers, window_blocks
from lstm_toolkit.targets.quantile_state import LEVELS, MEDIAN, QuantilesState

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from lstm_toolkit.data.dataset import Dataset
    from lstm_toolkit.targets.target import Predicted

CHUNK = 2048
"""Rows that are scored at a time."""
SHOWN = 16
"""Steps of a row that are kept for people to read."""
CHOSEN_ON = 20_000
"""Rows of the validation split on which quantiles are moved, at most."""


def loss_scales(rows: Dataset, state: QuantilesState, weigh: str) -> NDArray[np.float32]:
    """Returns `float32[n]`, by what the errors of each row are divided in the loss."""
    if weigh == "season" and "scale" in rows.meta:
        return np.asarray(rows.meta["scale"], np.float32)
    return np.full(len(rows), state.deviation, np.float32)


def season_scales(rows: Dataset) -> NDArray[np.float64]:
    """Returns `float64[n]`, see `scale_until`; NaN of rows that were cut elsewhere."""
    scales = rows.meta.get("scale")
    return np.full(len(rows), np.nan) if scales is None else np.asarray(scales, np.float64)


def scored(predicted: Predicted, column: str, series: str) -> tuple[ForecastScores, float]:
    """Adds up the scores of all rows, and returns the loss beside them.

    Args:
        predicted: Of which the outputs are `float32[n, steps, 9]` quantiles.
        column: Of the targets.
        series: The feature whose last values changes are reckoned from.
    """
    state, rows, chosen = predicted.states.target, predicted.rows, predicted.settings
    scores, losses = ForecastScores(LEVELS), [0.0, 0.0]
    divided, seasonal = loss_scales(rows, state, chosen.weigh), season_scales(rows)
    moved_by = np.asarray(state.factors, np.float32)
    for begin in range(0, len(rows), CHUNK):
        part = slice(begin, begin + CHUNK)
        truth = np.asarray(rows.targets[column][part], np.float32)
        raw = np.asarray(predicted.outputs[part])
        medians, moved = _answered(raw, moved_by)
        average = raw.mean(axis=-1)
        last = np.asarray(rows.columns[series][part])[:, -1]
        scores.add(truth, medians, seasonal[part], average, moved, last)
        scale = divided[part][:, None].astype(np.float64)
        loss = pinball(truth, raw, LEVELS).mean(axis=-1) / scale
        if chosen.errors == "squared":
            loss = loss + np.square((truth - average) / scale)
        losses[0] += float(np.nansum(loss))
        losses[1] += float(np.isfinite(truth).sum())
    return scores, losses[0] / max(losses[1], 1.0)


def judged(predicted: Predicted, column: str, series: str) -> JudgedRows:
    """Returns the values and errors of each row; windows that overlap are in one block."""
    scores, _ = scored(predicted, column, series)
    truth = predicted.rows.targets[column]
    wanted = [line_of_numbers(truth[row : row + 1][0, :SHOWN]) for row in range(len(truth))]
    answers = [line_of_numbers(row[:SHOWN].mean(axis=-1)) for row in predicted.outputs]
    blocks = window_blocks(len(truth), predicted.states.target.horizon)
    return JudgedRows(wanted, answers, scores.columns(), blocks=blocks)


def chosen_factors(predicted: Predicted, column: str) -> tuple[float, ...]:
    """Returns the factors that make quantiles right on the validation split.

    That is split conformal prediction of each level with residuals over the interval's own width
    (Y. Romano et al., 2019, arXiv:1905.03222).
    """
    every = max(1, len(predicted.rows) // CHOSEN_ON)
    rows = np.arange(0, len(predicted.rows), every)
    truth = np.asarray(predicted.rows.targets[column][rows])
    ordered = np.sort(predicted.outputs[rows], axis=-1)
    return factors(truth, ordered, LEVELS, _independent(predicted))


def _independent(predicted: Predicted) -> float:
    """Returns how many values count as seen: of a series one each half horizon."""
    groups = predicted.rows.meta.get("group", np.zeros(len(predicted.rows)))
    _, counts = np.unique(groups, return_counts=True)
    halves = 2 * counts / predicted.states.target.horizon
    return float(np.maximum(1.0, halves).sum())


def figures(predicted: Predicted, column: str, series: str) -> dict[str, Figure]:
    """Returns the last windows with what was foretold, and errors by step."""
    from lstm_toolkit.figures import forecasts

    rows = forecasts.shown_rows(len(predicted.rows))
    few = dataclasses.replace(predicted, rows=predicted.rows.take(rows))
    truth = np.asarray(few.rows.targets[column])
    windows = np.asarray(few.rows.columns[series])
    outputs = predicted.outputs[rows]
    _, moved = _answered(outputs, np.asarray(predicted.states.target.factors, np.float32))
    steps = scored(predicted, column, series)[0].by_step()
    return {
        "forecasts": forecasts.last_windows(
            windows, truth, outputs.mean(axis=-1), moved[..., 0], moved[..., -1]
        ),
        "error_by_step": forecasts.error_by_step(np.asarray(steps["mae"])),
    }


def _answered(
    outputs: NDArray[Any], factors: NDArray[np.float32]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Returns medians, and quantiles as `Quantiles.decode` answers them in the graph."""
    ordered = np.sort(outputs, axis=-1)
    middle = ordered[..., MEDIAN : MEDIAN + 1]
    return middle[..., 0], np.sort(middle + (ordered - middle) * factors, axis=-1)
