"""Kills trainings for real and holds what they end with against ones left alone."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import keras
import numpy as np
import pytest

from lstm_toolkit.backup import Progress
from lstm_toolkit.errors import RunError
from lstm_toolkit.runs import BACKUP, METRICS, Run
from tests.conftest import TINY, bars

SETTINGS = {
    **TINY,
    "epochs": "6",
    "dropout": "0.3",
    "noise": "0.1",
    "bidirectional": "true",
    "schedule": "cosine",
    "batch_size": "4",
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


def test_a_damaged_backup_is_reported(tmp_path: Path) -> None:
    path = tmp_path / BACKUP
    Progress().save(path)
    assert Progress.load(path) == Progress()
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(RunError, match=r"backup\.npz: is not a backup of this version"):
        Progress.load(path)
