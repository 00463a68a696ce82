"""Squared errors where the truth is known."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("lstm_toolkit")
class KnownSquaredError(keras.losses.Loss):
    """The mean of squared errors over all numbers that are known, in units of their row's scale.

    Args:
        name: Of the loss.

    Call arguments: `float[batch, steps + 1]` numbers, NaN where one is not known, and last what
    errors of the row are divided by; and `float[batch, steps]` outputs.

    Example:
        >>> loss = KnownSquaredError()
        >>> float(loss(ops.array([[1.0, float("nan"), 2.0]]), ops.array([[5.0, 9.0]])))
        4.0
    """

    def __init__(self, name: str = "known_squared_error"):
        super().__init__(name=name)

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Returns a scalar."""
        y_pred = ops.cast(y_pred, "float32")
        truth, scale = y_true[:, :-1], y_true[:, -1:]
        known = ops.cast(ops.logical_not(ops.isnan(truth)), "float32")
        # Inside of `where` too, since the gradient of what is not chosen would be NaN.
        truth = ops.where(known > 0, truth, ops.zeros_like(truth))
        squares = ops.square((truth - y_pred) / scale)
        if sample_weight is not None:
            known = known * ops.reshape(ops.cast(sample_weight, "float32"), (-1, 1))
        return ops.sum(squares * known) / ops.maximum(ops.sum(known), 1.0)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments."""
        return {"name": self.name}
