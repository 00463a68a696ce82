"""Searches of the toy task in processes of their own, which can be killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lstm_toolkit.system.tensorflow_start import LEVEL, QUIETENED

ROOT = Path(__file__).parents[2]

STARTED: list[subprocess.Popen[str]] = []
"""What tests started; what one that fails leaves running is killed after it."""

RUN = f"""
import os
import sys
from lstm_toolkit import tasks
from lstm_toolkit.cli.commands import main

if __name__ == "__main__":
    tasks.__path__.append({str(ROOT / "tests" / "tuning" / "tasks")!r})
    from tests.tuning.tasks import toy
    sys.modules["lstm_toolkit.tasks.toy"] = toy
    if silence := os.environ.get("HEARTBEAT_TIMEOUT"):
        from lstm_toolkit.tuning import presence
        presence.HEARTBEAT_TIMEOUT, presence.HEARTBEAT_INTERVAL = float(silence), float(silence) / 5
    main(sys.argv[1:])
"""


def _plain_environment() -> dict[str, str]:
    """Returns that of a user, without what TensorFlow's quiet start set in this process."""
    return {name: v for name, v in os.environ.items() if name not in (LEVEL, QUIETENED)}


def start(out: Path, *words: object, **environment: str) -> subprocess.Popen[str]:
    """Starts `tune toy`, as a program of which worker processes can import the start."""
    program = out.parent / "run.py"
    program.write_text(RUN, encoding="utf-8")
    threads = dict.fromkeys(["TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"], "1")
    process = subprocess.Popen(
        [sys.executable, str(program), "tune", "toy", "--out", str(out), *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=_plain_environment()
        | threads
        | {"PYTHONPATH": str(ROOT), "CUDA_VISIBLE_DEVICES": "-1"}
        | environment,
    )
    STARTED.append(process)
    return process


def finish(process: subprocess.Popen[str], within: float = 600) -> str:
    """Returns what a process said that has to end well."""
    said, _ = process.communicate(timeout=within)
    assert process.returncode == 0, said
    return said


def kill_when(process: subprocess.Popen[str], due: Callable[[], bool]) -> None:
    """Kills a process as soon as something has come to be."""
    wait_until(lambda: due() or process.poll() is not None)
    process.send_signal(signal.SIGKILL)
    said, _ = process.communicate()
    assert process.returncode == -signal.SIGKILL, said


def wait_until(true: Callable[[], bool], within: float = 300) -> None:
    """Returns when something is true."""
    until = time.monotonic() + within
    while not true():
        assert time.monotonic() < until, "it did not come to be in time"
        time.sleep(0.01)


def workers_of(pid: int) -> list[int]:
    """Returns the worker processes of a search, without Python's own helper among them."""
    import psutil

    found = psutil.Process(pid).children(recursive=True)
    return [each.pid for each in found if any("spawn_main" in word for word in each.cmdline())]


def trials(out: Path) -> dict[str, dict[str, Any]]:
    """Returns what the files of the trials hold, by their names."""
    found = {}
    for path in sorted(out.glob("trials/trial_*/trial.json")):
        state = json.loads(path.read_text(encoding="utf-8"))
        found[state["trial_id"]] = state
    return found


def ended(out: Path) -> list[str]:
    """Returns the names of the trials that completed."""
    return [name for name, state in trials(out).items() if state["status"] == "COMPLETED"]


def epochs(out: Path, trial: str) -> int:
    """Returns how many epochs of a trial are written down."""
    path = out / "trials" / f"trial_{trial}" / "history.csv"
    return len(path.read_text(encoding="utf-8").splitlines()) - 1 if path.exists() else 0


def ranking(out: Path) -> list[tuple[float, str, dict[str, Any]]]:
    """Returns score, name and settings of the trials, the best first."""
    return sorted(
        (state["score"], name, state["hyperparameters"]["values"])
        for name, state in trials(out).items()
    )
