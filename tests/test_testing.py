"""The checks of tasks find what they are there to find."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any, ClassVar

import keras
import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit import get_task, testing
from lstm_toolkit.errors import ExportError
from lstm_toolkit.features import Observations
from lstm_toolkit.targets import Quantiles
from lstm_toolkit.task import Task
from lstm_toolkit.training.preparation import Prepared


@pytest.fixture(scope="module")
def task() -> Task:
    return get_task("forecasting")


def prepared(task: Task, folder: Path) -> Prepared:
    return testing.prepare_sample(task, folder)


def test_a_score_needs_a_direction(task: Task) -> None:
    class Undirected(Quantiles):
        directions: ClassVar[Any] = {"loss": "min"}

    with pytest.raises(AssertionError, match="unknown score `mae`"):
        testing.check_settings(dataclasses.replace(task, target=Undirected()))


def test_a_preset_must_be_valid(task: Task) -> None:
    with pytest.raises(ValueError, match="unknown setting `unit`"):
        testing.check_settings(dataclasses.replace(task, presets={"x": {"unit": 3}}))


def test_a_row_must_not_depend_on_its_batch(task: Task, tmp_path: Path) -> None:
    class Centred(Observations):
        def collate(self, rows: Any, state: Any) -> Any:
            return super().collate(rows - tf.reduce_mean(rows), state)

    changed = dataclasses.replace(task, features={"values": Centred()})
    ready = prepared(changed, tmp_path)
    with pytest.raises(AssertionError, match="alone and among"):
        testing.check_feature(changed.feature, ready, "values", tmp_path / "states")


def test_a_weight_that_never_moves_is_found(task: Task, tmp_path: Path) -> None:
    def build(settings: Any, states: Any, train: Any = None) -> keras.Model:
        model = task.build(settings, states, train)
        model.get_layer("deep").kernel.constraint = lambda weights: weights * 0.0
        return model

    ready = prepared(dataclasses.replace(task, build=build), tmp_path)
    with pytest.raises(AssertionError, match=r"must change every weight.*deep/kernel"):
        testing._check_learning(testing._seeded(ready), ready)


def test_a_network_without_a_seed_is_found(task: Task, tmp_path: Path) -> None:
    counter = iter(range(10))

    def build(settings: Any, states: Any, train: Any = None) -> keras.Model:
        keras.utils.set_random_seed(next(counter))
        return task.build(settings, states, train)

    ready = prepared(dataclasses.replace(task, build=build), tmp_path)
    with pytest.raises(AssertionError, match="same seed, same weights"):
        testing.check_builder(ready, tmp_path)


def test_an_output_without_the_batch_is_found(task: Task, tmp_path: Path) -> None:
    class Mean(Quantiles):
        def decode(self, outputs: Any, state: Any) -> dict[str, tf.Tensor]:
            return super().decode(outputs, state) | {"mean": tf.reduce_mean(outputs)}

    ready = prepared(dataclasses.replace(task, target=Mean()), tmp_path)
    with pytest.raises(ExportError, match="needs outputs with the batch first"):
        testing.check_answers(ready, ready.build(), tmp_path)


def test_a_score_that_is_no_number_is_found(task: Task, tmp_path: Path) -> None:
    class Nothing(Quantiles):
        def evaluate(self, predicted: Any) -> dict[str, Any]:
            return super().evaluate(predicted) | {"mae": np.nan}

    changed = dataclasses.replace(task, target=Nothing())
    ready = prepared(changed, tmp_path)
    with pytest.raises(AssertionError, match=r"mae must be finite"):
        testing.check_target(changed.target, ready, ready.build())


def test_a_task_needs_a_sample(task: Task, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="forecasting: needs a sample"):
        testing.check_task(dataclasses.replace(task, sample=None), tmp_path)
