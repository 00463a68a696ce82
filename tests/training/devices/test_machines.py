"""Two processes that train together on the loopback address, are killed and go on."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit import get_task, train
from lstm_toolkit.errors import TrainingError
from lstm_toolkit.runs import METRICS, Run
from lstm_toolkit.system.cluster import Cluster
from lstm_toolkit.training.backup import Progress
from lstm_toolkit.training.devices.machines import watching
from lstm_toolkit.training.fitting import BACKUP
from tests.conftest import TINY, bars
from tests.training.processes import run, start

PLAIN = {"units": "4", "embedding": "3", "bigrams": "0", "wide": "false", "optimizer": "sgd"}
PLAIN |= {"dropout": "0", "spatial_dropout": "0", "epochs": "2", "batch_size": "8"}
DROPPED = {**TINY, "dropout": "0.3", "epochs": "6", "batch_size": "4", "save_every": "7"}

GONE = (
    "another machine of the training is gone, or does not answer; look at what it said, and begin "
    "all of them again with --resume. Received: "
)

pytestmark = pytest.mark.slow


def words(task: str, data: Path, out: Path, settings: dict[str, str]) -> list[str]:
    sets = [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]
    return ["train", task, "--data", str(data), "--out", str(out), *sets]


class KeepWeights(keras.callbacks.Callback):
    """Writes the weights down when a training has ended, on any machine."""

    def __init__(self, path: Path):
        super().__init__()
        self.path = path

    def on_train_end(self, logs: Any = None) -> None:
        np.savez(self.path, *self.model.get_weights())


def train_with(environment: dict[str, str], data: Path, out: Path) -> None:
    """Trains as `TF_CONFIG` says; leaves what this machine has come to beside `out`."""
    os.environ.update(environment)
    kept = KeepWeights(out.with_suffix(".npz"))
    settings = get_task("sentiment").configure(PLAIN)
    train("sentiment", settings, out, data=data, callbacks=[kept])


def two_machines() -> list[dict[str, str]]:
    """Returns the environments of two machines that reach each other."""
    sockets = [socket.socket() for _ in range(2)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    addresses = [f"127.0.0.1:{one.getsockname()[1]}" for one in sockets]
    for one in sockets:
        one.close()
    tasks = ({"type": "worker", "index": index} for index in range(2))
    cluster = {"worker": addresses}
    return [{"TF_CONFIG": json.dumps({"cluster": cluster, "task": task})} for task in tasks]


def elsewhere(out: Path, index: int) -> Path:
    """Returns where a machine looks for the run; the second has no disk in common."""
    return out.with_name(f"{out.name}{'-elsewhere' * index}")


def both(task: str, data: Path, out: Path, log: Path) -> list[BaseProcess]:
    """Begins a command on two machines."""
    commands = [[*words(task, data, elsewhere(out, i), DROPPED), "--resume"] for i in range(2)]
    return [
        start(command, log.with_suffix(f".{index}"), environment)
        for index, (command, environment) in enumerate(zip(commands, two_machines(), strict=True))
    ]


def ended(processes: list[BaseProcess]) -> list[int | None]:
    for process in processes:
        process.join(180)
    return [process.exitcode for process in processes]


def wait_for(out: Path, epoch: int, step: int) -> None:
    until = time.monotonic() + 180
    while time.monotonic() < until:
        progress = Progress.load(out / BACKUP)
        if (progress.epoch, progress.step) >= (epoch, step):
            return
        time.sleep(0.01)
    raise AssertionError("it did not come so far")


def weights(out: Path) -> list[np.ndarray]:
    return list(Run.open(out).model().get_weights())


def test_what_tensorflow_raises_is_told() -> None:
    with (
        pytest.raises(TrainingError) as raised,
        watching(Cluster(("a:1", "b:1"), 1)),
    ):
        raise tf.errors.InternalError(None, None, "blas\nfailed")
    assert str(raised.value) == f"machine 2 of 2, b:1: {GONE}InternalError: blas failed"


def test_two_machines_end_with_the_weights_of_one(tmp_path: Path) -> None:
    data = tmp_path / "texts.csv"
    rows = [f"{'good fine nice' if i % 2 else 'bad poor'} thing {i % 7},{i % 2}" for i in range(53)]
    data.write_text("text,label\n" + "\n".join(rows * 2) + "\n", encoding="utf-8")
    alone, together = tmp_path / "alone", tmp_path / "together"
    folders = [elsewhere(together, index) for index in range(2)]
    machines = [{"TF_CONFIG": ""}, *two_machines()]
    assert ended(
        [
            run(train_with, machine, data, out)
            for machine, out in zip(machines, [alone, *folders], strict=True)
        ]
    ) == [0, 0, 0]
    for one, two in zip(weights(alone), weights(together), strict=True):
        np.testing.assert_allclose(one, two, rtol=0, atol=1e-6)
    of_each = [np.load(out.with_suffix(".npz")) for out in folders]
    for name in of_each[0].files:
        np.testing.assert_array_equal(of_each[0][name], of_each[1][name])
    for file in of_each:
        file.close()
    assert not folders[1].exists()


def test_killed_machines_go_on_exactly(tmp_path: Path) -> None:
    data = tmp_path / "bars.npz"
    images, names = bars(120)
    np.savez(data, x_train=images, y_train=names)
    alone, killed = tmp_path / "alone", tmp_path / "killed"
    assert ended(both("digits", data, alone, tmp_path / "log")) == [0, 0]

    processes = both("digits", data, killed, tmp_path / "one")
    wait_for(killed, 1, 0)
    processes[1].kill()
    assert ended(processes) == [1, -signal.SIGKILL]
    assert GONE in (tmp_path / "one.0").read_text().splitlines()[-1]

    processes = both("digits", data, killed, tmp_path / "all")
    wait_for(killed, 2, 7)
    for process in processes:
        process.kill()
    assert ended(processes) == [-signal.SIGKILL] * 2
    assert not (killed / METRICS).exists()

    assert ended(both("digits", data, killed, tmp_path / "rest")) == [0, 0]
    for one, two in zip(weights(alone), weights(killed), strict=True):
        np.testing.assert_array_equal(one, two)
    assert (alone / "history.csv").read_text() == (killed / "history.csv").read_text()
    done = (tmp_path / "rest.1").read_text().splitlines()[-1]
    assert done.endswith(": done; the run is the chief's")
