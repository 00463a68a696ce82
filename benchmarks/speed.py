"""Times an epoch of the toolkit against plain Keras and PyTorch, in turn, in one run.

Usage: python -m benchmarks.speed [digits] [long] [--rounds 3] [--threads 2]

digits: LSTM 128 → Dropout 0.2 → LSTM 64 → Dropout 0.2 → softmax with Adam and batches of 64, on
12,000 images of 28×28 (random, since speed does not depend on what they show).

long: the network of `preset=long` without what counts tokens beside it: vectors of 100 features
with spatial dropout 0.4 → bidirectional LSTM 64 → maximum over the steps → Dropout 0.5 →
softmax, Adam and batches of 64, on 3,200 texts of 30 to 400 words out of 20,000. Plain
Keras and PyTorch read them as scripts do, in any order, padded to 400, masked and packed;
the toolkit batches by length.

A tenth more rows validate after each epoch. Counted are the epochs after the first. The
toolkit's include its backup, TensorBoard and history after each. Seconds of CPU are those of
all threads: other work on the machine disturbs them less.
"""

from __future__ import annotations

import argparse
import importlib.util
import itertools
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

EPOCHS, BATCH, LONGEST, WORDS = 4, 64, 400, 20_000
Time = tuple[float, float]


class Part(NamedTuple):
    """What is read, and the settings of the toolkit's task."""

    task: str
    rows: int
    settings: dict[str, Any]


PARTS = {
    "digits": Part("digits", 12_000, {"preset": "plain"}),
    "long": Part(
        "sentiment",
        3_200,
        {"preset": "long", "bigrams": 0, "naive_bayes": 0, "wide": "false", "test_share": 0.02},
    ),
}


def now() -> Time:
    return time.perf_counter(), time.process_time()


def epochs(ends: list[Time]) -> list[Time]:
    """Returns wall and CPU seconds of each epoch but the first."""
    return [(b[0] - a[0], b[1] - a[1]) for a, b in itertools.pairwise(ends)]


def make_images(path: Path, rows: int) -> None:
    rng = np.random.default_rng(0)
    count = rows + rows // 10
    images = rng.integers(0, 256, (count, 28, 28), dtype=np.uint8)
    labels = np.arange(count) % 10
    np.savez(path, x_train=images, y_train=labels, x_test=images[:100], y_test=labels[:100])


