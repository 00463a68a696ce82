"""Data that is read, learnt from and encoded once, in memory or on the disk."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest

import lstm_toolkit as lt
from lstm_toolkit import get_task, prepare, train
from lstm_toolkit.data.text import lookups
from lstm_toolkit.errors import InputError
from lstm_toolkit.features import feature
from lstm_toolkit.tasks import task_names
from lstm_toolkit.training.evaluation import baselines, evaluate_run
from lstm_toolkit.training.training import ROWS


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts how many texts go into any graph, by what they are for."""
    counts: Counter[str] = Counter()

    def counted(name: str, function: Any, texts_of: Any) -> Any:
        def count(*arguments: Any, **options: Any) -> Any:
            counts[name] += len(texts_of(*arguments))
            return function(*arguments, **options)

        return count

    in_parts = counted("learnt", lookups.in_parts, lambda texts, graph: texts)
    for module in ("text_encoder", "sentence_encoder"):
        monkeypatch.setattr(f"lstm_toolkit.data.text.{module}.in_parts", in_parts)
    chunked = counted("encoded", feature.chunks, lambda column: column)
    for module in ("feature", "text", "sentence"):
        monkeypatch.setattr(f"lstm_toolkit.features.{module}.chunks", chunked)
    return counts


@pytest.mark.parametrize(
    ("name", "sides"),
    [("sentiment", 1), pytest.param("translation", 2, marks=pytest.mark.slow)],
)
def test_each_text_is_read_counted_and_encoded_once_and_evaluate_learns_nothing(
    name: str,
    sides: int,
    tmp_path: Path,
    passes: Counter[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    task = get_task(name)
    assert task.sample is not None
    data, texts = task.sample(tmp_path)
    read = task.read
    counting = dataclasses.replace(
        task,
        read=lambda *a: passes.update(["read"]) or read(*a),  # type: ignore[func-returns-value]
    )
    settings = task.configure(texts | {"epochs": "1"})
    run = train(counting, settings, tmp_path / "run", data=data)
    rows = run.config["data"]
    every = rows["train"] + rows["validation"] + rows["test"]
    assert passes == {"read": 1, "learnt": sides * rows["train"], "encoded": sides * every}
    passes.clear()

    def learn(*_: Any) -> None:
        raise AssertionError("evaluate must learn nothing")

    for part in (*task.features.values(), task.target):
        monkeypatch.setattr(type(part), "learn", learn)
    _, scores = evaluate_run(run)
    assert scores == {key: run.metrics["test"][key] for key in scores}
    assert passes == {"read": 1, "encoded": sides * rows["test"]}


@pytest.mark.parametrize("name", task_names())
def test_rows_on_the_disk_give_the_same_batches(name: str, tmp_path: Path) -> None:
    task = get_task(name)
    assert task.sample is not None
    data, texts = task.sample(tmp_path)
    steps = []
    for store in ("memory", "disk"):
        settings = task.configure(texts | {"row_store": store})
        prepared = prepare(task, settings, data, folder=tmp_path / store)
        batches = prepared.batches(prepared.splits.train, shuffled=True)
        batches.epoch = 1
        steps.append([keras.tree.flatten(step) for step in batches.dataset()])
    assert len(steps[0]) == len(steps[1]) == len(batches)
    for one, other in zip(*steps, strict=True):
        for part, same in zip(one, other, strict=True):
            np.testing.assert_array_equal(part, same)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["digits", "sentiment", pytest.param("translation", marks=pytest.mark.full)]
)
def test_rows_on_the_disk_give_the_same_weights(name: str, tmp_path: Path) -> None:
    task = get_task(name)
    assert task.sample is not None
    data, texts = task.sample(tmp_path)
    runs = [
        train(task, task.configure(texts | {"row_store": store}), tmp_path / store, data=data)
        for store in ("memory", "disk")
    ]
    weights = [run.model().get_weights() for run in runs]
    for one, other in zip(*weights, strict=True):
        np.testing.assert_array_equal(one, other)
    assert not (tmp_path / "disk" / ROWS).exists()


def test_rows_on_the_disk_are_mapped_not_held(tmp_path: Path) -> None:
    task = get_task("digits")
    assert task.sample is not None
    data, texts = task.sample(tmp_path)
    settings = task.configure(texts | {"row_store": "disk"})
    prepared = prepare(task, settings, data, folder=tmp_path / "run")
    assert not (tmp_path / "run").exists()
    images = prepared.encoded(prepared.splits.train).inputs["images"].rows
    assert isinstance(images.base, np.memmap)
    assert (tmp_path / "run" / ROWS / "train" / "images" / "rows.values").stat().st_size
    np.testing.assert_array_equal(images, prepared.splits.train.inputs)


def test_other_targets_are_encoded_anew_for_other_settings_and_inputs_are_not(
    bars_file: Path,
) -> None:
    prepared = prepare("digits", data=bars_file)
    train_rows = prepared.splits.train
    before = prepared.encoded(train_rows)
    same = prepared.with_settings(get_task("digits").configure({"units": "4,4"}))
    assert same.encoded(train_rows).targets is before.targets
    sparse = {"label_format": "sparse", "label_smoothing": "0"}
    other = prepared.with_settings(get_task("digits").configure(sparse))
    after = other.encoded(train_rows)
    assert after.inputs is before.inputs
    assert after.targets.rows.ndim == 1


ROWS_GIVEN = {"text": ["good one", "bad one"] * 10, "label": ["yes", "no"] * 10}
TEXTS = [f"{text} {row}" for row, text in enumerate(ROWS_GIVEN["text"])]
LABELS = ROWS_GIVEN["label"]


@pytest.mark.parametrize(
    "data",
    [
        {"text": TEXTS, "label": LABELS},
        pd.DataFrame({"text": TEXTS, "label": LABELS}),
        (TEXTS, LABELS),
        [np.array(TEXTS, object), np.array(LABELS)],
        lt.data.Dataset({"text": np.array(TEXTS, object)}, {"label": np.array(LABELS)}),
    ],
    ids=["columns", "frame", "pair of lists", "pair of arrays", "dataset"],
)
def test_data_comes_in_many_forms(data: Any) -> None:
    prepared = prepare("sentiment", {"min_count": 1}, data)
    assert len(prepared.splits.train) + len(prepared.splits.validation) < 20
    assert prepared.states.target.names == ("no", "yes")


def test_a_path_may_be_a_text(bars_file: Path) -> None:
    one, other = prepare("digits", data=str(bars_file)), prepare("digits", data=bars_file)
    assert one.fingerprint == other.fingerprint


def test_a_pandas_series_is_taken_by_place() -> None:
    shuffled = pd.Series(TEXTS).sample(frac=1, random_state=0)
    labels = ["yes" if text.startswith("good") else "no" for text in shuffled]
    splits = prepare("sentiment", {"min_count": 1}, (shuffled, labels)).splits
    for part in splits.parts.values():
        for text, label in zip(part.inputs, part.labels, strict=True):
            assert label == ("yes" if text.startswith("good") else "no")


def test_whole_numbers_are_labels() -> None:
    numbers = [int(label == "yes") for label in LABELS]
    assert prepare("sentiment", {"min_count": 1}, (TEXTS, numbers)).states.target.names == (
        "0",
        "1",
    )
    message = "needs a label for at least 95% of the texts. Received: none for 1 of 2"
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        prepare("sentiment", data=(TEXTS[:2], ["x", None]))


def test_a_pair_of_texts_and_labels_is_read_as_a_table_is() -> None:
    several = ["food;staff", "staff", "food", "food;staff"] * 5
    with pytest.raises(InputError, match="several labels"):
        prepare("sentiment", {"min_count": 1}, (TEXTS, several))
    gaps = prepare("sentiment", {"min_count": 1}, (["", *TEXTS[1:]], LABELS))
    assert sum(map(len, gaps.splits.parts.values())) == 19


def test_a_simplest_method_that_fails_is_told_and_passed_over() -> None:
    lines: list[str] = []
    faces = [f"{'😀' if row % 2 else '😢'}{'!' * (row % 7)}{'?' * (row // 7)}" for row in range(60)]
    labels = ["up" if row % 2 else "down" for row in range(60)]
    prepared = prepare("sentiment", {"min_count": 1}, (faces, labels))
    scores = baselines(prepared, seconds=60, reporter=lt.Reporter(log=lines.append))
    assert list(scores) == ["most_frequent"]
    assert [line for line in lines if "logistic_regression cannot be fitted: empty" in line]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            3,
            "data must be a path, a DataFrame, columns by name, a list of records, a pair of "
            "inputs and targets, a Dataset or a Source. Received: a int",
        ),
        (
            (["a"], ["x", "y"]),
            "data must be inputs and as many targets. columns must be equally long, at least "
            "one. Received: {'text': 1, 'label': 2}",
        ),
        ({"text": ["a"], "label": 3}, "columns must be equally long lists. 'int' object is not "
         "iterable"),
    ],
)  # fmt: skip
def test_other_data_is_refused_in_a_line(data: Any, message: str) -> None:
    with pytest.raises(InputError) as error:
        prepare("sentiment", data=data)
    assert str(error.value) == message


def test_settings_are_an_instance_values_or_none(bars_file: Path) -> None:
    assert prepare("digits", {"units": [8, 8]}, bars_file).settings.units == (8, 8)
    with pytest.raises(InputError) as error:
        prepare("digits", "units=8", bars_file)  # type: ignore[arg-type]
    assert str(error.value) == (
        "settings must be DigitsSettings, or values by name. Received: a str"
    )
