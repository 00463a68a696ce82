from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

import lstm_toolkit as lt
from lstm_toolkit import gate_plots
from lstm_toolkit.inspection.gates import gate_activations, layer_gates
from lstm_toolkit.inspection.lstm_layers import lstm_layers

FIELDS = ("input", "forget", "output", "candidate", "cell", "hidden")


def sequences(batch: int = 3, time: int = 6, features: int = 4) -> np.ndarray:
    return np.random.default_rng(1).normal(size=(batch, time, features)).astype(np.float32)


def holes() -> np.ndarray:
    """Padding on the right, a gap in the middle, and nothing that counts at first."""
    return np.array(
        [[1, 1, 1, 1, 0, 0], [1, 0, 1, 1, 1, 1], [0, 0, 1, 1, 1, 1]],
        bool,
    )


def shaken(layer: Any) -> Any:
    """Builds a layer, and moves its weights away from where they begin."""
    layer(sequences())
    rng = np.random.default_rng(2)
    layer.set_weights([rng.normal(0, 0.5, weight.shape) for weight in layer.get_weights()])
    return layer


def answered(layer: Any, *, mask: np.ndarray | None = None, **arguments: Any) -> list[np.ndarray]:
    """The layer's own outputs, or its outputs and last states."""
    found = layer(sequences(), mask=mask, **arguments)
    return [np.asarray(x) for x in (found if isinstance(found, (list, tuple)) else [found])]


@pytest.mark.parametrize("masked", [False, True], ids=["all", "masked"])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"use_bias": False},
        {"go_backwards": True},
        {"activation": "relu", "recurrent_activation": "hard_sigmoid"},
        {"unroll": True, "unit_forget_bias": False},
        {"implementation": 1, "dropout": 0.5, "recurrent_dropout": 0.5},
    ],
    ids=lambda options: ",".join(options) or "default",
)
def test_states_are_those_of_keras(options: dict[str, Any], masked: bool) -> None:
    layer = shaken(keras.layers.LSTM(5, return_sequences=True, return_state=True, **options))
    mask = holes() if masked else None
    outputs, hidden, cell = answered(layer, mask=mask)
    found = layer_gates(layer, sequences(), mask=mask)
    last = 0 if layer.go_backwards else -1
    if layer.go_backwards:
        outputs = outputs[:, ::-1]  # Keras gives them in the order in which it reads
    np.testing.assert_allclose(found.hidden, outputs, atol=1e-5)
    np.testing.assert_allclose(found.hidden[:, last], hidden, atol=1e-5)
    np.testing.assert_allclose(found.cell[:, last], cell, atol=1e-5)


def test_gates_make_the_states() -> None:
    found = layer_gates(shaken(keras.layers.LSTM(5)), sequences())
    before = np.concatenate([np.zeros((3, 1, 5)), found.cell[:, :-1]], axis=1)
    cell = found.forget * before + found.input * found.candidate
    np.testing.assert_allclose(found.cell, cell, atol=1e-6)
    np.testing.assert_allclose(found.hidden, found.output * np.tanh(found.cell), atol=1e-6)
    for name in FIELDS:
        assert getattr(found, name).dtype == np.float32
        assert getattr(found, name).shape == (3, 6, 5)


def test_the_order_of_gates_is_that_of_keras() -> None:
    layer = keras.layers.LSTM(1)
    layer(sequences())
    weights = [np.zeros((4, 4)), np.zeros((1, 4)), np.array([-2.0, -1.0, 0.5, 3.0])]
    layer.set_weights(weights)
    found = layer_gates(layer, sequences())
    given = 1 / (1 + np.exp([2.0, 1.0, -3.0]))
    first = [float(getattr(found, name)[0, 0, 0]) for name in FIELDS[:4]]
    np.testing.assert_allclose(first, [*given, np.tanh(0.5)], atol=1e-6)


def test_at_a_masked_step_states_stay_and_there_are_no_gates() -> None:
    found = layer_gates(shaken(keras.layers.LSTM(5)), sequences(), mask=holes())
    assert found.mask.tolist() == holes().tolist()
    for name in FIELDS[:4]:
        assert np.isnan(getattr(found, name)).any(axis=2).tolist() == (~holes()).tolist()
    for state in (found.cell, found.hidden):
        np.testing.assert_array_equal(state[0, 4:], state[0, [3, 3]])
        np.testing.assert_array_equal(state[2, :2], 0)


