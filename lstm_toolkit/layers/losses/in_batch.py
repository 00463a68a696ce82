"""Loss and metric of texts that are held against all others of their batch."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


def _same(answers: Any) -> Any:
    """Returns `bool[batch, batch]`, which texts have the same answer."""
    answers = ops.reshape(answers, (-1,))
    return ops.equal(answers[:, None], answers[None, :])


@keras.saving.register_keras_serializable("lstm_toolkit")
class InBatchSoftmax(keras.losses.Loss):
    """Cross-entropy of the texts with the same answer among all of the batch, in both directions.

    P. Khosla et al., "Supervised Contrastive Learning", 2020 (arXiv:2004.11362), with the sum
    inside of the logarithm; M. Henderson et al., 2017 (arXiv:1705.00652), for pairs.

    Call arguments: `int[batch]` numbers of answers, and `float[batch, batch]` scores, those of
    pairs on the diagonal.

    Example:
        >>> loss = InBatchSoftmax()
        >>> round(float(loss(ops.array([0, 1]), ops.zeros((2, 2)))), 3)
        0.693
    """

    compares_rows = True
    """Parts of a batch do not tell its loss, so it is not for several devices."""

    def __init__(self, name: str = "in_batch_softmax", **options: Any):
        super().__init__(name=name, **options)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Returns `float32[batch]`."""
        scores = ops.cast(y_pred, "float32")
        right = ops.where(_same(y_true), scores, -1e9)
        losses = [
            ops.logsumexp(scores, axis=axis) - ops.logsumexp(right, axis=axis) for axis in (0, 1)
        ]
        return (losses[0] + losses[1]) / 2.0


@keras.saving.register_keras_serializable("lstm_toolkit")
class InBatchAccuracy(keras.metrics.Mean):
    """The share of texts whose best among those of the batch has the same answer."""

    def __init__(self, name: str = "accuracy", **options: Any):
        super().__init__(name=name, **options)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Counts one batch."""
        best = ops.argmax(y_pred, axis=1)
        answers = ops.reshape(y_true, (-1,))
        right = ops.cast(ops.equal(ops.take(answers, best), answers), "float32")
        super().update_state(right, sample_weight)
