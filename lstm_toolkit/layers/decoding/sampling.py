"""One token after each answer: the likeliest, or one drawn at random."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from lstm_toolkit.layers.decoding.beams import Beams

_TINY = float(np.finfo(np.float32).tiny)
"""Keeps random numbers off zero, whose logarithm is not finite."""


def follow(
    tokens: tf.Tensor,
    log_probabilities: tf.Tensor,
    beams: Beams,
    frozen: tf.Tensor,
    *,
    end: int | tf.Tensor,
) -> tuple[tf.Tensor, Beams]:
    """Adds a token to every beam that is not frozen.

    Args:
        tokens: `int32[batch, beams]`.
        log_probabilities: `float32[batch, beams, vocabulary]` of all tokens.
        beams: The beams so far.
        frozen: `bool[batch, beams]`: get END again and stay as they are.
        end: The END token.

    Returns:
        The tokens and the beams.
    """
    gained = tf.gather(log_probabilities, tokens, axis=2, batch_dims=2)
    total = beams.log_probabilities + tf.where(frozen, 0.0, gained)
    return tf.where(frozen, end, tokens), Beams(
        scores=total,
        log_probabilities=total,
        lengths=beams.lengths + tf.cast(~frozen, tf.int32),
        finished=beams.finished | (tf.equal(tokens, end) & ~frozen),
        coverage=beams.coverage,
    )


def draw(
    log_probabilities: tf.Tensor,
    seed: tf.Tensor,
    *,
    temperature: float | tf.Tensor,
    top_k: int | tf.Tensor,
) -> tf.Tensor:
    """Draws one of the `top_k` likeliest tokens by the Gumbel-max trick.

    What a row draws depends on the seed, its place in the batch and its own numbers alone.

    Args:
        log_probabilities: `float32[batch, beams, vocabulary]`, -inf for what is not drawn.
        seed: `int32[2]`.
        temperature: Divides the log-probabilities; above 0.
        top_k: How many tokens may be drawn, 0 for all. Of equals the lowest are taken.

    Returns:
        `int32[batch, beams]`.
    """
    uniform = tf.random.stateless_uniform(tf.shape(log_probabilities), seed, minval=_TINY)
    drawn = log_probabilities / temperature - tf.math.log(-tf.math.log(uniform))

    def among_all() -> tf.Tensor:
        return tf.argmax(drawn, axis=-1, output_type=tf.int32)

    def among_best() -> tf.Tensor:
        count = tf.minimum(top_k, tf.shape(log_probabilities)[-1])
        _, best = tf.math.top_k(log_probabilities, k=count)
        rank = tf.argmax(tf.gather(drawn, best, axis=2, batch_dims=2), axis=-1)
        return tf.gather(best, rank, axis=2, batch_dims=2)

    known = tf.get_static_value(top_k)
    if known is None:
        return tf.cond(top_k > 0, among_best, among_all)
    return among_best() if known else among_all()
