"""What is declared of settings beside their types: roles, marks, names of old, other defaults."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Iterator
from typing import Annotated, Any, Literal

import keras_tuner
import pytest

from lstm_toolkit import builders
from lstm_toolkit.errors import SettingsError
from lstm_toolkit.settings.description import Field
from lstm_toolkit.settings.fields import (
    ANSWERS,
    CHANGES_LOSS,
    DATA,
    MODEL,
    NOT_SEARCHED,
    POSITIVE,
    SHARE,
    TRAINING,
    Bounds,
    Formerly,
    Settings,
    SettingsGroup,
    changed,
    fields,
    settings,
)
from lstm_toolkit.settings.search_space import Choices, Range, draw, parse_space
from lstm_toolkit.settings.texts import parse
from lstm_toolkit.task import Task
from lstm_toolkit.tasks import get_task, task_names


@settings()
class WindowSettings(SettingsGroup):
    """Some that are declared in every way."""

    steps: Annotated[int | None, POSITIVE, MODEL, Formerly("window")] = None
    """Steps that are looked at; none looks at all."""
    share: Annotated[float | None, SHARE] = 0.5
    """Where nothing is said of what it concerns."""
    names: Annotated[tuple[str, ...] | None, ANSWERS, NOT_SEARCHED] = None
    """Of what comes out."""
    mode: Annotated[Literal["mean", "max"] | None, TRAINING, CHANGES_LOSS] = "mean"
    """How losses are joined."""

    def mistakes(self) -> Iterator[str]:
        """Yields one of its own."""
        yield from super().mistakes()
        if self.steps == 13:
            yield "steps must not be 13. Received: steps=13"


@settings(epochs=3, share=0.25)
class WindowTaskSettings(WindowSettings, Settings):
    """A task's."""

    units: Annotated[tuple[int, ...], POSITIVE, MODEL] = (8,)
    """Width of each layer."""
    bidirectional: Annotated[bool, MODEL] = False
    """Both ways."""


@settings(epochs=5, steps=7)
class LongerSettings(WindowTaskSettings):
    """Takes defaults of a parent for another one's."""


KNOWN = {field.name: field for field in fields(WindowTaskSettings)}


def test_roles_and_marks_are_read_from_annotations() -> None:
    roles = {name: KNOWN[name].role for name in ("steps", "share", "names", "mode", "units")}
    assert roles == {
        "steps": MODEL, "share": DATA, "names": ANSWERS, "mode": TRAINING, "units": MODEL,
    }  # fmt: skip
    marks = {name: set(KNOWN[name].marks) for name in ("steps", "share", "names", "mode")}
    assert marks == {
        "steps": set(),
        "share": set(),
        "names": {NOT_SEARCHED},
        "mode": {CHANGES_LOSS},
    }


def test_what_every_task_has_in_common_has_its_role() -> None:
    common = {field.name: field for field in fields(Settings)}
    not_training = {
        "validation_share": DATA,
        "test_share": DATA,
        "seed": DATA,
        "baselines": ANSWERS,
    }
    assert {n: f.role for n, f in common.items() if f.role is not TRAINING} == not_training
    assert {name for name, field in common.items() if NOT_SEARCHED in field.marks} == {
        "epochs", "monitor", "save_every", "validation_share", "test_share", "precision",
        "row_store", "baselines", "seed",
    }  # fmt: skip


@pytest.mark.parametrize("name", task_names())
def test_what_the_network_has_is_searched_and_answers_are_not_of_the_loss(name: str) -> None:
    for field in fields(get_task(name).settings):
        assert not (field.role is MODEL and NOT_SEARCHED in field.marks), field.name
        assert field.role in (MODEL, TRAINING) or CHANGES_LOSS not in field.marks, field.name


