"""The command `predict` on images."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.conftest import bars

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    images, _ = bars(4)
    paths = [tmp_path / f"{i}.png" for i in range(4)]
    for image, path in zip(images, paths, strict=True):
        Image.fromarray(image).save(path)
    return paths


def test_predict_answers_in_order_from_run_and_export_alike(
    command: Command, run_folder: Path, export_folder: Path, pictures: list[Path]
) -> None:
    answers = []
    for model in (run_folder, export_folder, export_folder / "1"):
        code, out, _ = command("predict", model, *pictures, "--json")
        assert code == 0
        answers.append(json.loads(out)["predictions"])
        assert [a["input"] for a in answers[-1]] == list(map(str, pictures))
    assert answers[1] == answers[2]
    for one, other in zip(answers[0], answers[1], strict=True):
        assert one["label"] == other["label"]
        assert one["probability"] == pytest.approx(other["probability"], abs=1e-5)
    code, out, _ = command("predict", run_folder, *pictures)
    lines = [line.split("\t") for line in out.splitlines()]
    assert [line[0] for line in lines] == list(map(str, pictures))
    assert lines[0][1] == answers[0][0]["label"]


def test_predict_answers_the_good_files_among_bad_ones(
    command: Command, run_folder: Path, pictures: list[Path], tmp_path: Path
) -> None:
    bad = tmp_path / "bad.png"
    bad.write_text("nothing")
    code, out, err = command("predict", run_folder, pictures[0], bad, pictures[1], "--json")
    assert code == 2
    assert err == "lstm-toolkit: 1 of the inputs cannot be answered, see the errors in the JSON\n"
    one, failed, other = json.loads(out)["predictions"]
    assert failed.keys() == {"input", "error"}
    assert failed["input"] == str(bad)
    assert "label" in one
    assert "label" in other
    code, out, err = command("predict", run_folder, pictures[0], bad, pictures[1])
    assert code == 2
    names = [line.split("\t")[0] for line in out.splitlines()]
    assert names == [str(pictures[0]), str(bad), str(pictures[1])]
    assert out.splitlines()[1].startswith(f"{bad}\terror: ")
    assert err == "lstm-toolkit: 1 of the inputs cannot be answered, see the errors above\n"


def test_predict_reads_names_from_standard_input(
    command: Command, run_folder: Path, pictures: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(f"{pictures[2]}\n{pictures[0]}\n".encode()))
    monkeypatch.setattr(sys, "stdin", stdin)
    code, out, _ = command("predict", run_folder, pictures[1], "-", "--json")
    assert code == 0
    names = [a["input"] for a in json.loads(out)["predictions"]]
    assert names == [str(pictures[i]) for i in (1, 2, 0)]


def test_predict_takes_arrays_and_the_tasks_own_flag(
    command: Command, run_folder: Path, tmp_path: Path
) -> None:
    images, _ = bars(3)
    np.save(tmp_path / "a.npy", images)
    np.save(tmp_path / "b.npy", 255 - images)
    _, out, _ = command("predict", run_folder, tmp_path / "a.npy", "--json")
    _, inverted, _ = command("predict", run_folder, tmp_path / "b.npy", "--invert", "--json")
    plain, turned = (json.loads(text)["predictions"] for text in (out, inverted))
    assert [a["input"] for a in plain] == [f"{tmp_path / 'a.npy'}[{i}]" for i in range(3)]
    assert [a["probability"] for a in plain] == pytest.approx(
        [a["probability"] for a in turned], abs=1e-5
    )
