"""Weighted cross-entropy over sequences of tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf


def sequence_loss(
    logits: Any,
    targets: Any,
    weights: Any,
    average_across_timesteps: bool = True,
    average_across_batch: bool = True,
    sum_over_timesteps: bool = False,
    sum_over_batch: bool = False,
    softmax_loss_function: Callable[..., Any] | None = None,
    name: str | None = None,
) -> tf.Tensor:
    """Returns the cross-entropy of each step, weighted, then reduced over time and batch.

    "average" divides a sum by the sum of its weights, "sum" by the number of weights other
    than 0; nothing by nothing is 0. What is neither averaged nor summed keeps its axis.
    16-bit logits are reckoned in float32.

    Args:
        logits: `float32[batch, time, classes]`.
        targets: `int32[batch, time]`, or one-hot `float32[batch, time, classes]`.
        weights: `float32[batch, time]`, 0 at padded steps.
        average_across_timesteps: Averages over time.
        average_across_batch: Averages over rows.
        sum_over_timesteps: Sums over time.
        sum_over_batch: Sums over rows.
        softmax_loss_function: Takes `labels` and `logits`, flat over rows and time, and
            returns the losses; softmax cross-entropy by default.
        name: Of the operations.

    Returns:
        `float32[]`, `float32[batch]`, `float32[time]` or `float32[batch, time]`.

    Raises:
        ValueError: If a shape is wrong, or an average stands beside a sum.

    Example:
        >>> import numpy as np
        >>> logits = np.zeros((1, 3, 2), "float32")
        >>> round(float(sequence_loss(logits, [[0, 1, 0]], [[1.0, 1.0, 0.0]])), 4)
        0.6931
    """
    _check_reductions(
        average_across_timesteps, average_across_batch, sum_over_timesteps, sum_over_batch
    )
    with tf.name_scope(name or "sequence_loss"):
        logits, targets = tf.convert_to_tensor(logits), tf.convert_to_tensor(targets)
        if logits.dtype in (tf.float16, tf.bfloat16):
            logits = tf.cast(logits, tf.float32)
        weights = tf.cast(weights, logits.dtype)
        _check_shapes(logits, targets, weights)
        losses = weights * _losses(logits, targets, softmax_loss_function)
        time = average_across_timesteps or sum_over_timesteps
        batch = average_across_batch or sum_over_batch
        axes = [axis for axis, reduced in enumerate((batch, time)) if reduced]
        if not axes:
            return losses
        if sum_over_timesteps or sum_over_batch:
            weights = tf.cast(weights != 0, losses.dtype)
        return tf.math.divide_no_nan(tf.reduce_sum(losses, axes), tf.reduce_sum(weights, axes))


def _losses(logits: tf.Tensor, targets: tf.Tensor, function: Callable[..., Any] | None) -> Any:
    classes = tf.shape(logits)[2]
    flat = tf.reshape(logits, [-1, classes])
    if function is not None:
        losses = function(labels=tf.reshape(targets, [-1]), logits=flat)
    elif len(targets.shape) == 3:
        labels = tf.reshape(tf.cast(targets, logits.dtype), [-1, classes])
        losses = tf.nn.softmax_cross_entropy_with_logits(labels=labels, logits=flat)
    else:
        labels = tf.reshape(targets, [-1])
        if not labels.dtype.is_integer:
            labels = tf.cast(labels, tf.int32)
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=flat)
    return tf.reshape(losses, tf.shape(logits)[:2])


def _check_shapes(logits: tf.Tensor, targets: tf.Tensor, weights: tf.Tensor) -> None:
    if len(logits.shape) != 3:
        raise ValueError(
            f"logits must be [batch, time, classes]. Received: logits of shape {logits.shape}"
        )
    if len(targets.shape) not in (2, 3):
        raise ValueError(
            "targets must be [batch, time] or one-hot [batch, time, classes]. "
            f"Received: targets of shape {targets.shape}"
        )
    if len(weights.shape) != 2:
        raise ValueError(
            f"weights must be [batch, time]. Received: weights of shape {weights.shape}"
        )


def _check_reductions(
    average_time: bool, average_batch: bool, sum_time: bool, sum_batch: bool
) -> None:
    if (average_time or average_batch) and (sum_time or sum_batch):
        raise ValueError(
            "average_across_timesteps and average_across_batch must not stand beside "
            "sum_over_timesteps or sum_over_batch. Received: "
            f"average_across_timesteps={average_time}, average_across_batch={average_batch}, "
            f"sum_over_timesteps={sum_time}, sum_over_batch={sum_batch}"
        )


@keras.saving.register_keras_serializable(package="lstm_toolkit")
class SequenceLoss(keras.losses.Loss):
    """`sequence_loss` for `model.compile`; the sample weights are its weights.

    Without sample weights each step counts as 1, or as the mask says that `y_pred` carries.

    Args:
        average_across_timesteps: Averages over time.
        average_across_batch: Averages over rows.
        sum_over_timesteps: Sums over time.
        sum_over_batch: Sums over rows.
        softmax_loss_function: See `sequence_loss`.
        name: Of the loss.

    Raises:
        ValueError: If an average stands beside a sum.

    Example:
        >>> import numpy as np
        >>> loss = SequenceLoss()
        >>> round(float(loss([[0, 1]], np.zeros((1, 2, 2), "float32"), [[1.0, 0.0]])), 4)
        0.6931
    """

    def __init__(
        self,
        average_across_timesteps: bool = False,
        average_across_batch: bool = False,
        sum_over_timesteps: bool = True,
        sum_over_batch: bool = True,
        softmax_loss_function: Callable[..., Any] | None = None,
        name: str | None = None,
    ) -> None:
        _check_reductions(
            average_across_timesteps, average_across_batch, sum_over_timesteps, sum_over_batch
        )
        super().__init__(name=name, reduction="none")
        self.average_across_timesteps = average_across_timesteps
        self.average_across_batch = average_across_batch
        self.sum_over_timesteps = sum_over_timesteps
        self.sum_over_batch = sum_over_batch
        self.softmax_loss_function = softmax_loss_function

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> tf.Tensor:
        """Returns `sequence_loss` of `y_pred` `float32[batch, time, classes]`."""
        if sample_weight is None:
            sample_weight = getattr(y_pred, "_keras_mask", None)
        if sample_weight is None:
            sample_weight = tf.ones(tf.shape(y_pred)[:2])
        return sequence_loss(y_pred, y_true, sample_weight, **self._options(), name=self.name)

    def call(self, y_true: Any, y_pred: Any) -> tf.Tensor:
        """Returns the loss of each step, weighed alike."""
        return self(y_true, y_pred)

    def _options(self) -> dict[str, Any]:
        return {
            "average_across_timesteps": self.average_across_timesteps,
            "average_across_batch": self.average_across_batch,
            "sum_over_timesteps": self.sum_over_timesteps,
            "sum_over_batch": self.sum_over_batch,
            "softmax_loss_function": self.softmax_loss_function,
        }

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments of the constructor."""
        function = keras.saving.serialize_keras_object(self.softmax_loss_function)
        return {"name": self.name, **self._options(), "softmax_loss_function": function}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> SequenceLoss:
        """Returns a loss of that configuration."""
        function = keras.saving.deserialize_keras_object(config["softmax_loss_function"])
        return cls(**{**config, "softmax_loss_function": function})
