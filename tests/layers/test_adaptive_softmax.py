"""The adaptive softmax gives exact probabilities."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit.builders import language_model
from lstm_toolkit.layers import AdaptiveSoftmax

SIZE, CUTOFFS = 11, (4, 7)


def test_it_is_the_plain_computation() -> None:
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(2, 5, 8)).astype(np.float32)
    wanted = rng.integers(0, SIZE, (2, 5))
    layer = AdaptiveSoftmax(SIZE, CUTOFFS, 2)
    asked = layer(tf.constant(inputs), tf.constant(wanted)).numpy()

    def softmax(scores: np.ndarray) -> np.ndarray:
        powers = np.exp(scores)
        return powers / powers.sum(-1, keepdims=True)

    first = softmax(inputs @ layer.head.numpy() + layer.head_bias.numpy())
    parts = [first[..., : CUTOFFS[0]]]
    for place, (down, up, bias) in enumerate(layer.groups):
        inside = softmax(inputs @ down.numpy() @ up.numpy() + bias.numpy())
        parts.append(first[..., CUTOFFS[0] + place, None] * inside)
    whole = np.concatenate(parts, axis=-1)
    np.testing.assert_allclose(whole.sum(-1), 1, rtol=1e-5)
    np.testing.assert_allclose(np.exp(layer.log_probabilities(inputs)), whole, rtol=1e-4)
    chosen = np.take_along_axis(whole, wanted[..., None], -1)[..., 0]
    np.testing.assert_allclose(np.exp(asked), chosen, rtol=1e-4)


def test_a_network_with_it_trains_all_of_its_weights_and_saves(tmp_path: Path) -> None:
    model = language_model(SIZE, embedding=6, units=(8,), cutoffs=CUTOFFS)
    tokens = tf.constant(np.random.default_rng(0).integers(1, SIZE, (4, 9)), tf.int32)
    inputs = {"tokens": tokens[:, :-1], "next": tokens[:, 1:]}
    with tf.GradientTape() as tape:
        loss = -tf.reduce_mean(model(inputs))
    slopes = tape.gradient(loss, model.trainable_variables)
    assert all(np.abs(tf.convert_to_tensor(slope)).max() > 0 for slope in slopes)
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(model(inputs), again(inputs))


def test_cutoffs_that_do_not_ascend_are_refused() -> None:
    with pytest.raises(ValueError) as caught:
        AdaptiveSoftmax(10, (5, 5))
    assert str(caught.value) == (
        "cutoffs must ascend between 0 and size, and factor be at least 1. "
        "Received: cutoffs=(5, 5), size=10, factor=4"
    )
