"""Times how translation is trained and how its export writes, against what people do else.

Usage: python -m benchmarks.translation [--rounds 3] [--part training|decoding] [--data PATH]

The network is that of the task's defaults. Without `--data` the sample pairs are read.
Measured are:

- training: real tokens a second, source and target, of an epoch of `fit`, in the toolkit, in
  the structure of TensorFlow's tutorial on attention with LSTMs (random batches), and in PyTorch
  where it is installed; in turn, after an epoch each that is not counted;
- decoding: sentences a second of the export's signature `translate`, greedily and with five
  beams, one sentence at a time and 64, against a loop in Python over the same weights, whose
  step is called eagerly or compiled. All must write the same sentences.

All runs in one process. Seconds of the wall clock mean little where other work runs; those of
the CPU count all threads. TF_NUM_INTRAOP_THREADS and OMP_NUM_THREADS set how many there are.
Each turn is told on standard error, the report on standard output.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

GOALS = {"tutorial": 2.0, "pytorch": 1.0, "decoding": 5.0}
EPOCHS_TO_WRITE, BEAMS, PENALTY = 8, (1, 5), 1.0
SENTENCES = {1: 24, 64: 128}
"""Sentences that are translated for each size of a batch."""


def prepared(options: argparse.Namespace) -> tuple[Any, Any]:
    """Returns the data, and batches of `--pairs` training rows at random."""
    import keras

    from lstm_toolkit import get_task
    from lstm_toolkit.training.preparation import prepare

    keras.utils.set_random_seed(0)
    task = get_task("translation")
    data = prepare(task, task.configure({}), options.data)
    train = data.splits.train
    rows = np.random.default_rng(0).permutation(len(train.inputs))
    return data, data.batches(train.take(rows[: options.pairs]), shuffled=True)


def toolkit_epoch(data: Any, batches: Any) -> Callable[[int], Any]:
    return epoch_of(toolkit_model(data, batches), batches)


def toolkit_model(data: Any, batches: Any) -> Any:
    from lstm_toolkit.training.fitting import compile_model

    model = data.task.build(data.settings, data.states)
    steps = len(batches) * data.settings.epochs
    return compile_model(model, data.task, data.settings, steps=steps)


def epoch_of(model: Any, batches: Any) -> Callable[[int], Any]:
    from lstm_toolkit.training.backup import Position

    dataset, calls = batches.dataset(), [Position(batches)]
    options = {"shuffle": False, "verbose": 0, "callbacks": calls}
    return lambda epoch: model.fit(dataset, epochs=epoch + 1, initial_epoch=epoch, **options)


def tutorial_epoch(data: Any, batches: Any) -> Callable[[int], Any]:
    import tensorflow as tf

    from benchmarks.translation_rivals import Tutorial

    sources, targets = batches.inputs["text"].to_tensor(), batches.targets.to_tensor()
    rows = tf.data.Dataset.range(batches.size).shuffle(batches.size, seed=0)

    def pair(chosen: Any) -> Any:
        return batches.training_pair(
            {"text": tf.gather(sources, chosen)}, tf.gather(targets, chosen)
        )

    at_random = rows.batch(batches.batch_size).map(pair, tf.data.AUTOTUNE).prefetch(2)
    model = Tutorial(vocabularies(data), data.settings.units[0])
    return lambda _: model.fit(at_random, verbose=0)


def pytorch_epoch(data: Any, batches: Any) -> Callable[[int], Any]:
    from benchmarks.translation_rivals import torch_step

    step = torch_step(vocabularies(data), data.settings)
    sources, told = batches.inputs["text"].to_list(), batches.targets.to_list()

    def padded(rows: list[list[int]]) -> Any:
        longest = max(map(len, rows))
        return np.array([row + [0] * (longest - len(row)) for row in rows], np.int32)

    def epoch(number: int) -> None:
        for rows in batches.order(number):
            target = padded([told[row] for row in rows])
            step(padded([sources[row] for row in rows]), target[:, :-1], target[:, 1:])

    return epoch


def vocabularies(data: Any) -> tuple[int, int]:
    return len(data.states.only.vocabulary), len(data.states.target.encoder.vocabulary)


SIDES = {"toolkit": toolkit_epoch, "tutorial": tutorial_epoch, "pytorch": pytorch_epoch}


def training(options: argparse.Namespace) -> dict[str, Any]:
    data, batches = prepared(options)
    sides = [s for s in SIDES if s != "pytorch" or importlib.util.find_spec("torch")]
    epochs = {side: SIDES[side](data, batches) for side in sides}
    seconds = in_turn(epochs, options.rounds)
    tokens = int((batches.inputs["text"].lengths + batches.targets.lengths - 1).sum())
    speeds = {side: speed(values, tokens) for side, values in seconds.items()}
    return {
        "tokens": tokens,
        "vocabularies": vocabularies(data),
        "padding": batches.padding(),
        "tokens_per_second": speeds,
        "toolkit_is_faster": ratios(speeds, "toolkit"),
    }


def in_turn(
    calls: dict[str, Callable[[int], Any]], rounds: int
) -> dict[str, list[dict[str, float]]]:
    """Returns the seconds of each call, taken in turn, after one call that is not counted."""
    seconds: dict[str, list[dict[str, float]]] = {name: [] for name in calls}
    for turn in range(rounds + 1):
        for name, call in calls.items():
            wall, cpu = time.perf_counter(), time.process_time()
            call(turn)
            took = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
            seconds[name] += [took] * (turn > 0)
            print(turn, name, took, file=sys.stderr, flush=True)
    return seconds


def speed(seconds: list[dict[str, float]], count: int) -> dict[str, Any]:
    """Returns medians, and lowest and highest, a second of wall clock and of CPU."""
    report = {}
    for clock in ("wall", "cpu"):
        rates = [count / each[clock] for each in seconds]
        report[clock] = float(f"{statistics.median(rates):.4g}")
        report[f"{clock}_range"] = [float(f"{rate:.4g}") for rate in (min(rates), max(rates))]
    return report


def ratios(speeds: dict[str, Any], ours: str) -> dict[str, Any]:
    """Returns how many times as fast as each other side ours is."""
    report = {}
    for side, rates in speeds.items():
        if side != ours:
            times = {c: round(speeds[ours][c] / rates[c], 2) for c in ("wall", "cpu")}
            goal = GOALS.get(side, GOALS["decoding"])
            report[side] = times | {"goal": goal, "met": min(times.values()) >= goal}
    return report


def decoding(options: argparse.Namespace) -> dict[str, Any]:
    import tensorflow as tf

    from benchmarks.python_decoder import PythonDecoder
    from lstm_toolkit import export_model

    data, batches = prepared(options)
    model = toolkit_model(data, batches)
    epoch = epoch_of(model, batches)
    for number in range(EPOCHS_TO_WRITE):
        epoch(number)
    texts = [str(text) for text in data.splits.test.inputs]
    with tempfile.TemporaryDirectory() as folder:
        samples = np.array(texts[:8], np.str_)
        target, _ = export_model(data.task, model, data.states, samples, Path(folder))
        ask = tf.saved_model.load(str(target)).signatures["translate"]

        def export(part: list[str], beams: int) -> list[str]:
            asked = {"beams": tf.constant(beams), "length_penalty": tf.constant(PENALTY)}
            found = ask(text=tf.constant(part), **asked)["translations"].numpy()
            return [sentence.decode() for sentence in found[:, 0]]

        writers: dict[str, Callable[[list[str], int], list[str]]] = {"export": export}
        for name, compiled in (("python_eager", False), ("python_compiled", True)):
            loop = PythonDecoder(model, data.states, compiled=compiled)
            writers[name] = lambda part, beams, loop=loop: loop.translate(part, beams, PENALTY)
        return {
            f"batch {size}, {beams} beam{'s' * (beams > 1)}": written(
                writers, texts[:count], size, beams, options.rounds
            )
            for size, count in SENTENCES.items()
            for beams in BEAMS
        }


def written(
    writers: dict[str, Any], texts: list[str], size: int, beams: int, rounds: int
) -> dict[str, Any]:
    """Lets each side write all texts, and holds what they wrote against each other."""
    answers: dict[str, list[str]] = {}

    def write(name: str) -> None:
        parts = [texts[i : i + size] for i in range(0, len(texts), size)]
        answers[name] = [sentence for part in parts for sentence in writers[name](part, beams)]

    calls = {name: lambda _, name=name: write(name) for name in writers}
    speeds = {name: speed(each, len(texts)) for name, each in in_turn(calls, rounds).items()}
    return {
        "sentences_per_second": speeds,
        "export_is_faster": ratios(speeds, "export"),
        "different": sum(len(set(found)) > 1 for found in zip(*answers.values(), strict=True)),
        "mean_characters": statistics.mean(map(len, answers["export"])),
    }


PARTS = {"training": training, "decoding": decoding}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--part", choices=PARTS)
    parser.add_argument("--data", type=Path, help="pairs in any form that the task reads")
    parser.add_argument("--pairs", type=int, default=3_200, help="to train on, at most")
    options = parser.parse_args()
    from lstm_toolkit.system.runtime import quiet_tensorflow

    quiet_tensorflow()
    report: dict[str, Any] = {"rounds": options.rounds, "pairs": options.pairs}
    report["load_average"] = [round(load, 1) for load in os.getloadavg()]
    for part in [options.part] if options.part else PARTS:
        report[part] = PARTS[part](options)
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
