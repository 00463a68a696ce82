"""Times an epoch in one process of one thread against two that share each batch, in turn.

Usage: python -m benchmarks.devices [--rounds 3] [--rows 3200]

The network, settings, texts and batches of 64 are those of `benchmarks.speed long`, on both sides;
two processes reach each other by `TF_CONFIG` on the loopback address. Counted are the epochs
after the first, with validation, backup and history. Seconds of CPU are those of one process, the
slower of two: on a machine where others work they tell what a free second core would give.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.speed import BATCH, EPOCHS, PARTS, epochs, make_texts, now


class Times(NamedTuple):
    """Median seconds of an epoch."""

    wall: float
    cpu: float


def train_alone_or_together(path: Path, out: Path) -> None:
    """Trains as `TF_CONFIG` says, on one thread, and prints the seconds of each epoch."""
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    import keras

    from lstm_toolkit import get_task, train

    own = {"epochs": EPOCHS, "validation_share": 1 / 11, "baselines": "false", "batch_size": BATCH}
    values = {name: str(value) for name, value in {**PARTS["long"].settings, **own}.items()}
    task, ends = get_task("sentiment"), [now()]
    clock = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: ends.append(now()))
    train(task, task.configure(values), out, data=path, callbacks=[clock])
    print(json.dumps(epochs(ends[1:])))


def free_ports(count: int) -> list[int]:
    """Returns ports that nobody listens at, for the moment."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def measure(path: Path, processes: int) -> Times:
    """Trains in so many processes at once."""
    addresses = [f"127.0.0.1:{port}" for port in free_ports(processes)]
    out = path.parent / f"run-{time.time_ns()}"
    started = []
    for index in range(processes):
        task = {"type": "worker", "index": index}
        config = json.dumps({"cluster": {"worker": addresses}, "task": task})
        words = [sys.executable, "-m", "benchmarks.devices", "--train", str(path), str(out)]
        environment = {**os.environ, "TF_CONFIG": config, "OMP_NUM_THREADS": "1"}
        started.append(subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, text=True))
    answers = [json.loads(process.communicate()[0].splitlines()[-1]) for process in started]
    medians = [
        Times(*(statistics.median(column) for column in zip(*times, strict=True)))
        for times in answers
    ]
    return Times(max(time.wall for time in medians), max(time.cpu for time in medians))


def main() -> None:
    """Measures in turn, and prints a line a round and the medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rows", type=int, default=PARTS["long"].rows)
    parser.add_argument("--train", nargs=2, type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.train:
        train_alone_or_together(*given.train)
        return
    rounds = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "texts.csv"
        make_texts(path, given.rows)
        for number in range(given.rounds):
            one, two = measure(path, 1), measure(path, 2)
            rounds.append((one, two))
            print(
                f"round {number + 1}: one process {one.wall:.1f} s, {one.cpu:.1f} s of CPU; two "
                f"{two.wall:.1f} s, {two.cpu:.1f} s of CPU each; "
                f"{one.wall / two.wall:.2f} times as fast, by CPU {one.cpu / two.cpu:.2f}",
                flush=True,
            )
    for name in Times._fields:
        ratios = [getattr(one, name) / getattr(two, name) for one, two in rounds]
        print(f"{name}: {statistics.median(ratios):.2f} times as fast with two processes")


if __name__ == "__main__":
    main()
