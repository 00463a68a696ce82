"""Conditional random fields score and decode as those of tensorflow-addons did."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit import layers
from tests.addons.reference import assert_forward, assert_gradient, read_cases

CASES = read_cases("crf")


@pytest.mark.parametrize("name", CASES)
def test_scores_and_gradients(name: str) -> None:
    case = CASES[name]
    tags, lengths, bitmap = case["indices"], case["lengths"], case["bitmap"]
    x, transitions = tf.constant(case["inputs"]), tf.constant(case["transitions"])
    with tf.GradientTape() as tape:
        tape.watch([x, transitions])
        likelihood, same = layers.crf_log_likelihood(x, tags, lengths, transitions)
        loss = tf.reduce_sum(likelihood)
    np.testing.assert_array_equal(same, transitions)
    found = {
        "likelihood": likelihood,
        "score": layers.crf_sequence_score(x, tags, lengths, transitions),
        "unary": layers.crf_unary_score(tags, lengths, x),
        "binary": layers.crf_binary_score(tags, lengths, transitions),
        "norm": layers.crf_log_norm(x, lengths, transitions),
        "multitag": layers.crf_multitag_sequence_score(x, bitmap, lengths, transitions),
    }
    for key, value in found.items():
        assert_forward(value, case[key], key)
    gradients = tape.gradient(loss, [x, transitions])
    for one, expected in zip(gradients, case.numbered("gradients"), strict=True):
        assert_gradient(0.0 if one is None else one, expected)


@pytest.mark.parametrize("in_graph", [False, True])
@pytest.mark.parametrize("name", CASES)
def test_the_best_tags(name: str, in_graph: bool) -> None:
    case = CASES[name]
    x, bitmap, transitions, lengths = (
        tf.constant(case[key]) for key in ("inputs", "bitmap", "transitions", "lengths")
    )
    decode, constrained = layers.crf_decode, layers.crf_constrained_decode
    if in_graph:
        unknown = (
            tf.TensorSpec([None, None, None]),
            tf.TensorSpec([None, None]),
            tf.TensorSpec([None], tf.int32),
        )
        decode, constrained = tf.function(decode, unknown), tf.function(constrained)
    for found, expected in zip(decode(x, transitions, lengths), ("decoded", "best"), strict=True):
        assert_forward(found, case[expected], expected)
    found_pair = constrained(x, bitmap, transitions, lengths)
    for found, expected in zip(found_pair, ("constrained", "allowed"), strict=True):
        assert_forward(found, case[expected], expected)
    tags, score = layers.viterbi_decode(case["inputs"][0], case["transitions"])
    assert tags == case["viterbi"].tolist()
    assert score == pytest.approx(float(case["viterbi_score"]), abs=1e-5)


def test_probabilities_of_all_sequences_sum_to_1() -> None:
    rng = np.random.default_rng(0)
    x, transitions = rng.normal(size=(1, 3, 2)), rng.normal(size=(2, 2))
    total = sum(
        np.exp(layers.crf_log_likelihood(x, [tags], [3], transitions)[0].numpy()[0])
        for tags in itertools.product(range(2), repeat=3)
    )
    assert total == pytest.approx(1.0)


def test_transitions_are_drawn_if_none_are_given() -> None:
    _, transitions = layers.crf_log_likelihood(np.zeros((1, 2, 3), "float32"), [[0, 1]], [2])
    assert transitions.shape == (3, 3)


def test_the_cases_are_many() -> None:
    assert len(CASES) == 7