def test_optional_settings_take_none_from_texts() -> None:
    texts = {"steps": "none", "share": "None", "names": "none", "mode": "none"}
    values = parse(WindowTaskSettings, texts)
    assert values == dict.fromkeys(texts)
    assert WindowTaskSettings(**values).share is None
    given = {"steps": "4", "share": "0.1", "names": "a, b", "mode": "max"}
    assert parse(WindowTaskSettings, given) == {
        "steps": 4, "share": 0.1, "names": ("a", "b"), "mode": "max",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ({"steps": "0"}, "steps must be an integer, or none, at least 1. Received: steps=0"),
        ({"steps": "all"}, "steps must be an integer, or none, at least 1. Received: steps=all"),
        ({"share": "1"}, "share must be a number, or none, in [0, 1). Received: share=1.0"),
        ({"mode": "min"}, "mode must be one of mean, max, or none. Received: mode=min"),
        ({"steps": "13"}, "steps must not be 13. Received: steps=13"),
        ({"units": "none"},
         "units must be integers, separated by commas, at least 1. Received: units=none"),
        ({"epochs": "none"}, "epochs must be an integer, at least 1. Received: epochs=none"),
        ({"window": "4"}, "the setting `window` is now called `steps`"),
    ],
)  # fmt: skip
def test_mistakes_in_optional_settings(texts: dict[str, str], message: str) -> None:
    with pytest.raises(SettingsError) as error:
        WindowTaskSettings(**parse(WindowTaskSettings, texts))
    assert str(error.value) == message


def test_optional_settings_come_back_from_json_values() -> None:
    for chosen in (WindowTaskSettings(), WindowTaskSettings(steps=4, names=("a",), mode=None)):
        values = chosen.values()
        values |= {name: list(v) for name, v in values.items() if isinstance(v, tuple)}
        assert WindowTaskSettings.from_values(values) == chosen


def test_optional_settings_are_searched_where_they_are_something() -> None:
    space = parse_space(WindowTaskSettings, {"steps": "4..8", "share": "0.1,0.2", "mode": "max"})
    assert space == {
        "steps": Range(4, 8), "share": Choices((0.1, 0.2)), "mode": Choices(("max",)),
    }  # fmt: skip
    hp = keras_tuner.HyperParameters()
    found = draw(hp, WindowTaskSettings(share=None), space)
    assert (found.steps, found.share, found.mode) == (4, 0.1, "max")
    message = "each an integer, at least 1. Received: steps=none,4"
    with pytest.raises(SettingsError, match=f"{message}$"):
        parse_space(WindowTaskSettings, {"steps": "none,4"})


def test_other_defaults_leave_the_rest_of_a_field() -> None:
    assert (WindowTaskSettings().epochs, WindowTaskSettings().share) == (3, 0.25)
    assert (LongerSettings().epochs, LongerSettings().share, LongerSettings().steps) == (5, 0.25, 7)
    assert (Settings().epochs, WindowSettings().share) == (40, 0.5)
    base = {field.name: field for field in (*fields(Settings), *fields(WindowSettings))}
    for cls in (WindowTaskSettings, LongerSettings):
        for field in fields(cls):
            if field.name in base:
                assert (
                    dataclasses.replace(field, default=base[field.name].default)
                    == (base[field.name])
                )
    assert LongerSettings(epochs=2).epochs == 2
    with pytest.raises(SettingsError, match="epochs must be an integer, at least 1"):
        LongerSettings(epochs=0)


def test_settings_are_frozen_and_given_by_name() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        LongerSettings().epochs = 3  # type: ignore[misc]
    with pytest.raises(TypeError):
        LongerSettings(3)  # type: ignore[misc]


def test_an_unknown_default_is_told_with_the_nearest_name() -> None:
    with pytest.raises(SettingsError) as error:
        settings(epoch=3)(type("Wrong", (Settings,), {}))
    assert str(error.value) == "unknown setting `epoch`, did you mean `epochs`?"


RENAMED = {
    "pairs": "bigrams", "pair_embedding": "bigram_embedding", "average": "ema_momentum",
    "vectors": "pretrained_vectors", "labels": "label_format",
}  # fmt: skip


