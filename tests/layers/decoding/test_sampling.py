"""Random answers: as likely as the network says, and the same for the same seed."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from lstm_toolkit.layers import greedy, sample
from tests.layers.decoding.decoding_reference import Toy, toy
from tests.layers.decoding.test_search import TOKENS, assert_same

DRAWS = 4000


def first_tokens(network: Toy, **options) -> np.ndarray:
    """Returns the share of each token among many first draws of the first row."""
    many = Toy(*(np.repeat(x[:1], DRAWS, axis=0) for x in network))
    found = sample(many.step, many.state, seed=[3, 4], max_steps=1, **TOKENS, **options)
    return np.bincount(found.ids.numpy().ravel(), minlength=5) / DRAWS


def likelihoods(network: Toy, temperature: float = 1.0) -> np.ndarray:
    exponents = np.exp(network.logits[0, 0, TOKENS["start"]] / temperature)
    return exponents / exponents.sum()


def test_tokens_are_drawn_as_often_as_they_are_likely():
    network = toy(0)
    for temperature in (1.0, 0.5, 3.0):
        found = first_tokens(network, temperature=temperature)
        np.testing.assert_allclose(found, likelihoods(network, temperature), atol=0.03)


def test_only_the_likeliest_are_drawn():
    network = toy(1)
    wanted = likelihoods(network)
    wanted[np.argsort(wanted)[:3]] = 0
    np.testing.assert_allclose(first_tokens(network, top_k=2), wanted / wanted.sum(), atol=0.03)


def test_what_may_not_be_said_is_not_drawn():
    found = first_tokens(toy(2), never=[0, 3])
    assert found[0] == found[3] == 0


def test_of_equals_the_lowest_may_be_drawn():
    network = toy(0)
    network.logits[:] = 0
    found = first_tokens(network, top_k=2)
    assert found[:2].min() > 0.4 and not found[2:].any()


def test_one_of_the_likeliest_is_greedy_and_all_of_them_are_no_limit():
    network = toy(3)
    options = {"max_steps": 6, **TOKENS}
    seeded = {"seed": [5, 6], **options}
    one = sample(network.step, network.state, top_k=1, **seeded)
    assert_same(one, greedy(network.step, network.state, **options))
    every = sample(network.step, network.state, **seeded)
    for top_k in (5, 100, tf.constant(0), tf.constant(5)):
        assert_same(sample(network.step, network.state, top_k=top_k, **seeded), every)


def test_the_seed_decides_and_rows_do_not_touch_each_other():
    network = toy(4, batch=4)
    options = {"max_steps": 6, **TOKENS}
    found = sample(network.step, network.state, seed=[1, 1], **options)
    assert_same(sample(network.step, network.state, seed=[1, 1], **options), found)
    other = sample(network.step, network.state, seed=[1, 2], **options)
    assert found.ids.numpy().tolist() != other.ids.numpy().tolist()
    fewer = Toy(*(x[:2] for x in network))
    half = sample(fewer.step, fewer.state, seed=[1, 1], **options)
    np.testing.assert_array_equal(half.lengths, found.lengths[:2])
    np.testing.assert_array_equal(half.log_probabilities, found.log_probabilities[:2])


def test_log_probabilities_are_those_of_the_network():
    network = toy(5)
    found = sample(
        network.step, network.state, seed=[7, 8], temperature=4.0, top_k=3, never=[0],
        max_steps=6, **TOKENS,
    )  # fmt: skip
    for row in range(3):
        tokens = [TOKENS["start"], *found.ids[row, 0].numpy().tolist()]
        count = int(found.lengths[row, 0]) + int(found.finished[row, 0])
        total = sum(
            network.log_probabilities(row, i, tokens[i])[tokens[i + 1]] for i in range(count)
        )
        np.testing.assert_allclose(found.log_probabilities[row, 0], total, rtol=1e-5)
