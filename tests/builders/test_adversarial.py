"""Adversarial training, against the same step done by stock Keras on the perturbed vectors."""

from __future__ import annotations

import copy
import pickle
import re
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.typing import NDArray

from lstm_toolkit.builders import text_classifier, train_adversarially
from lstm_toolkit.builders.adversarial import passes
from lstm_toolkit.layers import speed_up
from lstm_toolkit.system.runtime import dtype_policy

RNG = np.random.default_rng(3)
WORDS, WIDTH, UNITS, CLASSES = 9, 3, 4, 2
TOKENS = np.array([[2, 3, 4, 5], [6, 7, 0, 0], [8, 3, 6, 0]])
LABELS = np.array([0, 1, 1])
RATE, AMOUNT = 0.5, 0.4


def network(amount: float | None, **layer: Any) -> keras.Model:
    """Returns a network of random weights without dropout; None trains it as Keras does."""
    inputs = keras.Input((None,), dtype="int32")
    vectors = keras.layers.Embedding(WORDS, WIDTH, mask_zero=True)(inputs)
    lstm = keras.layers.LSTM(UNITS, **layer)
    outputs = keras.layers.Dense(CLASSES, activation="softmax", dtype="float32")(lstm(vectors))
    model = keras.Model(inputs, outputs)
    rng = np.random.default_rng(0)
    for weight in model.trainable_weights:
        weight.assign(rng.normal(0, 1, weight.shape))
    if amount is not None:
        train_adversarially(model, lstm, real=lambda rows: rows != 0, amount=amount)
    return model


def tail(weights: list[NDArray[Any]]) -> keras.Model:
    """Returns the network behind the embedding as a model of its own."""
    inputs = keras.Input((None, WIDTH))
    hidden = keras.layers.LSTM(UNITS)(keras.layers.Masking(99.0)(inputs))
    outputs = keras.layers.Dense(CLASSES, activation="softmax")(hidden)
    model = keras.Model(inputs, outputs)
    model.set_weights(weights[1:])
    return model


def compiled(model: keras.Model, optimizer: Any = None, *, graph: bool = False) -> keras.Model:
    model.compile(
        optimizer or keras.optimizers.SGD(RATE),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
        jit_compile=False,
        run_eagerly=not graph,  # tracing takes longer than a few steps
    )
    return model


def one_step(
    model: keras.Model, tokens: Any = TOKENS, *, graph: bool = False, **more: Any
) -> dict[str, float]:
    history = compiled(model, graph=graph).fit(tokens, LABELS, batch_size=3, verbose=0, **more)
    return {name: values[0] for name, values in history.history.items()}