@pytest.mark.parametrize("old", RENAMED)
def test_a_name_of_old_answers_with_the_new_one(old: str) -> None:
    task, message = get_task("sentiment"), f"the setting `{old}` is now called `{RENAMED[old]}`"
    ways = (
        lambda: task.configure({old: "0"}),
        lambda: task.settings_of({old: 0}),
        lambda: parse_space(task.settings, {old: "0,1"}),
    )
    for way in ways:
        with pytest.raises(SettingsError) as error:
            way()
        assert str(error.value) == message


def test_model_settings_are_those_of_the_network() -> None:
    chosen = WindowTaskSettings(steps=4)
    assert chosen.model_settings() == {"steps": 4, "units": (8,), "bidirectional": False}
    assert chosen.model_settings(but=("units", "epochs")) == {"steps": 4, "bidirectional": False}
    assert list(WindowTaskSettings().model_settings()) == ["steps", "units", "bidirectional"]


def test_changed_tells_the_fields_that_differ() -> None:
    one = WindowTaskSettings()
    other = dataclasses.replace(one, steps=4, epochs=9, names=("a",))
    assert {field.name: field.role for field in changed(one, other)} == {
        "steps": MODEL, "epochs": TRAINING, "names": ANSWERS,
    }  # fmt: skip


def test_bounds_in_words() -> None:
    found = [str(Bounds(1)), str(Bounds(0, 1, open=True)), str(Bounds(0.01, 0.5))]
    assert found == ["at least 1", "in [0, 1)", "in [0.01, 0.5]"]


OFF = (0, 0.0, False, None, "none", "lstm")
"""Defaults of a builder that leave something out, or name the package's own subject."""

OFF_HERE = {"segment": 1, "patch": 1, "kernel": 1, "depth": 1}
"""Those that do so by another value, of which one is no more than there is in any case."""


def model_fields() -> dict[str, list[Field]]:
    """Returns the settings of networks, of all tasks, by name."""
    found: dict[str, list[Field]] = {}
    for task in map(get_task, task_names()):
        for field in fields(task.settings):
            if field.role is MODEL:
                found.setdefault(field.name, []).append(field)
    return found


def builder_arguments() -> Iterator[tuple[str, inspect.Parameter]]:
    for name in sorted(builders.__all__):
        builder = getattr(builders, name)
        if inspect.isfunction(builder):
            for parameter in inspect.signature(builder).parameters.values():
                yield name, parameter


def test_a_default_stands_in_one_place() -> None:
    settings_of, seen = model_fields(), set()
    for builder, parameter in builder_arguments():
        if parameter.name not in settings_of or parameter.default is inspect.Parameter.empty:
            continue
        seen.add(parameter.name)
        alike = [parameter.default == field.default for field in settings_of[parameter.name]]
        off = any(type(parameter.default) is type(v) and parameter.default == v for v in OFF)
        off = off or parameter.default == OFF_HERE.get(parameter.name)
        assert off or all(alike), f"{builder}({parameter.name}={parameter.default!r})"
    assert seen >= {"dropout", "cell", "bidirectional", "attention", "pooling", "tied", "wide"}


def test_sizes_of_networks_must_be_given() -> None:
    required = {
        (builder, parameter.name)
        for builder, parameter in builder_arguments()
        if parameter.name in ("units", "embedding") and parameter.default is inspect.Parameter.empty
    }
    assert required == {
        (builder, name)
        for builder, parameter in builder_arguments()
        if (name := parameter.name) in ("units", "embedding")
    }
    assert ("lstm_classifier", "units") in required


@pytest.mark.parametrize("name", task_names())
def test_builders_take_the_settings_of_the_network(name: str) -> None:
    task: Task = get_task(name)
    taken: set[str] = {parameter.name for _, parameter in builder_arguments()}
    by_the_task = {"bigram_embedding", "naive_bayes", "pretrained_vectors", "both_strands"}
    known: dict[str, Any] = task.settings().model_settings(but=by_the_task)
    assert known.keys() <= taken
