"""Two processes that train together on the loopback address, are killed and go on."""

from __future__ import annotations

import json
import signal
import socket
import time
from multiprocessing.process import BaseProcess
from pathlib import Path

import numpy as np
import pytest

from lstm_toolkit.runs import METRICS, Run
from lstm_toolkit.training.backup import Progress
from lstm_toolkit.training.fitting import BACKUP
from tests.conftest import TINY, bars
from tests.training.processes import start

PLAIN = {"units": "4", "embedding": "3", "bigrams": "0", "wide": "false", "optimizer": "sgd"}
PLAIN |= {"dropout": "0", "spatial_dropout": "0", "epochs": "2", "batch_size": "8"}
DROPPED = {**TINY, "dropout": "0.3", "epochs": "6", "batch_size": "4", "save_every": "7"}

GONE = (
    "another machine of the training is gone, or does not answer; look at what it said, and begin "
    "all of them again with --resume"
)

pytestmark = pytest.mark.slow


def words(task: str, data: Path, out: Path, settings: dict[str, str]) -> list[str]:
    sets = [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]
    return ["train", task, "--data", str(data), "--out", str(out), *sets]


def both(command: list[str], logs: Path) -> list[BaseProcess]:
    """Begins a command on two machines; the second looks for the run in a folder of its own."""
    sockets = [socket.socket() for _ in range(2)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    addresses = [f"127.0.0.1:{one.getsockname()[1]}" for one in sockets]
    for one in sockets:
        one.close()
    processes: list[BaseProcess] = []
    for index in range(2):
        task = {"type": "worker", "index": index}
        config = json.dumps({"cluster": {"worker": addresses}, "task": task})
        out = command.index("--out") + 1
        own = [*command[:out], f"{command[out]}{'-elsewhere' * index}", *command[out + 1 :]]
        processes.append(start(own, logs.with_suffix(f".{index}"), {"TF_CONFIG": config}))
    return processes


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


def test_two_machines_end_with_the_weights_of_one(tmp_path: Path) -> None:
    data = tmp_path / "texts.csv"
    rows = [f"{'good fine nice' if i % 2 else 'bad poor'} thing {i % 7},{i % 2}" for i in range(53)]
    data.write_text("text,label\n" + "\n".join(rows * 2) + "\n", encoding="utf-8")
    alone, together = tmp_path / "alone", tmp_path / "together"
    assert ended([start(words("sentiment", data, alone, PLAIN), tmp_path / "alone.log")]) == [0]
    assert ended(both(words("sentiment", data, together, PLAIN), tmp_path / "log")) == [0, 0]
    for one, two in zip(weights(alone), weights(together), strict=True):
        np.testing.assert_allclose(one, two, rtol=0, atol=1e-6)
    assert not (tmp_path / "together-elsewhere").exists()
    said = (tmp_path / "log.1").read_text().splitlines()
    assert said[-1].endswith(": done; the run is the chief's")


def test_killed_machines_go_on_exactly(tmp_path: Path) -> None:
    data = tmp_path / "bars.npz"
    images, names = bars(120)
    np.savez(data, x_train=images, y_train=names)
    alone, killed = tmp_path / "alone", tmp_path / "killed"
    assert ended(both(words("digits", data, alone, DROPPED), tmp_path / "log")) == [0, 0]

    command = [*words("digits", data, killed, DROPPED), "--resume"]
    processes = both(command, tmp_path / "one")
    wait_for(killed, 1, 0)
    processes[1].kill()
    assert ended(processes) == [1, -signal.SIGKILL]
    assert (tmp_path / "one.0").read_text().splitlines()[-1].endswith(GONE)
    processes = both(command, tmp_path / "all")
    wait_for(killed, 2, 7)
    for process in processes:
        process.kill()
    assert ended(processes) == [-signal.SIGKILL] * 2
    assert not (killed / METRICS).exists()

    assert ended(both(command, tmp_path / "rest")) == [0, 0]
    for one, two in zip(weights(alone), weights(killed), strict=True):
        np.testing.assert_array_equal(one, two)
    assert (alone / "history.csv").read_text() == (killed / "history.csv").read_text()
