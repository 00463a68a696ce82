"""From each step's tokens and parents back to whole sequences."""

from __future__ import annotations

import tensorflow as tf


def ancestors(parents: tf.Tensor, lengths: tf.Tensor | None = None) -> tf.Tensor:
    """Follows the last beams back to the first step.

    Args:
        parents: `int32[time, batch, beams]`, where each beam of a step stood one step before.
        lengths: `int32[batch]`, steps of a row that count, or None for all.

    Returns:
        `int32[time, batch, beams]`: where the ancestor of each last beam stood after each
        step; itself at steps that do not count.
    """
    time, batch = tf.unstack(tf.shape(parents)[:2])
    count = parents.shape[2] or tf.shape(parents)[2]
    here = tf.broadcast_to(tf.range(count), [batch, count])
    ends = tf.fill([batch], time) if lengths is None else tf.cast(lengths, tf.int32)

    def back(step: tf.Tensor, at: tf.Tensor, found: tf.TensorArray) -> tuple[tf.Tensor, ...]:
        found = found.write(step, at)
        counts = (step < ends)[:, tf.newaxis]
        before = tf.where(counts, tf.gather(parents[step], at, axis=1, batch_dims=1), here)
        before = tf.ensure_shape(before, at.shape)
        return step - 1, before, found

    found = tf.TensorArray(tf.int32, size=time, element_shape=here.shape)
    _, _, found = tf.while_loop(lambda step, *_: step >= 0, back, (time - 1, here, found))
    return found.stack()


def pick(values: tf.Tensor, beams: tf.Tensor) -> tf.Tensor:
    """Takes beams out of each step.

    Args:
        values: `[time, batch, beams, …]`.
        beams: `int32[time, batch, beams]`.

    Returns:
        As `values`.
    """
    return tf.gather(values, beams, axis=2, batch_dims=2)
