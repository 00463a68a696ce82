"""One number a row, such as a score."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.readers.texts.label_kinds import number
from lstm_toolkit.errors import DataError
from lstm_toolkit.features.feature import Feature
from lstm_toolkit.features.series import Scale
from lstm_toolkit.targets.numbers import Numbers, NumbersState
from lstm_toolkit.targets.target import Predicted

if TYPE_CHECKING:
    import tensorflow as tf
    from matplotlib.figure import Figure

    from lstm_toolkit.data.dataset import Dataset


class Number(Numbers):
    """A number from `float32[batch, 1]`, on its own scale. Settings: `ErrorSettings`.

    Args:
        column: Of `Dataset.targets`: `float32[n]`.
        name: What the number is called in answers.
    """

    def __init__(self, column: str = "label", name: str = "score"):
        super().__init__(column)
        self.name = name

    def truth(self, rows: Dataset) -> NDArray[np.float32]:
        """Returns `float32[n, 1]`.

        Raises:
            DataError: If a row holds something else.
        """
        column = rows.targets[self.column]
        wrong = [value for value in column if number(str(value)) is None]
        if wrong:
            raise DataError(f"needs a number in each row. Received: {str(wrong[0])[:40]}")
        return np.asarray(column, np.float32)[:, None]

    def given(self, column: Any) -> Any:
        """Refuses what is no finite number."""
        from lstm_toolkit.data.given import finite

        return finite(column)

    def learn(self, train: Dataset, settings: Any) -> NumbersState:
        """Learns the scale.

        Raises:
            DataError: If all numbers are the same.
        """
        numbers = self.truth(train)
        if len(np.unique(numbers)) < 2:
            raise DataError(
                f"needs at least two different numbers. Received: {numbers[0, 0]:g} in every row"
            )
        return NumbersState(Scale.learn(numbers), season=1)

    def decode(self, outputs: tf.Tensor, state: NumbersState) -> dict[str, tf.Tensor]:
        """Returns a number on its own scale."""
        return {self.name: outputs[:, 0] * state.scale.deviation + state.scale.mean}

    def to_json(self, outputs: Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
        """Returns the number for each input."""
        return [{self.name: float(number)} for number in outputs[self.name]]

    def answer_columns(self) -> dict[str, Any]:
        """Returns the one column of answers."""
        return {self.name: float}

    def format_answer(self, answer: Mapping[str, Any]) -> str:
        """Returns the number."""
        return f"{answer[self.name]:.4g}"

    def baselines(
        self,
        train: Dataset,
        test: Dataset,
        features: Mapping[str, Feature[Any]],
        state: NumbersState,
    ) -> Iterator[tuple[str, partial[dict[str, float]]]]:
        """Yields the mean of the training rows, and ridge regression on simple features."""
        from lstm_toolkit.metrics.simple_numbers import ridge, training_mean

        truth = self.truth(train), self.truth(test)
        yield "training_mean", partial(training_mean, *truth)
        columns = {
            name: (each.simple_model(), train.columns[name], test.columns[name])
            for name, each in features.items()
        }
        yield "ridge", partial(ridge, columns, *truth)

    def figures(self, predicted: Predicted) -> dict[str, Figure]:
        """Returns predicted numbers over true ones."""
        from lstm_toolkit.figures.forecasts import predicted_over_true

        truth, numbers = self.truth(predicted.rows), self.numbers(predicted)
        return {"predicted_over_true": predicted_over_true(truth[:, 0], numbers[:, 0])}
