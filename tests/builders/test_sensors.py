"""Classifiers of windows of channels."""

from __future__ import annotations

from types import SimpleNamespace

import keras
import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit.builders import augment_series, sensor_classifier
from lstm_toolkit.builders.random_kernels import FEATURES
from lstm_toolkit.features import SensorWindows
from lstm_toolkit.features.feature import Encoded, EncodedColumn
from lstm_toolkit.features.kernel_start import kernel_start


def batch(steps: int, length: int) -> np.ndarray:
    """Returns windows of three channels, two of the same steps, padded to `steps`."""
    rng = np.random.default_rng(0)
    rows = np.zeros((2, steps, 7), np.float32)
    rows[:, :length, :3] = rng.normal(size=(2, length, 3))
    rows[:, :length, 3:] = 1.0
    return rows


@pytest.mark.parametrize("pooling", ["max_mean", "last", "attention"])
@pytest.mark.parametrize("length", [9, 11])
def test_padding_on_the_right_changes_no_answer(pooling: str, length: int) -> None:
    keras.utils.set_random_seed(0)
    model = sensor_classifier(
        3, classes=2, units=(4,), patch=3, filters=5, time_pooling=pooling, bidirectional=True
    )
    short, long = (model.predict_on_batch(batch(steps, length)) for steps in (length, 17))
    np.testing.assert_allclose(short, long, atol=1e-6)


def test_every_step_counts_though_patches_do_not_divide_the_window() -> None:
    model = sensor_classifier(3, classes=2, units=(4,), patch=4, steps=9)
    rows = batch(9, 9)
    changed = rows.copy()
    changed[:, 8, 0] += 5.0
    assert (model.predict_on_batch(rows) != model.predict_on_batch(changed)).any()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"channels": 0},
            "channels and patch must be at least 1, classes at least 2, and kernel odd. Received: "
            "channels=0, classes=2, patch=1, kernel=1",
        ),
        ({"time_mask": 1.0}, "time_mask must be in [0, 1). Received: time_mask=1.0"),
        ({"jitter": -1}, "jitter must be at least 0. Received: jitter=-1"),
    ],
)
def test_arguments_out_of_range_are_refused(arguments: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError) as error:
        sensor_classifier(**{"channels": 3, "classes": 2, "units": (4,)} | arguments)  # type: ignore[arg-type]
    assert str(error.value) == message


def test_training_windows_are_shaken_scaled_and_hidden_and_others_left_alone() -> None:
    values, known = keras.Input((400, 5)), keras.Input((400, 5))
    distorted = augment_series(
        values, known, jitter=0.1, scale=0.2, time_mask=0.2, channel_mask=0.2
    )
    model = keras.Model([values, known], distorted)
    ones = [np.ones((60, 400, 5), np.float32)] * 2
    for part in model(ones, training=False):
        np.testing.assert_array_equal(part, ones[0])
    numbers, there = (np.asarray(part) for part in model(ones, training=True))
    assert set(np.unique(there)) == {0.0, 1.0}
    assert (numbers[there == 0] == 0).all()
    hidden_steps, hidden_channels = (there == 0).all(axis=2), (there == 0).all(axis=1)
    assert 0.14 < hidden_steps.mean() < 0.22
    assert 0.12 < hidden_channels.mean() < 0.28
    factors = np.sum(numbers, axis=1) / np.maximum(there.sum(axis=1), 1)
    assert 0.15 < factors[~hidden_channels].std() < 0.25


def test_training_begins_at_a_linear_fit_to_random_kernels() -> None:
    rng = np.random.default_rng(0)
    fast = np.arange(40) % 2
    rows = np.sin(np.arange(20) * (0.4 + 0.8 * fast[:, None]) + rng.random((40, 1)))[..., None]
    feature, settings = SensorWindows(), SimpleNamespace()
    state = feature.learn(rows, settings)
    model = sensor_classifier(1, classes=2, units=(4,), steps=20, kernels=50)
    model.get_layer("scores").set_weights([np.zeros((8, 2)), np.zeros(2)])
    inputs = {"values": EncodedColumn(rows)}
    train = Encoded(inputs, EncodedColumn(fast.astype(np.int32)))
    model.get_layer("wide").set_weights(kernel_start(model, FEATURES, train, feature, state))
    answers = model.predict_on_batch(feature.collate(tf.constant(rows), state))
    assert answers.argmax(axis=1).tolist() == fast.tolist()
    trained = " ".join(weight.path for weight in model.trainable_variables)
    assert "kernels" not in trained
    assert "wide" not in trained


@pytest.mark.parametrize("length", [9, 11])
def test_random_kernels_mind_no_padding(length: int) -> None:
    model = sensor_classifier(3, classes=2, units=(4,), longest=17, kernels=50)
    rng = np.random.default_rng(0)
    model.get_layer("wide").set_weights([rng.normal(size=(100, 2)), np.zeros(2)])
    short, long = (model.predict_on_batch(batch(steps, length)) for steps in (length, 17))
    np.testing.assert_allclose(short, long, atol=1e-5)
