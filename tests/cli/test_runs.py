"""`lstm-toolkit runs` and `runs compare` as people meet them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.comparison.pretended import write_run

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two runs of one task, one of another, and a folder without any."""
    monkeypatch.chdir(tmp_path)
    write_run(Path("runs/a"), [1] * 60 + [0] * 40, units=(8,))
    write_run(Path("runs/b"), [1] * 80 + [0] * 20, units=(16,))
    write_run(Path("runs/c"), task="forecasting", scores={"mae": 1.0})
    Path("runs/notes").mkdir()
    return Path("runs")


def test_the_table(command: Command, folder: Path) -> None:
    code, out, err = command("runs")
    assert (code, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines()] == [
        "run", "runs/c", "runs/b", "runs/a", "no"
    ]  # fmt: skip
    assert out.splitlines()[-1] == "no run in: notes"
    assert command("runs", folder)[1] == out
    code, out, _ = command("runs", "--filter", "task=sentiment", "--filter", "units=8")
    assert [line.split()[0] for line in out.splitlines()] == ["run", "runs/a", "no"]
    code, out, _ = command("runs", "--filter", "units=9")
    assert (code, out.splitlines()[0]) == (0, "none of 3 runs fits --filter")


def test_the_table_as_json(command: Command, folder: Path) -> None:
    code, out, err = command("runs", "--json", "--sort", "path")
    assert (code, err) == (0, "")
    facts = json.loads(out)
    assert facts["without_runs"] == ["runs/notes"]
    run = facts["runs"][1]
    assert (run["path"], run["task"], run["score"], run["value"], run["simplest"]) == (
        "runs/a", "sentiment", "accuracy", 0.6, "logistic_regression"
    )  # fmt: skip
    assert run["differs"] == {"units": [8]}
    assert run["settings"]["dropout"] == 0.5


def test_curves_are_drawn(command: Command, folder: Path) -> None:
    assert command("runs", "--plot", "curves.png", "--filter", "task=sentiment")[0] == 0
    assert Path("curves.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--plot", "a.png"], (
            "--plot needs runs of one task with a history, as by --filter task=NAME. "
            "Received: forecasting, sentiment"
        )),
        (["--plot", "a.txt"], "--plot must end in .png, .svg, .pdf. Received: a.txt"),
        (["--plot", "notes.png"], "notes.png: needs a file to write to. Received: a folder"),
        (["--filter", "units"], "--filter must be NAME=VALUE. Received: units"),
        (["--filter", "unit=8"], "--filter knows no `unit`, did you mean `units`?"),
        (["--sort", "scor"], "--sort knows no `scor`, did you mean `score`?"),
        (["none"], "none: needs a folder of runs. Received: none"),
        (["compare", "runs/a", "runs/c"], (
            "needs two runs of one task. Received: runs/a of sentiment, runs/c of forecasting"
        )),
        (["compare", "runs/a"], (
            "Missing argument 'B'; see `lstm-toolkit runs compare --help`"
        )),
        (["compare", "runs/a", "runs/x"], (
            "runs/x: no such run or model folder, did you mean `runs/c`?"
        )),
    ],
)  # fmt: skip
def test_what_is_refused(command: Command, folder: Path, words: list[str], message: str) -> None:
    Path("notes.png").mkdir()
    code, out, err = command("runs", *words)
    assert (code, out, err) == (2, "", f"lstm-toolkit: {message}\n")


def test_two_runs_compared(command: Command, folder: Path) -> None:
    code, out, err = command("runs", "compare", "runs/a", "runs/b", "--examples", "0")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "A is runs/a, B runs/b"
    assert lines[2].split() == ["units", "8", "16"]
    assert lines[-2] == "B is better: +20.0 points, 95 % 12.0 to 28.0"
    code, out, _ = command("runs", "compare", "runs/a", "runs/b", "--json")
    facts = json.loads(out)
    assert (facts["better"], facts["rows"], facts["better_rows"]) == ("b", 100, {"a": 0, "b": 20})


def test_a_folder_may_be_called_compare(command: Command, folder: Path) -> None:
    write_run(Path("compare/x"), [1, 0])
    assert "compare/x" in command("runs", "./compare")[1]


def test_the_table_needs_no_tensorflow(folder: Path) -> None:
    code = (
        "import sys; from lstm_toolkit.cli.commands import main\n"
        "try: main(['runs', *sys.argv[1:]])\n"
        "except SystemExit as end: assert end.code == 0\n"
        "heavy = {'tensorflow', 'keras', 'pandas', 'sklearn', 'matplotlib'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    for words in ([], ["compare", "runs/a", "runs/b"]):
        subprocess.run([sys.executable, "-c", code, *words], check=True, capture_output=True)


def test_a_report_is_written_and_shown(
    command: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert command("runs", "open", "runs/a", "--no-browser") == (0, "runs/a/report.html\n", "")
    shown: list[str] = []
    monkeypatch.setattr("click.launch", lambda url: shown.append(url) or 0)
    assert command("runs", "open", "runs/a") == (0, "runs/a/report.html\n", "")
    assert shown == [Path("runs/a/report.html").resolve().as_uri()]
    monkeypatch.setattr("click.launch", lambda url: 1)
    line = "lstm-toolkit: no browser can be started here; open the file in one\n"
    assert command("runs", "open", "runs/a") == (0, "runs/a/report.html\n", line)
    assert command("runs", "open", "runs/a", "--json") == (
        0, '{"report": "runs/a/report.html"}\n', ""
    )  # fmt: skip
    code, _, err = command("runs", "open", "runs/notes")
    assert (code, err) == (
        2, "lstm-toolkit: runs/notes: needs a run folder with config.json. Received: none\n"
    )  # fmt: skip
