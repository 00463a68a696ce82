"""Answers under way: how far each beam of each row has come."""

from __future__ import annotations

from typing import Any, NamedTuple

import tensorflow as tf

DEAD = float("-inf")
"""Log-probability of a beam that holds no answer: there were fewer answers than beams."""


class Beams(NamedTuple):
    """What decoding remembers of each beam beside its tokens and the network's state.

    Attributes:
        scores: `float32[batch, beams]`, what beams are ranked by.
        log_probabilities: `float32[batch, beams]`, sums over their tokens.
        lengths: `int32[batch, beams]`, number of their tokens, END counted.
        finished: `bool[batch, beams]`, True once END was said.
        coverage: `float32[batch, beams, source]`, attention summed over the steps; an empty
            tuple where nobody asks for it.
    """

    scores: tf.Tensor
    log_probabilities: tf.Tensor
    lengths: tf.Tensor
    finished: tf.Tensor
    coverage: Any

    @property
    def alive(self) -> tf.Tensor:
        """`bool[batch, beams]`: may go on."""
        return ~self.finished & (self.log_probabilities > DEAD)


def first_beams(batch: tf.Tensor, beams: tf.Tensor | int, *, cover: bool) -> Beams:
    """Returns beams before the first step: the first of each row is alone alive."""
    first = tf.one_hot(tf.zeros([batch], tf.int32), beams, on_value=0.0, off_value=DEAD)
    return Beams(
        scores=first,
        log_probabilities=first,
        lengths=tf.zeros_like(first, tf.int32),
        finished=tf.zeros_like(first, tf.bool),
        # The source's length shows at the first step only; sums broadcast the last axis.
        coverage=tf.zeros_like(first)[..., tf.newaxis] if cover else (),
    )


def gather_beams(nest: Any, parents: tf.Tensor) -> Any:
    """Puts each beam's parent in its place.

    Args:
        nest: Tensors `[batch, beams, …]`.
        parents: `int32[batch, beams]`.

    Returns:
        The same structure.
    """
    return tf.nest.map_structure(lambda x: tf.gather(x, parents, axis=1, batch_dims=1), nest)


def tile_batch(t: Any, multiplier: int | tf.Tensor) -> Any:
    """Repeats each row, as `tfa.seq2seq.tile_batch` does.

    Args:
        t: A nest of tensors `[batch, …]`.
        multiplier: How often.

    Returns:
        The same structure, `[batch * multiplier, …]`: the copies of a row side by side.

    Example:
        >>> tile_batch(tf.constant([3, 5]), 2).numpy().tolist()
        [3, 3, 5, 5]
    """
    return tf.nest.map_structure(lambda x: tf.repeat(x, multiplier, axis=0), t)