@pytest.mark.parametrize("masked", [False, True], ids=["all", "masked"])
@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_each_direction_of_a_bidirectional_layer(direction: Any, masked: bool) -> None:
    layer = shaken(keras.layers.Bidirectional(keras.layers.LSTM(5, return_sequences=True)))
    mask = holes() if masked else None
    halves = np.split(answered(layer, mask=mask)[0], 2, axis=2)
    found = layer_gates(layer, sequences(), mask=mask, direction=direction)
    seen = found.mask[:, :, None]  # at masked steps Keras gives zeros here
    given = halves[direction == "backward"]
    np.testing.assert_allclose(np.where(seen, found.hidden, 0), given, atol=1e-5)


def test_states_can_begin_elsewhere_than_at_zero() -> None:
    state = list(np.random.default_rng(3).normal(size=(4, 3, 5)).astype(np.float32))
    layer = shaken(keras.layers.LSTM(5, return_sequences=True))
    (outputs,) = answered(layer, initial_state=state[:2])
    found = layer_gates(layer, sequences(), initial_state=state[:2])
    np.testing.assert_allclose(found.hidden, outputs, atol=1e-5)
    both = shaken(keras.layers.Bidirectional(keras.layers.LSTM(5, return_sequences=True)))
    (outputs,) = answered(both, initial_state=state)
    back = layer_gates(both, sequences(), initial_state=state, direction="backward")
    np.testing.assert_allclose(back.hidden, outputs[:, :, 5:], atol=1e-5)


def texts(*, bidirectional: bool = True, **options: Any) -> tuple[keras.Model, np.ndarray]:
    keras.utils.set_random_seed(0)
    model = lt.builders.text_classifier(
        30, classes=2, embedding=4, units=(5, 3), bidirectional=bidirectional, **options
    )
    return model, np.array([[4, 9, 2, 0, 0], [7, 7, 8, 1, 3]])


@pytest.mark.parametrize("bidirectional", [False, True], ids=["one", "both"])
def test_layers_of_a_model_get_what_reaches_them(bidirectional: bool) -> None:
    model, tokens = texts(bidirectional=bidirectional, pooling="last")
    first, second = lstm_layers(model)
    through = keras.Model(model.input, [model.get_layer(name).output for name in (first, second)])
    outputs = [np.asarray(x) for x in through(tokens)]
    found = [gate_activations(model, tokens, layer=name) for name in (first, second)]
    seen = (tokens != 0)[:, :, None]
    assert all(each.mask.tolist() == seen[:, :, 0].tolist() for each in found)
    sequence = np.where(seen, found[0].hidden, 0)
    np.testing.assert_allclose(sequence, np.where(seen, outputs[0][..., :5], 0), atol=1e-5)
    np.testing.assert_allclose(found[1].hidden[:, -1], outputs[1][:, :3], atol=1e-5)


def test_a_decoder_begins_where_the_encoder_ended() -> None:
    model = lt.builders.seq2seq(
        20, 20, embedding=4, units=(5,), bidirectional=True, attention="luong"
    )
    inputs = {"source": np.array([[3, 4, 5]]), "target": np.array([[1, 6, 7, 8]])}
    outputs = keras.Model(model.input, model.get_layer("decoder_1").output)(inputs)
    found = gate_activations(model, inputs, layer="decoder_1")
    np.testing.assert_allclose(found.hidden, outputs, atol=1e-5)


def test_sequential_models_and_mixed_precision() -> None:
    model = keras.Sequential(
        [
            keras.Input((None, 4)),
            keras.layers.Masking(),
            keras.layers.LSTM(5, return_sequences=True, dtype="mixed_float16"),
            keras.layers.Dropout(0.5),
        ]
    )
    x = sequences()
    x[1, 4:] = 0
    found = gate_activations(model, x)
    assert found.mask.sum(axis=1).tolist() == [6, 4, 6]
    np.testing.assert_allclose(found.hidden, model(x), atol=2e-3)  # half precision


