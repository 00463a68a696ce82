"""Wrong arguments of decoders, and those that are set at call time."""

from __future__ import annotations

import re

import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit.layers import beam_search, greedy, sample
from lstm_toolkit.layers.decoding.checks import finite_from_zero
from tests.layers.decoding.decoding_reference import END, START, toy
from tests.layers.decoding.test_search import TOKENS, assert_same

NETWORK = toy(0, vocabulary=6)
WRONG = [
    (beam_search, {"beam_width": 0}, "beam_width must be at least 1. Received: beam_width=0"),
    (
        beam_search,
        {"beam_width": 7},
        "beam_width must be at most the vocabulary's 6. Received: beam_width=7",
    ),
    (
        beam_search,
        {"beam_width": 2, "coverage_penalty": -0.1},
        "coverage_penalty must be at least 0. Received: coverage_penalty=-0.1",
    ),
    (greedy, {"max_steps": -1}, "max_steps must be at least 0. Received: max_steps=-1"),
    (
        greedy,
        {"max_steps": np.array([3, -2, 1])},
        "max_steps must be at least 0. Received: max_steps=[3, -2, 1]",
    ),
    (
        greedy,
        {"never": [0, END]},
        "never must leave end out, or no answer ends. Received: end=2, never=[0, 2]",
    ),
    (greedy, {"never": [-1]}, "never must hold numbers of tokens. Received: never=[-1]"),
    (greedy, {"state": ()}, "state must hold a tensor at least. Received: state=()"),
    (
        sample,
        {"seed": [0, 0], "temperature": 0.0},
        "temperature must be above 0. Received: temperature=0.0",
    ),
    (sample, {"seed": [0, 0], "top_k": -1}, "top_k must be at least 0. Received: top_k=-1"),
]


@pytest.mark.parametrize(("decoder", "options", "message"), WRONG)
def test_wrong_arguments_say_what_is_needed(decoder, options, message):
    arguments = {"state": NETWORK.state, "max_steps": 4, **TOKENS, **options}
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        decoder(NETWORK.step, **arguments)


def test_a_number_of_an_export_has_to_be_finite():
    graph = tf.function(lambda value: finite_from_zero("length_penalty", value), autograph=False)
    assert graph(tf.constant(0.5)).numpy() == 0.5
    for value in (float("nan"), float("inf"), -1.0):
        needed = "length_penalty must be a finite number from 0"
        with pytest.raises(tf.errors.InvalidArgumentError, match=needed):
            graph(tf.constant(value))
        with pytest.raises(ValueError, match=needed):
            finite_from_zero("length_penalty", value)


def test_the_coverage_penalty_needs_attention():
    def blind(tokens, state):
        logits, state, _ = NETWORK.step(tokens, state)
        return logits, state, None

    message = (
        "coverage_penalty must be 0 where the step gives no attention. Received: attention=None"
    )
    options = {"beam_width": 2, "max_steps": 4, **TOKENS}
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        beam_search(blind, NETWORK.state, coverage_penalty=0.1, **options)
    assert beam_search(blind, NETWORK.state, keep_attention=True, **options).attention is None


class Translator(tf.Module):
    """An export whose options are set at each call."""

    def __init__(self) -> None:
        super().__init__()
        self.logits = tf.Variable(NETWORK.logits)
        self.attention = tf.Variable(NETWORK.attention)
        self.traces = 0

    @tf.function(
        input_signature=[
            tf.TensorSpec([None, None, None], tf.int32),
            tf.TensorSpec([], tf.int32),
            tf.TensorSpec([None], tf.int32),
            tf.TensorSpec([], tf.float32),
            tf.TensorSpec([], tf.float32),
        ]
    )
    def search(self, rows, beam_width, max_steps, length_penalty, coverage_penalty):
        self.traces += 1
        network = type(NETWORK)(
            tf.gather(self.logits, rows[:, 0, 0]), tf.gather(self.attention, rows[:, 0, 0])
        )
        state = {"time": 0 * rows[:, :, 0], "path": tf.cast(rows, tf.float32)}
        found = beam_search(
            network.step, state, beam_width=beam_width, max_steps=max_steps,
            length_penalty=length_penalty, coverage_penalty=coverage_penalty, keep_attention=True,
            **TOKENS,
        )  # fmt: skip
        return found._asdict()

    @tf.function(
        input_signature=[
            tf.TensorSpec([None, None, None], tf.int32),
            tf.TensorSpec([2], tf.int32),
            tf.TensorSpec([], tf.float32),
            tf.TensorSpec([], tf.int32),
        ]
    )
    def draw(self, rows, seed, temperature, top_k):
        network = type(NETWORK)(
            tf.gather(self.logits, rows[:, 0, 0]), tf.gather(self.attention, rows[:, 0, 0])
        )
        state = {"time": 0 * rows[:, :, 0], "path": tf.cast(rows, tf.float32)}
        return sample(
            network.step, state, seed=seed, temperature=temperature, top_k=top_k, max_steps=6,
            **TOKENS,
        ).ids  # fmt: skip


ROWS = tf.constant([[[0]], [[1]], [[2]]])


@pytest.fixture(scope="module")
def module() -> Translator:
    return Translator()


def test_options_are_set_at_call_time_and_nothing_is_traced_again(module):
    for beams, steps, length, coverage in [(1, 6, 0.0, 0.0), (4, 5, 0.7, 0.2), (6, 3, 1.0, 0.0)]:
        limits = tf.fill([3], steps)
        found = module.search(ROWS, beams, limits, length, coverage)
        expected = beam_search(
            NETWORK.step, NETWORK.state, beam_width=beams, max_steps=steps,
            length_penalty=length, coverage_penalty=coverage, **TOKENS,
        )  # fmt: skip
        assert_same(type(expected)(**found), expected)
    assert module.traces == 1
    with pytest.raises(tf.errors.InvalidArgumentError, match="beam_width must be at most"):
        module.search(ROWS, 7, tf.fill([3], 2), 0.0, 0.0)
    with pytest.raises(tf.errors.InvalidArgumentError, match="beam_width must be at least 1"):
        module.search(ROWS, 0, tf.fill([3], 2), 0.0, 0.0)


def test_an_export_answers_the_same(module, tmp_path):
    tf.saved_model.save(module, str(tmp_path))
    loaded = tf.saved_model.load(str(tmp_path))
    for beams in (1, 5):
        found = loaded.search(ROWS, beams, tf.constant([6, 2, 4]), 0.6, 0.1)
        expected = module.search(ROWS, beams, tf.constant([6, 2, 4]), 0.6, 0.1)
        for name, values in expected.items():
            np.testing.assert_array_equal(found[name], values)
    one_row = loaded.search(ROWS[:1], 3, tf.constant([6]), 0.6, 0.1)
    assert one_row["ids"].shape[:2] == (1, 3)
    np.testing.assert_array_equal(
        loaded.draw(ROWS, [1, 2], 0.7, 3), module.draw(ROWS, [1, 2], 0.7, 3)
    )


def test_each_row_may_begin_with_a_token_of_its_own():
    start = tf.constant([START, 3, 4])
    found = greedy(NETWORK.step, NETWORK.state, start=start, end=END, max_steps=1)
    expected = [NETWORK.logits[row, 0, token].argmax() for row, token in enumerate(start)]
    assert found.ids[:, 0, 0].numpy().tolist() == expected
