"""Vectors of tokens that read and write: one matrix at both ends of a language model."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

_SPREAD = 0.1
"""Vectors begin within it, as in arXiv:1708.02182."""


@keras.saving.register_keras_serializable("lstm_toolkit")
class TokenVectors(keras.layers.Layer):
    """Looks vectors of tokens up, and scores tokens by the same vectors.

    O. Press and L. Wolf, "Using the output embedding to improve language models", 2017
    (arXiv:1608.05859).

    Args:
        size: Number of tokens.
        width: Of a vector.
        **options: Of every Keras layer.

    Call arguments: `int32[batch, time]` numbers of tokens; or with `scores=True`
    `float[batch, time, width]`, of which `float32[batch, time, size]` scores are made: the
    products with all vectors and a bias.
    """

    def __init__(self, size: int, width: int, **options: Any):
        super().__init__(**options)
        if size < 2 or width < 1:
            raise ValueError(
                "size must be at least 2 and width at least 1. "
                f"Received: size={size!r}, width={width!r}"
            )
        self.size, self.width = size, width

    def build(self, input_shape: Any = None) -> None:
        """Makes the vectors and the bias."""
        start = keras.initializers.RandomUniform(-_SPREAD, _SPREAD)
        self.vectors = self.add_weight(
            shape=(self.size, self.width), initializer=start, name="vectors"
        )
        self.bias = self.add_weight(shape=(self.size,), initializer="zeros", name="bias")
        self.built = True

    def call(self, inputs: Any, scores: bool = False) -> Any:
        """Returns vectors, or scores."""
        if not scores:
            return ops.take(ops.cast(self.vectors, self.compute_dtype), inputs, axis=0)
        # Softmax in 16 bits loses small probabilities, so scores keep 32.
        products = ops.matmul(inputs, ops.transpose(ops.cast(self.vectors, inputs.dtype)))
        return ops.cast(products, "float32") + ops.cast(self.bias, "float32")

    def compute_output_spec(self, inputs: Any, scores: bool = False) -> keras.KerasTensor:
        """Returns shape and dtype of what comes out."""
        if scores:
            return keras.KerasTensor((*inputs.shape[:-1], self.size), dtype="float32")
        return keras.KerasTensor((*inputs.shape, self.width), dtype=self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments."""
        return {**super().get_config(), "size": self.size, "width": self.width}
