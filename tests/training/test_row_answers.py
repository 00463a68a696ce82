"""What a run keeps of its test rows."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from lstm_toolkit.comparison.pairs import compare
from lstm_toolkit.data.columns import Ragged, texts
from lstm_toolkit.data.dataset import Dataset
from lstm_toolkit.data.row_keys import row_keys
from lstm_toolkit.errors import RunError
from lstm_toolkit.runs import ANSWERS, Run
from lstm_toolkit.tasks import get_task
from lstm_toolkit.training import row_answers
from lstm_toolkit.training.row_answers import RowAnswers, shown_inputs
from tests.comparison.pretended import answered

SENTIMENT = get_task("sentiment")


def test_a_run_keeps_what_it_answered(run_folder: Path) -> None:
    run = Run.open(run_folder)
    answers = RowAnswers.load(run_folder / ANSWERS, run.task)
    assert len(answers) == run.metrics["test"]["examples"]
    assert answers.columns["right"].mean() == pytest.approx(run.metrics["test"]["accuracy"])
    assert answers.columns["loss"].mean() == pytest.approx(run.metrics["test"]["loss"])
    assert set(answers.inputs) == {"6 x 5 values"}
    assert set(answers.truth) == {"level", "upright"}


def test_what_was_kept_is_what_scoring_anew_gives(run_folder: Path, tmp_path: Path) -> None:
    older = tmp_path / "older"
    shutil.copytree(run_folder, older)
    (older / ANSWERS).unlink()
    comparison = compare(run_folder, older)
    assert comparison.wins == (0, 0)
    assert comparison.main.one == comparison.main.other


def test_a_run_whose_data_changed_cannot_be_scored_anew(
    run_folder: Path, tmp_path: Path, bars_file: Path
) -> None:
    older, data = tmp_path / "older", tmp_path / "bars.npz"
    shutil.copytree(run_folder, older)
    (older / ANSWERS).unlink()
    with np.load(bars_file) as file:
        np.savez(data, x_train=255 - file["x_train"], y_train=file["y_train"])
    config = older / "config.json"
    config.write_text(config.read_text().replace(str(bars_file), str(data)))
    with pytest.raises(RunError) as caught:
        compare(run_folder, older)
    assert str(caught.value) == f"{older}: its data has changed; give what to score with --data"
    comparison = compare(run_folder, older, data)
    assert comparison.rows == 60
    assert comparison.better is None


def test_files_come_back_as_they_were_written(tmp_path: Path) -> None:
    before = answered([1, 0, 1])
    before.save(tmp_path / ANSWERS)
    after = RowAnswers.load(tmp_path / ANSWERS, SENTIMENT)
    for name in ("keys", "inputs", "truth", "answers"):
        assert getattr(after, name) == getattr(before, name)
    np.testing.assert_array_equal(after.columns["right"], before.columns["right"])


@pytest.mark.parametrize("text", ["", "row,block\n", "{}", "\0"])
def test_files_that_are_none(tmp_path: Path, text: str) -> None:
    (tmp_path / ANSWERS).write_text(text)
    with pytest.raises(ValueError, match=r"."):
        RowAnswers.load(tmp_path / ANSWERS, SENTIMENT)


def test_a_large_split_is_kept_by_the_same_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_answers, "MOST", 10)
    chosen = row_answers._chosen(100)
    assert len(set(chosen.tolist())) == 10
    assert chosen.tolist() == sorted(chosen.tolist()) == row_answers._chosen(100).tolist()
    assert row_answers._chosen(7).tolist() == list(range(7))


def test_rows_are_known_by_all_that_they_hold() -> None:
    def keys(*words: str, labels: str = "xxx") -> list[str]:
        return row_keys(Dataset({"text": texts(words)}, {"label": np.array(list(labels))}))

    a, b, c = keys("one", "two", "one")
    assert a == c != b
    assert keys("one", "two", "one", labels="xxy")[2] != c
    ragged = Ragged.of([["a", "b"], ["a"], ["a", "b"]], np.str_)
    one, two, three = row_keys(Dataset({"text": texts("ppp")}, {"tags": ragged}))
    assert one == three != two


def test_inputs_in_words() -> None:
    rows = Dataset({"text": texts(["a\nb", "x" * 300]), "values": np.arange(20.0).reshape(2, 10)})
    first, second = shown_inputs(rows)
    assert first == "text=a b; values=…,2,3,4,5,6,7,8,9"
    assert len(second) == row_answers.SHOWN
    assert second.endswith("…")
