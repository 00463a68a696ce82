"""A file of a run or an export is damaged: one line, or the same answer, and never a traceback."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import TINY, bars

Command = Callable[..., tuple[int, str, str]]
SETS = [word for name, value in TINY.items() for word in ("--set", f"{name}={value}")]

DAMAGES: dict[str, Callable[[bytes], bytes | None]] = {
    "half": lambda content: content[: len(content) // 2],
    "gone": lambda content: None,
    "empty": lambda content: b"",
    "other": lambda content: b"\x00\xff{}[]rubbish" * 9,
    "list": lambda content: b"[1, 2]",
    "object": lambda content: b"{}",
}
OF_NO_ANSWER = (
    *("tensorboard", "plots", "history.csv", "samples.npz", "backup", ".lock"),
    "1/assets.extra/tf_serving",
)
"""Files that answers do not need."""


def damaged(folder: Path, damage: str, copy: Path) -> Iterator[str]:
    """Yields the name of each file, which is damaged meanwhile in a copy of the folder."""
    shutil.copytree(folder, copy)
    for file in sorted(file for file in copy.rglob("*") if file.is_file()):
        name = file.relative_to(copy).as_posix()
        if name.startswith(OF_NO_ANSWER):
            continue
        whole = file.read_bytes()
        content = DAMAGES[damage](whole)
        if content is None:
            file.unlink()
        else:
            file.write_bytes(content)
        yield name
        file.write_bytes(whole)


def check(name: str, outcome: tuple[int, str, str], known: str) -> None:
    code, out, err = outcome
    last = err.splitlines()[-1] if err else ""
    told = code == 2 and last.startswith("lstm-toolkit: ") and len(last) <= 400
    assert told or (code == 0 and out == known), f"{name}: {code} {out[-200:]} {err[-400:]}"
    assert "Traceback" not in err, name


@pytest.fixture
def image(tmp_path: Path) -> Path:
    np.save(tmp_path / "one.npy", bars(1)[0][0])
    return tmp_path / "one.npy"


@pytest.mark.parametrize(
    ("kind", "damage"),
    [
        pytest.param(kind, damage, marks=() if damage == "half" else marks)
        for number, damage in enumerate(DAMAGES)
        for kind, marks in zip(
            ("run", "export"),
            (pytest.mark.slow, pytest.mark.full)[:: 1 if number % 2 else -1],
            strict=True,
        )
    ],
)
def test_predict(
    kind: str,
    damage: str,
    command: Command,
    run_folder: Path,
    export_folder: Path,
    image: Path,
    tmp_path: Path,
) -> None:
    folder, copy = run_folder if kind == "run" else export_folder, tmp_path / "copy"
    known = command("predict", folder, image)[1]
    names = []
    for name in damaged(folder, damage, copy):
        check(name, command("predict", copy, image), known)
        names.append(name)
    assert len(names) > 5


@pytest.mark.parametrize(
    "damage",
    [pytest.param(d, marks=pytest.mark.slow if d == "half" else pytest.mark.full) for d in DAMAGES],
)
@pytest.mark.parametrize("words", ["evaluate", "export", "train"])
def test_what_needs_a_run(
    words: str,
    damage: str,
    command: Command,
    run_folder: Path,
    bars_file: Path,
    tmp_path: Path,
) -> None:
    copy = tmp_path / "copy"

    def run(folder: Path) -> tuple[int, str, str]:
        if words == "train":
            resumed = ("--data", bars_file, "--out", folder, "--resume", "--json", *SETS)
            code, out, err = command("train", "digits", *resumed)
            return code, re.sub(r'"train_seconds": [\d.]+', "", out), err
        if words == "export":
            code, out, err = command("export", folder, tmp_path / "model", "--json")
            return code, "" if code == 0 else out, err
        return command("evaluate", folder, "--json")

    known = run(run_folder)[1]
    for name in damaged(run_folder, damage, copy):
        if words != "train" or name != "model.keras":  # which a training that goes on writes anew
            check(name, run(copy), known)
        shutil.rmtree(tmp_path / "model", ignore_errors=True)


@pytest.mark.parametrize("damage", ["half", "other", "list", "object"])
def test_scores_of_a_run_that_are_damaged_are_told(
    damage: str, command: Command, run_folder: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(run_folder, copy)
    whole = (copy / "metrics.json").read_bytes()
    (copy / "metrics.json").write_bytes(DAMAGES[damage](whole) or b"")
    code, _, err = command("evaluate", copy)
    assert code == 2
    assert err.startswith(f"lstm-toolkit: {copy / 'metrics.json'}: is damaged")
    assert err.count("\n") == 1
