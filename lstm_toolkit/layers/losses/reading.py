"""Loss and metric of answers that are packed beside the weights of sentences."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("lstm_toolkit")
class ReadingLoss(keras.losses.Loss):
    """Cross-entropy of answers, and of supporting sentences where they are known.

    Args:
        hops: How many times a network looks.
        weight: How much supporting sentences count.
        name: Of the loss.

    Call arguments: `int[batch, 2 + supports]`, the number of the answer (that of answers where it
    is not among them, which counts nothing), how many sentences each support stands before the
    question, 0 for none, and last how many answers there are; and what `builders.story_reader`
    returns. Each look is to find one support, in their order.
    """

    def __init__(self, hops: int, weight: float, name: str = "reading_loss"):
        super().__init__(name=name)
        self.hops, self.weight = hops, weight

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Returns `float32[batch]`."""
        truth = ops.cast(y_true, "int32")
        classes = _classes(truth)
        answers = y_pred[:, :classes]
        known = truth[:, 0] < classes
        right = _taken(answers, ops.where(known, truth[:, 0], 0))
        losses = ops.where(known, -ops.log(ops.maximum(right, 1e-7)), 0.0)
        width = ops.shape(y_pred)[1] - classes
        looks = ops.reshape(y_pred[:, classes:], (-1, self.hops, width // self.hops))
        for hop in range(min(self.hops, y_true.shape[1] - 2)):
            place = truth[:, 1 + hop]
            there = ops.logical_and(place > 0, place <= width // self.hops)
            weight = _taken(looks[:, hop], ops.where(there, place - 1, 0))
            cost = -ops.log(ops.maximum(weight, 1e-7))
            losses = losses + self.weight * ops.where(there, cost, 0.0)
        return losses

    def divisor(self, y_true: Any, sample_weight: Any = None) -> Any:
        """Returns by what the sum over a batch is divided: the number of rows."""
        return ops.cast(ops.shape(y_true)[0], "float32")

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments."""
        return {"hops": self.hops, "weight": self.weight, "name": self.name}


@keras.saving.register_keras_serializable("lstm_toolkit")
class ReadingAccuracy(keras.metrics.Mean):
    """The share of right answers; call arguments are those of `ReadingLoss`."""

    def __init__(self, name: str = "accuracy", **options: Any):
        super().__init__(name=name, **options)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Counts one batch."""
        best = ops.argmax(y_pred[:, : _classes(ops.cast(y_true, "int32"))], axis=1)
        right = ops.equal(ops.cast(best, "int32"), ops.cast(y_true[:, 0], "int32"))
        super().update_state(ops.cast(right, "float32"), sample_weight)


def _classes(truth: Any) -> Any:
    """Returns how many answers there are, `int32[]`; one where there are no rows."""
    return ops.max(truth[:, -1], initial=1)


def _taken(values: Any, places: Any) -> Any:
    """Returns one value of each row."""
    return ops.take_along_axis(values, places[:, None], axis=1)[:, 0]
