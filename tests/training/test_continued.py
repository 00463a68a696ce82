"""Trainings that begin with the weights of a finished run."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lstm_toolkit as lt
from lstm_toolkit.errors import InputError
from lstm_toolkit.runs import Run
from lstm_toolkit.training.continued import continued
from lstm_toolkit.training.growth import take_over
from lstm_toolkit.training.preparation import encode
from tests.conftest import bars

WORDS = {"good": "yes", "kind": "yes", "bad": "no", "rude": "no"}
SMALL: dict[str, Any] = {"units": (4,), "embedding": 3, "epochs": 1, "batch_size": 16, "seed": 3}


def texts(words: dict[str, str], *, rows: int = 12) -> tuple[list[str], list[str]]:
    pairs = [
        (f"{w} thing {i % 3} by {i}", label) for i in range(rows) for w, label in words.items()
    ]
    return [text for text, _ in pairs], [label for _, label in pairs]


NEW = {"good": "yes", "rude": "no", "meh": "so-so", "middling": "so-so"}


@pytest.mark.parametrize(
    "options",
    [
        {"bigrams": 100, "bigram_embedding": 2, "bidirectional": True},
        {"bigrams": 0, "pooling": "last", "layer_norm": True},
        {"bigrams": 100, "naive_bayes": 0.0, "wide": False, "pooling": "max_mean"},
    ],
)
def test_what_was_known_is_answered_as_before(options: dict[str, Any]) -> None:
    """Old rows keep their weights, and what is new changes nothing before it is trained."""
    task = lt.get_task("sentiment")
    settings = task.settings(**SMALL, **options)
    before = lt.prepare(task, settings, texts(WORDS))
    model = before.build()
    rng = np.random.default_rng(0)
    model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])
    after = lt.prepare(task, settings, texts(NEW))
    states, added = task.extend(before.states, after.splits.train, settings)
    assert added[0] == "2 new tokens"
    assert added[-1] == "1 new class"
    assert states.target.names == ("no", "yes", "so-so")
    tokens = before.states.only.vocabulary.tokens
    assert states.only.vocabulary.tokens == (*tokens, "middling", "meh")
    grown = task.build(settings, states, None)
    take_over(model, grown)
    known = np.array(["good thing 1", "rude", "bad kind thing"], object)
    old = model(task.preprocess(known, before.states), training=False).numpy()
    new = grown(task.preprocess(known, states), training=False).numpy()[:, :2]
    np.testing.assert_allclose(new / new.sum(axis=1, keepdims=True), old, atol=1e-5)


def test_the_linear_path_answers_with_classes_that_are_new() -> None:
    task = lt.get_task("sentiment")
    settings = task.settings(**SMALL, bigrams=0, affixes=0)
    model = lt.prepare(task, settings, texts(WORDS)).build()
    after = lt.prepare(task, settings, texts(NEW))
    states, _ = task.extend(
        lt.prepare(task, settings, texts(WORDS)).states, after.splits.train, settings
    )
    grown = task.build(settings, states, encode(task, after.splits.train, settings, states))
    fitted = [weight.copy() for weight in grown.get_layer("wide").get_weights()]
    take_over(model, grown)
    (row,) = grown.get_layer("wide").get_weights()
    assert row[0, 2] == fitted[0][0, 2]
    assert row[0, :2].tolist() == model.get_layer("wide").get_weights()[0][0].tolist()
    grown.get_layer("weights_of_both").set_weights([np.array([[1.0, 0.0]], np.float32)])
    asked = np.array(["meh", "middling", "good", "rude"], object)
    answers = grown(task.preprocess(asked, states), training=False).numpy().argmax(axis=1)
    assert [states.target.names[answer] for answer in answers] == ["so-so", "so-so", "yes", "no"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tokens": "character"}, "tokens must stay as the run has it, tokens=word. "
         "Received: tokens=character"),
        ({"bigrams": 9}, "bigrams must stay as the run has it, bigrams=False. "
         "Received: bigrams=True"),
    ],
)  # fmt: skip
def test_settings_that_the_states_cannot_follow_are_refused(
    changes: dict[str, Any], message: str
) -> None:
    task = lt.get_task("sentiment")
    settings = task.settings(**SMALL, bigrams=0)
    prepared = lt.prepare(task, settings, texts(WORDS))
    with pytest.raises(InputError) as error:
        task.extend(
            prepared.states, prepared.splits.train, dataclasses.replace(settings, **changes)
        )
    assert str(error.value) == message


@pytest.fixture(scope="module")
def dim() -> Any:
    """Bars, of which some are of a class that the run does not know."""
    images, names = bars(40)
    images[:10] //= 2
    return images, np.array(["dim"] * 10 + [str(name) for name in names[10:]])


def test_a_training_begins_with_a_run_and_tells_what_is_new(
    run_folder: Path, tmp_path: Path, dim: Any
) -> None:
    lines: list[str] = []
    options: dict[str, Any] = {"data": dim, "init": str(run_folder)}
    second = lt.train(
        "digits",
        {"epochs": 1, "learning_rate": 0.0},
        str(tmp_path / "run"),
        reporter=lt.Reporter(lines.append),
        **options,
    )
    assert f"begins with {run_folder}: 1 new class" in lines
    assert second.settings.units == (8, 8)
    assert second.states.target.names == ("level", "upright", "dim")
    assert second.config["begun_with"] == {"init": str(run_folder.resolve())}
    old, new = (each.model().get_weights() for each in (Run.open(run_folder), second))
    for before, after in zip(old, new, strict=True):
        np.testing.assert_array_equal(after[tuple(map(slice, before.shape))], before)
    with pytest.raises(InputError) as error:
        lt.train("digits", {"units": (8, 4)}, tmp_path / "other", **options)
    assert str(error.value) == (
        f"{run_folder}: its weights need units=(8, 8). Received: units=(8, 4)"
    )
    with pytest.raises(InputError) as error:
        lt.train("digits", second.settings, second.path, data=dim, resume=True)
    assert str(error.value) == (
        f"{second.path}: was begun with init={run_folder.resolve()}. Received: init=none"
    )


def test_a_run_of_another_task_is_refused(run_folder: Path) -> None:
    with pytest.raises(InputError) as error:
        continued(lt.get_task("sentiment"), run_folder)
    assert str(error.value) == (
        f"{run_folder}: needs a run of sentiment to begin with. Received: one of digits"
    )


def test_the_command_begins_with_a_run(
    run_folder: Path, bars_file: Path, tmp_path: Path, command: Any
) -> None:
    words = ("train", "digits", "--init", run_folder, "--data", bars_file, "--out", tmp_path / "r")
    code, _, err = command(*words, "--set", "units=8,4")
    assert code == 2
    assert err.splitlines() == [
        f"lstm-toolkit: {run_folder}: its weights need units=(8, 8). Received: units=(8, 4)"
    ]


@pytest.mark.parametrize("name", ["translation", "tagging", "forecasting"])
def test_other_tasks_grow_by_the_same_means(name: str, tmp_path: Path) -> None:
    task = lt.get_task(name)
    assert task.sample is not None
    data, words = task.sample(tmp_path)
    settings = task.configure(words)
    prepared = lt.prepare(task, settings, data)
    model = prepared.build()
    path = Path(data)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("a", "ö").replace("B-X", "B-Y"), encoding="utf-8")
    later = lt.prepare(task, settings, data)
    states, added = task.extend(prepared.states, later.splits.train, settings)
    assert (
        added
        == {
            "translation": ["1 new source token"],
            "tagging": ["21 new words", "1 new tag"],
            "forecasting": [],
        }.get(name)
        or name != "forecasting"
    )
    grown = task.build(settings, states, None)
    take_over(model, grown)
    for before, after in zip(model.get_weights(), grown.get_weights(), strict=True):
        np.testing.assert_array_equal(after[tuple(map(slice, before.shape))], before)
