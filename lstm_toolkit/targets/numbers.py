"""Several numbers, such as those to come."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.features.feature import EncodedColumn, Feature
from lstm_toolkit.features.series import Scale
from lstm_toolkit.features.text import check_kept
from lstm_toolkit.metrics.row_scores import mean, root_mean
from lstm_toolkit.settings.fields import (
    CHANGES_LOSS,
    NOT_SEARCHED,
    POSITIVE,
    TRAINING,
    SettingsGroup,
    settings,
)
from lstm_toolkit.system.files import write_json
from lstm_toolkit.targets.judged_rows import JudgedRows, line_of_numbers, window_blocks
from lstm_toolkit.targets.target import Direction, Predicted, Target

if TYPE_CHECKING:
    import keras
    import tensorflow as tf
    from matplotlib.figure import Figure

    from lstm_toolkit.data.dataset import Dataset


@settings()
class ErrorSettings(SettingsGroup):
    """What of numbers is learnt."""

    errors: Annotated[Literal["absolute", "squared"], TRAINING, CHANGES_LOSS] = "absolute"
    """Which errors the loss adds up."""
    monitor: Annotated[Literal["val_loss", "val_mae"], TRAINING, NOT_SEARCHED] = "val_loss"
    """Which score on the validation split chooses the best weights."""


@settings()
class NumbersSettings(ErrorSettings):
    """How numbers that follow are learnt."""

    horizon: Annotated[int, POSITIVE] = 24
    """Steps that come out."""
    season: Annotated[int | None, POSITIVE] = None
    """Steps after which values repeat, for the simplest method; none finds it."""


@dataclasses.dataclass(frozen=True)
class NumbersState:
    """The scale of the numbers, and after how many steps they repeat.

    Attributes:
        scale: Of the training split.
        season: In steps; 1 where nothing repeats.
    """

    scale: Scale
    season: int

    def save(self, folder: Path) -> None:
        """Writes `scale.json` and `season.json`."""
        self.scale.save(folder)
        write_json(folder / "season.json", {"season": self.season})


class Numbers(Target[NumbersState]):
    """`float32[batch, steps]` numbers. Settings: `NumbersSettings`.

    Args:
        column: Of `Dataset.targets`: `float32[n, steps]`; answers are named so, too.
        series: The feature whose last values the simplest methods repeat.
    """

    directions: ClassVar[Mapping[str, Direction]] = {
        "loss": "min",
        "mae": "min",
        "mse": "min",
        "rmse": "min",
    }
    main_score = "mae"
    row_scores = (
        mean("mae", "absolute_error"),
        mean("mse", "squared_error"),
        root_mean("rmse", "squared_error"),
    )

    def __init__(self, column: str = "forecast", series: str = "values"):
        self.column, self.series = column, series

    def truth(self, rows: Dataset) -> NDArray[np.float32]:
        """Returns `float32[n, steps]`, what is to come out."""
        return np.asarray(rows.targets[self.column], np.float32)

    def given(self, column: Any) -> Any:
        """Refuses what is no finite number."""
        from lstm_toolkit.data.given import finite

        return finite(column)

    def learn(self, train: Dataset, settings: Any) -> NumbersState:
        """Learns the scale, and finds the season where it is not set."""
        from lstm_toolkit.data.readers.series.season import find_season

        numbers = self.truth(train)
        season = settings.season or find_season(numbers[:, 0])
        return NumbersState(Scale.learn(numbers), season)

    def extend(
        self, state: NumbersState, train: Dataset, settings: Any
    ) -> tuple[NumbersState, list[str]]:
        """Keeps scale and season.

        Raises:
            InputError: If more or fewer steps are to come out.
        """
        steps = self.truth(train).shape[1]
        check_kept("horizon", state.scale.steps, steps)
        return state, []

    def load(self, folder: Path) -> NumbersState:
        """Reads scale and season."""
        season = json.loads((folder / "season.json").read_text(encoding="utf-8"))["season"]
        return NumbersState(Scale.load(folder), season)

    def encode(self, rows: Dataset, state: NumbersState, settings: Any) -> EncodedColumn:
        """Returns `float32[n, steps]` on the scale of the training split."""
        numbers = self.truth(rows)
        return EncodedColumn((numbers - state.scale.mean) / np.float32(state.scale.deviation))

    def loss(self, settings: Any) -> keras.Loss:
        """Returns the mean of absolute or squared errors."""
        import keras

        absolute = settings.errors == "absolute"
        return keras.losses.MeanAbsoluteError() if absolute else keras.losses.MeanSquaredError()

    def metrics(self, settings: Any) -> list[keras.Metric]:
        """Returns the mean absolute error, on the scale of the training split."""
        import keras

        return [keras.metrics.MeanAbsoluteError("mae")]

    def decode(self, outputs: tf.Tensor, state: NumbersState) -> dict[str, tf.Tensor]:
        """Returns numbers on their own scale."""
        return {self.column: outputs * state.scale.deviation + state.scale.mean}

    def to_json(self, outputs: Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
        """Returns the numbers for each input."""
        return [{self.column: [float(n) for n in row]} for row in outputs[self.column]]

    def answer_columns(self) -> dict[str, Any]:
        """Returns the one column of answers."""
        return {self.column: list[float]}

    def format_answer(self, answer: Mapping[str, Any]) -> str:
        """Returns the numbers with commas between them."""
        return ",".join(f"{number:.6g}" for number in answer[self.column])

    def numbers(self, predicted: Predicted) -> NDArray[Any]:
        """Returns what the network gave, on the numbers' own scale."""
        scale = predicted.states.target.scale
        numbers: NDArray[Any] = predicted.outputs * scale.deviation + scale.mean
        return numbers

    def evaluate(self, predicted: Predicted) -> dict[str, Any]:
        """Returns mean absolute and squared errors on the numbers' own scale."""
        from lstm_toolkit.metrics.forecast_scores import number_scores

        scores = number_scores(self.truth(predicted.rows), self.numbers(predicted))
        deviation = predicted.states.target.scale.deviation
        absolute = predicted.settings.errors == "absolute"
        loss = scores["mae"] / deviation if absolute else scores["mse"] / deviation**2
        return {**scores, "loss": loss}

    def judge_rows(self, predicted: Predicted) -> JudgedRows:
        """Returns the numbers and errors of each row; windows that overlap are in one block."""
        truth, numbers = self.truth(predicted.rows), self.numbers(predicted)
        errors = numbers.astype(np.float64) - truth
        columns = {
            "absolute_error": np.abs(errors).mean(axis=1),
            "squared_error": np.square(errors).mean(axis=1),
        }
        steps = truth.shape[1]
        blocks = window_blocks(len(truth), steps)
        wanted, answers = ([line_of_numbers(row) for row in side] for side in (truth, numbers))
        return JudgedRows(wanted, answers, columns, blocks=blocks)

    def report(self, scores: Mapping[str, Any]) -> str:
        """Returns the errors in a line."""
        return (
            f"MAE {scores['mae']:.4f}   RMSE {scores['rmse']:.4f}   MSE {scores['mse']:.4f}   "
            f"({scores['examples']:,} rows)"
        )

    def baselines(
        self,
        train: Dataset,
        test: Dataset,
        features: Mapping[str, Feature[Any]],
        state: NumbersState,
    ) -> Iterator[tuple[str, partial[dict[str, float]]]]:
        """Yields the last value, that of a season ago, and a linear fit."""
        from lstm_toolkit.metrics.simple_forecasts import linear, seasonal

        windows, truth, scales = test.columns[self.series], self.truth(test), np.ones(len(test))
        yield "last_value", partial(seasonal, windows, truth, scales, season=1)
        if 1 < state.season <= windows.shape[1]:
            yield "season_ago", partial(seasonal, windows, truth, scales, season=state.season)
        known = train.columns[self.series], self.truth(train), np.ones(len(train))
        yield "linear", partial(linear, *known, windows, truth, scales)

    def figures(self, predicted: Predicted) -> dict[str, Figure]:
        """Returns the last windows with what was foretold, and errors by step."""
        from lstm_toolkit.figures import forecasts

        truth, numbers = self.truth(predicted.rows), self.numbers(predicted)
        rows = forecasts.shown_rows(len(truth))
        windows = np.asarray(predicted.rows.columns[self.series])[rows]
        return {
            "forecasts": forecasts.last_windows(windows, truth[rows], numbers[rows]),
            "error_by_step": forecasts.error_by_step(np.abs(numbers - truth).mean(axis=0)),
        }
