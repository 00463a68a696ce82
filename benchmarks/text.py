"""Times what the toolkit does for texts, on the reviews of IMDB.

Usage: python -m benchmarks.text FOLDER [--rounds 3]

FOLDER holds `imdb_train.csv.gz` and `imdb_test.csv.gz` (columns label and text). Measured, in
turn in one process each:

- an epoch of the Keras example's network (embedding 128, two bidirectional LSTMs of 64,
  batches of 32) over 640 reviews, batched by length and padded to one fixed length;
- reading the 50,000 reviews and tokenizing them (CPU seconds, largest resident memory);
- an export of that network against the same network through `keras.Model.predict`.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

REVIEWS, BATCH, LIMITS = 640, 32, (200, 500)


def network(tokens: int) -> Any:
    from lstm_toolkit.builders import text_classifier

    return text_classifier(
        tokens, classes=2, embedding=128, units=(64, 64), bidirectional=True, pooling="last"
    )  # fmt: skip


def batching(folder: Path, rounds: int) -> dict[str, Any]:
    import keras
    import tensorflow as tf

    from lstm_toolkit.data import Batches, TextEncoder, read_texts

    texts = read_texts(folder / "imdb_train.csv.gz").rows.take(np.arange(REVIEWS))
    labels = np.array([int(label) for label in texts.labels], np.int32)
    report = {}
    for limit in LIMITS:
        encoder = TextEncoder.learn(texts.inputs, size=20_000, max_tokens=limit)
        rows = encoder.encode(tf.constant(texts.inputs, tf.string))
        by_length = Batches(
            rows,
            labels,
            batch_size=BATCH,
            seed=0,
            training_pair=lambda part, classes: (part.to_tensor(), classes),
        )
        padded = rows.to_tensor(shape=[None, limit])
        fixed = tf.data.Dataset.from_tensor_slices((padded, labels)).batch(BATCH)
        fits: dict[str, Callable[[], Any]] = {}
        for name, batches in (("by_length", by_length.dataset()), ("fixed", fixed)):
            model = network(len(encoder.vocabulary))
            loss = keras.losses.SparseCategoricalCrossentropy()
            model.compile("adam", loss, jit_compile=False)
            fits[name] = lambda model=model, batches=batches: model.fit(
                batches, shuffle=False, verbose=0
            )
        seconds = in_turn(fits, rounds)
        ratio = statistics.median(seconds["fixed"]) / statistics.median(seconds["by_length"])
        report[f"max_tokens={limit}"] = seconds | {"ratio": ratio, "padding": by_length.padding()}
    return report


def in_turn(calls: dict[str, Callable[[], Any]], rounds: int) -> dict[str, list[float]]:
    """Returns the seconds of each call, taken in turn, after one call that is not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for turn in range(rounds + 1):
        for name, call in calls.items():
            began = time.perf_counter()
            call()
            if turn:
                seconds[name].append(time.perf_counter() - began)
    return seconds


def tokenizing(folder: Path, rounds: int) -> dict[str, Any]:
    from lstm_toolkit.data import TextEncoder, read_texts
    from lstm_toolkit.data.row_store import gather
    from lstm_toolkit.features import Text

    parts = [read_texts(folder / f"imdb_{name}.csv.gz").rows for name in ("train", "test")]
    read = time.process_time()
    encoder = TextEncoder.learn(parts[0].inputs, size=20_000)
    learnt = time.process_time()
    rows = [gather(Text().encode_chunks(part.inputs, encoder))["rows"] for part in parts]
    encoded = time.process_time()
    return {
        "texts": sum(len(part) for part in parts),
        "tokens": sum(len(part.values) for part in rows),
        "reading_cpu_seconds": read,
        "vocabulary_cpu_seconds": learnt - read,
        "tokenizing_cpu_seconds": encoded - learnt,
        "resident_gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
    }


def serving(folder: Path, rounds: int) -> dict[str, Any]:
    import tensorflow as tf

    from lstm_toolkit import export_model, get_task
    from lstm_toolkit.data import Labels, TextEncoder, read_texts
    from lstm_toolkit.features import States

    texts = read_texts(folder / "imdb_test.csv.gz").rows.inputs[:640]
    encoder = TextEncoder.learn(texts, size=20_000, max_tokens=400)
    states = States({"text": encoder}, Labels(("negative", "positive")))
    model = network(len(encoder.vocabulary))
    report = {}
    with tempfile.TemporaryDirectory() as place:
        samples = np.array([text[:1_000] for text in texts[:8]], np.str_)
        target, _ = export_model(get_task("sentiment"), model, states, samples, Path(place))
        loaded = tf.saved_model.load(str(target))
        ask = loaded.signatures["serving_default"]
        for size in (1, 64):
            batches = [tf.constant(texts[i : i + size], tf.string) for i in range(0, 640, size)]
            batches = batches[: 10 if size == 64 else 100]
            seconds: dict[str, list[float]] = {"export": [], "predict": []}
            for turn in range(rounds + 1):
                for batch in batches:
                    began = time.perf_counter()
                    ask(text=batch)
                    between = time.perf_counter()
                    model.predict(encoder.encode(batch).to_tensor(), verbose=0)
                    if turn:
                        seconds["export"].append(between - began)
                        seconds["predict"].append(time.perf_counter() - between)
            report[f"batch {size}"] = {
                side: {
                    "texts_per_second": size / statistics.mean(values),
                    "p50_ms": 1_000 * float(np.percentile(values, 50)),
                    "p99_ms": 1_000 * float(np.percentile(values, 99)),
                }
                for side, values in seconds.items()
            }
    return report


PARTS = {"batching": batching, "tokenizing": tokenizing, "serving": serving}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--part", choices=PARTS)
    options = parser.parse_args()
    if options.part:
        from lstm_toolkit.system.runtime import quiet_tensorflow

        quiet_tensorflow()
        print(json.dumps(PARTS[options.part](options.folder, options.rounds)))
        return
    for part in PARTS:
        command = [sys.executable, "-m", "benchmarks.text", str(options.folder)]
        command += ["--rounds", str(options.rounds), "--part", part]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        print(part, json.dumps(json.loads(done.stdout.splitlines()[-1]), indent=2), flush=True)


if __name__ == "__main__":
    main()