@pytest.mark.parametrize("told", [False, True], ids=["implied", "told"])
def test_a_mask_counts_beside_an_initial_state_if_it_does_for_keras(told: bool) -> None:
    x, state = keras.Input((6, 4)), [keras.Input((5,)), keras.Input((5,))]
    masked = keras.layers.Masking()(x)
    mask = keras.ops.any(keras.ops.not_equal(x, 0), axis=-1) if told else None
    layer = keras.layers.LSTM(5, return_sequences=True)
    model = keras.Model([x, *state], layer(masked, initial_state=state, mask=mask))
    inputs = [sequences(), np.ones((3, 5), np.float32), np.ones((3, 5), np.float32)]
    inputs[0][1, 4:] = 0
    found = gate_activations(model, inputs)
    assert found.mask.all() != told
    np.testing.assert_allclose(found.hidden, model(inputs), atol=1e-5)


def test_of_several_calls_the_last_counts() -> None:
    x = keras.Input((6, 4))
    layer = keras.layers.LSTM(4, return_sequences=True)
    once = layer(x)
    model = keras.Model(x, layer(once))
    layer(keras.Input((2, 4)))  # elsewhere
    np.testing.assert_allclose(
        gate_activations(model, sequences()).hidden, model(sequences()), atol=1e-5
    )


def trained() -> keras.Model:
    return keras.Sequential(
        [keras.Input((6, 4)), keras.layers.GRU(3), keras.layers.Dense(2)], name="small"
    )


def unbuilt() -> keras.Model:
    return keras.Sequential([keras.layers.LSTM(3, name="lstm")], name="later")


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (
            lambda: layer_gates(keras.layers.GRU(3, name="gru"), sequences()),
            "layer must be a keras.layers.LSTM, or a keras.layers.Bidirectional of them. "
            "Received: GRU `gru`",
        ),
        (
            lambda: layer_gates("lstm", sequences()),
            "layer must be a keras.layers.LSTM, or a keras.layers.Bidirectional of them. "
            "Received: str",
        ),
        (
            lambda: layer_gates(keras.layers.LSTM(3, name="new"), sequences()),
            "layer must be built. Received: LSTM `new`, never called on inputs",
        ),
        (
            lambda: layer_gates(keras.layers.LSTM(3, name="l"), sequences(), direction="backward"),
            "direction must be one of forward for LSTM `l`. Received: direction='backward'",
        ),
        (
            lambda: layer_gates(shaken(keras.layers.LSTM(3)), sequences(features=5)),
            "sequences must be [batch, time, 4]. Received: sequences of (3, 6, 5)",
        ),
        (
            lambda: layer_gates(
                shaken(keras.layers.Bidirectional(keras.layers.LSTM(3))),
                sequences(),
                initial_state=[np.zeros((3, 3)), np.zeros((3, 3))],
                direction="backward",
            ),
            "initial_state must be 4 arrays of shape (3, 3). Received: 2 of [(3, 3), (3, 3)]",
        ),
        (
            lambda: layer_gates(shaken(keras.layers.LSTM(3)), sequences(), mask=holes()[:, :4]),
            "mask must be of shape (3, 6). Received: mask of (3, 4)",
        ),
        (
            lambda: gate_activations(texts()[0], texts()[1], layer="bidirectional_3"),
            "layer must be the name of one of the model's LSTM layers. "
            "Received: layer='bidirectional_3', did you mean `bidirectional_2`?",
        ),
        (
            lambda: gate_activations(*texts()),
            "layer must be the name of one of the model's LSTM layers. "
            "Received: layer=None, choose from: bidirectional_1, bidirectional_2",
        ),
        (
            lambda: gate_activations(trained(), sequences()),
            "model must have a keras.layers.LSTM layer. Received: model `small` without",
        ),
        (
            lambda: gate_activations(unbuilt(), sequences()),
            "model must be functional, or a Sequential that begins with keras.Input. "
            "Received: model `later`",
        ),
    ],
)
def test_what_is_wrong_is_said_in_one_line(call: Any, said: str) -> None:
    with pytest.raises(ValueError) as caught:
        call()
    assert str(caught.value) == said


def test_the_package_hands_them_on() -> None:
    assert lt.gate_activations is gate_activations
    assert lt.layer_gates is layer_gates
    assert lt.gate_plots is gate_plots
