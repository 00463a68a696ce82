"""What adding up the repeated rows of sparse gradients changes, in score and in time.

Usage: python -m benchmarks.sparse_gradients [DATA] [--seeds 3] [--set NAME=VALUE]...
       python -m benchmarks.sparse_gradients --steps

Trains the sentiment network without naive Bayes features and without the wide path on DATA
(default: the sample reviews) three ways, in turn for each seed, and tells the best
validation accuracy and the median seconds of an epoch after the first:

- merged: repeated rows added up, as the toolkit trains;
- stock: as Keras 3.15 does it by itself;
- dense: gradients turned into dense tensors first, right as well.

`--steps` times one step of Adam alone instead, and of `LazyAdam`: an embedding of 100 features,
the gradient of 32 texts of 200 tokens that are drawn by Zipf's law, in turn, by the size of the
vocabulary.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from lstm_toolkit.system.runtime import quiet_tensorflow

quiet_tensorflow()

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

import lstm_toolkit as lt  # noqa: E402
from lstm_toolkit.optimizers import sparse_gradients  # noqa: E402
from lstm_toolkit.optimizers.lazy_adam import LazyAdam  # noqa: E402

MERGED = sparse_gradients.merged
WAYS: dict[str, Any] = {
    "merged": MERGED,
    "stock": lambda gradient: gradient,
    "dense": tf.convert_to_tensor,
}


def train(way: str, data: Path | None, seed: int, texts: dict[str, str]) -> tuple[float, float]:
    sparse_gradients.merged = WAYS[way]
    task = lt.get_task("sentiment")
    plain = {"naive_bayes": "0", "wide": "false", "bigrams": "0", "seed": str(seed)}
    ends: list[float] = []

    def log(line: str) -> None:
        if line.startswith("epoch"):
            ends.append(time.perf_counter())

    with tempfile.TemporaryDirectory() as folder:
        settings = task.configure(plain | texts)
        out, reporter = Path(folder) / "run", lt.Reporter(log=log)
        run = lt.train(task, settings, out, data=data, reporter=reporter)
        accuracy = run.metrics["validation"]["accuracy"]
    keras.backend.clear_session()
    return accuracy, statistics.median(np.diff(ends))


VOCABULARIES = (2_500, 20_000, 100_000, 400_000)


def step_times(vocabulary: int, rounds: int = 7, steps: int = 10) -> dict[str, float]:
    """Returns the median milliseconds of CPU of one step, in each way."""
    rng = np.random.default_rng(0)
    tokens = tf.constant((rng.zipf(1.2, 32 * 200) - 1) % vocabulary, tf.int32)
    values = tf.constant(rng.normal(0, 1, (len(tokens), 100)), tf.float32)
    adam = keras.optimizers.Adam
    ways = {way: _step(adam(), merge, tokens, values, vocabulary) for way, merge in WAYS.items()}
    ways["lazy"] = _step(LazyAdam(), lambda gradient: gradient, tokens, values, vocabulary)
    found: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(rounds + 1):
        for way, step in ways.items():
            began = time.process_time()
            for _ in range(steps):
                step()
            found[way].append(1000 * (time.process_time() - began) / steps)
    return {way: statistics.median(each[1:]) for way, each in found.items()}  # the first warms up


def _step(optimizer: Any, merge: Any, tokens: tf.Tensor, values: tf.Tensor, vocabulary: int) -> Any:
    table = keras.Variable(np.zeros((vocabulary, 100), np.float32))
    optimizer.build([table])

    @tf.function
    def step() -> None:
        gradient = tf.IndexedSlices(values, tokens, tf.constant([vocabulary, 100]))
        optimizer.apply([merge(gradient)], [table])

    return step


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--set", action="append", default=[], dest="sets")
    parser.add_argument("--steps", action="store_true")
    options = parser.parse_args()
    if options.steps:
        for size in VOCABULARIES:
            times = (f"{way} {each:.2f} ms" for way, each in step_times(size).items())
            print(f"vocabulary of {size:,}: {', '.join(times)}", flush=True)
        return
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
