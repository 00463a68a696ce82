"""Two runs on the same test rows."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from lstm_toolkit.comparison import pairs, report
from lstm_toolkit.comparison.pairs import compare
from lstm_toolkit.errors import InputError
from lstm_toolkit.runs import ANSWERS
from lstm_toolkit.system.reporting import Reporter
from lstm_toolkit.tasks import get_task
from lstm_toolkit.training.row_answers import RowAnswers
from tests.comparison.pretended import answered, write_run

A = [1] * 60 + [0] * 40
B = [1] * 80 + [0] * 20


def test_the_better_one_with_its_interval(tmp_path: Path) -> None:
    one = write_run(tmp_path / "a", A, units=(8,))
    other = write_run(tmp_path / "b", B, units=(16,))
    comparison = compare(one, other, examples=1)
    assert comparison.settings == {"units": ([8], [16])}
    assert comparison.facts == {}
    assert comparison.better == "B"
    assert comparison.wins == (0, 20)
    difference = comparison.scores["accuracy"].difference
    assert difference.value == pytest.approx(0.2)
    # The difference of paired rows is 20 of 100, so its standard error is 0.04.
    assert difference.low == pytest.approx(0.2 - 1.96 * 0.04, abs=0.015)
    assert difference.high == pytest.approx(0.2 + 1.96 * 0.04, abs=0.015)
    assert report.verdict(comparison) == "B is better: +20.0 points, 95 % 12.0 to 28.0"
    assert report.verdict(compare(other, one)) == "A is better: +20.0 points, 95 % 12.0 to 28.0"
    (row,) = comparison.disagreements
    assert (row.row, row.truth, row.a, row.b, row.better) == (60, "bad", "good", "bad", "B")


def test_the_words(tmp_path: Path) -> None:
    one, other = write_run(tmp_path / "a", A), write_run(tmp_path / "b", B, dropout=0.1)
    lines = report.as_text(compare(one, other, examples=1)).splitlines()
    assert lines[0].split("  ")[0] == "what differs"
    assert lines[1].split() == ["dropout", "0.5", "0.1"]
    assert lines[3].startswith("on 100 test rows")
    assert lines[4].split()[:2] == ["accuracy", "0.6000"]
    assert lines[-3:] == [
        "row by row: B does better on 20, A on 0, both alike on 80",
        "  row 60, B is nearer: text 60",
        "    right bad | A good | B bad",
    ]
    facts = json.loads(json.dumps(report.facts(compare(one, other))))
    assert (facts["better"], facts["score"], facts["rows"]) == ("b", "accuracy", 100)
    assert facts["scores"]["accuracy"]["difference"]["value"] == pytest.approx(0.2)


def test_rows_that_do_not_tell(tmp_path: Path) -> None:
    one = write_run(tmp_path / "a", [1, 0] * 50)
    other = write_run(tmp_path / "b", [0, 1] * 50)
    comparison = compare(one, other)
    assert comparison.better is None
    assert report.verdict(comparison).startswith(
        "these rows do not tell which is better: B +0.0 points, 95 % -"
    )


def test_few_rows_are_not_judged_by(tmp_path: Path) -> None:
    one, other = write_run(tmp_path / "a", [0] * 5), write_run(tmp_path / "b", [1] * 5)
    assert report.verdict(compare(one, other)) == (
        "too few rows to tell which is better, 5: B +100.0 points, 95 % 100.0 to 100.0"
    )


def test_less_of_an_error_is_better(tmp_path: Path) -> None:
    folders = []
    for name, error in (("a", 2.0), ("b", 1.5)):
        scores = {"mae": error, "examples": 100}
        folder = write_run(tmp_path / name, task="scoring", scores=scores)
        columns = {"absolute_error": np.full(100, error), "squared_error": np.full(100, error**2)}
        rows = answered([1] * 100)
        answers = RowAnswers(
            rows.rows, rows.rows, rows.keys, rows.inputs, rows.truth, rows.answers, columns
        )
        answers.save(folder / ANSWERS)
        folders.append(folder)
    comparison = compare(*folders)
    assert comparison.better == "B"
    assert report.verdict(comparison) == "B is better: mae lower by 0.5, 95 % 0.5 to 0.5"
    assert report.verdict(compare(*folders[::-1])) == (
        "A is better: mae lower by 0.5, 95 % 0.5 to 0.5"
    )
    assert comparison.wins == (0, 100)


def test_rows_in_another_order_are_the_same_rows(tmp_path: Path) -> None:
    keys = [f"k{row // 2}" for row in range(100)]  # each text twice
    one = write_run(tmp_path / "a", A, keys=keys)
    other = write_run(tmp_path / "b", B[::-1], keys=keys[::-1])
    comparison = compare(one, other)
    assert comparison.scores["accuracy"].difference.value == pytest.approx(0.2)
    assert comparison.wins == (0, 20)


def test_other_rows_are_refused(tmp_path: Path) -> None:
    one = write_run(tmp_path / "a", A)
    other = write_run(tmp_path / "b", B, keys=[str(row + 90) for row in range(100)])
    with pytest.raises(InputError) as caught:
        compare(one, other)
    assert str(caught.value) == (
        f"{one} and {other} need the same test rows; give both others with --data FILE. "
        "Received: 100 and 100 rows, of which 10 are the same"
    )


def test_other_tasks_are_refused(tmp_path: Path) -> None:
    one = write_run(tmp_path / "a", A)
    other = write_run(tmp_path / "b", task="forecasting", scores={"mae": 1.0})
    with pytest.raises(InputError) as caught:
        compare(one, other)
    assert str(caught.value) == (
        f"needs two runs of one task. Received: {one} of sentiment, {other} of forecasting"
    )


def test_targets_without_scores_of_rows_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = write_run(tmp_path / "a", A), write_run(tmp_path / "b", B)
    monkeypatch.setattr(get_task("sentiment").target, "row_scores", (), raising=False)
    with pytest.raises(InputError) as caught:
        compare(one, other)
    assert str(caught.value) == "the target of sentiment has no scores of rows to compare by"


def test_the_best_run_of_a_search_stands_for_it(tmp_path: Path) -> None:
    one = write_run(tmp_path / "a", A)
    write_run(tmp_path / "search" / "best", B)
    (tmp_path / "search" / "search.json").write_text("{}")
    assert compare(one, tmp_path / "search").b.path == tmp_path / "search" / "best"


def _remove(file: Path) -> None:
    file.unlink()


def _tear(file: Path) -> None:
    text = file.read_text()
    file.write_text(text[: text.index("\n50,") + 5])


def _change(file: Path) -> None:
    answered([0] * 100).save(file)


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (_remove, "{run}: keeps no answers to its test rows; scoring it anew"),
        (_tear, "{file}: is damaged; scoring the run anew"),
        (_change, "{file}: does not fit the scores; scoring the run anew"),
    ],
    ids=["older version", "damaged", "changed"],
)
def test_a_run_without_its_answers_is_scored_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, harm: Callable[[Path], None], told: str
) -> None:
    one, other = write_run(tmp_path / "a", A), write_run(tmp_path / "b", B)
    harm(other / ANSWERS)
    # What the network would be asked for is tested in tests/training/test_row_answers.py.
    evaluation = "lstm_toolkit.training.evaluation.predict_run"
    monkeypatch.setattr(evaluation, lambda run, data: ("", None))
    monkeypatch.setattr(pairs, "row_answers", lambda task, predicted: answered(B))
    lines: list[str] = []
    comparison = compare(one, other, reporter=Reporter(lines.append))
    assert comparison.better == "B"
    assert lines == [told.format(run=other, file=other / ANSWERS)]
