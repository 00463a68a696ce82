"""Kills trainings for real and holds what they end with against ones left alone."""

from __future__ import annotations

import csv
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import keras
import numpy as np
import pytest

from lstm_toolkit import get_task, train
from lstm_toolkit.errors import InputError, RunError
from lstm_toolkit.runs import METRICS, Run, foreign_files
from lstm_toolkit.system.files import exclusive_lock
from lstm_toolkit.training.backup import Progress
from lstm_toolkit.training.fitting import BACKUP
from tests.conftest import TINY, bars

SETTINGS = {
    **TINY,
    "epochs": "6",
    "dropout": "0.3",
    "noise": "0.1",
    "bidirectional": "true",
    "schedule": "cosine",
    "batch_size": "4",
    "average": "0.9",
}


def start(data: Path, out: Path, *more: str) -> subprocess.Popen[bytes]:
    sets = [word for k, v in SETTINGS.items() for word in ("--set", f"{k}={v}")]
    command = [sys.executable, "-m", "lstm_toolkit", "train", "digits", "--data", str(data)]
    return subprocess.Popen(
        [*command, "--out", str(out), "--seed", "3", *sets, *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=os.environ | {"CUDA_VISIBLE_DEVICES": "-1"},
    )


def kill_after(out: Path, process: subprocess.Popen[bytes], epoch: int, step: int) -> None:
    """Kills a training as soon as its backup has come to (epoch, step)."""
    until = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < until:
        progress = Progress.load(out / BACKUP)
        if (progress.epoch, progress.step) >= (epoch, step):
            process.send_signal(signal.SIGKILL)
            break
        time.sleep(0.002)
    process.communicate()
    assert process.returncode == -signal.SIGKILL, "the training ended before it was killed"
    assert not (out / METRICS).exists()


def finish(process: subprocess.Popen[bytes]) -> str:
    said, _ = process.communicate(timeout=180)
    assert process.returncode == 0, said.decode()
    return said.decode()


def weights(out: Path) -> list[np.ndarray]:
    model: keras.Model = Run.open(out).model()
    return [np.asarray(variable) for variable in model.weights]


def history(out: Path) -> list[dict[str, str]]:
    with (out / "history.csv").open() as file:
        return list(csv.DictReader(file))


def test_a_killed_training_ends_with_the_weights_of_one_left_alone(tmp_path: Path) -> None:
    data = tmp_path / "bars.npz"
    images, names = bars(200)
    np.savez(data, x_train=images, y_train=names)
    alone, killed = tmp_path / "alone", tmp_path / "killed"
    left_alone = start(data, alone, "--set", "save_every=0")
    first = start(data, killed, "--set", "save_every=7", "--resume")
    kill_after(killed, first, 1, 0)
    second = start(data, killed, "--set", "save_every=7", "--resume")
    kill_after(killed, second, 2, 14)
    where = Progress.load(killed / BACKUP)
    said = finish(start(data, killed, "--set", "save_every=7", "--resume"))
    finish(left_alone)
    assert f"going on with step {where.step + 1} of epoch {where.epoch + 1}" in said
    for one, other in zip(weights(alone), weights(killed), strict=True):
        np.testing.assert_array_equal(one, other)
    assert history(alone) == history(killed)
    assert not (killed / BACKUP).exists()


INTERRUPTED = {
    "units": "4", "epochs": "5", "patience": "2", "batch_size": "16", "shift": "0", "noise": "0",
    "bidirectional": "false", "learning_rate": "0.05",
}  # fmt: skip


class CutError(Exception):
    """Stands for a kill at a chosen place."""


def cut(*_: object, **__: object) -> None:
    raise CutError


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, bars_file: Path) -> Path:
    out = tmp_path_factory.mktemp("undisturbed") / "run"
    task = get_task("digits")
    train(task, task.configure(INTERRUPTED), out, data=bars_file)
    return out


@pytest.mark.parametrize(
    "place",
    [
        "lstm_toolkit.runs.write_json",  # in the middle of making the folder
        "lstm_toolkit.training.fitting.compile_model",  # before the first step
        "lstm_toolkit.training.training.evaluate_splits",  # the network is saved, no score is
        "lstm_toolkit.training.training.write_json",  # all but metrics.json is there
    ],
)
def test_interrupted_outside_the_epochs_it_goes_on(
    place: str, tmp_path: Path, bars_file: Path, undisturbed: Path
) -> None:
    task = get_task("digits")
    settings = task.configure(INTERRUPTED)
    out = tmp_path / "run"
    with pytest.MonkeyPatch.context() as patch, pytest.raises(CutError):
        patch.setattr(place, cut)
        train(task, settings, out, data=bars_file)
    assert not (out / METRICS).exists()
    train(task, settings, out, data=bars_file, resume=True)
    assert history(out) == history(undisturbed)
    for one, other in zip(weights(out), weights(undisturbed), strict=True):
        np.testing.assert_array_equal(one, other)


def test_early_stopping_remembers_over_an_interruption(
    tmp_path: Path, bars_file: Path, undisturbed: Path
) -> None:
    task = get_task("digits")
    settings = task.configure(INTERRUPTED)
    out = tmp_path / "run"

    def say(line: str) -> None:
        if line.startswith(f"epoch {len(history(undisturbed)) - 1}/"):
            raise CutError

    with pytest.raises(CutError):
        train(task, settings, out, data=bars_file, say=say)
    train(task, settings, out, data=bars_file, resume=True)
    assert history(out) == history(undisturbed)


def test_a_folder_in_use_is_refused(tmp_path: Path, bars_file: Path) -> None:
    task = get_task("digits")
    out = tmp_path / "run"
    with (
        exclusive_lock(out),
        pytest.raises(InputError, match=re.escape(f"{out}: another process is writing to it")),
    ):
        train(task, task.configure(TINY), out, data=bars_file)
    assert not any(foreign_files(out))


def test_a_damaged_backup_is_reported(tmp_path: Path) -> None:
    path = tmp_path / BACKUP
    Progress().save(path)
    assert Progress.load(path) == Progress()
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(RunError, match=r"backup\.npz: is not a backup of this version"):
        Progress.load(path)
