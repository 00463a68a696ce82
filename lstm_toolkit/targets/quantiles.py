"""The values that follow in a series, with how sure they are: quantiles of each step."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.columns import Beside
from lstm_toolkit.features.feature import EncodedColumn, Feature
from lstm_toolkit.features.text import check_kept
from lstm_toolkit.metrics.row_scores import mean, quotient, root_mean
from lstm_toolkit.settings.fields import (
    CHANGES_LOSS,
    DATA,
    POSITIVE,
    TRAINING,
    SettingsGroup,
    settings,
)
from lstm_toolkit.system.files import write_json
from lstm_toolkit.targets.forecast_signatures import forecast_signatures
from lstm_toolkit.targets.judged_rows import JudgedRows, line_of_numbers, window_blocks
from lstm_toolkit.targets.signature import Signature, Trained
from lstm_toolkit.targets.target import Direction, Predicted, Target

if TYPE_CHECKING:
    import keras
    import tensorflow as tf
    from matplotlib.figure import Figure

    from lstm_toolkit.data.batches import Batches
    from lstm_toolkit.data.dataset import Dataset
    from lstm_toolkit.metrics.forecast_scores import ForecastScores

LEVELS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""Of the quantiles."""
MEDIAN = LEVELS.index(0.5)
NAMES = tuple(f"q{round(100 * level)}" for level in LEVELS)
"""Of the quantiles in answers."""
CHUNK = 2048
"""Rows that are scored at a time."""
SHOWN = 16
"""Steps of a row that are kept for people to read."""


@settings()
class QuantilesSettings(SettingsGroup):
    """How values that follow are learnt."""

    horizon: Annotated[int, POSITIVE] = 24
    """Steps that come out."""
    season: Annotated[int | None, POSITIVE] = None
    """Steps after which values repeat; none finds them."""
    errors: Annotated[Literal["absolute", "squared"], TRAINING, CHANGES_LOSS] = "absolute"
    """Which errors of forecasts count: absolute ones of quantiles alone, or squared ones of their
    mean beside."""
    weigh: Annotated[Literal["season", "none"], DATA] = "season"
    """By what errors are divided in the loss: how much their series changes over a season, as
    in MASE, or the deviation of all values."""


@dataclasses.dataclass(frozen=True)
class QuantilesState:
    """What is known of the values to come, besides the weights.

    Attributes:
        horizon: Steps.
        season: In steps; 1 where nothing repeats.
        deviation: Of all values in the training split.
        factors: How much farther from the median each quantile is moved, so that as many values
            of the validation split lie below it as should.
        weigh: By what errors were divided, so that the linear fit minds the same ones.
    """

    horizon: int
    season: int
    deviation: float
    factors: tuple[float, ...] = (1.0,) * len(LEVELS)
    weigh: str = "season"

    def save(self, folder: Path) -> None:
        """Writes `quantiles.json`."""
        write_json(folder / "quantiles.json", {**dataclasses.asdict(self), "levels": LEVELS})


