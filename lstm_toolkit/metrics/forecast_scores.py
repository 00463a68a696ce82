"""How good forecasts are, added up a chunk of rows at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.metrics.directions import direction_scores

Floats = NDArray[np.float64]


def number_scores(truth: NDArray[Any], numbers: NDArray[Any]) -> dict[str, float]:
    """Scores `float64[n, steps]` numbers that are all known.

    Returns:
        `mae`, `mse`, `rmse`; the `standard_error` of `mae` over rows, which is too small where
        windows overlap; `examples`.
    """
    errors = numbers.astype(np.float64) - truth
    each = np.abs(errors).mean(axis=1)
    mse = float(np.square(errors).mean())
    return {
        "mae": float(each.mean()),
        "mse": mse,
        "rmse": float(np.sqrt(mse)),
        "standard_error": float(each.std() / np.sqrt(len(each))),
        "examples": len(truth),
    }


def row_errors(
    truth: NDArray[Any],
    point: NDArray[Any],
    scales: NDArray[Any],
    mean: NDArray[Any] | None = None,
) -> dict[str, Floats]:
    """Returns what each row adds to the scores of point forecasts.

    Args:
        truth: `float[n, steps]`, NaN where it is not known; each row has a value.
        point: `float[n, steps]`, medians, of which absolute errors are.
        scales: `float[n]`, see `windows.scale_until`; NaN where they are not known.
        mean: `float[n, steps]`, of which squared errors are; None takes `point`.

    Returns:
        `float64[n]`: `absolute_error`, `squared_error`, `scaled_error`, `relative_error`; means
        over the steps that are known.
    """
    wanted, points = truth.astype(np.float64), point.astype(np.float64)
    means = points if mean is None else mean.astype(np.float64)
    absolute = np.abs(points - wanted)
    size = np.abs(points) + np.abs(wanted)
    relative = np.where(size > 0, 200 * absolute / np.where(size > 0, size, 1.0), 0.0)
    relative = np.where(np.isfinite(wanted), relative, np.nan)
    error = np.nanmean(absolute, axis=1)
    return {
        "absolute_error": error,
        "squared_error": np.nanmean(np.square(means - wanted), axis=1),
        "scaled_error": error / scales,
        "relative_error": np.nanmean(relative, axis=1),
    }


def pinball(truth: NDArray[Any], quantiles: NDArray[Any], levels: Sequence[float]) -> Floats:
    """Returns the quantile loss, twice, `float64[n, steps, levels]`; NaN where truth is.

    With twice the loss the median's is the absolute error, as in wQL (arXiv:2005.10111).
    """
    error = truth.astype(np.float64)[..., None] - quantiles
    level = np.asarray(levels)
    return 2 * np.maximum(level * error, (level - 1) * error)


class ForecastScores:
    """Scores of forecasts, added up.

    Args:
        levels: Of the quantiles; none for point forecasts.
    """

    def __init__(self, levels: Sequence[float] = ()):
        self.levels = tuple(levels)
        self._rows: list[dict[str, Floats]] = []
        self._steps: dict[str, Floats] = {}
        self._moves: list[Floats] = []

    def add(
        self,
        truth: NDArray[Any],
        point: NDArray[Any],
        scales: NDArray[Any],
        mean: NDArray[Any] | None = None,
        quantiles: NDArray[Any] | None = None,
        last: NDArray[Any] | None = None,
    ) -> dict[str, Floats]:
        """Adds rows, and returns what each adds, see `row_errors`.

        Args:
            truth: See `row_errors`.
            point: Likewise.
            scales: Likewise.
            mean: Likewise.
            quantiles: `float[n, steps, levels]`, sorted.
            last: `float[n]`, the values before; of one step, directions are scored too.
        """
        rows = row_errors(truth, point, scales, mean)
        means = point if mean is None else mean
        steps = {
            "known": np.isfinite(truth).astype(np.float64),
            "absolute": np.abs(point - truth),
            "squared": np.square(means - truth),
            "size": np.abs(truth),
        }
        if quantiles is not None and len(self.levels):
            low, high = quantiles[..., 0], quantiles[..., -1]
            inside = np.where(np.isfinite(truth), (truth >= low) & (truth <= high), np.nan)
            loss = pinball(truth, quantiles, self.levels).mean(axis=-1)
            rows["quantile_loss"] = np.nansum(loss, axis=1)
            rows["size"] = np.nansum(np.abs(truth.astype(np.float64)), axis=1)
            rows["covered"] = np.nanmean(inside, axis=1)
            steps |= {"covered": inside, "quantile": loss}
        for name, values in steps.items():
            total = np.asarray(np.nansum(values, axis=0, dtype=np.float64))
            self._steps[name] = self._steps[name] + total if name in self._steps else total
        self._rows.append(rows)
        if last is not None and truth.shape[1] == 1:
            self._moves.append(np.stack([last, truth[:, 0], means[:, 0]]).astype(np.float64))
        return rows

    def columns(self) -> dict[str, Floats]:
        """Returns what each row added, in their order; no scaled errors without scales."""
        columns = {
            name: np.concatenate([rows[name] for rows in self._rows]) for name in self._rows[0]
        }
        if np.isnan(columns["scaled_error"]).any():
            del columns["scaled_error"]
        return columns

    def result(self) -> dict[str, Any]:
        """Returns the scores.

        Returns:
            `mae`, `mse`, `rmse`; where scales are known `mase`, absolute errors over those of a
            season ago in each series' past; `smape` from 0 to 200; the `standard_error` of
            `mae` over rows, which is too small where windows overlap; `examples`. Of quantiles,
            `wql`, the quantile loss over the sum of absolute values, and `coverage`, how much
            lies between the lowest and the highest. Of one step, `accuracy` and `mcc` of its
            direction.
        """
        columns = self.columns()
        error = columns["absolute_error"]
        mse = float(columns["squared_error"].mean())
        scores: dict[str, Any] = {
            "mae": float(error.mean()),
            "mse": mse,
            "rmse": float(np.sqrt(mse)),
            "smape": float(columns["relative_error"].mean()),
            "standard_error": float(error.std() / np.sqrt(len(error))),
            "examples": len(error),
        }
        if "scaled_error" in columns:
            scores["mase"] = float(columns["scaled_error"].mean())
        if "quantile_loss" in columns:
            size = columns["size"].sum()
            scores["wql"] = float(columns["quantile_loss"].sum() / (size if size > 0 else 1.0))
            scores["coverage"] = float(columns["covered"].mean())
        if self._moves:
            scores |= direction_scores(*np.concatenate(self._moves, axis=1))
        return scores

    def by_step(self) -> dict[str, list[float]]:
        """Returns `mae`, `mse` and, of quantiles, `coverage` of each step to come."""
        known = np.maximum(self._steps["known"], 1.0)
        names = {"mae": "absolute", "mse": "squared", "coverage": "covered"}
        return {
            score: [float(value) for value in self._steps[name] / known]
            for score, name in names.items()
            if name in self._steps
        }