def perturbed(weights: list[NDArray[Any]]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Returns the vectors of the texts and the perturbed ones, by differences of the loss."""
    vectors = np.where(TOKENS[..., None] > 0, weights[0][TOKENS], 99.0)
    network = tail(weights)

    def losses(rows: NDArray[Any]) -> NDArray[Any]:
        p = network(rows.astype(np.float32)).numpy().astype(np.float64)
        return -np.log(p[np.arange(len(rows)), np.tile(LABELS, len(rows) // 3)])

    slopes, small = np.zeros_like(vectors), 1e-2
    for step, feature in np.ndindex(*vectors.shape[1:]):
        shift = np.zeros_like(vectors)
        shift[:, step, feature] = np.where(TOKENS[:, step] > 0, small, 0)
        slopes[:, step, feature] = (losses(vectors + shift) - losses(vectors - shift)) / small / 2
    shown = np.where(TOKENS[..., None] > 0, vectors, 0)
    lengths = [np.sqrt((each**2).sum(axis=(1, 2), keepdims=True)) for each in (shown, slopes)]
    return vectors, vectors + AMOUNT * lengths[0] * slopes / lengths[1]


@pytest.mark.parametrize(
    ("fast", "graph"),
    [(False, True), (True, False), pytest.param(True, True, marks=pytest.mark.full)],
)
def test_a_step_is_that_on_texts_and_perturbed_texts(fast: bool, graph: bool) -> None:
    model = network(AMOUNT)
    if fast:
        speed_up(model)
    before = model.get_weights()
    vectors, away = perturbed(before)
    behind = compiled(tail(before))
    expected = behind.evaluate(
        np.concatenate([vectors, away]), np.tile(LABELS, 2), batch_size=6, verbose=0
    )
    plain = behind.evaluate(vectors, LABELS, verbose=0)
    assert expected[0] > plain[0] + 0.02  # the perturbed are harder
    behind.fit(
        np.concatenate([vectors, away]), np.tile(LABELS, 2), batch_size=6, shuffle=False, verbose=0
    )
    logs = one_step(model, graph=graph)
    assert logs["loss"] == pytest.approx(expected[0], abs=1e-4)
    assert logs["accuracy"] == pytest.approx(plain[1])
    for weight, other in zip(model.get_weights()[1:], behind.get_weights(), strict=True):
        np.testing.assert_allclose(weight, other, atol=2e-4)
    changed = (model.get_weights()[0] != before[0]).any(axis=1)
    assert changed.tolist() == [False, False, *[True] * 7]


def test_without_perturbation_it_trains_as_keras_does() -> None:
    one, other = network(0.0), network(None)
    one_step(one)
    one_step(other)
    for weight, expected in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(weight, expected, atol=1e-6)


def test_padding_changes_no_step() -> None:
    one, other = network(AMOUNT), network(AMOUNT)
    one_step(one)
    one_step(other, np.pad(TOKENS, ((0, 0), (0, 5))))
    for weight, expected in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(weight, expected, atol=1e-6)


def test_weights_of_classes_count() -> None:
    one, other = network(AMOUNT), network(AMOUNT)
    one_step(one, class_weight={0: 0.0, 1: 1.0})
    keep = LABELS == 1
    compiled(other, keras.optimizers.SGD(RATE * 2 / 3)).fit(
        TOKENS[keep], LABELS[keep], batch_size=3, verbose=0
    )
    for weight, expected in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(weight, expected, atol=1e-6)


def test_penalties_of_weights_count_once() -> None:
    one, other = network(0.0, kernel_regularizer="l2"), network(None, kernel_regularizer="l2")
    assert one_step(one)["loss"] == pytest.approx(one_step(other)["loss"], abs=1e-6)
    for weight, expected in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(weight, expected, atol=1e-6)


@pytest.mark.parametrize("graph", [False, pytest.param(True, marks=pytest.mark.full)])
def test_in_16_bits_a_loss_scaled_too_high_harms_nothing(graph: bool) -> None:
    with dtype_policy("mixed_float16"):
        model = network(AMOUNT)
    exact = network(AMOUNT)
    scaled = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.01), initial_scale=2.0**22)
    training = compiled(model, scaled, graph=graph)
    history = training.fit(TOKENS, LABELS, batch_size=3, epochs=14, verbose=0)
    assert np.isfinite(history.history["loss"]).all()
    assert all(np.isfinite(weight).all() for weight in model.get_weights())
    assert float(scaled.dynamic_scale) < 2.0**19
    steps = int(scaled.inner_optimizer.iterations)
    assert 5 < steps < 14
    compiled(exact, keras.optimizers.SGD(0.01)).fit(
        TOKENS, LABELS, batch_size=3, epochs=steps, verbose=0
    )
    for weight, expected in zip(model.get_weights(), exact.get_weights(), strict=True):
        np.testing.assert_allclose(weight, expected, atol=0.05)


def test_copies_are_plain_keras_models(tmp_path: Path) -> None:
    model = network(AMOUNT)
    one_step(model)
    model.save(tmp_path / "model.keras")
    clone = keras.models.clone_model(model)
    clone.set_weights(model.get_weights())
    copies = [
        keras.models.load_model(tmp_path / "model.keras", compile=False),
        pickle.loads(pickle.dumps(model)),
        copy.deepcopy(model),
        clone,
    ]
    plain = network(None)
    plain.set_weights(model.get_weights())
    one_step(plain)
    for other in copies:
        np.testing.assert_array_equal(other(TOKENS).numpy(), model(TOKENS).numpy())
        one_step(other)
        for weight, expected in zip(other.get_weights(), plain.get_weights(), strict=True):
            np.testing.assert_allclose(weight, expected, atol=1e-6)


def test_evaluation_is_of_texts_as_they_are() -> None:
    model, plain = network(AMOUNT), compiled(network(None))
    one_step(model)
    plain.set_weights(model.get_weights())
    expected = plain.evaluate(TOKENS, LABELS, verbose=0)
    assert model.evaluate(TOKENS, LABELS, verbose=0) == pytest.approx(expected, abs=1e-6)


def test_the_classifier_is_trained_with_it() -> None:
    losses = []
    rows = np.stack([TOKENS, (TOKENS > 0) * RNG.integers(1, 4, TOKENS.shape)], axis=-1)
    for amount in (0.0, 0.5):
        keras.utils.set_random_seed(5)
        model = text_classifier(
            WORDS, classes=CLASSES, embedding=WIDTH, units=(UNITS,), dropout=0.0,
            spatial_dropout=0.0, bigrams=4, bidirectional=True, wide=True, adversarial=amount,
        )  # fmt: skip
        losses.append(one_step(model, rows)["loss"])
        assert tf.reduce_all(tf.math.is_finite(model(rows)))
    assert losses[1] > losses[0]


class Inside(keras.layers.Layer):
    """Has an LSTM that finds the mask on the tensor it is given, if anywhere."""

    def __init__(self, **options: Any):
        super().__init__(**options)
        self.lstm = keras.layers.LSTM(UNITS)
        self.supports_masking = True

    def call(self, vectors: Any) -> Any:
        return self.lstm(vectors)

    def compute_mask(self, vectors: Any, previous_mask: Any = None) -> Any:
        return None


def test_layers_inside_the_layer_find_the_mask() -> None:
    weights = []
    for padding in (0, 5):
        keras.utils.set_random_seed(6)
        inputs, inside = keras.Input((None,), dtype="int32"), Inside()
        vectors = keras.layers.Embedding(WORDS, WIDTH, mask_zero=True)(inputs)
        outputs = keras.layers.Dense(CLASSES, activation="softmax")(inside(vectors))
        model = keras.Model(inputs, outputs)
        train_adversarially(model, inside, real=lambda rows: rows != 0, amount=AMOUNT)
        one_step(model, np.pad(TOKENS, ((0, 0), (0, padding))))
        weights.append(model.get_weights())
    for one, other in zip(*weights, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


@pytest.mark.parametrize("amount", [-0.1, np.nan])
def test_an_amount_below_zero_is_refused(amount: float) -> None:
    with pytest.raises(ValueError, match=f"amount must be at least 0. Received: amount={amount}"):
        network(amount)


def test_a_step_keeps_two_passes_in_memory() -> None:
    assert [passes(network(amount)) for amount in (AMOUNT, None)] == [2, 1]


def test_a_layer_that_is_not_called_once_is_refused() -> None:
    inputs, shared = keras.Input((None, WIDTH)), keras.layers.Dense(WIDTH, name="shared")
    model = keras.Model(inputs, shared(shared(inputs)))
    lstm = keras.layers.LSTM(UNITS, name="cloned")
    outputs = keras.layers.Bidirectional(lstm)(inputs)
    for other, layer, calls in ((model, shared, 2), (keras.Model(inputs, outputs), lstm, 0)):
        message = (
            "layer must be one of the model's that is called once. "
            f"Received: {layer.name}, called {calls} times"
        )
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            train_adversarially(other, layer, real=lambda rows: rows[..., 0] != 0, amount=AMOUNT)
