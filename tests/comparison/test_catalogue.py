"""Folders with runs in any state, and with what is no run: a line each, nothing lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.comparison.catalogue import find_entries
from lstm_toolkit.comparison.entries import Entry, read_run
from lstm_toolkit.errors import InputError
from lstm_toolkit.runs import CONFIG, METRICS, SAVED_MODEL
from tests.comparison.pretended import write_run


def change(file: Path, **values: Any) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | values))


def states(entries: list[Entry], root: Path) -> dict[str, tuple[str, str, str]]:
    return {
        str(entry.path.relative_to(root)): (entry.kind, entry.status, entry.reason)
        for entry in entries
    }


def test_every_state_has_its_line(tmp_path: Path) -> None:
    right = [1, 1, 1, 0]
    write_run(tmp_path / "whole", right)
    (write_run(tmp_path / "cut", right) / METRICS).unlink()
    (write_run(tmp_path / "torn", right) / METRICS).write_text("{")
    (write_run(tmp_path / "broken", right) / CONFIG).write_text("[1")
    change(write_run(tmp_path / "older", right) / CONFIG, format=1)
    change(write_run(tmp_path / "newer", right) / CONFIG, format=99)
    change(write_run(tmp_path / "strange", right) / CONFIG, task="music")
    change(write_run(tmp_path / "odd", right) / CONFIG, settings=[1], data=None)
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / CONFIG).write_text('{"model_type": "bert"}')
    (tmp_path / "begun").mkdir()
    (tmp_path / "begun" / "samples.npz").write_bytes(b"")
    (tmp_path / "notes" / "deep").mkdir(parents=True)
    (tmp_path / "export" / "1").mkdir(parents=True)
    (tmp_path / "export" / "1" / SAVED_MODEL).write_bytes(b"")
    write_run(tmp_path / "group" / "inner", right)
    (tmp_path / "file.txt").write_text("")
    entries, without = find_entries(tmp_path)
    found = states(entries, tmp_path)
    assert {name: state[1] for name, state in found.items()} == {
        "whole": "finished", "cut": "unfinished", "torn": "unreadable", "broken": "unreadable",
        "older": "unreadable", "newer": "unreadable", "strange": "unreadable",
        "odd": "unreadable", "foreign": "unreadable", "begun": "unreadable",
        "group/inner": "finished",
    }  # fmt: skip
    assert found["cut"][2] == "2 epochs are done"
    assert found["older"][2] == (
        "was made by version 0.1; open it with that version of lstm_toolkit, or train again"
    )
    assert found["newer"][2] == ("was made by a newer version; needs format 2. Received: format=99")
    assert found["strange"][2] == "its task is not installed. Received: task=music"
    assert found["begun"][2] == "needs a run folder with config.json. Received: none"
    assert [path.name for path in without] == ["export", "notes"]


def test_a_search_is_one_line_with_the_score_of_its_best(tmp_path: Path) -> None:
    search = tmp_path / "search"
    write_run(search / "best", [1, 1, 1, 0], units=(8,))
    write_run(search / "best-1", [1, 1, 0, 0])
    write_run(search / "trials" / "0", [1, 0, 0, 0])
    (search / "search.json").write_text('{"task": "sentiment", "data": null}')
    (search / "trials.csv").write_text("trial,seconds,ended\n0,3.5,4\n1,2.5,7\n2,,\n")
    entries, _ = find_entries(tmp_path)
    assert states(entries, tmp_path) == {
        "search": ("search", "finished", ""), "search/best-1": ("run", "finished", "")
    }  # fmt: skip
    best = entries[0]
    assert (best.trials, best.seconds, best.value, best.settings["units"]) == (2, 6.0, 0.75, [8])
    assert best.run == search / "best"


def test_a_search_without_a_best_run_is_unfinished(tmp_path: Path) -> None:
    for name, text in {
        "one": '{"task": "digits", "data": {"note": "9 images: x"}}',
        "two": "{",
    }.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "search.json").write_text(text)
    one, two = find_entries(tmp_path)[0]
    assert (one.status, one.reason, one.task, one.data) == (
        "unfinished", "0 trials have ended", "digits", "9 images"
    )  # fmt: skip
    assert two.status == "unreadable"


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    write_run(tmp_path / "a" / "run", [1])
    (tmp_path / "a" / "back").symlink_to(tmp_path)
    (tmp_path / "again").symlink_to(tmp_path / "a" / "run")
    assert len(find_entries(tmp_path)[0]) == 1


def test_a_run_itself_is_a_table_of_one(tmp_path: Path) -> None:
    entries, without = find_entries(write_run(tmp_path / "run", [1, 1, 0, 0]))
    assert [entry.path.name for entry in entries] == ["run"]
    assert not without
    (entry,) = entries
    assert (entry.data, entry.score, entry.value) == ("mine.csv", "accuracy", 0.5)
    assert (entry.simplest, entry.simplest_value) == ("logistic_regression", 0.7)


def test_errors_are_best_where_they_are_least(tmp_path: Path) -> None:
    methods = {"last_value": {"mae": 3.0}, "linear": {"mae": 2.0}}
    scores = {"mae": 1.0, "baselines": methods}
    entry = read_run(write_run(tmp_path / "run", task="forecasting", scores=scores))
    assert (entry.direction, entry.simplest, entry.simplest_value) == ("min", "linear", 2.0)


@pytest.mark.parametrize(("name", "received"), [("none", "none"), ("file", "a file")])
def test_what_is_no_folder(tmp_path: Path, name: str, received: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError) as caught:
        find_entries(tmp_path / name)
    assert str(caught.value) == f"{tmp_path / name}: needs a folder of runs. Received: {received}"


def test_no_folder_of_the_usual_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as caught:
        find_entries()
    assert str(caught.value) == (
        "needs a folder of runs. Received: none, and neither runs nor tuning"
    )
    write_run(tmp_path / "runs" / "one", [1])
    assert len(find_entries()[0]) == 1


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=True) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@settings(max_examples=50, deadline=None)
@given(
    file=st.sampled_from([CONFIG, METRICS, "history.csv"]),
    key=st.sampled_from(["settings", "data", "task", "format", "test", "epochs", "train_seconds"]),
    value=JSON,
    whole=st.booleans(),
)
def test_no_content_of_a_file_ends_the_table(
    tmp_path_factory: pytest.TempPathFactory, file: str, key: str, value: Any, whole: bool
) -> None:
    folder = write_run(tmp_path_factory.mktemp("any") / "run", [1, 0])
    if whole or file == "history.csv":
        (folder / file).write_text(json.dumps(value))
    else:
        change(folder / file, **{key: value})
    entry = read_run(folder)
    assert entry.status == "finished" or entry.reason
