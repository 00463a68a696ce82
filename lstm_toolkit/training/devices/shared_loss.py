"""The part of a batch's loss that one of several replicas adds to it."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

import keras
import tensorflow as tf

from lstm_toolkit.data.batches import Share
from lstm_toolkit.errors import InputError
from lstm_toolkit.task import Task


@runtime_checkable
class Divided(Protocol):
    """A loss that is a sum over a batch divided by what the targets tell.

    A network on several devices needs it, since each sees some rows of a batch.
    """

    def divisor(self, y_true: Any, sample_weight: Any = None) -> Any:
        """Returns by what the sum is divided, `float32[]`; the loss divides by 1 at least."""


def check_task(task: Task, settings: Any) -> None:
    """Refuses a task of which no row's loss can be told without the others of its batch.

    Raises:
        InputError: If its loss compares rows.
    """
    if getattr(task.target.loss(settings), "compares_rows", False):
        raise InputError(
            f"{task.name} compares each row with all others of its batch, which several devices do "
            "not see; train it on one device"
        )


def check_loss(model: keras.Model) -> None:
    """Refuses a loss of which the shares of replicas cannot be told.

    Raises:
        InputError: If it is neither `Divided` nor one of Keras's that is a mean over rows.
    """
    loss = model.loss
    if isinstance(loss, Divided):
        return
    if not of_rows(loss) or None in model.output_shape[1:]:
        raise InputError(
            "several devices need a loss with a method divisor(y_true, sample_weight), or one of "
            f"Keras's that is a mean over rows of one length. Received: {type(loss).__name__}"
        )


def of_rows(loss: Any) -> bool:
    """Tells whether a loss is one of Keras's kind that is a mean over rows."""
    return (
        isinstance(loss, keras.losses.Loss)
        and type(loss).__call__ is keras.losses.Loss.__call__
        and loss.reduction in ("sum_over_batch_size", "mean")
    )


def portion(loss: keras.Loss, share: Share) -> tf.Tensor:
    """Returns which part of the batch's loss this replica's is, `float32[]`; they add up to 1.

    Losses are means; those of fewer rows, or of rows with fewer tokens, count less. Call it in
    all replicas before the network runs: here they wait for each other.
    """
    mine = _divisor(loss, share)
    everywhere = _sum(mine)
    part = tf.maximum(mine, 1.0) / tf.maximum(everywhere, 1.0)
    return tf.where(mine > 0, part, 0.0)


def part_of_loss(model: keras.Model, outputs: Any, share: Share, part: tf.Tensor) -> tf.Tensor:
    """Returns what this replica adds to the loss of the whole batch.

    Args:
        model: Compiled.
        outputs: Of the network for this share.
        share: Of the batch.
        part: What `portion` returned.
    """
    replicas = tf.distribute.get_strategy().num_replicas_in_sync
    real = real_rows(share, outputs)
    loss = model.loss(real.targets, real.inputs, real.weights)
    if type(model.loss).__call__ is keras.losses.Loss.__call__:
        loss *= replicas  # Keras divides by that
    # Where no row is real the loss may be NaN.
    loss = tf.math.multiply_no_nan(tf.cast(loss, tf.float32), part)
    for penalty in model.losses:  # of weights, which all replicas have
        loss += tf.cast(penalty, tf.float32) / replicas
    return loss


def real_rows(share: Share, outputs: Any) -> Share:
    """Returns the outputs, as inputs, with targets and weights of the rows that are real."""

    def cut(value: tf.Tensor) -> tf.Tensor:
        return value[: share.real]

    targets, weights = share.targets, share.weights
    return Share(
        keras.tree.map_structure(cut, outputs),
        keras.tree.map_structure(cut, targets),
        None if weights is None else cut(weights),
        share.real,
    )


def _divisor(loss: Any, share: Share) -> tf.Tensor:
    if not isinstance(loss, Divided):
        return tf.cast(share.real, tf.float32)
    real = real_rows(share, share.targets)
    return tf.cast(loss.divisor(real.targets, real.weights), tf.float32)


def _sum(value: tf.Tensor) -> tf.Tensor:
    context = tf.distribute.get_replica_context()
    return context.all_reduce(tf.distribute.ReduceOp.SUM, value)
