"""The contract of every way to build a classifier."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from lstm_toolkit.builders import cudnn_blockers, lstm_classifier, without_cudnn
from lstm_toolkit.layers import LayerNormLSTMCell
from lstm_toolkit.system.runtime import dtype_policy

VARIANTS: dict[str, dict[str, Any]] = {
    "plain": {},
    "one layer": {"units": (6,)},
    "gru": {"cell": "gru"},
    "bidirectional": {"bidirectional": True},
    "layer norm": {"layer_norm": True},
    "residual": {"residual": True, "units": (6, 6, 6)},
    "l2": {"l2": 0.01},
    "recurrent dropout": {"recurrent_dropout": 0.2},
    "augmented": {"shift": 0.2, "rotation": 20.0, "zoom": 0.2, "noise": 0.1},
    "nearest": {"shift": 0.2, "interpolation": "nearest"},
    "everything": {
        "cell": "gru", "bidirectional": True, "layer_norm": True, "residual": True, "l2": 0.001,
        "units": (4, 4, 4), "shift": 0.1, "noise": 0.1,
    },
}  # fmt: skip

INPUTS = np.random.default_rng(0).random((16, 7, 5), np.float32)
LABELS = np.arange(16) % 3


def build(variant: str, **more: Any) -> keras.Model:
    keras.utils.set_random_seed(1)
    options = {"units": (8, 6), "dropout": 0.2, "classes": 3} | VARIANTS[variant] | more
    return lstm_classifier((7, 5), **options)


untrained = functools.cache(build)
"""The same network for all tests that change nothing in it."""


def fit(model: keras.Model, steps: int = 1) -> keras.Model:
    model.compile(
        keras.optimizers.Adam(0.02),
        "sparse_categorical_crossentropy",
        jit_compile=False,
        run_eagerly=steps == 1,  # tracing a graph takes longer than one step
    )
    rows, labels = np.tile(INPUTS, (steps, 1, 1)), np.tile(LABELS, steps)
    model.fit(rows, labels, batch_size=len(INPUTS), shuffle=False, verbose=0)
    return model


def arrays(weights: list[keras.Variable]) -> list[np.ndarray]:
    return [weight.numpy() for weight in weights]


def answers(model: keras.Model, *, training: bool = False) -> np.ndarray:
    return model(INPUTS, training=training).numpy()


@pytest.mark.parametrize("variant", VARIANTS)
def test_it_gives_probabilities_in_float32(variant: str) -> None:
    outputs = untrained(variant)(INPUTS)
    assert outputs.shape == (16, 3)
    assert outputs.dtype == "float32"
    np.testing.assert_allclose(outputs.numpy().sum(axis=1), 1, atol=1e-6)


@pytest.mark.parametrize("variant", VARIANTS)
def test_one_step_changes_every_weight_and_all_are_saved(variant: str, tmp_path: Path) -> None:
    model = build(variant)
    before = arrays(model.trainable_weights)
    fit(model)
    for weight, old in zip(model.trainable_weights, before, strict=True):
        assert (weight.numpy() != old).any(), weight.path
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(answers(model), answers(loaded))


@pytest.mark.parametrize("variant", ["plain", "everything"])
def test_same_seed_same_weights(variant: str) -> None:
    one, other = arrays(fit(build(variant)).weights), arrays(fit(build(variant)).weights)
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("variant", VARIANTS)
def test_without_cudnn_it_answers_the_same(variant: str) -> None:
    model, other = untrained(variant), without_cudnn(build(variant))
    np.testing.assert_array_equal(answers(model), answers(other))
    assert all("use_cudnn=False" in line for line in cudnn_blockers(other))
    assert cudnn_blockers(other)


@pytest.mark.parametrize("variant", ["plain", "gru"])
def test_it_learns_a_tiny_problem(variant: str) -> None:
    model = fit(build(variant, dropout=0.0), steps=80)
    assert (answers(model).argmax(axis=1) == LABELS).all()


def test_an_lstm_with_constant_weights_gives_the_numbers_worked_out_by_hand() -> None:
    model = lstm_classifier((2, 1), classes=2, units=(1,), dropout=0.0)
    for weight in model.weights:
        weight.assign(np.full(weight.shape, 0.5))
    # By hand, for the inputs 1 and 1: all gates see 0.5 x + 0.5 h + 0.5.
    #   step 1: z = 1,        c = σ(z) tanh(z) = 0.556770, h = σ(z) tanh(c) = 0.369606
    #   step 2: z = 1.184803, c = σ(z) (0.556770 + tanh(z)) = 1.061206, h = σ(z) tanh(c) = 0.602023
    lstm = keras.Model(model.input, model.get_layer("lstm_1").output)
    ones = np.ones((1, 2, 1))
    np.testing.assert_allclose(lstm(ones).numpy(), [[0.602023]], atol=1e-6)
    np.testing.assert_allclose(model(ones).numpy(), [[0.5, 0.5]], atol=1e-6)


def test_only_the_last_layer_drops_the_time_axis() -> None:
    model = build("plain", units=(8, 6, 4))
    shapes = [model.get_layer(f"lstm_{i}").output.shape for i in (1, 2, 3)]
    assert shapes == [(None, 7, 8), (None, 7, 6), (None, 4)]


def test_residual_adds_what_a_layer_was_given() -> None:
    assert untrained("residual").get_layer("residual_2").output.shape == (None, 7, 6)
    assert untrained("everything").get_layer("residual_2").output.shape == (None, 7, 8)


def test_augmentation_changes_training_alone() -> None:
    model = build("augmented", dropout=0.0)
    np.testing.assert_array_equal(answers(model), model.predict(INPUTS, verbose=0))
    assert (answers(model, training=True) != answers(model)).any()


def test_time_may_vary_without_augmentation() -> None:
    model = lstm_classifier((None, 5), classes=2, units=(4,))
    assert model(INPUTS[:, :3]).shape == model(INPUTS).shape == (16, 2)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_in_mixed_precision_softmax_stays_in_float32(policy: str) -> None:
    with dtype_policy(policy):
        model = fit(build("bidirectional"))
    assert keras.config.dtype_policy().name == "float32"
    assert model.get_layer("bidirectional_1").compute_dtype == policy.removeprefix("mixed_")
    assert model.output.dtype == "float32"
    scaled = isinstance(model.optimizer, keras.optimizers.LossScaleOptimizer)
    assert scaled == (policy == "mixed_float16")


def test_cudnn_blockers_name_the_layer_and_the_reason() -> None:
    assert cudnn_blockers(untrained("everything")) == []
    lines = cudnn_blockers(untrained("recurrent dropout"))
    assert lines == [f"lstm_{i}: recurrent_dropout=0.2" for i in (1, 2)]
    plain = keras.Sequential([keras.Input((3, 2)), keras.layers.LSTM(2, activation="relu")])
    assert cudnn_blockers(plain) == [f"{plain.layers[0].name}: activation is not tanh"]


@pytest.mark.parametrize("both", [False, True], ids=["alone", "bidirectional"])
def test_cudnn_blockers_name_layers_with_cells_of_other_kinds(both: bool) -> None:
    layer = keras.layers.RNN(LayerNormLSTMCell(2), name="normed")
    simple = keras.layers.SimpleRNN(2, return_sequences=True, name="simple")
    last = keras.layers.Bidirectional(layer) if both else layer
    model = keras.Sequential([keras.Input((3, 2)), simple, last])
    names = ("backward_normed", "forward_normed") if both else ("normed",)
    assert sorted(cudnn_blockers(model)) == [
        *(f"{name}: LayerNormLSTMCell is not the cell of an LSTM or GRU layer" for name in names),
        "simple: SimpleRNNCell is not the cell of an LSTM or GRU layer",
    ]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"units": ()}, "units must be integers of at least 1. Received: units=()"),
        ({"units": (8, 0)}, "units must be integers of at least 1. Received: units=(8, 0)"),
        ({"classes": 1}, "classes must be at least 2. Received: classes=1"),
        ({"cell": "rnn"}, "cell must be one of lstm, gru. Received: cell='rnn'"),
        ({"dropout": 1.0}, "dropout must be in [0, 1). Received: dropout=1.0"),
        (
            {"recurrent_dropout": -0.1},
            "recurrent_dropout must be in [0, 1). Received: recurrent_dropout=-0.1",
        ),
        (
            {"residual": True},
            "residual needs a layer as wide as the one before it, the last not counted. "
            "Received: units=(8, 6), features=5",
        ),
        ({"l2": -1.0}, "l2 must be at least 0. Received: l2=-1.0"),
        ({"shift": 1.5}, "shift must be in [0, 1). Received: shift=1.5"),
        (
            {"rotation": 200},
            "rotation must be in [0, 180] degrees. Received: rotation=200",
        ),
        ({"noise": -1}, "noise must be at least 0. Received: noise=-1"),
    ],
)
def test_a_wrong_argument_gives_its_full_message(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError) as error:
        build("plain", **options)
    assert str(error.value) == message
