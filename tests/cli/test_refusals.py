"""What commands refuse, each in one line, and what they then leave as it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lstm_toolkit.runs import CONFIG, METRICS, MODEL
from tests.conftest import TINY, bars

Command = Callable[..., tuple[int, str, str]]
SETS = [word for name, value in TINY.items() for word in ("--set", f"{name}={value}")]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["trian"], "no such command `trian`, did you mean `train`?"),
        (["train"], "Missing argument 'TASK'; see `lstm-toolkit train --help`"),
        (["train", "digit"], "unknown task `digit`, did you mean `digits`?"),
        (["train", "digits", "--set", "unit=64"], "unknown setting `unit`, did you mean `units`?"),
        (
            ["train", "digits", "--set", "labels=sparse"],
            "the setting `labels` is now called `label_format`",
        ),
        (
            ["tune", "sentiment", "--search", "pairs=0,1000"],
            "the setting `pairs` is now called `bigrams`",
        ),
        (["train", "digits", "--set", "units"], "--set must be NAME=VALUE. Received: units"),
        (
            ["train", "digits", "--epochs", "many"],
            "epochs must be an integer, at least 1. Received: epochs=many",
        ),
        (
            ["train", "digits", "--precision", "float16"],
            "precision must be one of auto, float32, mixed_float16, mixed_bfloat16. "
            "Received: precision=float16",
        ),
        (["evaluate", "nowhere"], "nowhere: no such run or model folder"),
        (["predict", "nowhere", "a.png"], "nowhere: no such run or model folder"),
        (["export", "{empty}"], "{empty}: needs a run folder with config.json. Received: none"),
        (["doctor", "digts"], "no such task or run `digts`, did you mean `digits`?"),
        (["doctor", "--set", "a=1"], "--set needs a task, as in `doctor digits --set units=64`"),
    ],
)
def test_wrong_words_give_one_line(
    command: Command, tmp_path: Path, words: list[str], message: str
) -> None:
    words = [word.replace("{empty}", str(tmp_path)) for word in words]
    code, out, err = command(*words)
    expected = f"lstm-toolkit: {message.replace('{empty}', str(tmp_path))}"
    assert (code, out) == (2, "")
    assert err.splitlines()[0].startswith(expected)
    assert len(err.splitlines()) == 1


def copy_with(run: Path, target: Path, change: Callable[[dict[str, Any]], Any]) -> Path:
    target.mkdir()
    config = json.loads((run / CONFIG).read_text())
    change(config)
    for file in run.iterdir():
        if file.is_file():
            (target / file.name).write_bytes(file.read_bytes())
    (target / CONFIG).write_text(json.dumps(config))
    return target


def test_runs_that_cannot_be_used(command: Command, run_folder: Path, tmp_path: Path) -> None:
    newer = copy_with(run_folder, tmp_path / "newer", lambda c: c.update(format=99))
    older = copy_with(run_folder, tmp_path / "older", lambda c: c.update(format=1))
    foreign = copy_with(run_folder, tmp_path / "foreign", lambda c: c.update(task="poetry"))
    unfinished = copy_with(run_folder, tmp_path / "unfinished", lambda c: None)
    (unfinished / METRICS).unlink()
    damaged = copy_with(run_folder, tmp_path / "damaged", lambda c: None)
    (damaged / CONFIG).write_text("{")
    empty = copy_with(run_folder, tmp_path / "empty", lambda c: c.clear())
    partial = copy_with(run_folder, tmp_path / "partial", lambda c: c.pop("settings"))
    other = copy_with(run_folder, tmp_path / "other", lambda c: c.update(settings=7))
    odd = copy_with(run_folder, tmp_path / "odd", lambda c: c.update(precision="float8"))
    for run, message in {
        newer: "was made by a newer version; needs format 2. Received: format=99",
        older: "was made by version 0.1; open it with that version of lstm_toolkit, or train again",
        foreign: "its task is not installed. Received: task=poetry",
        unfinished: "is unfinished; go on with the command that began it and --resume",
        damaged / CONFIG: "is damaged. ",
        empty: "is damaged; needs a format number. Received: format=None",
        partial / CONFIG: "is damaged; needs settings. Received: none",
        other / CONFIG: "is damaged; needs settings. Received: 7",
        odd / CONFIG: "is damaged; needs a precision. Received: precision='float8'",
    }.items():
        folder = run.parent if run.name == CONFIG else run
        for words in (["evaluate", folder], ["export", folder], ["predict", folder, "a.png"]):
            code, out, err = command(*words)
            assert (code, out) == (2, "")
            assert err.startswith(f"lstm-toolkit: {run}: {message}")
            assert err.count("\n") == 1


def test_train_refuses_what_would_spoil_a_run(
    command: Command, run_folder: Path, bars_file: Path
) -> None:
    train = ["train", "digits", "--data", bars_file, "--out", run_folder, *SETS]
    before = (run_folder / MODEL).read_bytes()
    for words, message in {
        (): "there is a run already; add --resume or choose another --out",
        ("--resume", "--seed", "4"): "was begun with seed=0. Received: seed=4",
        ("--resume", "--precision", "mixed_bfloat16"): "was begun with precision=float32. "
        "Received: precision=mixed_bfloat16",
    }.items():
        code, out, err = command(*train, *words)
        assert (code, out, err) == (2, "", f"lstm-toolkit: {run_folder}: {message}\n")
    code, _, err = command("train", "digits", "--out", run_folder, *SETS, "--resume")
    assert code == 2
    assert "was begun with other data: 60 images" in err
    assert (run_folder / MODEL).read_bytes() == before


def test_a_folder_with_other_files_is_not_trained_into(
    command: Command, bars_file: Path, tmp_path: Path
) -> None:
    (tmp_path / "labels.txt").write_text("mine")
    code, _, err = command("train", "digits", "--data", bars_file, "--out", tmp_path, *SETS)
    message = f"{tmp_path}: is not empty; choose another --out"
    assert (code, err) == (2, f"lstm-toolkit: {message}\n")
    assert (tmp_path / "labels.txt").read_text() == "mine"


def test_bad_data_writes_nothing(command: Command, tmp_path: Path) -> None:
    data, out = tmp_path / "a.npz", tmp_path / "run"
    images, _ = bars(9)
    np.savez(data, x=images, y=["a"] * 9)
    code, _, err = command("train", "digits", "--data", data, "--out", out)
    expected = f"{data}: needs at least two classes. Received: 9 rows, classes=a"
    assert (code, err) == (2, f"lstm-toolkit: {expected}\n")
    assert not out.exists()


def test_evaluating_unknown_labels(command: Command, run_folder: Path, tmp_path: Path) -> None:
    images, _ = bars(4)
    np.savez(tmp_path / "a.npz", x=images, y=["level", "upright", "slanted", "level"])
    code, _, err = command("evaluate", run_folder, "--data", tmp_path / "a.npz")
    message = "needs labels among level, upright. Received: slanted"
    assert (code, err) == (2, f"lstm-toolkit: {tmp_path / 'a.npz'}: {message}\n")


def test_a_folder_that_cannot_be_written_is_told_before_data_is_read(
    command: Command, run_folder: Path, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.touch()
    for words in (
        ["train", "digits", "--data", "nowhere", "--out", file / "run"],
        ["tune", "digits", "--data", "nowhere", "--out", file / "run"],
        ["export", run_folder, file / "run"],
    ):
        message = f"{file / 'run'}: needs a folder to write to. Received: a file, {file}"
        assert command(*words) == (2, "", f"lstm-toolkit: {message}\n")


def test_other_folders_than_runs_are_told_by_what_they_hold(
    command: Command, run_folder: Path, export_folder: Path
) -> None:
    for folder, message in (
        (export_folder, "needs a run folder, as train leaves it. Received: an exported model"),
        (
            run_folder.parent,
            f"needs one of them, as in {run_folder}. Received: runs, {run_folder.name}",
        ),
        (
            export_folder.parent,
            f"needs one of them, as in {export_folder}. Received: exported models, "
            f"{export_folder.name}",
        ),
    ):
        code, out, err = command("evaluate", folder)
        assert (code, out, err) == (2, "", f"lstm-toolkit: {folder}: {message}\n")


def test_every_message_has_at_most_400_characters(command: Command, tmp_path: Path) -> None:
    columns = ",".join(f"a_column_of_a_long_name_{number}" for number in range(500))
    deep = tmp_path / ("x" * 200) / ("y" * 200) / "z"
    deep.mkdir(parents=True)
    (deep / "a.csv").write_text(f"{columns}\n{columns}\n")
    for words in (
        ["train", "sentiment", "--data", deep / "a.csv", "--set", "text_column=b"],
        ["train", "translation", "--data", deep / "a.csv"],
        ["train", "digits", "--set", f"units={'9' * 3_000}x"],
        ["train", "x" * 3_000],
        ["predict", deep / "nowhere" / ("q" * 200), "a"],
        ["train", "digits", f"--{'o' * 3_000}"],
    ):
        code, _, err = command(*words)
        assert code == 2
        assert len(err.rstrip("\n")) <= 400, err
        assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["predict", "a" * 300, "text"],
            "'RUN|MODEL_DIR': names of files have at most 255 bytes. Received: 300",
        ),
        (
            ["train", "digits", "--data", "x/" + "b" * 5000],
            "'--data': names of files have at most 255 bytes. Received: 5,000",
        ),
        (["evaluate", "run", "--data", ""], "'--data': needs a path. Received: an empty text"),
    ],
)
def test_what_can_be_no_path_is_told(command: Command, words: list[str], message: str) -> None:
    code, out, err = command(*words)
    line = f"lstm-toolkit: Invalid value for {message}; see `lstm-toolkit {words[0]} --help`\n"
    assert (code, out, err) == (2, "", line)
