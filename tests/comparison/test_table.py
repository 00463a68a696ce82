"""Which runs a table shows, in which order, and what differs."""

from __future__ import annotations

from pathlib import Path

import pytest

from lstm_toolkit.comparison.catalogue import find_entries
from lstm_toolkit.comparison.entries import Entry
from lstm_toolkit.comparison.table import (
    aligned,
    as_text,
    chosen_entries,
    differing_settings,
    plain,
    sorted_entries,
)
from lstm_toolkit.errors import InputError
from tests.comparison.pretended import write_run


@pytest.fixture
def entries(tmp_path: Path) -> list[Entry]:
    write_run(tmp_path / "a", [1, 1, 1, 0], units=(8,), dropout=0.1)
    write_run(tmp_path / "b", [1, 1, 1, 1], units=(8, 8), dropout=0.1)
    for name, error in (("c", 2.0), ("d", 1.0)):
        write_run(tmp_path / name, task="forecasting", scores={"mae": error}, seed=ord(name))
    write_run(tmp_path / "e", [1, 0, 0, 0])
    (tmp_path / "e" / "metrics.json").unlink()
    return find_entries(tmp_path)[0]


def names(entries: list[Entry]) -> str:
    return "".join(entry.path.name for entry in entries)


def test_the_best_of_each_task_comes_first(entries: list[Entry]) -> None:
    assert names(sorted_entries(entries, "score")) == "dcbae"
    assert names(sorted_entries(entries, "path")) == "cdabe"
    assert names(sorted_entries(entries, "seconds")) == "cdabe"


def test_runs_are_chosen_by_facts_and_settings(entries: list[Entry]) -> None:
    def chosen(**wanted: str) -> str:
        return names(chosen_entries(entries, wanted))

    assert chosen(task="sentiment") == "abe"
    assert chosen(units="8,8") == "b"
    assert chosen(task="sentiment", status="finished", dropout="0.1") == "ab"
    assert chosen(data="MINE") == "abcde"
    assert chosen(units="9") == ""


def test_names_that_no_run_has(entries: list[Entry]) -> None:
    with pytest.raises(InputError) as caught:
        chosen_entries(entries, {"unit": "8"})
    assert str(caught.value) == "--filter knows no `unit`, did you mean `units`?"
    with pytest.raises(InputError) as caught:
        sorted_entries(entries, "scor")
    assert str(caught.value) == "--sort knows no `scor`, did you mean `score`?"


def test_settings_differ_within_a_task_alone(entries: list[Entry]) -> None:
    a, b, c, d, e = differing_settings(entries)
    assert (a["units"], b["units"]) == ([8], [8, 8])
    assert set(a) == set(b) == set(e) == {"units", "dropout"}
    assert (c, d) == ({"seed": ord("c")}, {"seed": ord("d")})


def test_a_run_alone_differs_from_the_defaults(entries: list[Entry]) -> None:
    (alone,) = differing_settings(entries[:1])
    assert alone == {"units": [8], "dropout": 0.1}


def test_the_text(tmp_path: Path, entries: list[Entry]) -> None:
    text = as_text(sorted_entries(entries, "score"), [tmp_path / "notes"])
    head, *rows, last = (line.replace(str(tmp_path), "") for line in text.splitlines())
    columns = ["run", "task", "data", "score", "simplest method", "seconds", "settings that differ"]
    assert head.split("  ")[0].strip() == "run"
    assert [name for name in columns if name in head] == columns
    assert rows[2].split() == [
        "/b", "sentiment", "mine.csv", "012345", "accuracy", "1.0000", "±", "0.0500",
        "logistic_regression", "0.7000", "12", "units=8,8", "dropout=0.1",
    ]  # fmt: skip
    assert "unfinished: 2 epochs are done; units=" in rows[4]
    assert last == "no run in: notes"


def test_wide_letters_take_two_columns() -> None:
    assert aligned([("评论", "1"), ("abcde", "2")]) == ["评论   1", "abcde  2"]


def test_names_move_no_cursor() -> None:
    assert plain("a\x1b[2J\nb") == "a?[2J b"
