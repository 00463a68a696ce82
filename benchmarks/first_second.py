"""Measures how soon commands answer: seconds by the clock, and of the processor (`user + sys`).

Usage: python -m benchmarks.first_second [ROUNDS [CHECKOUT...]]

Each command runs ROUNDS (5) times with the package of each CHECKOUT (this one), in turn; medians
are printed. `train` counts until the line of its first epoch appears, and until it ends. Linux
only, for the processor time of a process that runs is read from `/proc`.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent.parent
TRAINED = ["--epochs", "1", "--out"]
TEXT = "The waiter was rude and the soup was cold"
SMALL = ["--set", "units=8", "--set", "embedding=8"]
COMMANDS = {
    "--help": ["--help"],
    "tasks": ["tasks"],
    "doctor": ["doctor"],
    "train digits": ["train", "digits", *TRAINED, "{new}"],
    "train sentiment": ["train", "sentiment", *TRAINED, "{new}"],
    "predict RUN TEXT": ["predict", "{run}", TEXT],
    "predict EXPORT TEXT": ["predict", "{export}", TEXT],
    "evaluate RUN": ["evaluate", "{run}"],
    "runs": ["runs", "{run}"],
}
FIRST_EPOCH = b"epoch 1/"

Times = tuple[float, float]
"""Seconds by the clock, and of the processor."""


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    checkouts = [Path(path).resolve() for path in sys.argv[2:]] or [HERE]
    taken: dict[tuple[str, Path], list[dict[str, Times]]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run, export = folder / "run", folder / "export"
        measured(HERE, ["train", "sentiment", *SMALL, *TRAINED, str(run)])
        measured(HERE, ["export", str(run), str(export)])
        for number in range(rounds):
            for command, words in COMMANDS.items():
                for checkout in checkouts:
                    places = {"run": run, "export": export, "new": folder / f"new-{number}"}
                    words_now = [word.format(**places) for word in words]
                    taken.setdefault((command, checkout), []).append(measured(checkout, words_now))
                    subprocess.run(["rm", "-rf", str(places["new"])], check=True)
    for (command, checkout), times in taken.items():
        for moment in times[0]:
            wall, cpu = (statistics.median(each[moment][i] for each in times) for i in (0, 1))
            print(f"{command:<20}{moment:<13}{wall:6.2f} s {cpu:6.2f} s of CPU  {checkout}")


def measured(checkout: Path, words: list[str]) -> dict[str, Times]:
    """Runs a command, and returns when it reached which moment."""
    moments: dict[str, Times] = {}
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-m", "lstm_toolkit", *words],
        env=os.environ | {"PYTHONPATH": str(checkout)},
        cwd=tempfile.gettempdir(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith(FIRST_EPOCH):
                moments["first epoch"] = time.monotonic() - began, _processor_time(process.pid)
    assert process.returncode == 0, words
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return moments | {"end": (time.monotonic() - began, spent)}


def _processor_time(process: int) -> float:
    """Returns the seconds that a process has computed so far."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
