"""Wrapped cells answer as those of tensorflow-addons did."""

from __future__ import annotations

import keras
import pytest
import tensorflow as tf

from lstm_toolkit import layers
from tests.addons.attention_wrapper_cases import UNITS, build, parts, unroll
from tests.addons.reference import Case, assert_forward, assert_gradient, read_cases

CASES = read_cases("attention_wrapper")


def made(case: Case) -> tuple[layers.AttentionWrapper, list[layers.AttentionMechanism]]:
    options = case.options
    names = options["cells"]
    classes = {name: getattr(keras.layers, name, None) or getattr(layers, name) for name in names}
    mechanisms = [
        getattr(layers, m["class"])(UNITS, **m["arguments"]) for m in options["mechanisms"]
    ]
    return build(options, keras, layers.AttentionWrapper, classes, mechanisms), mechanisms


@pytest.mark.parametrize("name", CASES)
def test_outputs_states_and_gradients(name: str) -> None:
    case = CASES[name]
    wrapper, mechanisms = made(case)
    lengths = [m.get("lengths") for m in case.options["mechanisms"]]
    given = {key: tf.constant(case[key]) for key in ("x", "memory")}
    states = [tf.constant(state) for state in case.numbered("states")]
    how = (tf, wrapper, mechanisms, lengths, given, states, case.options.get("initial"))
    parts(tf, unroll(*how)[1])
    wrapper.set_weights(case.numbered("weights"))
    with tf.GradientTape() as tape:
        tape.watch(list(given.values()))
        outputs, last = unroll(*how)
        loss = tf.reduce_sum(outputs * case["probe"][:, :, : outputs.shape[-1]])
    assert_forward(outputs, case["outputs"])
    for found, expected in zip(parts(tf, last), case.numbered("parts"), strict=True):
        assert_forward(found, expected)
    weights = [weight.value for weight in wrapper.trainable_weights]
    gradients = tape.gradient(loss, [*given.values(), *weights])
    for found, expected in zip(gradients, case.numbered("gradients"), strict=True):
        assert_gradient(0.0 if found is None else found, expected)


def test_a_graph_and_keras_rnn_answer_alike() -> None:
    case = CASES["scaled_layer"]
    wrapper, (mechanism,) = made(case)
    wrapper.alignment_history = False
    lengths = case.options["mechanisms"][0]["lengths"]
    mechanism.setup_memory(case["memory"], lengths)
    rnn = keras.layers.RNN(wrapper, return_sequences=True)
    rnn.build(case["x"].shape)
    rnn.set_weights(case.numbered("weights"))
    mechanism.setup_memory(case["memory"], lengths)  # its keys were those of other weights
    assert_forward(rnn(case["x"]), case["outputs"])

    @tf.function
    def in_a_graph(x: tf.Tensor, memory: tf.Tensor) -> tf.Tensor:
        mechanism.setup_memory(memory, lengths)
        return rnn(x)

    assert_forward(in_a_graph(case["x"], case["memory"]), case["outputs"])


def test_the_cases_are_many() -> None:
    assert len(CASES) == 22
