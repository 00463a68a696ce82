"""The cells answer as those of tensorflow-addons did."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit import layers
from tests.addons.reference import Case, assert_forward, assert_gradient, read_cases

CASES = read_cases("cells")


def rnn(case: Case, *, unroll: bool = False) -> keras.layers.RNN:
    options = case.options
    cell = getattr(layers, options["class"])(options["units"], **options.get("cell", {}))
    made = keras.layers.RNN(
        cell,
        return_sequences=True,
        return_state=True,
        go_backwards=options.get("go_backwards", False),
        unroll=unroll,
    )
    made.build(case["x"].shape)
    made.set_weights(case.numbered("weights"))
    return made


@pytest.mark.parametrize("unroll", [False, True])
@pytest.mark.parametrize("name", CASES)
def test_outputs_states_and_gradients(name: str, unroll: bool) -> None:
    case = CASES[name]
    lengths = case.options.get("lengths")
    mask = None if lengths is None else tf.sequence_mask(lengths, case.options["time"])
    state = case.numbered("state") if "initial_state" in case.options else None
    layer, x = rnn(case, unroll=unroll), tf.constant(case["x"])
    with tf.GradientTape() as tape:
        tape.watch(x)
        outputs, h, c = layer(x, mask=mask, initial_state=state)
        loss = tf.reduce_sum(outputs * case["probe"]) + tf.reduce_sum(c * case["probe"][:, 0])
    for key, found in {"outputs": outputs, "h": h, "c": c}.items():
        assert_forward(found, case[key], key)
    wanted = [x, *[weight.value for weight in layer.trainable_weights]]
    gradients = tape.gradient(loss, wanted)
    for found, expected in zip(gradients, case.numbered("gradients"), strict=True):
        assert_gradient(found, expected)


def test_the_cases_are_many() -> None:
    assert len(CASES) == 24
    assert np.abs(CASES["PeepholeLSTMCell-plain"]["outputs"]).max() > 0.1
