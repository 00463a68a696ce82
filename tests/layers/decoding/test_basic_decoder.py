"""Decoders without beams, against what tensorflow-addons answered."""

from __future__ import annotations

import re

import keras
import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit import layers
from tests.addons.basic_decoder_cases import CASES, decode
from tests.addons.reference import FORWARD, read_cases

REFERENCE = read_cases("basic_decoder")


def test_the_reference_is_of_these_cases():
    assert {name: case.options for name, case in REFERENCE.items()} == CASES


@pytest.mark.parametrize("name", CASES)
def test_answers_are_those_of_addons(name):
    found, expected = decode(CASES[name], keras, layers), REFERENCE[name].arrays
    assert found.keys() == expected.keys()
    for key, values in expected.items():
        assert (found[key].shape, found[key].dtype) == (values.shape, values.dtype), key
        np.testing.assert_allclose(found[key], values, rtol=1e-6, atol=FORWARD, err_msg=key)


def test_training_reaches_every_weight_and_the_inputs():
    cell, head = keras.layers.LSTMCell(4), keras.layers.Dense(6)
    decoder = layers.BasicDecoder(cell, layers.TrainingSampler(), output_layer=head)
    inputs = tf.Variable(np.random.default_rng(0).normal(size=(2, 5, 3)).astype("float32"))
    state = [tf.ones([2, 4])] * 2

    @tf.function
    def gradients():
        with tf.GradientTape() as tape:
            outputs = decoder(inputs, initial_state=state, sequence_length=[5, 5])[0]
            loss = tf.reduce_sum(outputs.rnn_output**2)
        return tape.gradient(loss, [inputs, *decoder.trainable_weights])

    layer = keras.layers.RNN(cell, return_sequences=True)
    found = gradients()
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(head(layer(tf.identity(inputs), initial_state=state)) ** 2)
    expected = tape.gradient(loss, [inputs, *decoder.trainable_weights])
    assert len(found) == 6
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


def test_a_random_sampler_draws_as_often_as_tokens_are_likely():
    sampler = layers.SampleEmbeddingSampler(softmax_temperature=2.0, seed=3)
    logits = np.log([[0.1, 0.2, 0.7]]).astype("float32").repeat(5000, axis=0)
    drawn = np.bincount(sampler.sample(0, tf.constant(logits), ())) / 5000
    expected = np.sqrt([0.1, 0.2, 0.7])
    np.testing.assert_allclose(drawn, expected / expected.sum(), atol=0.03)


def test_wrong_arguments_say_what_is_needed():
    sampler = layers.TrainingSampler()
    message = (
        "sequence_length and mask must not be given together. Received: "
        "sequence_length=[1], mask=[[True]]"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        sampler.initialize(tf.ones([1, 1, 1]), sequence_length=[1], mask=[[True]])
    with pytest.raises(tf.errors.InvalidArgumentError, match="mask must be padded on the right"):
        sampler.initialize(tf.ones([1, 2, 1]), mask=[[False, True]])
    decoder = layers.BasicDecoder(keras.layers.LSTMCell(4), sampler, maximum_iterations=0)
    message = "maximum_iterations must be at least 1. Received: maximum_iterations=0"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        decoder(tf.ones([1, 2, 1]), initial_state=[tf.ones([1, 4])] * 2)
