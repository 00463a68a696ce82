"""How much each stretch of a sequence speaks for the answer: by hiding it.

Each stretch is replaced by letters of which nothing is known, and the probability of the
likeliest label falls by what the stretch spoke for it. After the mutations in silico of J. Zhou
and O. Troyanskaya, "DeepSEA", 2015 (doi:10.1038/nmeth.3547); it holds for any network, also of
both strands.
"""

from __future__ import annotations

import keras
import tensorflow as tf

STRETCHES = 64
"""Stretches into which a sequence is divided at most; shorter ones are taken letter by letter."""


def stretch_weights(
    model: keras.Model, letters: tf.Tensor, nothing: int
) -> tuple[tf.Tensor, tf.Tensor]:
    """Tells by how much the probability of the likeliest label falls without each stretch.

    Args:
        model: From letters to `float32[batch, classes]` probabilities.
        letters: `int32[batch, time]`, 0 where padded.
        nothing: The number of a letter of which nothing is known.

    Returns:
        Probabilities `float32[batch, classes]` and weights `float32[batch, stretches]`; those
        behind a sequence's end are 0.
    """
    probabilities = model(letters, training=False)
    label = tf.argmax(probabilities, axis=-1)
    best = tf.gather(probabilities, label, batch_dims=1)
    numbers = _numbers(letters)

    def fall(number: tf.Tensor) -> tf.Tensor:
        hidden = tf.where((numbers == number) & (letters != 0), nothing, letters)
        outputs = model(hidden, training=False)
        return best - tf.gather(outputs, label, batch_dims=1)

    falls = tf.map_fn(fall, tf.range(_count(letters)), fn_output_signature=tf.float32)
    falls = tf.ensure_shape(falls, [None, None])
    there = tf.sequence_mask(_counts(letters), _count(letters))
    return probabilities, tf.where(there, tf.transpose(falls), 0.0)


def stretches(letters: tf.Tensor, signs: str) -> tf.Tensor:
    """Returns the letters of each stretch, `string[batch, stretches]`, "" behind the end.

    Args:
        letters: See `stretch_weights`.
        signs: Those of the numbers from 1.
    """
    written = tf.gather(tf.constant(["", *signs]), letters)
    numbers = _numbers(letters)

    def stretch(number: tf.Tensor) -> tf.Tensor:
        return tf.strings.reduce_join(tf.where(numbers == number, written, ""), axis=1)

    parts = tf.map_fn(stretch, tf.range(_count(letters)), fn_output_signature=tf.string)
    return tf.transpose(tf.ensure_shape(parts, [None, None]))


def _lengths(letters: tf.Tensor) -> tf.Tensor:
    return tf.reduce_sum(tf.cast(letters != 0, tf.int32), axis=1)


def _sizes(letters: tf.Tensor) -> tf.Tensor:
    """Returns the letters of a stretch, which depend on the row's own length alone."""
    return tf.maximum(-(-_lengths(letters) // STRETCHES), 1)


def _counts(letters: tf.Tensor) -> tf.Tensor:
    return -(-_lengths(letters) // _sizes(letters))


def _count(letters: tf.Tensor) -> tf.Tensor:
    return tf.reduce_max(_counts(letters))


def _numbers(letters: tf.Tensor) -> tf.Tensor:
    """Returns the stretch of each letter, `int32[batch, time]`."""
    return tf.range(tf.shape(letters)[1])[None] // _sizes(letters)[:, None]
