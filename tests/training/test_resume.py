"""Kills trainings for real and holds what they end with against ones left alone."""

from __future__ import annotations

import csv
import re
import signal
import time
from dataclasses import replace
from multiprocessing.process import BaseProcess
from pathlib import Path

import keras
import numpy as np
import pytest

from lstm_toolkit import get_task, prepare, train
from lstm_toolkit.errors import InputError, RunError
from lstm_toolkit.runs import METRICS, Run, foreign_files
from lstm_toolkit.system.files import exclusive_lock
from lstm_toolkit.system.reporting import Reporter
from lstm_toolkit.training.backup import Progress
from lstm_toolkit.training.fitting import BACKUP, fit
from tests.conftest import TINY, bars
from tests.training.processes import start

SETTINGS = {
    **TINY,
    "units": "4",
    "epochs": "5",
    "dropout": "0.3",
    "noise": "0.1",
    "bidirectional": "true",
    "schedule": "cosine",
    "batch_size": "4",
    "ema_momentum": "0.9",
    "save_every": "7",
    "seed": "3",
}


def kill_after(out: Path, process: BaseProcess, epoch: int, step: int) -> None:
    """Kills a training as soon as its backup has come to (epoch, step)."""
    until = time.monotonic() + 120
    while process.is_alive() and time.monotonic() < until:
        progress = Progress.load(out / BACKUP)
        if (progress.epoch, progress.step) >= (epoch, step):
            process.kill()
            break
        time.sleep(0.01)
    process.join()
    assert process.exitcode == -signal.SIGKILL, "the training ended before it was killed"
    assert not (out / METRICS).exists()


def arrays(model: keras.Model) -> list[np.ndarray]:
    return [np.asarray(variable) for variable in model.weights]


def history(out: Path) -> list[dict[str, str]]:
    with (out / "history.csv").open() as file:
        return list(csv.DictReader(file))


@pytest.mark.slow
def test_a_killed_training_ends_with_the_weights_of_one_left_alone(tmp_path: Path) -> None:
    data = tmp_path / "bars.npz"
    images, names = bars(120)
    np.savez(data, x_train=images, y_train=names)
    alone, killed = tmp_path / "alone", tmp_path / "killed"
    task, settings = get_task("digits"), get_task("digits").configure(SETTINGS)
    sets = [word for k, v in SETTINGS.items() for word in ("--set", f"{k}={v}")]
    command = ["train", "digits", "--data", str(data), "--out", str(killed), *sets, "--resume"]
    kill_after(killed, start(command, tmp_path / "first.log"), 1, 0)
    kill_after(killed, start(command, tmp_path / "second.log"), 2, 14)
    where = Progress.load(killed / BACKUP)
    said: list[str] = []
    train(task, settings, killed, data=data, resume=True, reporter=Reporter(log=said.append))
    assert f"going on with step {where.step + 1} of epoch {where.epoch + 1}" in said
    model, _ = fit(prepare(task, replace(settings, save_every=0), data), alone)
    for one, other in zip(arrays(model), arrays(Run.open(killed).model()), strict=True):
        np.testing.assert_array_equal(one, other)
    assert history(alone) == history(killed)
    assert not (killed / BACKUP).exists()


INTERRUPTED = {
    "units": "4", "epochs": "5", "patience": "2", "batch_size": "16", "shift": "0", "noise": "0",
    "bidirectional": "false", "learning_rate": "0.05", "seed": "2",
}  # fmt: skip


class CutError(Exception):
    """Stands for a kill at a chosen place."""


def cut(*_: object, **__: object) -> None:
    raise CutError


PLACES = [
    "lstm_toolkit.runs.write_json",  # in the middle of making the folder
    "lstm_toolkit.training.fitting.compile_model",  # before the first step
    "an epoch",  # so that early stopping must remember
    "lstm_toolkit.training.training.evaluate_splits",  # the network is saved, no score is
    "lstm_toolkit.training.training.write_json",  # all but metrics.json is there
]


def test_interrupted_anywhere_it_goes_on(tmp_path: Path, bars_file: Path) -> None:
    task = get_task("digits")
    settings = task.configure(INTERRUPTED)
    undisturbed, progress = fit(prepare(task, settings, bars_file), tmp_path / "undisturbed")
    assert len(progress.rows) == 3  # stopped early, so it has something to remember
    out = tmp_path / "run"

    def say(line: str) -> None:
        if line.startswith(f"epoch {len(progress.rows) - 1}/"):
            raise CutError

    for place in PLACES:
        with pytest.MonkeyPatch.context() as patch, pytest.raises(CutError):
            if place == "an epoch":
                train(task, settings, out, data=bars_file, resume=True, reporter=Reporter(log=say))
            patch.setattr(place, cut)
            train(task, settings, out, data=bars_file, resume=True)
        assert not (out / METRICS).exists(), place
    train(task, settings, out, data=bars_file, resume=True)
    assert history(out) == history(tmp_path / "undisturbed")
    for one, other in zip(arrays(Run.open(out).model()), arrays(undisturbed), strict=True):
        np.testing.assert_array_equal(one, other)


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
