from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit.layers import SequenceLoss, sequence_loss

LOGITS = np.log(np.array([[[0.5, 0.5], [0.25, 0.75], [0.9, 0.1]]], "float32"))
TARGETS = np.array([[0, 1, 1]])


def test_by_hand() -> None:
    losses = -np.log([0.5, 0.75, 0.1])
    weights = np.array([[1.0, 0.5, 0.0]])
    averaged = sequence_loss(LOGITS, TARGETS, weights)
    assert float(averaged) == pytest.approx((losses[0] + 0.5 * losses[1]) / 1.5, rel=1e-5)
    summed = SequenceLoss()(TARGETS, LOGITS, weights)
    assert float(summed) == pytest.approx((losses[0] + 0.5 * losses[1]) / 2, rel=1e-5)


def test_float16_logits_are_reckoned_in_float32() -> None:
    loss = sequence_loss(LOGITS.astype("float16"), TARGETS, np.ones((1, 3)))
    assert loss.dtype == tf.float32


def test_without_sample_weights_the_mask_counts_or_every_step() -> None:
    y = keras.layers.Masking()(np.array([[[1.0, 2.0], [3.0, 1.0], [0.0, 0.0]]], "float32"))
    loss = SequenceLoss()
    weights = np.array([[1.0, 1.0, 0.0]])
    assert float(loss(TARGETS, y)) == pytest.approx(float(loss(TARGETS, y, weights)))
    bare = tf.constant(y.numpy())
    assert float(loss(TARGETS, bare)) == pytest.approx(float(loss(TARGETS, bare, np.ones((1, 3)))))


def test_a_model_trains_with_it_and_is_saved(tmp_path: Path) -> None:
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            keras.layers.Embedding(7, 8, mask_zero=True),
            keras.layers.LSTM(16, return_sequences=True),
            keras.layers.Dense(7),
        ]
    )
    model.compile(keras.optimizers.Adam(0.05), SequenceLoss(), jit_compile=False)
    x = np.array([[1, 2, 3, 4], [5, 6, 0, 0]])
    y = np.array([[2, 3, 4, 1], [6, 5, 0, 0]])
    weights = (x > 0).astype("float32")
    history = model.fit(x, y, sample_weight=weights, epochs=40, verbose=0).history["loss"]
    assert history[-1] < 0.2 < history[0]
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert type(loaded.loss) is SequenceLoss
    assert loaded.loss.get_config() == model.loss.get_config()


@keras.saving.register_keras_serializable(package="tests")
def hinge(*, labels: Any, logits: Any) -> Any:
    return tf.cast(labels, tf.float32) - logits[:, 0]


def test_its_configuration_keeps_a_function() -> None:
    loss = SequenceLoss(sum_over_batch=False, softmax_loss_function=hinge, name="mine")
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
    assert again.softmax_loss_function is hinge
    assert again.name == "mine"
    assert not again.sum_over_batch


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: sequence_loss(LOGITS[0], TARGETS, TARGETS),
            "logits must be [batch, time, classes]. Received: logits of shape (3, 2)",
        ),
        (
            lambda: sequence_loss(LOGITS, TARGETS[0], TARGETS),
            "targets must be [batch, time] or one-hot [batch, time, classes]. "
            "Received: targets of shape (3,)",
        ),
        (
            lambda: sequence_loss(LOGITS, TARGETS, TARGETS[0]),
            "weights must be [batch, time]. Received: weights of shape (3,)",
        ),
        (
            lambda: SequenceLoss(average_across_batch=True),
            "average_across_timesteps and average_across_batch must not stand beside "
            "sum_over_timesteps or sum_over_batch. Received: average_across_timesteps=False, "
            "average_across_batch=True, sum_over_timesteps=True, sum_over_batch=True",
        ),
    ],
)
def test_mistakes_have_full_messages(call: Any, message: str) -> None:
    with pytest.raises(ValueError) as error:
        call()
    assert str(error.value) == message
