"""Loss and metrics of predicted tokens, padding left out."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf
from keras import ops


@keras.saving.register_keras_serializable("lstm_toolkit")
class TokenCrossentropy(keras.losses.Loss):
    """Cross-entropy of each real token, in nats; the mean over all of them in the batch.

    With smoothing, a share of the target is spread over the whole vocabulary, as in
    C. Szegedy et al., 2016 (arXiv:1512.00567).

    Args:
        label_smoothing: That share, in [0, 1).
        name: Of the loss.

    Call arguments: `int[batch, time]` numbers of tokens, 0 for padding, and
    `float[batch, time, vocabulary]` logits. `sample_weight` is `float[batch]` or
    `float[batch, time]`.
    """

    def __init__(self, label_smoothing: float = 0.0, name: str = "token_crossentropy"):
        super().__init__(name=name)
        if not 0 <= label_smoothing < 1:
            raise ValueError(
                f"label_smoothing must be in [0, 1). Received: label_smoothing={label_smoothing!r}"
            )
        self.label_smoothing = label_smoothing

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Returns a scalar. Keras would divide by the number of steps, padding counted."""
        losses, weights = token_losses(y_true, y_pred, self.label_smoothing)
        if sample_weight is not None:
            sample_weight = ops.cast(sample_weight, weights.dtype)
            if len(sample_weight.shape) == 1:
                sample_weight = ops.expand_dims(sample_weight, -1)
            losses = losses * sample_weight
        return ops.sum(losses * weights) / ops.maximum(ops.sum(weights), 1.0)

    def divisor(self, y_true: Any, sample_weight: Any = None) -> Any:
        """Returns by what the sum over a batch is divided: the number of real tokens."""
        return ops.sum(ops.cast(ops.not_equal(y_true, 0), "float32"))

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments."""
        return {"label_smoothing": self.label_smoothing, "name": self.name}


@keras.saving.register_keras_serializable("lstm_toolkit")
class Perplexity(keras.metrics.Mean):
    """The exponential of the mean cross-entropy of real tokens."""

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Takes what `TokenCrossentropy` takes, without weights."""
        losses, weights = token_losses(y_true, y_pred)
        super().update_state(losses, weights)

    def result(self) -> Any:
        """Returns a scalar of at least 1."""
        return ops.exp(super().result())


@keras.saving.register_keras_serializable("lstm_toolkit")
class TokenAccuracy(keras.metrics.Mean):
    """The share of real tokens to which the network gives the highest score."""

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Takes what `TokenCrossentropy` takes, without weights."""
        tokens = tf.cast(y_true, tf.int32)
        right = tf.gather(y_pred, tokens, batch_dims=2)  # the place of the highest takes longer
        hits = right >= tf.reduce_max(y_pred, axis=-1)
        super().update_state(tf.cast(hits, tf.float32), tf.cast(tokens != 0, tf.float32))


def token_losses(y_true: Any, y_pred: Any, label_smoothing: float = 0.0) -> tuple[Any, Any]:
    """Returns the cross-entropy of each token, and 1 for real tokens, 0 for padding.

    Args:
        y_true: `int[batch, time]` numbers of tokens, 0 for padding.
        y_pred: `float[batch, time, vocabulary]` logits; or `float[batch, time]`, log-probabilities
            of these tokens, as of `AdaptiveSoftmax`.
        label_smoothing: Share of the target spread over the vocabulary; of logits alone.

    Returns:
        Twice `float32[batch, time]`.
    """
    if len(y_pred.shape) == 2:
        return -tf.cast(y_pred, tf.float32), tf.cast(tf.cast(y_true, tf.int32) != 0, tf.float32)
    logits = tf.cast(y_pred, tf.float32)
    tokens = tf.cast(y_true, tf.int32)
    rows = tf.reshape(logits, [-1, logits.shape[-1] or tf.shape(logits)[-1]])
    flat = _losses(rows, tf.reshape(tokens, [-1]), label_smoothing)
    losses = tf.reshape(flat, tf.shape(tokens))
    return losses, tf.cast(tokens != 0, tf.float32)


def _losses(logits: tf.Tensor, tokens: tf.Tensor, label_smoothing: float) -> tf.Tensor:
    """Returns `float32[n]` from `float32[n, vocabulary]` and `int32[n]`.

    On CPUs TensorFlow's own operation takes about three times as long. The gradient is the
    softmax less the smoothed targets; what the exponentials were is not computed again.
    """

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def run(logits: tf.Tensor) -> Any:
        highest = tf.reduce_max(logits, axis=-1, keepdims=True)
        exponentials = tf.exp(logits - highest)
        total = tf.reduce_sum(exponentials, axis=-1, keepdims=True)
        right = tf.gather(logits, tokens, batch_dims=1)
        losses = tf.squeeze(tf.math.log(total) + highest, axis=-1) - right
        if label_smoothing:
            # The same as a share of the mean over the vocabulary, with one exponential fewer.
            losses += label_smoothing * (right - tf.reduce_mean(logits, axis=-1))

        def gradient(above: tf.Tensor) -> tf.Tensor:
            column = above[:, None]
            slope = exponentials * (column / total)
            if label_smoothing:
                slope -= label_smoothing / tf.cast(tf.shape(logits)[1], tf.float32) * column
            places = tf.stack([tf.range(tf.size(tokens)), tokens], axis=1)
            return tf.tensor_scatter_nd_sub(slope, places, (1 - label_smoothing) * above)

        return losses, gradient

    return run(logits)
