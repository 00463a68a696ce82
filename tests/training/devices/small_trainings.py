"""Trainings that take seconds, on one CPU and on two logical ones; for a process of its own."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from lstm_toolkit.builders import train_adversarially
from lstm_toolkit.data.batches import Batches
from lstm_toolkit.data.columns import Ragged
from lstm_toolkit.layers import speed_up
from lstm_toolkit.optimizers.catalogue import optimizer

ROWS, WORDS, CLASSES, EPOCHS = 9, 7, 3, 2


def batches(rows: int, *, one_hot: bool, seed: int | None) -> Batches:
    """Returns rows of 1 to 6 numbers; the last of batches of 4 may hold fewer rows than devices."""
    rng = np.random.default_rng(rows)
    lengths = rng.integers(1, 7, rows)
    tokens = rng.integers(1, WORDS, lengths.sum()).astype(np.int32)
    labels: Any = rng.integers(0, CLASSES, rows)
    if one_hot:
        labels = np.eye(CLASSES, dtype=np.float32)[labels]
    return Batches(
        Ragged.from_lengths(tokens, lengths),
        labels,
        batch_size=4,
        seed=seed,
        training_pair=lambda rows, targets: (rows.to_tensor(), targets),
    )


def network() -> tuple[keras.Model, keras.layers.Layer]:
    """Returns a network with penalties, and its recurrent layer."""
    keras.utils.set_random_seed(5)
    inputs = keras.Input((None,), dtype="int32")
    vectors = keras.layers.Embedding(WORDS, 3, mask_zero=True)(inputs)
    lstm = keras.layers.LSTM(4, kernel_regularizer=keras.regularizers.L2(0.1))
    outputs = keras.layers.Dense(CLASSES, activation="softmax")(lstm(vectors))
    return keras.Model(inputs, outputs), lstm


def clipped_and_averaged() -> keras.Model:
    """Returns a network whose gradients are clipped and whose weights are averaged."""
    model, _ = network()
    model.compile(
        optimizer("adam", 0.01, clipnorm=0.1, ema_momentum=0.9, weight_decay=0.01),
        keras.losses.SparseCategoricalCrossentropy(),
        metrics=["accuracy"],
        jit_compile=False,
    )
    return speed_up(model)


def adversarial() -> keras.Model:
    """Returns a network with smoothed labels that is trained adversarially."""
    model, lstm = network()
    train_adversarially(model, lstm, real=lambda rows: rows != 0, amount=0.4)
    model.compile(
        optimizer("lazy_adam", 0.01),
        keras.losses.CategoricalCrossentropy(label_smoothing=0.2),
        metrics=["accuracy"],
        jit_compile=False,
    )
    return speed_up(model)


CASES: dict[str, tuple[Callable[[], keras.Model], bool, dict[int, float] | None]] = {
    "clipped": (clipped_and_averaged, False, {0: 0.5, 1: 1.0, 2: 3.0}),
    "adversarial": (adversarial, True, None),
}


def train(name: str, devices: Any) -> dict[str, Any]:
    """Returns the weights that a training ends with, and its scores, by name."""
    make, one_hot, class_weight = CASES[name]
    with devices.scope():
        model = make()
    scores = keras.callbacks.History()
    devices.fit(
        model,
        batches(ROWS, one_hot=one_hot, seed=1),
        batches(3, one_hot=one_hot, seed=None),
        class_weight=class_weight,
        callbacks=[scores],
        epochs=EPOCHS,
        shuffle=False,
        verbose=0,
    )
    weights = {f"weight-{i}": np.asarray(weight) for i, weight in enumerate(model.weights)}
    return weights | {key: np.array(values) for key, values in scores.history.items()}


def compare(name: str, folder: Path) -> None:
    """Trains a case on one device and on two; leaves `DEVICES.npz` each."""
    import tensorflow as tf

    from lstm_toolkit.training.devices.devices import ONE_DEVICE
    from lstm_toolkit.training.devices.opening import open_devices

    # To optimize graphs takes as long as to trace them.
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    two = open_devices(2)
    for count, devices in ((1, ONE_DEVICE), (2, two)):
        np.savez(folder / f"{count}.npz", **train(name, devices))


class _BrokenOffError(Exception):
    pass


class StopAfter(keras.callbacks.Callback):
    """Breaks a training off when the epoch after `epoch` begins."""

    def __init__(self, epoch: int):
        super().__init__()
        self.epoch = epoch

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        if epoch == self.epoch:
            raise _BrokenOffError


def change_devices(folder: Path) -> None:
    """Trains a run of scaled losses by an own optimizer: on two devices, on one, and on two."""
    import tensorflow as tf

    from lstm_toolkit import train as train_task
    from lstm_toolkit.training.devices.devices import ONE_DEVICE
    from lstm_toolkit.training.devices.opening import open_devices

    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    two = open_devices(2)
    data = folder / "texts.csv"
    rows = [f"{'good fine' if i % 2 else 'bad poor'} thing {i % 7},{i % 2}" for i in range(60)]
    data.write_text("text,label\n" + "\n".join(rows) + "\n", encoding="utf-8")
    settings = {"units": (4,), "embedding": 3, "bigrams": 0, "wide": False, "epochs": 3}
    settings |= {"precision": "mixed_float16"}
    for epoch, devices in ((1, two), (2, ONE_DEVICE), (3, two)):
        with contextlib.suppress(_BrokenOffError):
            train_task(
                "sentiment",
                settings,
                folder / "run",
                data=data,
                callbacks=[StopAfter(epoch)],
                optimizer=keras.optimizers.Adam(0.01),
                resume=epoch > 1,
                devices=devices,
            )
