"""What is left of the noise, in decibels."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

TENTHS = 10 / np.log(10)
"""Decibels of a power that is e times another."""


@keras.saving.register_keras_serializable("lstm_toolkit")
class ResidualPower(keras.losses.Loss):
    """The mean over rows of the power of their errors in dB, where the truth is known.

    A row with little noise counts as much as one with much: of squares alone, those with most
    noise would decide.

    Args:
        floor: Power that is added to each row's, in squares of its scale.
        name: Of the loss.

    Call arguments: `float[batch, steps + 1]` numbers, NaN where one is not known, and last what
    errors of the row are divided by; and `float[batch, steps]` outputs.

    Example:
        >>> loss = ResidualPower(floor=0.0)
        >>> round(float(loss(ops.array([[1.0, float("nan"), 1.0]]), ops.array([[11.0, 9.0]]))), 3)
        20.0
    """

    def __init__(self, floor: float = 1e-4, name: str = "residual_power"):
        super().__init__(name=name)
        self.floor = floor

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Returns a scalar."""
        y_pred = ops.cast(y_pred, "float32")
        truth, scale = y_true[:, :-1], y_true[:, -1:]
        known = ops.cast(ops.logical_not(ops.isnan(truth)), "float32")
        # Inside of `where` too, since the gradient of what is not chosen would be NaN.
        truth = ops.where(known > 0, truth, ops.zeros_like(truth))
        squares = ops.square((truth - y_pred) / scale) * known
        count = ops.maximum(ops.sum(known, axis=1), 1.0)
        powers = TENTHS * ops.log(ops.sum(squares, axis=1) / count + self.floor)
        if sample_weight is not None:
            powers = powers * ops.reshape(ops.cast(sample_weight, "float32"), (-1,))
        return ops.mean(powers)

    def divisor(self, y_true: Any, sample_weight: Any = None) -> Any:
        """Returns by what the sum over a batch is divided: the number of rows."""
        return ops.cast(ops.shape(y_true)[0], "float32")

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments."""
        return {"floor": self.floor, "name": self.name}
