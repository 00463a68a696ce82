"""Times an epoch of the toolkit against plain Keras and PyTorch, in turn, in one run.

Usage: python -m benchmarks.speed [--rounds 3]

All three train LSTM 128 → Dropout 0.2 → LSTM 64 → Dropout 0.2 → softmax with Adam and
batches of 64 on the same 12,000 images of 28×28 (random, since speed does not depend on
what they show), with 1,200 more for validation after each epoch. Counted are the epochs
after the first. The toolkit's include its backup, TensorBoard and history after each.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

EPOCHS, BATCH, UNITS, DROPOUT = 4, 64, (128, 64), 0.2


def make_data(path: Path) -> None:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (13_200, 28, 28), dtype=np.uint8)
    labels = np.arange(13_200) % 10
    np.savez(path, x_train=images, y_train=labels, x_test=images[:100], y_test=labels[:100])


def toolkit(path: Path) -> list[float]:
    from lstm_toolkit import Reporter, get_task, train

    task = get_task("digits")
    settings = task.configure(
        {"preset": "plain", "epochs": str(EPOCHS), "validation_share": str(1 / 11)}
    )
    ends: list[float] = []

    def log(line: str) -> None:
        if line.startswith("epoch"):
            ends.append(time.perf_counter())

    out = path.parent / f"run-{time.time_ns()}"
    train(task, settings, out, data=path, reporter=Reporter(log=log))
    return list(np.diff(ends))


def plain_keras(path: Path) -> list[float]:
    import keras

    arrays = np.load(path)
    x, y = arrays["x_train"].astype("float32") / 255, arrays["y_train"]
    layers = [keras.Input((28, 28))]
    for depth, units in enumerate(UNITS):
        layers += [
            keras.layers.LSTM(units, return_sequences=depth == 0),
            keras.layers.Dropout(DROPOUT),
        ]
    model = keras.Sequential([*layers, keras.layers.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    ends: list[float] = []
    clock = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: ends.append(time.perf_counter())
    )
    model.fit(
        x[:12_000], y[:12_000], batch_size=BATCH, epochs=EPOCHS, verbose=0, callbacks=[clock],
        validation_data=(x[12_000:], y[12_000:]),
    )  # fmt: skip
    return list(np.diff(ends))


def pytorch(path: Path) -> list[float]:
    import torch
    from torch import nn

    arrays = np.load(path)
    x = torch.from_numpy(arrays["x_train"].astype("float32") / 255)
    y = torch.from_numpy(arrays["y_train"])

    class Network(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first = nn.LSTM(28, UNITS[0], batch_first=True)
            self.second = nn.LSTM(UNITS[0], UNITS[1], batch_first=True)
            self.dropout, self.head = nn.Dropout(DROPOUT), nn.Linear(UNITS[1], 10)

        def forward(self, inputs: torch.Tensor) -> torch.Tensor:
            between = self.dropout(self.first(inputs)[0])
            return self.head(self.dropout(self.second(between)[0][:, -1]))

    network = Network()
    optimizer, loss = torch.optim.Adam(network.parameters()), nn.CrossEntropyLoss()
    ends = []
    for _ in range(EPOCHS):
        network.train()
        for rows in torch.randperm(12_000).split(BATCH):
            optimizer.zero_grad()
            loss(network(x[rows]), y[rows]).backward()
            optimizer.step()
        network.eval()
        with torch.no_grad():
            for rows in torch.arange(12_000, 13_200).split(BATCH):
                loss(network(x[rows]), y[rows])
        ends.append(time.perf_counter())
    return list(np.diff(ends))


SIDES = {"toolkit": toolkit, "plain_keras": plain_keras, "pytorch": pytorch}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    parser.add_argument("--data", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        print(json.dumps(SIDES[options.side](options.data)))
        return
    sides = [s for s in SIDES if s != "pytorch" or importlib.util.find_spec("torch")]
    seconds: dict[str, list[float]] = {side: [] for side in sides}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "images.npz"
        make_data(path)
        for _ in range(options.rounds):
            for side in sides:
                command = [sys.executable, "-m", "benchmarks.speed", "--side", side]
                done = subprocess.run(
                    [*command, "--data", str(path)], check=True, capture_output=True, text=True
                )
                seconds[side] += json.loads(done.stdout.splitlines()[-1])
    medians = {side: statistics.median(values) for side, values in seconds.items()}
    for side, values in seconds.items():
        print(
            f"{side:<12} median {medians[side]:.2f} s an epoch "
            f"({min(values):.2f} to {max(values):.2f}, {len(values)} epochs), "
            f"toolkit/{side} = {medians['toolkit'] / medians[side]:.2f}"
        )


if __name__ == "__main__":
    main()
