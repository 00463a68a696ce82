from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit.layers import speed_up
from lstm_toolkit.layers.fast_lstm import _FastLoop
from lstm_toolkit.runtime import dtype_policy

BATCH, TIME, FEATURES, UNITS = 3, 7, 4, 5
RIGHT_PADDED = np.arange(TIME) < np.array([[TIME], [2], [5]])
HOLES = np.random.default_rng(1).random((BATCH, TIME)) < 0.5
EMPTY_ROW = np.arange(TIME) < np.array([[TIME], [0], [5]])
MASKS = {
    "none": None,
    "right": RIGHT_PADDED,
    "left": RIGHT_PADDED[:, ::-1],
    "holes": HOLES,
    "empty row": EMPTY_ROW,
}


class Wrapped(keras.Model):
    """One recurrent layer with a mask and an initial state."""

    def __init__(self, layer: Any) -> None:
        super().__init__()
        self.layer = layer

    def call(self, inputs: Any, state: Any, mask: Any = None, training: bool = False) -> Any:
        return self.layer(inputs, initial_state=state, mask=mask, training=training)


def pair(layer: Any) -> tuple[Wrapped, Wrapped]:
    """Returns a layer of Keras's and a copy of it with the same random weights, sped up."""
    layer.build((None, None, FEATURES))
    rng = np.random.default_rng(0)
    layer.set_weights([rng.normal(0, 0.5, w.shape) for w in layer.get_weights()])
    other = type(layer).from_config(layer.get_config())
    other.build((None, None, FEATURES))
    other.set_weights(layer.get_weights())
    if isinstance(layer, keras.layers.LSTM):
        other.zero_output_for_mask = layer.zero_output_for_mask
    return Wrapped(layer), speed_up(Wrapped(other))


def numbers(shape: tuple[int, ...], seed: int = 0, dtype: str = "float32") -> tf.Tensor:
    return tf.constant(np.random.default_rng(seed).normal(size=shape), dtype)


def results(
    model: Wrapped, mask: Any, state: Any, *, training: bool = True, dtype: str = "float32"
) -> tuple[list[Any], list[Any]]:
    """Returns outputs and gradients with respect to inputs, initial state and weights."""
    inputs = numbers((BATCH, TIME, FEATURES), dtype=dtype)
    signature = [tf.TensorSpec([None, None, FEATURES], dtype)]
    signature.append([tf.TensorSpec([None, UNITS], dtype) for _ in state])
    mask = None if mask is None else tf.constant(mask)

    @tf.function(input_signature=signature)
    def run(inputs: Any, state: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch((inputs, state))
            outputs = tf.nest.flatten(model(inputs, state or None, mask, training=training))
            loss = tf.add_n(
                [
                    tf.reduce_sum(tf.cast(o, "float64") * numbers(o.shape[1:], i + 5, "float64"))
                    for i, o in enumerate(outputs)
                    if not outputs_are_unknown(o)
                ]
                + [
                    tf.reduce_sum(tf.sin(tf.cast(o, "float64") * 3 + 1))
                    for o in outputs
                    if outputs_are_unknown(o)
                ]
            )
        weights = [weight.value for weight in model.trainable_variables]
        return outputs, tape.gradient(loss, [inputs, *state, *weights])

    outputs, gradients = run(inputs, state)
    return [o.numpy() for o in outputs], [g.numpy() for g in gradients]


def outputs_are_unknown(output: tf.Tensor) -> bool:
    return None in output.shape[1:]


def assert_same(received: list[Any], expected: list[Any], tolerance: float) -> None:
    assert len(received) == len(expected)
    for one, other in zip(received, expected, strict=True):
        scale = max(1e-3, np.abs(other).max())
        np.testing.assert_allclose(one / scale, other / scale, rtol=0, atol=tolerance)


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("given", [False, True])
@pytest.mark.parametrize("sequences", [False, True])
def test_answers_and_gradients_are_keras_own(
    mask: str, backwards: bool, given: bool, sequences: bool
) -> None:
    layer = keras.layers.LSTM(
        UNITS, go_backwards=backwards, return_sequences=sequences, return_state=True
    )
    keras_model, fast = pair(layer)
    state = [numbers((BATCH, UNITS), 1), numbers((BATCH, UNITS), 2)] if given else []
    for training in (True, False):
        expected = results(keras_model, MASKS[mask], state, training=training)
        received = results(fast, MASKS[mask], state, training=training)
        np.testing.assert_allclose(received[0][0], expected[0][0], rtol=0, atol=1e-6)
        assert_same(received[0], expected[0], 1e-6)
        assert_same(received[1], expected[1], 2e-5)
