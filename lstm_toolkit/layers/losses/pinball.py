"""The loss of quantiles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("lstm_toolkit")
class PinballLoss(keras.losses.Loss):
    """Twice the quantile loss of several levels; the mean over all values that are known.

    R. Koenker and G. Bassett, 1978 (doi:10.2307/1913643).

    Args:
        levels: Of the quantiles, each in (0, 1).
        squared: How much squared errors of the quantiles' mean count beside it.
        name: Of the loss.

    Call arguments: `float[batch, steps + 1]` numbers, NaN where one is not known, and last what
    errors of the row are divided by; and `float[batch, steps, levels]` quantiles.

    Example:
        >>> loss = PinballLoss([0.5])
        >>> float(loss(ops.array([[1.0, 3.0, 2.0]]), ops.array([[[2.0], [5.0]]])))
        0.75
    """

    def __init__(self, levels: Sequence[float], squared: float = 0.0, name: str = "pinball_loss"):
        super().__init__(name=name)
        if not levels or not all(0 < level < 1 for level in levels):
            raise ValueError(f"levels must be in (0, 1), at least one. Received: {levels!r}")
        self.levels, self.squared = tuple(levels), squared

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Returns a scalar."""
        y_pred = ops.cast(y_pred, "float32")
        truth, scale = y_true[:, :-1], y_true[:, -1:]
        known = ops.cast(ops.logical_not(ops.isnan(truth)), "float32")
        # Inside of `where` too, since the gradient of what is not chosen would be NaN.
        truth = ops.where(known > 0, truth, ops.zeros_like(truth))
        error = (truth[..., None] - y_pred) / scale[..., None]
        levels = ops.convert_to_tensor(self.levels, "float32")
        losses = 2.0 * ops.mean(ops.maximum(levels * error, (levels - 1.0) * error), axis=-1)
        if self.squared:
            losses = losses + self.squared * ops.square(ops.mean(error, axis=-1))
        if sample_weight is not None:
            known = known * ops.reshape(ops.cast(sample_weight, "float32"), (-1, 1))
        return ops.sum(losses * known) / ops.maximum(ops.sum(known), 1.0)

    def divisor(self, y_true: Any, sample_weight: Any = None) -> Any:
        """Returns by what the sum over a batch is divided: how many values are known, weighted."""
        known = ops.cast(ops.logical_not(ops.isnan(y_true[:, :-1])), "float32")
        if sample_weight is not None:
            known = known * ops.reshape(ops.cast(sample_weight, "float32"), (-1, 1))
        return ops.sum(known)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments."""
        return {"levels": list(self.levels), "squared": self.squared, "name": self.name}
