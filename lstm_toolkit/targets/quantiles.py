"""The values that follow in a series, with how sure they are: quantiles of each step."""

from __future__ import annotations

import dataclasses
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
from lstm_toolkit.targets import forecast_answers
from lstm_toolkit.targets.forecast_signatures import forecast_signatures
from lstm_toolkit.targets.judged_rows import JudgedRows
from lstm_toolkit.targets.quantile_state import LEVELS, MEDIAN, NAMES, QuantilesState
from lstm_toolkit.targets.signature import Signature, Trained
from lstm_toolkit.targets.target import Direction, Predicted, Target

if TYPE_CHECKING:
    import keras
    import tensorflow as tf
    from matplotlib.figure import Figure

    from lstm_toolkit.data.batches import Batches
    from lstm_toolkit.data.dataset import Dataset


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
        return QuantilesState.load(folder)

    def encode(self, rows: Dataset, state: QuantilesState, settings: Any) -> EncodedColumn:
        """Returns `float32[n, steps + 1]`: values, and last by what their errors are divided."""
        from lstm_toolkit.targets.scored_forecasts import loss_scales

        scales = loss_scales(rows, state, settings.weigh)
        return EncodedColumn(Beside((rows.targets[self.column], scales)))

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
        dataset = batches.dataset()
        network = trained.network(dataset.element_spec[0])
        for places, (inputs, _) in zip(batches.order(0), dataset, strict=True):
            outputs[places] = network(inputs)
        return outputs

    def after_training(self, predicted: Predicted) -> QuantilesState:
        """Returns the state with factors that make quantiles right on the validation split."""
        from lstm_toolkit.targets.scored_forecasts import chosen_factors

        factors = chosen_factors(predicted, self.column)
        return dataclasses.replace(predicted.states.target, factors=factors)

    def evaluate(self, predicted: Predicted) -> dict[str, Any]:
        """Returns scores of medians (`mae`, `mase`, `smape`), means (`mse`), and quantiles."""
        from lstm_toolkit.targets.scored_forecasts import scored

        scores, loss = scored(predicted, self.column, self.series)
        return {**scores.result(), "loss": loss, "by_step": scores.by_step()}

    def judge_rows(self, predicted: Predicted) -> JudgedRows:
        """Returns the values and errors of each row; windows that overlap are in one block."""
        from lstm_toolkit.targets.scored_forecasts import judged

        return judged(predicted, self.column, self.series)

    def to_json(self, outputs: Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
        """Returns forecast and quantiles for each input."""
        return forecast_answers.to_json(outputs, self.column)

    def answer_columns(self) -> dict[str, Any]:
        """Returns the mean and the quantiles of a step."""
        return dict.fromkeys(("mean", *NAMES), float)

    def table_rows(
        self, name: str, cells: Mapping[str, Any], answer: Mapping[str, Any]
    ) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """Yields one row a step to come, with the time of each."""
        yield from forecast_answers.table_rows(name, cells, answer, self.column)

    def format_answer(self, answer: Mapping[str, Any]) -> str:
        """Returns the forecast with commas between its steps."""
        return ",".join(f"{number:.6g}" for number in answer[self.column])

    def report(self, scores: Mapping[str, Any]) -> str:
        """Returns the scores in a line."""
        return forecast_answers.report(scores)

    def baselines(
        self,
        train: Dataset,
        test: Dataset,
        features: Mapping[str, Feature[Any]],
        state: QuantilesState,
    ) -> Iterator[tuple[str, partial[dict[str, float]]]]:
        """Yields the last value, that of a season ago, and a linear fit."""
        from lstm_toolkit.metrics.simple_forecasts import last_change, linear, seasonal
        from lstm_toolkit.targets.scored_forecasts import season_scales

        windows, truth = test.columns[self.series], test.targets[self.column]
        scales = season_scales(test)
        yield "last_value", partial(seasonal, windows, truth, scales, season=1)
        if state.horizon == 1 and windows.shape[1] > 1:
            yield "last_change", partial(last_change, windows, truth, scales)
        if 1 < state.season <= windows.shape[1]:
            yield "season_ago", partial(seasonal, windows, truth, scales, season=state.season)
        weights = np.ones(len(train))
        if state.weigh == "season" and "scale" in train.meta:
            weights = season_scales(train)
        known = train.columns[self.series], train.targets[self.column], weights
        yield "linear", partial(linear, *known, windows, truth, scales)

    def figures(self, predicted: Predicted) -> dict[str, Figure]:
        """Returns the last windows with what was foretold, and errors by step."""
        from lstm_toolkit.targets.scored_forecasts import figures

        return figures(predicted, self.column, self.series)
