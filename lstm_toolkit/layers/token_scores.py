"""Loss and metrics of predicted tokens, padding left out."""

from __future__ import annotations

from typing import Any

import keras
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
        hits = ops.equal(ops.cast(y_true, "int32"), ops.cast(ops.argmax(y_pred, -1), "int32"))
        super().update_state(
            ops.cast(hits, "float32"), ops.cast(ops.not_equal(y_true, 0), "float32")
        )


def token_losses(y_true: Any, y_pred: Any, label_smoothing: float = 0.0) -> tuple[Any, Any]:
    """Returns the cross-entropy of each token, and 1 for real tokens, 0 for padding.

    Args:
        y_true: `int[batch, time]` numbers of tokens, 0 for padding.
        y_pred: `float[batch, time, vocabulary]` logits.
        label_smoothing: Share of the target spread over the vocabulary.

    Returns:
        Twice `float32[batch, time]`.
    """
    y_pred = ops.cast(y_pred, "float32")
    weights = ops.cast(ops.not_equal(y_true, 0), "float32")
    losses = keras.losses.sparse_categorical_crossentropy(y_true, y_pred, from_logits=True)
    if label_smoothing:
        # The same as a share of the mean over the vocabulary, with one exponential fewer.
        right = ops.expand_dims(ops.cast(y_true, "int32"), -1)
        above = ops.take_along_axis(y_pred, right, axis=-1)[..., 0] - ops.mean(y_pred, axis=-1)
        losses = losses + label_smoothing * above
    return losses, weights
