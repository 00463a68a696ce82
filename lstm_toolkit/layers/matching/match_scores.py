"""How well each of some texts goes with each of others."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("lstm_toolkit")
class MatchScores(keras.layers.Layer):
    """Weighs cosines of several kinds by factors that are learnt, and adds them up.

    Args:
        start: With which each factor begins.

    Call arguments: a list of `float32[texts, known]` cosines; returns `float32[texts, known]`.

    Example:
        >>> scores = MatchScores(start=10.0)([ops.ones((1, 2)), ops.zeros((1, 2))])
        >>> [round(float(score)) for score in scores[0]]
        [10, 10]
    """

    def __init__(self, start: float = 10.0, **options: Any):
        super().__init__(dtype="float32", **{k: v for k, v in options.items() if k != "dtype"})
        self.start = start

    def build(self, input_shape: Any) -> None:
        """Makes the logarithms of the factors."""
        self.logarithms = self.add_weight(
            shape=(len(input_shape),),
            initializer=keras.initializers.Constant(float(ops.log(self.start))),
            name="logarithms",
        )

    def call(self, cosines: list[Any]) -> Any:
        """Returns the sum of factors times cosines."""
        factors = ops.unstack(ops.exp(self.logarithms), len(cosines))
        return sum(factor * each for factor, each in zip(factors, cosines, strict=True))

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Returns the shape of the scores."""
        return input_shape[0]

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments."""
        return {**super().get_config(), "start": self.start}
