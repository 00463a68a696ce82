"""A network is built once, and its weights are made when it may be."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

from lstm_toolkit import get_task
from lstm_toolkit.errors import TrainingError
from lstm_toolkit.system.runtime import seed_everything
from lstm_toolkit.task import task_names
from lstm_toolkit.testing import prepare_sample
from lstm_toolkit.training.building import build_checked


@pytest.mark.parametrize("name", task_names())
def test_weights_are_those_of_a_network_built_plainly(name: str, tmp_path: Path) -> None:
    prepared = prepare_sample(get_task(name), tmp_path)
    seed_everything(3)
    plain = prepared.build().get_weights()
    seed_everything(3)
    checked = build_checked(prepared.build, lambda _: None).get_weights()
    assert len(plain) == len(checked)
    for expected, weight in zip(plain, checked, strict=True):
        np.testing.assert_array_equal(weight, expected)


def test_it_is_judged_without_weights_and_built_once() -> None:
    built: list[keras.Model] = []

    def build() -> keras.Model:
        built.append(keras.Sequential([keras.Input((100_000,)), keras.layers.Dense(1_000_000)]))
        return built[-1]

    def refuse(model: keras.Model) -> None:
        assert [weight.shape for weight in model.weights] == [(100_000, 1_000_000), (1_000_000,)]
        raise TrainingError("too large")

    with pytest.raises(TrainingError, match=r"^too large$"):
        build_checked(build, refuse)
    assert len(built) == 1
    small = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    assert [weight.shape for weight in small.get_weights()] == [(1, 1), (1,)]