class Quantiles(Target[QuantilesState]):
    """`float32[batch, steps, 9]` quantiles of the steps to come. Settings: `QuantilesSettings`.

    Args:
        column: Of `Dataset.targets`: `float32[n, steps]`, NaN where a value is not known.
        series: The feature whose last values the simplest methods repeat.
    """

    directions: ClassVar[Mapping[str, Direction]] = {
        **dict.fromkeys(("loss", "mae", "mse", "rmse", "mase", "smape", "wql"), "min"),
        **dict.fromkeys(("accuracy", "mcc"), "max"),
    }
    main_score = "mae"
    row_scores = (
        mean("mae", "absolute_error"),
        mean("mse", "squared_error"),
        root_mean("rmse", "squared_error"),
        mean("mase", "scaled_error"),
        mean("smape", "relative_error"),
        quotient("wql", "quantile_loss", "size"),
    )
    chooses_on_validation = True
    row_columns = ("unique_id", "ds")

    def __init__(self, column: str = "forecast", series: str = "values"):
        self.column, self.series = column, series

    def given(self, column: Any) -> Any:
        """Refuses what is no finite number."""
        from lstm_toolkit.data.given import finite

        return finite(column)

    def learn(self, train: Dataset, settings: Any) -> QuantilesState:
        """Learns how many steps follow, and how much values differ."""
        targets = train.targets[self.column]
        values = getattr(targets, "values", targets)
        starts = getattr(targets, "starts", None)
        if starts is not None:  # of windows, the values once
            values = values[starts.min() : starts.max() + targets.steps]
        deviation = float(np.nanstd(np.asarray(values, np.float64)))
        season = settings.season or 1
        return QuantilesState(
            int(targets.shape[1]),
            season,
            deviation if deviation > 0 else 1.0,
            weigh=settings.weigh,
        )

    def extend(
        self, state: QuantilesState, train: Dataset, settings: Any
    ) -> tuple[QuantilesState, list[str]]:
        """Keeps what is known.

        Raises:
            InputError: If more or fewer steps are to come out.
        """
        check_kept("horizon", state.horizon, int(train.targets[self.column].shape[1]))
        return state, []

    def load(self, folder: Path) -> QuantilesState:
        """Reads what `QuantilesState.save` wrote."""
        facts = json.loads((folder / "quantiles.json").read_text(encoding="utf-8"))
        return QuantilesState(
            facts["horizon"],
            facts["season"],
            facts["deviation"],
            tuple(facts["factors"]),
            facts["weigh"],
        )

    def encode(self, rows: Dataset, state: QuantilesState, settings: Any) -> EncodedColumn:
        """Returns `float32[n, steps + 1]`: values, and last by what their errors are divided."""
        return EncodedColumn(
            Beside((rows.targets[self.column], self._scales(rows, state, settings)))
        )

    def _scales(self, rows: Dataset, state: QuantilesState, settings: Any) -> NDArray[np.float32]:
        if settings.weigh == "season" and "scale" in rows.meta:
            return np.asarray(rows.meta["scale"], np.float32)
        return np.full(len(rows), state.deviation, np.float32)

    def loss(self, settings: Any) -> keras.Loss:
        """Returns the loss of quantiles."""
        from lstm_toolkit.layers.losses.pinball import PinballLoss

        return PinballLoss(LEVELS, squared=1.0 if settings.errors == "squared" else 0.0)

    def decode(self, outputs: tf.Tensor, state: QuantilesState) -> dict[str, tf.Tensor]:
        """Returns the mean of the quantiles as `forecast`, and each of them, sorted."""
        import tensorflow as tf

        ordered = tf.sort(outputs, axis=-1)
        middle = ordered[..., MEDIAN : MEDIAN + 1]
        moved = middle + (ordered - middle) * tf.constant(state.factors, tf.float32)
        moved = tf.sort(moved, axis=-1)
        named = {name: moved[..., place] for place, name in enumerate(NAMES)}
        return {self.column: tf.reduce_mean(outputs, axis=-1), **named}

    def signatures(self, trained: Trained) -> dict[str, Signature]:
        """Returns signatures of one series, of several channels, and of one step at a time."""
        base = super().signatures(trained)["serving_default"]
        return forecast_signatures(base, self.series)

    def signature_for(self, options: Any) -> str:
        """Returns the signature of one series a row."""
        return "series"

    def predict_outputs(
        self, trained: Trained, batches: Batches, settings: Any, rows: Dataset
    ) -> NDArray[np.float32]:
        """Returns quantiles, `float32[n, steps, 9]`; in memory once, since they are many."""
        state = trained.states.target
        outputs = np.empty((len(rows), state.horizon, len(LEVELS)), np.float32)
        for places, (inputs, _) in zip(batches.order(0), batches.dataset(), strict=True):
            outputs[places] = trained.model.predict_on_batch(inputs)
        return outputs

    def after_training(self, predicted: Predicted) -> QuantilesState:
        """Returns the state with factors that make quantiles right on the validation split.

        That is split conformal prediction of each level with residuals over the interval's own
        width (Y. Romano et al., 2019, arXiv:1905.03222).
        """
        from lstm_toolkit.metrics.conformal import factors

        every = max(1, len(predicted.rows) // 20_000)
        rows = np.arange(0, len(predicted.rows), every)
        truth = np.asarray(predicted.rows.targets[self.column][rows])
        ordered = np.sort(predicted.outputs[rows], axis=-1)
        found = factors(truth, ordered, LEVELS, self._independent(predicted))
        return dataclasses.replace(predicted.states.target, factors=found)

    def _independent(self, predicted: Predicted) -> float:
        """Returns how many values count as seen: of a series one each half horizon."""
        groups = predicted.rows.meta.get("group", np.zeros(len(predicted.rows)))
        _, counts = np.unique(groups, return_counts=True)
        halves = 2 * counts / predicted.states.target.horizon
        return float(np.maximum(1.0, halves).sum())

    def _scored(self, predicted: Predicted) -> tuple[ForecastScores, float]:
        """Adds up the scores of all rows, and returns the loss beside them."""
        from lstm_toolkit.metrics.forecast_scores import ForecastScores, pinball

        state, rows, chosen = predicted.states.target, predicted.rows, predicted.settings
        scores, losses = ForecastScores(LEVELS), [0.0, 0.0]
        divided, seasonal = self._scales(rows, state, chosen), self._season_scales(rows)
        factors = np.asarray(state.factors, np.float32)
        for begin in range(0, len(rows), CHUNK):
            part = slice(begin, begin + CHUNK)
            truth = np.asarray(rows.targets[self.column][part], np.float32)
            raw = np.asarray(predicted.outputs[part])
            medians, moved = _answered(raw, factors)
            average = raw.mean(axis=-1)
            last = np.asarray(rows.columns[self.series][part])[:, -1]
            scores.add(truth, medians, seasonal[part], average, moved, last)
            scale = divided[part][:, None].astype(np.float64)
            loss = pinball(truth, raw, LEVELS).mean(axis=-1) / scale
            if chosen.errors == "squared":
                loss = loss + np.square((truth - average) / scale)
            losses[0] += float(np.nansum(loss))
            losses[1] += float(np.isfinite(truth).sum())
        return scores, losses[0] / max(losses[1], 1.0)

    def _season_scales(self, rows: Dataset) -> NDArray[np.float64]:
        """Returns `float64[n]`, see `scale_until`; NaN of rows that were cut elsewhere."""
        scales = rows.meta.get("scale")
        return np.full(len(rows), np.nan) if scales is None else np.asarray(scales, np.float64)

    def evaluate(self, predicted: Predicted) -> dict[str, Any]:
        """Returns scores of medians (`mae`, `mase`, `smape`), means (`mse`), and quantiles."""
        scores, loss = self._scored(predicted)
        return {**scores.result(), "loss": loss, "by_step": scores.by_step()}

    def judge_rows(self, predicted: Predicted) -> JudgedRows:
        """Returns the values and errors of each row; windows that overlap are in one block."""
        scores, _ = self._scored(predicted)
        truth = predicted.rows.targets[self.column]
        steps = predicted.states.target.horizon
        wanted = [line_of_numbers(truth[row : row + 1][0, :SHOWN]) for row in range(len(truth))]
        answers = [line_of_numbers(row[:SHOWN].mean(axis=-1)) for row in predicted.outputs]
        blocks = window_blocks(len(truth), steps)
        return JudgedRows(wanted, answers, scores.columns(), blocks=blocks)

    def to_json(self, outputs: Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
        """Returns forecast and quantiles for each input."""
        names = [name for name in (self.column, *NAMES) if name in outputs]
        rows = zip(*(outputs[name] for name in names), strict=True)
        return [
            {name: _plain(values) for name, values in zip(names, row, strict=True)} for row in rows
        ]

    def answer_columns(self) -> dict[str, Any]:
        """Returns the mean and the quantiles of a step."""
        return dict.fromkeys(("mean", *NAMES), float)

    def table_rows(
        self, name: str, cells: Mapping[str, Any], answer: Mapping[str, Any]
    ) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """Yields one row a step to come, with the time of each."""
        series = cells.get("unique_id", name)
        if "error" in answer:
            yield {"unique_id": series}, dict(answer)
            return
        steps = len(answer[self.column])
        times = cells.get("ds") or range(1, steps + 1)
        for step, time in zip(range(steps), times, strict=True):
            values = {key: answer[key][step] for key in NAMES}
            yield {"unique_id": series, "ds": time}, {"mean": answer[self.column][step], **values}

    def format_answer(self, answer: Mapping[str, Any]) -> str:
        """Returns the forecast with commas between its steps."""
        return ",".join(f"{number:.6g}" for number in answer[self.column])

    def report(self, scores: Mapping[str, Any]) -> str:
        """Returns the scores in a line."""
        scaled = f"MASE {scores['mase']:.3f}   " if "mase" in scores else ""
        line = (
            f"MAE {scores['mae']:.4g}   {scaled}sMAPE {scores['smape']:.2f}   "
            f"MSE {scores['mse']:.4g}   wQL {scores['wql']:.4f}   "
            f"{scores['coverage']:.0%} in the 80 % interval   ({scores['examples']:,} rows)"
        )
        if "mcc" in scores:
            line += f"\ndirection: accuracy {scores['accuracy']:.4f}   MCC {scores['mcc']:.4f}"
            same = scores.get("baselines", {}).get("last_change", {})
            line += f"   (that of the last change: {same['mcc']:.4f})" if "mcc" in same else ""
        return line

    def baselines(
        self,
        train: Dataset,
        test: Dataset,
        features: Mapping[str, Feature[Any]],
        state: QuantilesState,
    ) -> Iterator[tuple[str, partial[dict[str, float]]]]:
        """Yields the last value, that of a season ago, and a linear fit."""
        from lstm_toolkit.metrics.simple_forecasts import last_change, linear, seasonal

        windows, truth = test.columns[self.series], test.targets[self.column]
        scales = self._season_scales(test)
        yield "last_value", partial(seasonal, windows, truth, scales, season=1)
        if state.horizon == 1 and windows.shape[1] > 1:
            yield "last_change", partial(last_change, windows, truth, scales)
        if 1 < state.season <= windows.shape[1]:
            yield "season_ago", partial(seasonal, windows, truth, scales, season=state.season)
        weights = np.ones(len(train))
        if state.weigh == "season" and "scale" in train.meta:
            weights = self._season_scales(train)
        known = train.columns[self.series], train.targets[self.column], weights
        yield "linear", partial(linear, *known, windows, truth, scales)

    def figures(self, predicted: Predicted) -> dict[str, Figure]:
        """Returns the last windows with what was foretold, and errors by step."""
        from lstm_toolkit.figures import forecasts

        rows = forecasts.shown_rows(len(predicted.rows))
        few = dataclasses.replace(predicted, rows=predicted.rows.take(rows))
        truth = np.asarray(few.rows.targets[self.column])
        windows = np.asarray(few.rows.columns[self.series])
        state = predicted.states.target
        outputs = predicted.outputs[rows]
        _, moved = _answered(outputs, np.asarray(state.factors, np.float32))
        steps = self._scored(predicted)[0].by_step()
        return {
            "forecasts": forecasts.last_windows(
                windows, truth, outputs.mean(axis=-1), moved[..., 0], moved[..., -1]
            ),
            "error_by_step": forecasts.error_by_step(np.asarray(steps["mae"])),
        }


def _answered(
    outputs: NDArray[Any], factors: NDArray[np.float32]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Returns medians, and quantiles as `decode` answers them in the graph."""
    ordered = np.sort(outputs, axis=-1)
    middle = ordered[..., MEDIAN : MEDIAN + 1]
    return middle[..., 0], np.sort(middle + (ordered - middle) * factors, axis=-1)


def _plain(numbers: NDArray[Any]) -> list[float]:
    """Returns numbers with as many digits as float32 has."""
    return [float(f"{number:.7g}") for number in numbers]
