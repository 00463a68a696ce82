"""The command line as scripts and people meet it."""

from __future__ import annotations

import io
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
from lstm_toolkit.runs import CONFIG, METRICS, MODEL
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
            if seconds < 0.5:  # half of it on an idle machine
                break
        assert seconds < 0.5, words


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


def test_evaluate(command: Command, run_folder: Path, bars_file: Path) -> None:
    code, out, _ = command("evaluate", run_folder, "--json")
    assert code == 0
    scores = json.loads(out)
    assert scores == json.loads((run_folder / METRICS).read_text())["test"]
    code, out, _ = command("evaluate", run_folder, "--data", bars_file, "--json")
    assert json.loads(out)["examples"] == 60
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
    for run, message in {
        newer: "was made by a newer version; needs format 2. Received: format=99",
        older: "was made by version 0.1; open it with that version of lstm_toolkit, or train again",
        foreign: "its task is not installed. Received: task=poetry",
        unfinished: "is unfinished; go on with the command that began it and --resume",
        damaged / CONFIG: "is damaged. ",
        empty: "is damaged; needs a format number. Received: format=None",
        partial / CONFIG: "is damaged; needs settings. Received: none",
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
