"""Several processes at one search, and what becomes of it when they die."""

from __future__ import annotations

import os
import signal
from collections import Counter
from pathlib import Path

import psutil
import pytest

from lstm_toolkit.tuning.workers import Address
from tests.tuning.processes import (
    ended,
    epochs,
    finish,
    kill_when,
    ranking,
    start,
    trials,
    wait_until,
    workers_of,
)

pytestmark = pytest.mark.slow

WORDS = ("--trials", 4, "--set", "epochs=5", "--set", "batch_size=4", "--set", "dropout=0.1")


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The search that one process made."""
    out = tmp_path_factory.mktemp("alone") / "s"
    finish(start(out, *WORDS))
    return out


def test_two_workers_find_what_one_does(alone: Path, tmp_path: Path) -> None:
    said = finish(start(tmp_path / "s", *WORDS, "--workers", 2))
    assert len(ended(tmp_path / "s")) == 4
    assert ranking(tmp_path / "s") == ranking(alone)
    assert said.count(" of 4: trial ") == 4
    assert (tmp_path / "s" / "best" / "metrics.json").exists()
    noise = ("Traceback", "WARNING", "oneDNN", "\n2\n")
    assert not [text for text in noise if text in said]


def test_a_worker_that_dies_is_started_again(alone: Path, tmp_path: Path) -> None:
    out = tmp_path / "s"
    process = start(out, *WORDS, "--workers", 2)
    wait_until(lambda: any(epochs(out, name) >= 1 for name in trials(out)))
    os.kill(workers_of(process.pid)[0], signal.SIGKILL)
    said = finish(process)
    assert "worker1 ended with code -9; it starts again" in said
    assert ranking(out) == ranking(alone)


def test_a_chief_that_dies_takes_its_workers_along_and_is_gone_on_with(
    alone: Path, tmp_path: Path
) -> None:
    out = tmp_path / "s"
    process = start(out, *WORDS, "--workers", 2)
    wait_until(lambda: len(ended(out)) >= 1)
    orphans = workers_of(process.pid)
    assert len(orphans) == 2
    kill_when(process, lambda: True)
    wait_until(lambda: not any(map(psutil.pid_exists, orphans)), within=10)
    before = {name: state for name, state in trials(out).items() if name in ended(out)}
    stamps = {n: (out / "trials" / f"trial_{n}" / "backup.npz").stat().st_mtime_ns for n in before}
    said = finish(start(out, *WORDS, "--workers", 2, "--resume"))
    assert f"going on after {len(before)} trials" in said
    assert ranking(out) == ranking(alone)
    for name, stamp in stamps.items():
        assert (out / "trials" / f"trial_{name}" / "backup.npz").stat().st_mtime_ns == stamp


def test_workers_join_a_chief_over_the_network(alone: Path, tmp_path: Path) -> None:
    address, processes = Address.unused(), []
    for name in ("chief", "one", "two"):
        (tmp_path / name).mkdir()
        role = "--serve" if name == "chief" else "--join"
        out = tmp_path / name / "s"
        processes.append(start(out, *WORDS, role, address))
    said = [finish(process) for process in processes]
    out = tmp_path / "chief" / "s"
    assert f"waiting for workers at {address}" in said[0]
    assert ranking(out) == ranking(alone)
    assert (out / "best" / "metrics.json").exists()
    trained = Counter(
        path.parent.name for n in ("one", "two") for path in (tmp_path / n).rglob("backup.npz")
    )
    assert trained == Counter(f"trial_{name}" for name in trials(out))


def test_the_trial_of_a_worker_that_is_gone_is_given_to_another(
    alone: Path, tmp_path: Path
) -> None:
    address = Address.unused()
    chief = start(tmp_path / "s", *WORDS, "--serve", address, HEARTBEAT_TIMEOUT="8")
    (tmp_path / "lost").mkdir()
    lost = start(tmp_path / "lost" / "s", *WORDS, "--join", address, KERASTUNER_TUNER_ID="lost")
    wait_until(lambda: any(epochs(tmp_path / "lost" / "s", n) for n in trials(tmp_path / "s")))
    kill_when(lost, lambda: True)
    (tmp_path / "other").mkdir()
    finish(start(tmp_path / "other" / "s", *WORDS, "--join", address, HEARTBEAT_TIMEOUT="8"))
    said = finish(chief)
    assert "lost has been silent for 8 s; trial 0 waits for another worker" in said
    assert ranking(tmp_path / "s") == ranking(alone)


def test_a_worker_with_a_folder_of_its_own_keeps_the_best_checkpoints(tmp_path: Path) -> None:
    address = Address.unused()
    chief = start(tmp_path / "s", *WORDS, "--keep", 1, "--serve", address)
    (tmp_path / "far").mkdir()
    finish(start(tmp_path / "far" / "s", *WORDS, "--keep", 1, "--join", address))
    finish(chief)
    (kept,) = (tmp_path / "far").rglob("backup.npz")
    assert kept.parent.name == f"trial_{ranking(tmp_path / 's')[0][1]}"


def test_a_worker_that_would_train_something_else_is_refused(tmp_path: Path) -> None:
    address = Address.unused()
    chief = start(tmp_path / "s", *WORDS, "--serve", address)
    worker = start(tmp_path / "w", *WORDS, "--max-epochs", 3, "--join", address)
    said, _ = worker.communicate(timeout=300)
    kill_when(chief, lambda: True)
    assert worker.returncode == 2
    assert f"the chief at {address} searches with max_epochs=5. Received: max_epochs=3" in said
