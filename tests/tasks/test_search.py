"""What every task must keep for its settings to be searched."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args, get_origin

import keras_tuner
import numpy as np
import pytest

from lstm_toolkit import get_task, prepare
from lstm_toolkit.settings.fields import TRAINING, Field, fields
from lstm_toolkit.settings.search_space import LAYERS, NOT_SEARCHED, parse_space
from lstm_toolkit.task import Task, task_names
from lstm_toolkit.training.preparation import Prepared


@pytest.fixture(scope="module", params=task_names())
def task(request: pytest.FixtureRequest) -> Task[Any, Any]:
    return get_task(request.param)


def test_its_space_is_read(task: Task[Any, Any]) -> None:
    space = parse_space(task.settings, task.search)
    assert space
    assert {name: str(span) for name, span in space.items()} == dict(task.search)


def test_a_trial_has_its_settings(task: Task[Any, Any]) -> None:
    hp = keras_tuner.HyperParameters()
    assert isinstance(task.space(hp), task.settings)
    for seed in range(20):
        chosen = keras_tuner.HyperParameters()
        for each in hp.space:
            chosen.merge([each])
            if chosen.is_active(each):
                chosen.values[each.name] = each.random_sample(seed)
        found = task.space(chosen)
        assert isinstance(found, task.settings)
        apart = {n for n in found.values() if getattr(found, n) != getattr(task.settings(), n)}
        assert apart <= {name.removesuffix(LAYERS) for name in task.search}


def test_every_preset_begins_its_search(task: Task[Any, Any]) -> None:
    for name in task.presets:
        settings = task.configure({"preset": name})
        assert isinstance(task.space(keras_tuner.HyperParameters(), settings), task.settings)


def test_what_the_network_alone_has_are_settings(task: Task[Any, Any]) -> None:
    names = {field.name for field in fields(task.settings)}
    assert task.network <= names
    assert names >= TRAINING
    searched = {name.removesuffix(LAYERS) for name in task.search}
    assert searched <= task.network | TRAINING
    assert not task.network & NOT_SEARCHED


def other_value(field: Field) -> Any:
    kind = field.kind
    if get_origin(kind) is tuple:
        return (*field.default, field.default[-1])
    choices = [c for c in (get_args(kind) or (True, False)) if c != field.default]
    if kind is bool or get_args(kind):
        return choices[0]
    if kind is str:
        return field.default
    high = field.bounds.high if field.bounds else np.inf
    step = 1 if kind is int else 0.01
    return field.default + step if field.default + step < high else field.default - step


@pytest.fixture(scope="module")
def prepared(task: Task[Any, Any]) -> Prepared:
    return prepare(task, task.settings())


def all_changed(task: Task[Any, Any]) -> Any:
    """Returns settings of which all that may differ do, where they go together."""
    settings = task.settings()
    for field in fields(task.settings):
        if field.name in task.network | TRAINING:
            try:
                settings = dataclasses.replace(settings, **{field.name: other_value(field)})
            except ValueError:
                continue
    return settings


def files(assets: Any, folder: Path) -> Mapping[str, bytes]:
    folder.mkdir()
    assets.save(folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_another_network_needs_no_other_data(
    task: Task[Any, Any], prepared: Prepared, tmp_path: Path
) -> None:
    settings = all_changed(task)
    apart = {n for n in settings.values() if getattr(settings, n) != getattr(task.settings(), n)}
    assert len(apart) >= 8
    assert task.same_data(task.settings(), settings)
    other = prepare(task, settings)
    assert files(prepared.assets, tmp_path / "one") == files(other.assets, tmp_path / "two")
    assert other.fingerprint == prepared.fingerprint
    for part in ("train", "validation", "test"):
        one, two = getattr(prepared.splits, part), getattr(other.splits, part)
        np.testing.assert_array_equal(one.inputs, two.inputs)
        np.testing.assert_array_equal(one.labels, two.labels)


def test_other_data_is_told(task: Task[Any, Any]) -> None:
    one = task.settings()
    for name, value in (("seed", 1), ("validation_share", 0.2)):
        if name in one.values():
            assert not task.same_data(one, dataclasses.replace(one, **{name: value}))
