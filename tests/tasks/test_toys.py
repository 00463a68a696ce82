"""Applications that are a file each, from the command line to answers."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import lstm_toolkit as lt
from lstm_toolkit.errors import DataError, InputError
from lstm_toolkit.tuning import make_plan

Command = Callable[..., tuple[int, str, str]]


def numbers(values: np.ndarray) -> str:
    return ",".join(map(str, values))


def test_a_second_application_is_one_file(tmp_path: Path, command: Command) -> None:
    run, folder = tmp_path / "run", tmp_path / "model"
    assert "tones" in command("tasks")[1]
    quick = ["--epochs", 12, "--set", "learning_rate=0.05", "--set", "batch_size=8"]
    code, out, _ = command("train", "tones", "--out", run, *quick)
    assert code == 0
    assert "high" in out
    assert "simplest methods, accuracy: most_frequent" in out
    assert command("evaluate", run, "--json")[0] == 0
    assert command("export", run, folder)[0] == 0
    high, low = (numbers(np.sin(speed * np.arange(20))) for speed in (1.5, 0.5))
    for model in (run, folder):
        answers = lt.load(model).predict([high, "x", low])
        assert [a.get("label") for a in answers] == ["high", None, "low"]
        assert answers[1]["error"] == "needs numbers. Received: x"
    assert (run / "plots" / "confusion_matrix.png").exists()


def test_several_named_inputs(tmp_path: Path, command: Command) -> None:
    out = tmp_path / "run"  # `test_contract.py` asks an export
    run = lt.train("readings", out=out)
    assert run.metrics["test"]["accuracy"] > 0.9, run.metrics
    assert set(run.metrics["test"]["baselines"]) == {"most_frequent", "logistic_regression"}
    assert set(run.states.features) == {"note", "series"}
    assert set(run.samples) == {"note", "series"}
    assert {path.name for path in (out / "features").iterdir()} == {"note", "series"}
    code, text, _ = command("evaluate", out, "--json")
    assert (code, json.loads(text)) == (0, run.metrics["test"])
    rising = [-1, -0.6, -0.2, 0.2, 0.6, 1]
    words = [
        json.dumps({"note": "the pump hums", "series": rising}),
        json.dumps({"series": numbers(-np.array(rising)), "note": "fan as ever"}),
        json.dumps({"note": "the pump hums", "series": rising[::-1]}),
    ]
    code, text, _ = command("predict", out, *words, "--json")
    answers = json.loads(text)["predictions"]
    assert code == 0
    assert [answer["input"] for answer in answers] == words
    assert [answer["label"] for answer in answers] == ["pump rises", "fan falls", "pump falls"]


@pytest.mark.parametrize(
    "word",
    [
        "the pump hums",
        '{"note": "the pump hums"}',
        '{"note": "a", "series": "1", "more": 1}',
        "[1]",
    ],
)
def test_an_input_that_lacks_one_is_told(word: str) -> None:
    task = lt.get_task("readings")
    states = lt.prepare(task).states
    with pytest.raises(DataError) as error:
        list(task.parse(word, states, task.options()))
    assert str(error.value) == f"needs a JSON object with note, series. Received: {word}"


def test_the_best_weights_are_chosen_by_a_declared_direction(tmp_path: Path) -> None:
    task = lt.get_task("rare")
    assert task.direction("val_f1") == task.direction("f1") == "max"
    assert task.direction("val_loss") == "min"
    run = lt.train(task, out=tmp_path / "run")
    with (tmp_path / "run" / "history.csv").open(encoding="utf-8") as file:
        scores = [float(row["val_f1"]) for row in csv.DictReader(file)]
    assert min(scores) < max(scores)  # or else every weights would be the best
    assert run.metrics["validation"]["macro_f1"] == pytest.approx(max(scores), abs=1e-4)
    plan = make_plan(task, task.settings())
    assert (plan.objective, plan.maximise) == ("val_f1", True)


def test_a_score_without_a_direction_is_told_with_the_nearest_name() -> None:
    with pytest.raises(InputError) as error:
        lt.get_task("rare").direction("val_acuracy")
    assert str(error.value) == "unknown score `val_acuracy`, did you mean `accuracy`?"
