"""Where in a picture a vector stands."""

from __future__ import annotations

from typing import Any

import keras


@keras.saving.register_keras_serializable("lstm_toolkit")
class GridPositions(keras.layers.Layer):
    """Adds a learnt vector to each cell of a grid, and lays the cells out one after the other.

    Called on `float[batch, rows, columns, width]`, returns `float[batch, rows · columns, width]`.
    """

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes the vectors, which begin at 0."""
        self.vectors = self.add_weight(shape=input_shape[1:], initializer="zeros", name="vectors")

    def call(self, inputs: Any) -> Any:
        """Adds the vectors."""
        cells = inputs.shape[1] * inputs.shape[2]
        return keras.ops.reshape(inputs + self.vectors, (-1, cells, inputs.shape[3]))
