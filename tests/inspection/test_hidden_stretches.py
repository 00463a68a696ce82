"""What a stretch speaks for is what is lost without it."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

from lstm_toolkit.inspection.hidden_stretches import STRETCHES, stretch_weights, stretches


def counting_network() -> keras.Model:
    """Returns a network whose first class is likelier by half a nat for each letter 1."""
    inputs = keras.Input((None,), dtype="int32")
    ones = keras.ops.sum(
        keras.ops.cast(keras.ops.equal(inputs, 1), "float32"), axis=1, keepdims=True
    )
    scores = keras.ops.concatenate([0.5 * ones, keras.ops.zeros_like(ones)], axis=1)
    return keras.Model(inputs, keras.layers.Softmax()(scores))


def test_only_letters_that_count_have_weights() -> None:
    letters = tf.constant([[1, 2, 1, 0], [2, 2, 0, 0]])
    probabilities, weights = stretch_weights(counting_network(), letters, 3)
    best = probabilities.numpy()[0, 0]
    fall = best - 1 / (1 + np.exp(-0.5))
    assert np.allclose(weights[0], [fall, 0, fall, 0][:3], atol=1e-6)
    assert np.allclose(weights[1], 0, atol=1e-6)


def test_long_sequences_are_told_in_stretches_of_their_own_length() -> None:
    long = [1] * (STRETCHES * 3 - 1)
    letters = tf.constant([long, [2, 1] + [0] * (len(long) - 2)])
    parts = stretches(letters, "AC").numpy()
    assert [len(part) for part in parts[0]] == [3] * (STRETCHES - 1) + [2]
    assert parts[1][:3].tolist() == [b"C", b"A", b""]
    weights = stretch_weights(counting_network(), letters, 3)[1].numpy()
    assert weights.shape == parts.shape
    assert not weights[1, 2:].any()
