"""The contract of the LSTM cells: what holds for each of them in `keras.layers.RNN`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from lstm_toolkit.layers import LayerNormLSTMCell, PeepholeLSTMCell

CELLS = [LayerNormLSTMCell, PeepholeLSTMCell]
BATCH, TIME, FEATURES, UNITS = 4, 6, 3, 5


def inputs(time: int = TIME) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(BATCH, time, FEATURES)).astype("float32")


def model(cell: type, **options: Any) -> keras.Model:
    keras.utils.set_random_seed(1)
    x = keras.Input((None, FEATURES))
    masked = keras.layers.Masking()(x)
    rnn = keras.layers.RNN(cell(UNITS, **options))
    return keras.Model(x, keras.layers.Dense(1)(rnn(masked)))


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("dropouts", [{}, {"dropout": 0.3, "recurrent_dropout": 0.2}])
def test_one_step_changes_every_weight(cell: type, dropouts: dict[str, float]) -> None:
    made = model(cell, bias_initializer="ones", unit_forget_bias=False, **dropouts)
    made.compile(keras.optimizers.SGD(0.5), "mse", run_eagerly=True)
    before = made.get_weights()
    made.train_on_batch(inputs(), np.ones((BATCH, 1)))
    for weight, old in zip(made.weights, before, strict=True):
        assert not np.array_equal(weight.numpy(), old), weight.path


@pytest.mark.parametrize("cell", CELLS)
def test_it_learns_to_remember_the_first_step(cell: type) -> None:
    made = model(cell)
    made.compile(keras.optimizers.Adam(0.02), "mse", jit_compile=False)
    x = np.random.default_rng(2).normal(size=(64, 5, FEATURES)).astype("float32")
    y = np.sign(x[:, 0, :1])
    for _ in range(60):
        loss = made.train_on_batch(x, y)
    assert loss < 0.3


@pytest.mark.parametrize("cell", CELLS)
def test_saved_and_loaded_it_answers_the_same(cell: type, tmp_path: Path) -> None:
    made = model(cell, activation="relu", dropout=0.1, kernel_regularizer="l2", seed=3)
    made.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded(inputs()).numpy(), made(inputs()).numpy())
    rnn, again = made.layers[2], loaded.layers[2]
    assert type(again.cell) is cell
    assert again.cell.get_config() == rnn.cell.get_config()


@pytest.mark.parametrize("cell", CELLS)
def test_its_configuration_makes_it_anew(cell: type) -> None:
    made = cell(UNITS, use_bias=False, recurrent_dropout=0.2, name="mine")
    config = keras.saving.serialize_keras_object(made)
    assert config["registered_name"] == f"lstm_toolkit>{cell.__name__}"
    again = keras.saving.deserialize_keras_object(config)
    assert again.get_config() == made.get_config()
    assert again.recurrent_dropout == 0.2


@pytest.mark.parametrize("cell", CELLS)
def test_padding_changes_no_answer(cell: type) -> None:
    made = model(cell)
    padded = np.concatenate([inputs(), np.zeros((BATCH, 4, FEATURES), "float32")], axis=1)
    np.testing.assert_allclose(made(padded), made(inputs()), atol=1e-6)


@pytest.mark.parametrize("cell", CELLS)
def test_the_same_seed_gives_the_same_weights(cell: type) -> None:
    for one, other in zip(model(cell).get_weights(), model(cell).get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_mixed_precision_stays_near_float32(cell: type, policy: str) -> None:
    rnn = keras.layers.RNN(cell(UNITS))
    expected = rnn(inputs()).numpy()
    mixed = keras.layers.RNN(cell(UNITS, dtype=policy), dtype=policy)
    mixed.build(inputs().shape)
    mixed.set_weights(rnn.get_weights())
    found = mixed(inputs())
    assert found.dtype.name == policy.removeprefix("mixed_")
    np.testing.assert_allclose(np.asarray(found, "float32"), expected, atol=0.06)
    assert all(weight.dtype == "float32" for weight in mixed.weights)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("which", ["dropout", "recurrent_dropout"])
def test_dropout_acts_in_training_alone_and_anew_in_each_call(cell: type, which: str) -> None:
    rnn = keras.layers.RNN(cell(UNITS, **{which: 0.5}), return_sequences=True)
    quiet = rnn(inputs()).numpy()
    first, second = rnn(inputs(), training=True).numpy(), rnn(inputs(), training=True).numpy()
    assert not np.allclose(first, quiet)
    assert not np.allclose(first, second)
    np.testing.assert_array_equal(rnn(inputs()), quiet)


def test_dropout_of_the_layer_norm_cell_is_one_mask_for_all_gates_and_steps() -> None:
    cell = LayerNormLSTMCell(UNITS, dropout=0.5, recurrent_dropout=0.5, seed=0)
    x, h = inputs()[:, 0], np.ones((BATCH, UNITS), "float32")
    cell.build(x.shape)
    mask, recurrent = cell.get_dropout_mask(x), cell.get_recurrent_dropout_mask(h)
    assert set(np.unique(mask)) == set(np.unique(recurrent)) == {0.0, 2.0}
    expected, _ = cell(x * mask, [h * recurrent, h])
    for _ in range(2):
        found, _ = cell(x, [h, h], training=True)
        np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"units": 0}, "units must be an integer of at least 1. Received: units=0"),
        ({"units": 2.5}, "units must be an integer of at least 1. Received: units=2.5"),
        ({"units": 2, "dropout": 1.0}, "dropout must be in [0, 1). Received: dropout=1.0"),
        (
            {"units": 2, "recurrent_dropout": -0.1},
            "recurrent_dropout must be in [0, 1). Received: recurrent_dropout=-0.1",
        ),
    ],
)
def test_wrong_arguments(cell: type, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError) as error:
        cell(**options)
    assert str(error.value) == message


def test_a_wrong_epsilon() -> None:
    with pytest.raises(ValueError) as error:
        LayerNormLSTMCell(3, norm_epsilon=0.0)
    assert str(error.value) == "norm_epsilon must be above 0. Received: norm_epsilon=0.0"


def sigmoid(x: float) -> float:
    return 1 / (1 + np.exp(-x))


def test_peepholes_reach_the_gates_by_hand() -> None:
    cell = PeepholeLSTMCell(1, use_bias=False)
    cell.build((1, 1))
    zeros = np.zeros((1, 4), "float32")
    cell.set_weights([zeros, zeros, np.array([1.0]), np.array([2.0]), np.array([3.0])])
    state = [np.zeros((1, 1), "float32"), np.ones((1, 1), "float32")]
    output, (_, c) = cell(np.ones((1, 1), "float32"), state)
    # The candidate is tanh(0) = 0, so the carry is what the forget gate leaves of 1.
    carry = sigmoid(2.0)
    assert float(c[0, 0]) == pytest.approx(carry, abs=1e-6)
    assert float(output[0, 0]) == pytest.approx(sigmoid(3 * carry) * np.tanh(carry), abs=1e-6)
