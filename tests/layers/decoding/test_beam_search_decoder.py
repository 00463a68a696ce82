"""Beam search as tensorflow-addons does it, against what that library answered."""

from __future__ import annotations

import re

import keras
import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit import layers
from tests.addons.beam_search_cases import CASES, decode, searcher
from tests.addons.reference import FORWARD, read_cases

REFERENCE = read_cases("beam_search")


def test_the_reference_is_of_these_cases():
    assert {name: case.options for name, case in REFERENCE.items()} == CASES


@pytest.mark.parametrize("name", CASES)
def test_answers_are_those_of_addons(name):
    found, expected = decode(CASES[name], keras, layers), REFERENCE[name].arrays
    assert found.keys() == expected.keys()
    for key, values in expected.items():
        assert found[key].shape == values.shape, key
        if np.issubdtype(values.dtype, np.floating):
            np.testing.assert_allclose(found[key], values, rtol=1e-6, atol=FORWARD, err_msg=key)
        else:
            assert found[key].dtype == values.dtype
            np.testing.assert_array_equal(found[key], values, err_msg=key)


@pytest.mark.parametrize("name", ["plain_4_1.0_1.0", "attention_4_0.4", "no_limit"])
def test_answers_are_the_same_in_a_graph(name):
    found = tf.function(searcher(CASES[name], keras, layers))()
    for key, values in REFERENCE[name].arrays.items():
        np.testing.assert_allclose(found[key], values, rtol=1e-6, atol=FORWARD, err_msg=key)


def decoder(**options) -> layers.BeamSearchDecoder:
    return layers.BeamSearchDecoder(keras.layers.LSTMCell(4), **{"beam_width": 2, **options})


def test_wrong_arguments_say_what_is_needed():
    message = "beam_width must be at least 1. Received: beam_width=0"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        decoder(beam_width=0)
    message = (
        "impute_finished must be False, since beams change places. Received: impute_finished=True"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        decoder(impute_finished=True)


def test_a_call_takes_one_way_of_embedding_and_coverage_needs_attention():
    state = [tf.zeros([2, 4])] * 2
    options = {"start_tokens": [1], "end_token": 2, "initial_state": state}
    message = "one of embedding and embedding_fn must be given. Received: neither"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        decoder()(None, **options)
    message = "one of embedding and embedding_fn must be given. Received: both"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        decoder(embedding_fn=tf.identity)(tf.ones([5, 3]), **options)
    message = (
        "coverage_penalty_weight must be 0 without an AttentionWrapper. "
        "Received: a state of type list"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        decoder(coverage_penalty_weight=0.1)(tf.ones([5, 3]), **options)


def test_weights_are_made_before_the_loop_and_are_found():
    cell, head = keras.layers.LSTMCell(4), keras.layers.Dense(5)
    search = layers.BeamSearchDecoder(cell, 2, output_layer=head, maximum_iterations=3)

    @tf.function
    def run():
        state = [tf.zeros([2, 4])] * 2
        return search(tf.ones([5, 3]), start_tokens=[1], end_token=2, initial_state=state)[2]

    run()
    assert len(search.trainable_weights) == 5
