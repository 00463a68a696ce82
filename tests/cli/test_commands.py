"""The command line as scripts and people meet it."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from PIL import Image

from lstm_toolkit.cli import commands
from lstm_toolkit.errors import TrainingError
from lstm_toolkit.runs import CONFIG, METRICS
from lstm_toolkit.system.files import LOCK
from lstm_toolkit.tasks import task_names
from tests.conftest import TINY, bars

Command = Callable[..., tuple[int, str, str]]
SETS = [word for name, value in TINY.items() for word in ("--set", f"{name}={value}")]


def test_help_answers_at_once_and_without_tensorflow() -> None:
    code = (
        "import sys; from lstm_toolkit.cli.commands import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "heavy = {'tensorflow', 'keras', 'pandas', 'sklearn', 'matplotlib', 'starlette'}\n"
        "heavy &= set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    for words in (
        ["--help"],
        ["tasks"],
        ["train", "digits", "--help"],
        ["predict", "--help"],
        ["serve", "--help"],
    ):
        for _ in range(3):  # unless the first is quick enough
            began = computed()
            subprocess.run([sys.executable, "-c", code, *words], check=True, capture_output=True)
            seconds = computed() - began
            # Half of it on an idle machine; these two import all tasks, which takes most of it.
            limit = 0.7 if words[0] in ("predict", "tasks") else 0.5
            if seconds < limit:
                break
        assert seconds < limit, words


def computed() -> float:
    """Returns the seconds that processes begun here have computed, however busy the machine."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_tasks_of_other_packages_are_looked_for_a_few_times(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls, look = [], metadata.entry_points

    def counted(**named: str) -> Any:
        calls.append(named)
        return look(**named)

    monkeypatch.setattr(metadata, "entry_points", counted)
    assert command("predict", "--help")[0] == 0
    assert len(calls) <= 1 + len(task_names())


def test_help_lists_the_settings_of_a_task(command: Command) -> None:
    code, out, _ = command("train", "digits", "--help")
    assert code == 0
    text = " ".join(out.split())
    assert "preset Start from named settings: plain, mnist." in text
    assert "Width of each recurrent layer, first to last." in text


def test_tasks(command: Command) -> None:
    code, out, _ = command("tasks", "--json")
    assert code == 0
    assert "digits" in [task["name"] for task in json.loads(out)["tasks"]]


def test_train_leaves_a_whole_run(run_folder: Path) -> None:
    metrics = json.loads((run_folder / METRICS).read_text())
    assert metrics["task"] == "digits"
    assert metrics["epochs"] == 2
    assert metrics["train_seconds"] > 0
    for part in ("validation", "test"):
        scores = {"accuracy", "macro_f1", "loss", "calibration_error", "standard_error"}
        assert scores <= metrics[part].keys()
    baselines = metrics["test"]["baselines"]
    assert {"most_frequent"} <= baselines.keys() <= {"most_frequent", "logistic_regression"}
    assert "baselines" not in metrics["validation"]
    config = json.loads((run_folder / CONFIG).read_text())
    assert config["settings"]["units"] == [8, 8]
    assert config["data"]["note"].startswith("60 images of 6×5 in ")
    assert (run_folder / "target" / "labels.txt").read_text() == "level\nupright\n"
    assert (run_folder / "features" / "images" / "image.json").exists()
    assert len((run_folder / "history.csv").read_text().splitlines()) == 3
    names = {path.stem for path in (run_folder / "plots").glob("*.png")}
    assert names == {"learning_curves", "confusion_matrix", "calibration", "worst_mistakes"}
    assert list((run_folder / "tensorboard").rglob("events*"))
    assert [entry.name for entry in run_folder.glob(".*")] == [LOCK]


def test_train_prints_json_alone(command: Command, bars_file: Path, tmp_path: Path) -> None:
    out_folder = tmp_path / "run"
    code, out, err = command(
        "train", "digits", "--data", bars_file, "--out", out_folder, "--json", *SETS, "--epochs", 1
    )
    assert code == 0
    assert json.loads(out) == json.loads((out_folder / METRICS).read_text())
    assert "epoch 1/1" in err
    assert "cuDNN" not in err
    again, out_again, _ = command(
        "train", "digits", "--data", bars_file, "--out", out_folder, "--json", *SETS,
        "--epochs", 1, "--resume",
    )  # fmt: skip
    assert (again, out_again) == (0, out)


