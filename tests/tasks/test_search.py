"""What every task must keep for its settings to be searched."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args, get_origin

import keras_tuner
import numpy as np
import pytest

from lstm_toolkit import get_task, prepare
from lstm_toolkit.data.columns import digest_column
from lstm_toolkit.features import States
from lstm_toolkit.settings.description import Field
from lstm_toolkit.settings.fields import MODEL, NOT_SEARCHED, TRAINING, changed, fields
from lstm_toolkit.settings.search_space import LAYERS, parse_space
from lstm_toolkit.settings.values import without_none
from lstm_toolkit.task import Task
from lstm_toolkit.tasks import task_names


@pytest.fixture(scope="module", params=task_names())
def task(request: pytest.FixtureRequest) -> Task:
    return get_task(request.param)


def test_its_space_is_read(task: Task) -> None:
    space = parse_space(task.settings, task.search)
    assert space
    assert {name: str(span) for name, span in space.items()} == dict(task.search)


def test_a_trial_has_its_settings(task: Task) -> None:
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


def test_every_preset_begins_its_search(task: Task) -> None:
    for name in task.presets:
        settings = task.configure({"preset": name})
        assert isinstance(task.space(keras_tuner.HyperParameters(), settings), task.settings)


def test_what_is_searched_is_of_the_network_or_the_training(task: Task) -> None:
    known = {field.name: field for field in fields(task.settings)}
    for name in task.search:
        field = known[name.removesuffix(LAYERS)]
        assert field.role in (MODEL, TRAINING)
        assert NOT_SEARCHED not in field.marks
    assert [field.name for field in known.values() if field.role is MODEL]


def other_value(field: Field, value: Any) -> Any:
    kind, _ = without_none(field.kind)
    if value is None or kind is str:
        return value
    if get_origin(kind) is tuple:
        return (*value, value[-1])
    if kind is bool or get_args(kind):
        choices = get_args(kind) or (True, False)
        return next((choice for choice in choices if choice != value), value)
    high = field.bounds.high if field.bounds else np.inf
    step = 1 if kind is int else 0.01
    return value + step if value + step < high else value - step


@pytest.fixture(scope="module")
def tiny(task: Task, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any]:
    """Tiny data, and settings that suit it."""
    assert task.sample is not None
    data, texts = task.sample(tmp_path_factory.mktemp(task.name))
    return data, task.configure(texts)


def all_changed(task: Task, settings: Any) -> Any:
    """Returns settings of which all that may differ do, where they go together."""
    for field in fields(task.settings):
        if field.role in (MODEL, TRAINING):
            other = other_value(field, getattr(settings, field.name))
            try:
                settings = dataclasses.replace(settings, **{field.name: other})
            except ValueError:
                continue
    return settings


def files(states: States, folder: Path) -> Mapping[str, bytes]:
    folder.mkdir()
    states.save(folder)
    found = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def test_another_network_needs_no_other_data(
    task: Task, tiny: tuple[Any, Any], tmp_path: Path
) -> None:
    data, one = tiny
    settings = all_changed(task, one)
    assert len(changed(one, settings)) >= 8
    assert task.same_data(one, settings)
    prepared, other = prepare(task, one, data), prepare(task, settings, data)
    assert files(prepared.states, tmp_path / "one") == files(other.states, tmp_path / "two")
    assert other.fingerprint == prepared.fingerprint
    for part, one in prepared.splits.parts.items():
        two = other.splits.parts[part]
        assert len(one) == len(two) > 0
        for columns in ("columns", "targets", "meta"):
            sides = getattr(one, columns), getattr(two, columns)
            assert sides[0].keys() == sides[1].keys()
            for name in sides[0]:
                assert digest(sides[0][name]) == digest(sides[1][name])


def digest(column: Any) -> str:
    found = hashlib.sha256()
    digest_column(found, column)
    return found.hexdigest()


def test_what_was_prepared_serves_other_settings_of_the_network(
    task: Task, tiny: tuple[Any, Any]
) -> None:
    data, one = tiny
    settings = all_changed(task, one)
    prepared = prepare(task, one, data)
    prepared.encoded(prepared.splits.train)
    again, fresh = prepared.with_settings(settings), prepare(task, settings, data)
    for split, part in again.splits.parts.items():
        kept, made = again.encoded(part), fresh.encoded(fresh.splits.parts[split])
        for name in task.features:
            assert digest(kept.inputs[name].rows) == digest(made.inputs[name].rows)
        assert digest(kept.targets.rows) == digest(made.targets.rows)


def test_other_data_is_told(task: Task) -> None:
    one = task.settings()
    assert task.same_data(one, one)
    for name, value in (("seed", 1), ("validation_share", 0.2)):
        assert not task.same_data(one, dataclasses.replace(one, **{name: value}))
