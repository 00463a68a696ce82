from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from lstm_toolkit import evaluate, get_task, prepare
from lstm_toolkit.builders import optimizer
from lstm_toolkit.training.averaging import BestWeights, swap
from lstm_toolkit.training.fitting import fit
from tests.conftest import TINY

MOMENTUM = 0.75


class Record(keras.callbacks.Callback):
    """Keeps the weights after every step, or when an epoch is over."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: list[np.ndarray] = []
        self.epochs: list[np.ndarray] = []

    def on_train_batch_end(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
        self.steps.append(np.array(self.model.get_weights()[0]))

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        self.epochs.append(np.array(self.model.get_weights()[0]))


def line(average: float, policy: str = "float32") -> keras.Model:
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, dtype=policy)])
    made: Any = optimizer("adam", 0.1, ema_momentum=average)
    if policy == "mixed_float16":
        made = keras.optimizers.LossScaleOptimizer(made, initial_scale=1.0)
    model.compile(made, loss="mse", jit_compile=False)
    return model


def fitted(model: keras.Model, *, epochs: int = 3) -> tuple[Record, BestWeights, list[float]]:
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(12, 2)).astype(np.float32)
    targets = inputs @ np.array([[1.0], [2.0]], np.float32)
    record, best = Record(), BestWeights(monitor="val_loss", patience=epochs)
    told = model.fit(
        inputs,
        targets,
        batch_size=4,
        validation_data=(inputs, targets),
        epochs=epochs,
        shuffle=False,
        verbose=0,
        callbacks=[best, record],
    )
    losses = [float(loss) for loss in told.history["val_loss"]]
    model.compile(loss="mse", jit_compile=False)
    assert model.evaluate(inputs, targets, verbose=0) == pytest.approx(min(losses), rel=1e-3)
    return record, best, losses


@pytest.mark.parametrize("policy", ["float32", "mixed_float16"])
def test_the_average_is_judged_and_kept_while_the_weights_go_on(policy: str) -> None:
    model = line(MOMENTUM, policy)
    record, best, losses = fitted(model)
    average = record.steps[0]
    averages = []
    for weights in record.steps:
        average = MOMENTUM * average + (1 - MOMENTUM) * weights
        averages.append(average)
    assert losses == sorted(losses, reverse=True)  # so the last epoch is the best
    np.testing.assert_allclose(best.best_weights[0], averages[-1], rtol=1e-5)
    np.testing.assert_array_equal(model.get_weights()[0], best.best_weights[0])
    np.testing.assert_array_equal(record.epochs, record.steps[2::3])  # trained weights are back
    alone, _, _ = fitted(line(0.0, policy))
    np.testing.assert_array_equal(record.steps, alone.steps)


def test_without_an_average_nothing_is_exchanged() -> None:
    model = line(0.0)
    record, best, _ = fitted(model)
    np.testing.assert_array_equal(best.best_weights[0], record.steps[-1])
    before = model.get_weights()
    model.compile(optimizer("sgd"), loss="mse")
    swap(model)
    np.testing.assert_array_equal(model.get_weights()[0], before[0])


def test_a_run_keeps_the_average(tmp_path: Path, bars_file: Path) -> None:
    task = get_task("digits")
    settings = task.configure(
        {
            **TINY,
            "units": "4",
            "ema_momentum": "0.9",
            "label_smoothing": "0",
            "label_format": "sparse",
        }
    )
    prepared = prepare(task, settings, bars_file)
    model, progress = fit(prepared, tmp_path)  # a run keeps this network
    found = evaluate(prepared, model, prepared.splits.validation)
    losses = [row["val_loss"] for row in progress.rows]
    assert found["loss"] == pytest.approx(min(losses), abs=1e-4)