def make_texts(path: Path, rows: int) -> None:
    rng = np.random.default_rng(0)
    lengths = np.clip(rng.lognormal(5.2, 0.6, rows + rows // 10 + rows // 50), 30, LONGEST)
    with path.open("w", encoding="utf-8") as file:
        file.write("text,label\n")
        for place, length in enumerate(lengths.astype(int)):
            words = rng.integers(0, WORDS, length)
            file.write(" ".join(f"w{word}" for word in words) + f",{place % 2}\n")


def read_texts(path: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns tokens `int64[rows, 400]`, padded with 0, their numbers, and labels."""
    lines = path.read_text(encoding="utf-8").splitlines()[1:]
    tokens = np.zeros((len(lines), LONGEST), np.int64)
    for row, line in enumerate(lines):
        words = line.split(",")[0].split()
        tokens[row, : len(words)] = [int(word[1:]) + 1 for word in words]
    return tokens, (tokens > 0).sum(1), np.array([int(line[-1]) for line in lines])


def toolkit(part: str, path: Path, threads: int) -> list[Time]:
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)

    from lstm_toolkit import Reporter, get_task, train

    task = get_task(PARTS[part].task)
    own = {"epochs": EPOCHS, "validation_share": 1 / 11, "baselines": "false", "batch_size": BATCH}
    asked = {name: str(value) for name, value in {**PARTS[part].settings, **own}.items()}
    ends: list[Time] = []

    def log(line: str) -> None:
        if line.startswith("epoch"):
            ends.append(now())

    out = path.parent / f"run-{time.time_ns()}"
    train(task, task.configure(asked), out, data=path, reporter=Reporter(log=log))
    return epochs(ends)


def plain_keras(part: str, path: Path, threads: int) -> list[Time]:
    import keras
    import tensorflow as tf
    from keras import layers

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    if part == "digits":
        arrays = np.load(path)
        x, y = arrays["x_train"].astype("float32") / 255, arrays["y_train"]
        stack = [keras.Input((28, 28)), layers.LSTM(128, return_sequences=True)]
        stack += [layers.Dropout(0.2), layers.LSTM(64), layers.Dropout(0.2)]
    else:
        x, _, y = read_texts(path)
        stack = [keras.Input((LONGEST,)), layers.Embedding(WORDS + 1, 100, mask_zero=True)]
        stack += [layers.SpatialDropout1D(0.4)]
        stack += [layers.Bidirectional(layers.LSTM(64, return_sequences=True))]
        stack += [layers.GlobalMaxPooling1D(), layers.Dropout(0.5)]
    model = keras.Sequential([*stack, layers.Dense(int(y.max()) + 1, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    ends: list[Time] = []
    clock = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: ends.append(now()))
    rows, test = PARTS[part].rows, PARTS[part].rows * 11 // 10
    model.fit(
        x[:rows], y[:rows], batch_size=BATCH, epochs=EPOCHS, verbose=0, callbacks=[clock],
        validation_data=(x[rows:test], y[rows:test]),
    )  # fmt: skip
    return epochs(ends)


def pytorch(part: str, path: Path, threads: int) -> list[Time]:
    import torch
    from torch import nn
    from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

    torch.set_num_threads(threads)

    class Digits(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first = nn.LSTM(28, 128, batch_first=True)
            self.second = nn.LSTM(128, 64, batch_first=True)
            self.dropout, self.head = nn.Dropout(0.2), nn.Linear(64, 10)

        def forward(self, rows: torch.Tensor) -> torch.Tensor:
            between = self.dropout(self.first(x[rows])[0])
            return self.head(self.dropout(self.second(between)[0][:, -1]))

    class Long(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.table = nn.Embedding(WORDS + 1, 100)
            self.both = nn.LSTM(100, 64, batch_first=True, bidirectional=True)
            self.spatial, self.dropout = nn.Dropout1d(0.4), nn.Dropout(0.5)
            self.head = nn.Linear(128, 2)

        def forward(self, rows: torch.Tensor) -> torch.Tensor:
            vectors = self.spatial(self.table(x[rows]).transpose(1, 2)).transpose(1, 2)
            packed = pack_padded_sequence(vectors, lengths[rows], True, enforce_sorted=False)
            outputs, _ = pad_packed_sequence(self.both(packed)[0], True, -1e9)
            return self.head(self.dropout(outputs.amax(1)))

    if part == "digits":
        arrays = np.load(path)
        x = torch.from_numpy(arrays["x_train"].astype("float32") / 255)
        y, lengths, network = torch.from_numpy(arrays["y_train"]), None, Digits()
    else:
        x, lengths, y = (torch.from_numpy(array) for array in read_texts(path))
        network = Long()
    optimizer, loss = torch.optim.Adam(network.parameters()), nn.CrossEntropyLoss()
    rows, ends = PARTS[part].rows, []
    for _ in range(EPOCHS):
        network.train()
        for batch in torch.randperm(rows).split(BATCH):
            optimizer.zero_grad()
            loss(network(batch), y[batch]).backward()
            optimizer.step()
        network.eval()
        with torch.no_grad():
            for batch in torch.arange(rows, rows * 11 // 10).split(BATCH):
                loss(network(batch), y[batch])
        ends.append(now())
    return epochs(ends)


SIDES: dict[str, Callable[[str, Path, int], list[Time]]] = {
    "toolkit": toolkit,
    "plain_keras": plain_keras,
    "pytorch": pytorch,
}


def measure(part: str, rounds: int, threads: int) -> dict[str, list[Time]]:
    """Returns seconds of every epoch of each side; each round runs every side in a process."""
    sides = [s for s in SIDES if s != "pytorch" or importlib.util.find_spec("torch")]
    seconds: dict[str, list[Time]] = {side: [] for side in sides}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ("images.npz" if part == "digits" else "texts.csv")
        (make_images if part == "digits" else make_texts)(path, PARTS[part].rows)
        for side in sides * rounds:
            command = [sys.executable, "-m", "benchmarks.speed", part, "--side", side]
            command += ["--data", str(path), "--threads", str(threads)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            seconds[side] += json.loads(done.stdout.splitlines()[-1])
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    parser.add_argument("--data", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        print(json.dumps(SIDES[options.side](options.parts[0], options.data, options.threads)))
        return
    print("| part | side | s an epoch | range | CPU s | toolkit / side | of CPU |")
    print("|---|---|---|---|---|---|---|")
    for part in options.parts or PARTS:
        seconds = measure(part, options.rounds, options.threads)
        walls, cpus = (
            {side: [time[k] for time in times] for side, times in seconds.items()} for k in (0, 1)
        )
        wall, cpu = (
            {side: statistics.median(values) for side, values in each.items()}
            for each in (walls, cpus)
        )
        for side in seconds:
            print(
                f"| {part} | {side} | {wall[side]:.2f} | {min(walls[side]):.2f} to "
                f"{max(walls[side]):.2f} | {cpu[side]:.2f} | "
                f"{wall['toolkit'] / wall[side]:.2f} | {cpu['toolkit'] / cpu[side]:.2f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
