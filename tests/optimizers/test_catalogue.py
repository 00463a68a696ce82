from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from lstm_toolkit.builders import learning_rate, optimizer
from lstm_toolkit.optimizers.catalogue import CLASSES, build_once


@pytest.mark.parametrize("name", CLASSES)
def test_every_optimizer_takes_clipping_and_weight_decay(name: str) -> None:
    made = optimizer(name, 0.01, clipnorm=1.0, weight_decay=0.001)
    assert type(made) is CLASSES[name]
    assert made.clipnorm == 1.0
    assert made.weight_decay == 0.001
    assert made.learning_rate.numpy() == pytest.approx(0.01)


@pytest.mark.parametrize("name", CLASSES)
def test_every_optimizer_averages_weights(name: str) -> None:
    assert not optimizer(name).use_ema
    made = optimizer(name, ema_momentum=0.98)
    assert made.use_ema
    assert made.ema_momentum == 0.98


@pytest.mark.parametrize("name", CLASSES)
def test_clipping_and_decay_are_off_at_zero(name: str) -> None:
    made = optimizer(name, clipnorm=0.0)
    assert made.clipnorm is None
    assert not made.weight_decay


@pytest.mark.parametrize(
    ("schedule", "warmup", "expected"),
    [
        ("cosine", 0.0, [1.0, 0.5, 0.0]),
        ("cosine", 0.5, [0.0, 1.0, 0.0]),
        ("exponential", 0.0, [1.0, 0.1, 0.01]),
    ],
)
def test_schedules_at_start_middle_and_end(
    schedule: Any, warmup: float, expected: list[float]
) -> None:
    rate: Any = learning_rate(1.0, schedule, steps=100, warmup=warmup)
    found = [float(rate(step)) for step in (0, 50, 100)]
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: optimizer("adm"), f"optimizer must be one of {', '.join(CLASSES)}. "
         "Received: name='adm'"),
        (lambda: optimizer("adam", ema_momentum=1.0),
         "ema_momentum must be in [0, 1). Received: ema_momentum=1.0"),
        (lambda: learning_rate(1.0, "step", steps=5),  # type: ignore[arg-type]
         "schedule must be one of constant, cosine, exponential. Received: schedule='step'"),
        (lambda: learning_rate(1.0, "cosine", steps=0),
         "steps must be at least 1. Received: steps=0"),
    ],
)  # fmt: skip
def test_wrong_arguments(call: Any, message: str) -> None:
    with pytest.raises(ValueError) as error:
        call()
    assert str(error.value) == message


def test_an_optimizer_that_scales_losses_is_built_once() -> None:
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD()), "mse")
    for _ in range(2):
        build_once(model)
    names = [variable.name for variable in model.optimizer.variables]
    assert names.count("step_counter") == names.count("dynamic_scale") == 1