def test_evaluate(command: Command, run_folder: Path) -> None:
    code, out, _ = command("evaluate", run_folder, "--json")
    assert code == 0
    scores = json.loads(out)
    assert scores == json.loads((run_folder / METRICS).read_text())["test"]
    code, out, _ = command("evaluate", run_folder)
    assert "precision" in out
    assert "simplest methods, accuracy: most_frequent 0.5000" in out
    assert "test split of 60 images" in out


@pytest.mark.parametrize("option", ["--as-is", "--invert", ""])
def test_evaluate_sees_other_images_as_predict_does(
    option: str, command: Command, run_folder: Path, tmp_path: Path
) -> None:
    images, names = bars(12)
    for row, (image, name) in enumerate(zip(images, names, strict=True)):
        page = 235 - np.pad(image // 2, row + 1)  # on grey paper, smaller in each
        (tmp_path / "signs" / name).mkdir(parents=True, exist_ok=True)
        Image.fromarray(page.astype(np.uint8)).save(tmp_path / "signs" / name / f"{row}.png")
    words = ("--data", tmp_path / "signs", "--json", *option.split())
    answers = json.loads(command("predict", run_folder, *words)[1])["predictions"]
    right = [answer["label"] == Path(answer["input"]).parent.name for answer in answers]
    scores = json.loads(command("evaluate", run_folder, *words)[1])
    assert (scores["accuracy"], scores["examples"]) == (np.mean(right), 12)


def test_how_files_are_read_needs_files(command: Command, run_folder: Path) -> None:
    code, _, err = command("evaluate", run_folder, "--as-is")
    needed = "--as-is says how files are read; needs --data FILE. Received: none"
    assert (code, err) == (2, f"lstm-toolkit: {needed}\n")


def test_doctor(command: Command, run_folder: Path) -> None:
    code, out, _ = command("doctor", "--json")
    assert code == 0
    facts = json.loads(out)
    assert facts["networks"]["digits"] == []
    assert facts["precision"] == "float32"
    assert any("no GPU is visible" in line for line in facts["advice"])
    code, out, _ = command("doctor", "digits", "--set", "recurrent_dropout=0.3", "--set", "units=4")
    assert "cuDNN cannot run forward_lstm_1: recurrent_dropout=0.3" in out
    code, out, _ = command("doctor", run_folder)
    assert "every recurrent layer can run on it" in out


def test_train_says_what_cudnn_cannot_run(
    command: Command, bars_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fit(*_: Any, **__: Any) -> None:
        raise TrainingError("it is told before")

    monkeypatch.setattr(keras.Model, "fit", fit)
    words = ["--set", "units=4", "--set", "recurrent_dropout=0.2", "--set", "bidirectional=false"]
    code, _, err = command(
        "train", "digits", "--data", bars_file, "--out", tmp_path / "run", *SETS, *words,
        "--epochs", 1,
    )  # fmt: skip
    assert code == 1
    line = "cuDNN cannot run lstm_1: recurrent_dropout=0.2; on a GPU this is several times slower"
    assert err.splitlines().count(line) == 1


def test_training_that_becomes_nan_says_so(
    command: Command, bars_file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    code, _, err = command(
        "train", "digits", "--data", bars_file, "--out", out, *SETS,
        "--set", "optimizer=sgd", "--set", "learning_rate=1e38", "--set", "clipnorm=0",
        "--set", "warmup=0",
    )  # fmt: skip
    assert code == 1
    assert "lstm-toolkit: the loss became nan by the last step of epoch 1" in err
    assert not (out / METRICS).exists()


def test_the_next_run_takes_the_next_free_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lstm_toolkit.runs import choose_folder

    monkeypatch.chdir(tmp_path)
    assert choose_folder("digits", resume=True) == Path("runs/digits")
    for name in ("digits", "digits-2", "digits-10", "digits-old"):
        (tmp_path / "runs" / name).mkdir(parents=True)
    assert choose_folder("digits", resume=False) == Path("runs/digits-11")
    assert choose_folder("digits", resume=True) == Path("runs/digits-10")


def test_an_interruption_exits_with_1(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(commands.cli, "main", interrupt)
    assert command("tasks") == (1, "", "lstm-toolkit: interrupted\n")
