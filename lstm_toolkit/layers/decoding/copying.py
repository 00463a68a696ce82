"""Which words of the source a decoder copies, where it writes a token that stands for one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from lstm_toolkit.layers.decoding.loop import State, Step

LEFT_OUT = 4.0
"""What it costs to end without a word that is to be copied, in nats. Above about 8 a decoder that
does not know where to put it goes on with nonsense."""


def limit_copies(
    step: Step, state: State, copies: tf.Tensor, copy: Sequence[int], *, end: int
) -> tuple[Step, State]:
    """Lets a network write no more copies than there are words to be copied, and rarely fewer.

    Args:
        step: As in `greedy`.
        state: Likewise.
        copies: `int32[batch]`, how many there are in each row.
        copy: The tokens that stand for copied words.
        end: The token that ends an answer.

    Returns:
        A step and a state that take the place of the others.
    """

    def limited(tokens: tf.Tensor, state: State) -> tuple[tf.Tensor, State, tf.Tensor | None]:
        inner, left = state
        left -= tf.cast(is_any(tokens, copy), tf.int32)
        logits, inner, attention = step(tokens, inner)
        each = tf.range(tf.shape(logits)[-1])
        barred = is_any(each, copy) & (left <= 0)[..., tf.newaxis]
        cost = LEFT_OUT * tf.cast(left, tf.float32)[..., tf.newaxis]
        logits = tf.cast(logits, tf.float32) - tf.where(tf.equal(each, end), cost, 0.0)
        return tf.where(barred, float("-inf"), logits), (inner, left), attention

    return limited, (state, copies[:, tf.newaxis])


def copied_places(attention: tf.Tensor, written: tf.Tensor, real: tf.Tensor) -> tf.Tensor:
    """Finds which word of the source each copy is: the one that is attended to most.

    A word that an answer has copied already comes after those it has not; of equals the first is
    taken.

    Args:
        attention: `float32[batch, beams, time, source]`.
        written: `bool[batch, beams, time]`, where a copy was written.
        real: `bool[batch, source]`, which words can be copied; padding cannot.

    Returns:
        `int32[batch, beams, time]`; 0 where nothing was copied.
    """
    return tf.cond(
        tf.reduce_any(written),
        lambda: _places(attention, written, real),
        lambda: tf.zeros_like(written, tf.int32),
    )


def _places(attention: tf.Tensor, written: tf.Tensor, real: tf.Tensor) -> tf.Tensor:
    weights = tf.transpose(attention, [2, 0, 1, 3])
    times = tf.transpose(written, [2, 0, 1])
    allowed = real[:, tf.newaxis]

    def choose(carry: tuple[tf.Tensor, Any], now: tuple[tf.Tensor, tf.Tensor]) -> Any:
        used, _ = carry
        weight, copies = now
        # Weights are at most 1: the unused come first, then the used, then what is barred.
        rank = tf.where(allowed, weight - 2.0 * tf.cast(used, tf.float32), -4.0)
        place = tf.argmax(rank, axis=-1, output_type=tf.int32)
        place = tf.where(copies, place, 0)
        chosen = tf.one_hot(place, tf.shape(rank)[-1], on_value=True, off_value=False)
        return used | (chosen & copies[..., tf.newaxis]), place

    start = (tf.zeros_like(attention[:, :, 0], tf.bool), tf.zeros_like(written[:, :, 0], tf.int32))
    _, places = tf.scan(choose, (weights, times), initializer=start)
    return tf.transpose(places, [1, 2, 0])


def is_any(numbers: tf.Tensor, of: Sequence[int]) -> tf.Tensor:
    """Tells which numbers `int32[...]` are among some, `bool[...]`."""
    some = tf.constant(list(of), tf.int32)
    return tf.reduce_any(tf.equal(numbers[..., tf.newaxis], some), axis=-1)
