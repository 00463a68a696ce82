"""What adding up the repeated rows of sparse gradients changes, in score and in time.

Usage: python -m benchmarks.sparse_gradients [DATA] [--seeds 3] [--set NAME=VALUE]...

Trains the sentiment network without naive Bayes features and without the wide path on DATA
(default: the sample reviews) three ways, in turn for each seed, and tells the best
validation accuracy and the median seconds of an epoch after the first:

- merged: repeated rows added up, as the toolkit trains;
- stock: as Keras 3.15 does it by itself;
- dense: gradients turned into dense tensors first, right as well.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from lstm_toolkit.runtime import quiet_tensorflow

quiet_tensorflow()

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

import lstm_toolkit as lt  # noqa: E402
from lstm_toolkit.builders import optimizers  # noqa: E402

MERGED = optimizers._merged
WAYS: dict[str, Any] = {
    "merged": MERGED,
    "stock": lambda gradient: gradient,
    "dense": tf.convert_to_tensor,
}


def train(way: str, data: Path | None, seed: int, texts: dict[str, str]) -> tuple[float, float]:
    optimizers._merged = WAYS[way]
    task = lt.get_task("sentiment")
    plain = {"naive_bayes": "0", "wide": "false", "pairs": "0", "seed": str(seed)}
    ends: list[float] = []

    def say(line: str) -> None:
        if line.startswith("epoch"):
            ends.append(time.perf_counter())

    with tempfile.TemporaryDirectory() as folder:
        settings = task.configure(plain | texts)
        run = lt.train(task, settings, Path(folder) / "run", data=data, say=say)
        accuracy = run.metrics["validation"]["accuracy"]
    keras.backend.clear_session()
    return accuracy, statistics.median(np.diff(ends))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--set", action="append", default=[], dest="sets")
    options = parser.parse_args()
    texts = dict(text.split("=", 1) for text in options.sets)
    found: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS}
    for seed in range(options.seeds):
        for way in WAYS:
            found[way].append(train(way, options.data, seed, texts))
    for way, results in found.items():
        accuracies, seconds = zip(*results, strict=True)
        print(
            f"{way:<8} validation accuracy {statistics.mean(accuracies):.4f} "
            f"({', '.join(f'{value:.4f}' for value in accuracies)}), "
            f"{statistics.median(seconds):.2f} s an epoch"
        )


if __name__ == "__main__":
    main()
