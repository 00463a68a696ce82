"""Weights of tokens: they add up, and padding has none."""

from __future__ import annotations

import functools
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit.builders import text_classifier
from lstm_toolkit.inspection import attribution
from lstm_toolkit.inspection.attribution import integrated_gradients
from lstm_toolkit.system.runtime import dtype_policy

VARIANTS: dict[str, dict[str, Any]] = {
    "last": {"pooling": "last", "cell": "lstm"},
    "max": {"pooling": "max"},
    "bigrams": {"pooling": "mean", "bigrams": 7, "bigram_vectors": np.zeros((7, 2)), "wide": True},
}
TOKENS = np.array([[2, 3, 4, 5], [3, 3, 0, 0], [7, 0, 0, 0]], np.int32)
BIGRAMS = np.array([[2, 3, 4, 5], [6, 1, 0, 0], [1, 0, 0, 0]], np.int32)


def build(variant: str) -> keras.Model:
    options = {"cell": "gru", "dropout": 0.5, "spatial_dropout": 0.4} | VARIANTS[variant]
    model = text_classifier(8, classes=3, embedding=4, units=(4,), **options)
    rng = np.random.default_rng(0)
    for weight in model.trainable_weights:
        weight.assign(rng.normal(0, 1.2, weight.shape))
    return model


def inputs(variant: str) -> tf.Tensor:
    return tf.constant(np.stack([TOKENS, BIGRAMS], -1) if variant == "bigrams" else TOKENS)


@functools.cache
def attributed(variant: str) -> tuple[keras.Model, Any, Any]:
    """Returns a model, its probabilities and its weights."""
    model = build(variant)
    before = model.get_weights()
    probabilities, weights = integrated_gradients(model, inputs(variant))
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    return model, probabilities, weights


def without_tokens(model: keras.Model, rows: tf.Tensor) -> np.ndarray:
    """Returns the probabilities for embeddings of zero."""
    other = keras.models.clone_model(model)
    other.set_weights(model.get_weights())
    for layer in other.layers:
        if isinstance(layer, keras.layers.Embedding):
            layer.set_weights([np.zeros_like(weight) for weight in layer.get_weights()])
    return other(rows).numpy()


@pytest.mark.parametrize("variant", VARIANTS)
def test_weights_add_up_to_what_the_tokens_change(variant: str) -> None:
    model, probabilities, weights = attributed(variant)
    rows = inputs(variant)
    np.testing.assert_array_equal(probabilities, model(rows))
    assert probabilities.dtype == weights.dtype == tf.float32
    assert weights.shape == TOKENS.shape
    label = probabilities.numpy().argmax(axis=1)[:, None]
    change = probabilities.numpy() - without_tokens(model, rows)
    expected = np.take_along_axis(change, label, axis=1)[:, 0]
    assert np.abs(expected).max() > 0.05
    np.testing.assert_allclose(weights.numpy().sum(axis=1), expected, atol=0.02)
    assert (weights.numpy()[TOKENS == 0] == 0).all()
    assert (weights.numpy()[TOKENS > 0] != 0).all()


def test_more_padding_changes_no_weight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attribution, "STEPS", 3)
    model = build("max")
    weights = integrated_gradients(model, tf.constant(TOKENS))[1]
    more = integrated_gradients(model, tf.constant(np.pad(TOKENS, ((0, 0), (0, 2)))))[1]
    np.testing.assert_allclose(more, np.pad(weights, ((0, 0), (0, 2))), atol=1e-6)


def test_in_a_graph_it_gives_the_same() -> None:
    model, *expected = attributed("bigrams")
    rows = inputs("bigrams")
    signature = [tf.TensorSpec([None, None, 2], tf.int32)]
    graph = tf.function(
        lambda rows: integrated_gradients(model, rows), input_signature=signature, autograph=False
    )
    for found, eager in zip(graph(rows), expected, strict=True):
        np.testing.assert_allclose(found, eager, atol=1e-6)
    assert graph(rows[:1, :2])[1].shape == (1, 2)


def test_in_mixed_precision_the_weights_are_nearly_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(attribution, "STEPS", 3)
    with dtype_policy("mixed_float16"):
        model = build("bigrams")
    halves, exact = (integrated_gradients(m, inputs("bigrams")) for m in (model, build("bigrams")))
    for found, expected in zip(halves, exact, strict=True):
        assert found.dtype == tf.float32
        np.testing.assert_allclose(found, expected, atol=0.01)
