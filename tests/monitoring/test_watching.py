"""A watch as a whole, with a classifier that needs no training."""

from __future__ import annotations

import contextlib
import csv
import dataclasses
import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lstm_toolkit.errors import InputError
from lstm_toolkit.monitoring.alerts import tell, write_alerts
from lstm_toolkit.monitoring.dated import DatedColumns, day_of
from lstm_toolkit.monitoring.lines import TextColumns, rows_of_lines
from lstm_toolkit.monitoring.watching import Watch, open_watch
from lstm_toolkit.serving import prediction
from tests.monitoring.pretended import model, news

DAYS, CHANGED = 80, 70


@pytest.fixture
def trained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that opens as the pretended model."""
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "metrics.json").write_text("{}")
    monkeypatch.setattr(prediction, "open_model", lambda path: model())
    return folder


def write(path: Path, rows: Iterator[dict[str, str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["date", "ticker", "headline"])
        writer.writeheader()
        writer.writerows(rows)
    return path


def groups(rows: list[dict[str, str]], size: int) -> Iterator[list[str]]:
    lines = [json.dumps(row) for row in rows]
    for start in range(0, len(lines), size):
        yield lines[start : start + size]


def watch(trained: Path, state: Path) -> Watch:
    return open_watch(trained, model(), state, columns=DatedColumns(entity="ticker"))


def streamed(opened: Watch, rows: list[dict[str, str]], size: int = 100) -> list[dict[str, Any]]:
    alerts = []
    for _ in opened.stream(rows_of_lines(groups(rows, size), TextColumns())):
        alerts += tell(opened.journal, lambda alert: None)
    opened.journal.close()
    return alerts


def test_a_change_is_found_and_told_with_its_texts(trained: Path, tmp_path: Path) -> None:
    alerts = streamed(watch(trained, tmp_path / "a.sqlite"), list(news(DAYS, CHANGED)))
    assert {(alert["entity"], alert["date"]) for alert in alerts} == {
        ("", "2024-03-11"),
        ("ACME", "2024-03-12"),
        ("Globex", "2024-03-12"),
    }
    for alert in alerts:
        assert alert["direction"] == "down"
        assert (alert["method"] == "z") == (alert["date"] == alert["since"])
        assert [text["text"].split()[0] for text in alert["headlines"]] == ["bad"] * 5
        assert alert["usual"] == pytest.approx(0.0, abs=0.2)


def test_nothing_is_found_where_nothing_changes(trained: Path, tmp_path: Path) -> None:
    assert streamed(watch(trained, tmp_path / "a.sqlite"), list(news(100))) == []


def test_a_watch_that_is_cut_anywhere_loses_and_repeats_nothing(
    trained: Path, tmp_path: Path
) -> None:
    """The rows come again from the start, as from a file that grew."""
    rows = list(news(DAYS, CHANGED, texts=10))
    whole = streamed(watch(trained, tmp_path / "whole.sqlite"), rows)
    assert {alert.pop("watch") for alert in whole}
    for cut in (1, 333, 705, 711, 799):
        state = tmp_path / f"{cut}.sqlite"
        opened = watch(trained, state)
        alerts = []
        for _ in opened.stream(rows_of_lines(groups(rows[:cut], 50), TextColumns())):
            if opened.account.rows == cut:
                break  # as if it was killed: the last day was not judged
            alerts += tell(opened.journal, lambda alert: None)
        opened.journal.close()
        again = watch(trained, state)
        alerts += streamed(again, rows)
        watches = {alert.pop("watch") for alert in alerts}
        assert len(watches) == 1
        assert alerts == whole
        assert again.account.repeated == cut
        assert again.account.added + cut == len(rows)


def test_what_was_not_told_is_told_later_and_written_once(trained: Path, tmp_path: Path) -> None:
    opened = watch(trained, tmp_path / "a.sqlite")
    for _ in opened.stream(rows_of_lines(groups(list(news(DAYS, CHANGED)), 100), TextColumns())):
        pass  # nothing is told

    def fails(alert: dict[str, Any]) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        tell(opened.journal, fails)
    told: list[dict[str, Any]] = []
    tell(opened.journal, told.append)
    tell(opened.journal, told.append)
    assert [alert["number"] for alert in told] == [1, 2, 3]
    path = tmp_path / "alerts.jsonl"
    write_alerts(opened.journal, path)
    path.write_bytes(path.read_bytes()[:-20])  # cut off by a crash
    write_alerts(opened.journal, path)
    assert [json.loads(line) for line in path.read_text("utf-8").splitlines()] == told
    opened.journal.close()


def test_a_file_of_alerts_serves_several_journals_and_keeps_what_is_not_ours(
    trained: Path, tmp_path: Path
) -> None:
    path = tmp_path / "alerts.jsonl"
    path.write_text('{"somebody": "else"}')
    for state in ("a.sqlite", "b.sqlite"):
        opened = watch(trained, tmp_path / state)
        for _ in opened.stream(
            rows_of_lines(groups(list(news(DAYS, CHANGED)), 100), TextColumns())
        ):
            write_alerts(opened.journal, path)
        opened.journal.close()
    lines = path.read_text("utf-8").splitlines()
    assert lines[0] == '{"somebody": "else"}'
    assert [json.loads(line)["number"] for line in lines[1:]] == [1, 2, 3, 1, 2, 3]


def test_a_watch_goes_on_over_midnight(trained: Path, tmp_path: Path) -> None:
    clock = [day_of("2024-01-01")]
    opened = dataclasses.replace(watch(trained, tmp_path / "a.sqlite"), today=lambda: clock[0])
    rows = [{"date": f"2024-01-0{d}", "ticker": "A", "headline": "good"} for d in (1, 3, 4)]
    for _ in opened.stream(rows_of_lines(groups(rows, 1), TextColumns())):
        clock[0] += 1
    opened.journal.close()
    assert opened.account.line() == "3 rows: 3 added"


def test_one_odd_row_ends_no_watch(trained: Path, tmp_path: Path) -> None:
    opened = watch(trained, tmp_path / "a.sqlite")
    rows = [
        {"date": "2024-01-01", "ticker": "ACME", "headline": "good"},
        {"date": "2024-01-01", "headline": "without an entity"},
        {"date": "2024-01-01", "ticker": "\ud83d", "headline": "half a sign \ud83d"},
        {"date": "2024-01-01"},
        {"date": "1969-07-20", "ticker": "ACME", "headline": "good"},
    ]
    streamed(opened, rows)
    assert opened.account.line() == "5 rows: 4 added, 1 with an error"


def test_a_database_of_something_else_stays_as_it_is(trained: Path, tmp_path: Path) -> None:
    path = tmp_path / "app.db"
    with contextlib.closing(sqlite3.connect(path)) as base:
        base.execute("CREATE TABLE days (name TEXT)")
    before = path.read_bytes()
    with pytest.raises(InputError, match=r"is no journal of `monitor`\. It is a database of"):
        watch(trained, path)
    assert path.read_bytes() == before


def test_rows_of_days_that_were_judged_are_added_and_told(trained: Path, tmp_path: Path) -> None:
    rows = list(news(30))
    state = tmp_path / "a.sqlite"
    streamed(watch(trained, state), rows)
    late = {"date": "2024-01-10", "ticker": "ACME", "headline": "good late news"}
    again = watch(trained, state)
    streamed(again, [late])
    assert again.account.line() == "1 rows: 1 added (1 for days that were judged before)"


def test_a_journal_is_not_mixed_with_another(trained: Path, tmp_path: Path) -> None:
    state = tmp_path / "a.sqlite"
    opened = watch(trained, state)
    with pytest.raises(InputError, match=r"cannot be opened for watching\. database is locked$"):
        watch(trained, state)
    opened.journal.close()
    with pytest.raises(InputError, match=r"was begun with another choice of classes; give"):
        open_watch(trained, model(), state, label="neutral")
    (trained / "metrics.json").write_text("{ }")
    with pytest.raises(InputError, match=r"was begun with another model; give another --state\."):
        watch(trained, state)
    (tmp_path / "b.sqlite").write_text("no journal, but long enough to be one " * 100)
    with pytest.raises(InputError, match=r"is no journal of `monitor`\."):
        watch(trained, tmp_path / "b.sqlite")


def test_the_command_reads_tables_in_any_order(
    trained: Path, tmp_path: Path, command: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = list(news(DAYS, CHANGED))[::-1]
    rows.insert(5, {"date": "soon", "ticker": "ACME", "headline": "good"})
    data = write(tmp_path / "news.csv", iter(rows))
    words = ("monitor", trained, "--data", data, "--page", "watch.html", "--alerts", "a.jsonl")
    code, out, err = command(*words)
    assert code == 2
    lines = out.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("2024-03-11, all texts: down to -0.6")
    assert "good: needs a date. Received: soon" in err
    assert "2401 rows: 2400 added, 1 with an error" in err
    assert len((tmp_path / "a.jsonl").read_text().splitlines()) == 3
    page = (tmp_path / "watch.html").read_text("utf-8")
    assert "Globex" in page and "bad news" in page
    code, out, err = command(*words)
    assert (code, out) == (2, "")
    assert "2401 rows: 0 added, 2400 seen before, 1 with an error" in err
    assert len((tmp_path / "a.jsonl").read_text().splitlines()) == 3
    code, out, _ = command(*words[:4], "--json")
    assert json.loads(out) == {
        "alerts": [],
        **{"rows": 2401, "added": 0, "repeated": 2400, "late": 0, "unlike": 0, "errors": 1},
    }


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--data", "-", "--follow"), "--follow needs a file; standard input is followed anyway"),
        (("--data", "no.csv"), "no.csv: no such file; needs a table of dated texts"),
        (
            ("--data", "-", "--date-order", "dmy"),
            "--date-order must be one of auto|day/month|month/day. Received: dmy",
        ),
        (("--data", "-", "--page", "no/a.html"), "no/a.html: no such folder as no"),
        (
            ("--data", "a.csv", "--alerts", "a.csv"),
            "--data, --state, --alerts and --page need files of their own",
        ),
    ],
)
def test_words_that_are_refused(
    trained: Path,
    tmp_path: Path,
    command: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = command("monitor", trained, *words)
    assert (code, out, err) == (2, "", f"lstm-toolkit: {message}\n")


def test_a_model_of_images_is_refused(run_folder: Path, command: Callable[..., Any]) -> None:
    code, _, err = command("monitor", run_folder, "--data", "-")
    assert (code, err) == (
        2,
        "lstm-toolkit: monitor needs a model of classes of texts. Received: digits\n",
    )
