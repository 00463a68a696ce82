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

    def back(step: tf.Tensor, at: tf.Tensor, places: tf.TensorArray) -> tuple[tf.Tensor, ...]:
        places = places.write(step, at)
        counts = (step < ends)[:, tf.newaxis]
        before = tf.where(counts, tf.gather(parents[step], at, axis=1, batch_dims=1), here)
        before = tf.ensure_shape(before, at.shape)
        return step - 1, before, places

    places = tf.TensorArray(tf.int32, size=time, element_shape=here.shape)
    _, _, places = tf.while_loop(lambda step, *_: step >= 0, back, (time - 1, here, places))
    return places.stack()


def pick(values: tf.Tensor, beams: tf.Tensor) -> tf.Tensor:
    """Takes beams out of each step.

    Args:
        values: `[time, batch, beams, …]`.
        beams: `int32[time, batch, beams]`.

    Returns:
        As `values`.
    """
    return tf.gather(values, beams, axis=2, batch_dims=2)


def gather_tree(
    step_ids: tf.Tensor,
    parent_ids: tf.Tensor,
    max_sequence_lengths: tf.Tensor,
    end_token: int | tf.Tensor,
) -> tf.Tensor:
    """Puts whole sequences together, as `tfa.seq2seq.gather_tree` does.

    Args:
        step_ids: `int32[time, batch, beams]`, what the beams said at each step.
        parent_ids: `int32[time, batch, beams]`, where each stood one step before.
        max_sequence_lengths: `int32[batch]`, steps of a row that count.
        end_token: Fills a sequence after its first END, and the steps that do not count.

    Returns:
        `int32[time, batch, beams]`.

    Example:
        >>> ids, parents = [[[1, 2]], [[3, 4]]], [[[0, 0]], [[1, 0]]]
        >>> gather_tree(ids, parents, [2], end_token=9).numpy().tolist()
        [[[2, 1]], [[3, 4]]]
    """
    step_ids, parent_ids = tf.convert_to_tensor(step_ids), tf.convert_to_tensor(parent_ids)
    ids = pick(step_ids, ancestors(parent_ids, max_sequence_lengths))
    counts = tf.sequence_mask(max_sequence_lengths, tf.shape(step_ids)[0])
    ids = tf.where(tf.transpose(counts)[..., tf.newaxis], ids, end_token)
    ends = tf.cumsum(tf.cast(tf.equal(ids, end_token), tf.int32), axis=0)
    return tf.where(ends > 0, end_token, ids)


def gather_tree_from_array(
    t: tf.Tensor, parent_ids: tf.Tensor, sequence_length: tf.Tensor
) -> tf.Tensor:
    """Puts what was kept at each step in order, as `tfa.seq2seq.gather_tree_from_array` does.

    Each entry is taken from where the beam stood *after* the step. What a cell wrote during
    the step, like its alignments, was in the order of before; for these that function, and so
    this one, may take the entry of another beam. `beam_search(keep_attention=True)` does not.

    Args:
        t: `[time, batch, beams, …]` or `[time, batch * beams, …]`.
        parent_ids: `int32[time, batch, beams]`.
        sequence_length: `int32[batch, beams]`, steps of a beam that count; others stay.

    Returns:
        As `t`.
    """
    t, parent_ids = tf.convert_to_tensor(t), tf.convert_to_tensor(parent_ids)
    path = ancestors(parent_ids, tf.reduce_max(sequence_length, axis=1))
    time, batch, count = tf.unstack(tf.shape(parent_ids))
    counts = tf.transpose(tf.sequence_mask(sequence_length, time), [2, 0, 1])
    path = tf.where(counts, path, tf.range(count))
    split = tf.reshape(t, [time, batch, count, -1])
    return tf.ensure_shape(tf.reshape(pick(split, path), tf.shape(t)), t.shape)
