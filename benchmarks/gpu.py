"""What training on a GPU gives: one command, a table and a JSON file, in under six minutes.

Usage: python -m benchmarks.gpu [PART]... [--device gpu|cpu] [--json FILE] [--units 512]

Parts, all by default, in this order:

- devices: versions, GPUs, what TensorFlow was built for, what `auto` precision stands for.
- kernels: how many cuDNN kernels the traced training step of each task's default network has,
  against its recurrent layers.
- speed: rows and tokens a second of training steps on one batch that lies on the device, of
  digits, long texts (with masks) and translation, in float32, mixed_float16 and
  mixed_bfloat16; of PyTorch on the same network, packed where texts have lengths, where it is
  installed.
- agreement: answers and gradients of one network with cuDNN against those on the CPU.
- scaling: how the loss is scaled in mixed_float16, before and after some steps.
- export: a run trained here, exported, and asked in a clean process that sees no GPU.
- resume: weights of a training that was cut off after an epoch against those of one that was not.
- search: three short trials.

`--device cpu` hides the GPU and takes small sizes: it tests this script, not the device. A part
that fails is told, the others go on, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

POLICIES = ("float32", "mixed_float16", "mixed_bfloat16")
WORDS = 2_000


class Sizes(NamedTuple):
    """How much is measured."""

    units: int
    batch: int
    length: int
    steps: int
    rounds: int


SMALL = Sizes(units=16, batch=8, length=20, steps=3, rounds=2)
"""For a CPU."""

Facts = dict[str, Any]


def words(rng: np.random.Generator, length: int) -> str:
    return " ".join(f"w{word}" for word in rng.integers(0, WORDS, length))


def make_data(name: str, folder: Path, sizes: Sizes) -> Path:
    """Writes rows of random content; speed does not depend on what they show."""
    rng = np.random.default_rng(0)
    rows = 4 * sizes.batch
    path = folder / {"digits": "digits.npz", "long": "long.csv", "translation": "pairs.tsv"}[name]
    if name == "digits":
        images = rng.integers(0, 256, (rows, 28, 28), dtype=np.uint8)
        np.savez(path, x_train=images, y_train=np.arange(rows) % 10)
        return path
    with path.open("w", encoding="utf-8") as file:
        file.write("text,label\n" if name == "long" else "")
        for row in range(rows):
            length = int(rng.integers(sizes.length // 2, sizes.length + 1))
            last = f",{row % 2}" if name == "long" else f"\t{words(rng, length)}"
            file.write(f"{words(rng, length)}{last}\n")
    return path


def task_settings(name: str, sizes: Sizes) -> tuple[str, dict[str, Any]]:
    """Returns a task, and settings of a network that PyTorch can have too."""
    units = str(sizes.units)
    own = {"batch_size": str(sizes.batch), "epochs": "1", "baselines": "false", "units": units}
    if name == "digits":
        return "digits", own | {"preset": "plain", "units": f"{units},{units}"}
    if name == "long":
        plain = {"bigrams": "0", "naive_bayes": "0", "wide": "false"}
        return "sentiment", own | plain | {"preset": "long", "max_tokens": str(sizes.length)}
    limits = {"max_tokens": str(sizes.length)}
    return "translation", own | limits | {"copy_unknown": "false", "source_tokens": "word"}


class Training(NamedTuple):
    """A compiled network with one batch on the device."""

    model: Any
    batch: Any
    rows: int
    tokens: int


def make_training(name: str, folder: Path, sizes: Sizes, policy: str = "float32") -> Training:
    """Builds what the toolkit trains, in an arithmetic."""
    import keras

    import lstm_toolkit as lt

    task, texts = task_settings(name, sizes)
    chosen = lt.get_task(task).configure(texts)
    prepared = lt.prepare(task, chosen, data=make_data(name, folder, sizes))
    batches = prepared.batches(prepared.splits.train, shuffled=True)
    batch = next(iter(batches.dataset()))
    with policy_of(policy):
        model = lt.compile_model(prepared.build(), task, chosen, steps=10_000)
    inputs = [np.asarray(each) for each in keras.tree.flatten(batch[0])]
    rows = len(inputs[0])
    tokens = rows * 28 if name == "digits" else sum(int((each != 0).sum()) for each in inputs)
    return Training(model, batch, rows, tokens)


def policy_of(name: str) -> Any:
    from lstm_toolkit.system.runtime import dtype_policy

    return dtype_policy(name)


def seconds_a_step(training: Training, sizes: Sizes) -> float:
    """Returns the median over rounds, the first of which traces and is not counted."""
    import tensorflow as tf

    repeated = tf.data.Dataset.from_tensors(training.batch).repeat(sizes.steps)
    times = []
    for _ in range(sizes.rounds + 1):
        began = time.perf_counter()
        training.model.fit(repeated, verbose=0, shuffle=False)
        times.append((time.perf_counter() - began) / sizes.steps)
    return statistics.median(times[1:])


def devices(folder: Path, sizes: Sizes) -> Facts:
    import keras
    import tensorflow as tf

    from lstm_toolkit.system.runtime import resolve_precision

    build = tf.sysconfig.get_build_info()
    gpus = tf.config.list_physical_devices("GPU")
    return {
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
        "gpus": [tf.config.experimental.get_device_details(gpu) for gpu in gpus],
        "cuda build": build.get("cuda_version", "no"),
        "cudnn build": build.get("cudnn_version", "no"),
        "auto stands for": resolve_precision("auto"),
    }


def kernels(folder: Path, sizes: Sizes) -> Facts:
    from lstm_toolkit.builders.cudnn import cudnn_blockers, recurrent_layers

    facts = {}
    for name in ("digits", "long", "translation"):
        training = make_training(name, folder, sizes)
        traced = _operations(training)
        facts[name] = {
            "recurrent layers": len({id(layer) for layer in recurrent_layers(training.model)}),
            "cuDNN kernels forwards": traced.count("CudnnRNNV3"),
            "cuDNN kernels backwards": traced.count("CudnnRNNBackpropV3"),
            "cannot run on cuDNN": cudnn_blockers(training.model),
        }
    return facts


def _operations(training: Training) -> list[str]:
    """Returns the types of all operations of a training step, those in its functions too."""
    import tensorflow as tf

    def once(batch: Any) -> Any:
        return training.model.train_step(batch)

    graph = tf.function(once).get_concrete_function(training.batch).graph.as_graph_def()
    types = [node.op for node in graph.node]
    return types + [node.op for function in graph.library.function for node in function.node_def]


def speed(folder: Path, sizes: Sizes) -> Facts:
    facts: Facts = {}
    wide = sizes._replace(units=4 * sizes.units)
    for name, own in (("digits", sizes), ("digits", wide), ("long", sizes), ("translation", sizes)):
        for policy in POLICIES:
            training = make_training(name, folder, own, policy)
            title = f"{name}, {own.units} units, {policy}"
            _report(facts, title, seconds_a_step(training, own), training)
            if name != "translation" and importlib.util.find_spec("torch"):
                seconds = torch_seconds(name, training, own, policy)
                _report(facts, f"{title}, PyTorch", seconds, training)
    return facts


def _report(facts: Facts, name: str, seconds: float, training: Training) -> None:
    facts[name] = {
        "ms a step": round(1000 * seconds, 2),
        "rows a second": round(training.rows / seconds),
        "tokens a second": round(training.tokens / seconds),
    }


def torch_seconds(name: str, training: Training, sizes: Sizes, policy: str) -> float:
    """Times PyTorch in a process of its own: beside TensorFlow's, its libraries may clash."""
    words = [name, policy, *map(str, (sizes.units, training.rows, sizes.length, sizes.steps))]
    command = [sys.executable, "-m", "benchmarks.gpu_torch", *words, str(sizes.rounds)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def agreement(folder: Path, sizes: Sizes) -> Facts:
    """Compares with the same network without cuDNN, on the CPU; largest differences."""
    import keras

    from lstm_toolkit.builders.cudnn import without_cudnn

    layers = keras.layers
    facts = {}
    rng = np.random.default_rng(0)
    tokens = rng.integers(1, WORDS, (sizes.batch, sizes.length))
    lengths = rng.integers(1, sizes.length + 1, sizes.batch)
    tokens[np.arange(sizes.length) >= lengths[:, None]] = 0
    for kind in (layers.LSTM, layers.GRU):
        here = keras.Sequential(
            [
                keras.Input((None,), dtype="int32"),
                layers.Embedding(WORDS, 32, mask_zero=True),
                layers.Bidirectional(kind(sizes.units, return_sequences=True)),
                kind(sizes.units),
                layers.Dense(2),
            ]
        )
        plain = without_cudnn(keras.models.clone_model(here))
        plain.set_weights(here.get_weights())
        answers, gradients = zip(*(_pass(m, tokens) for m in (here, plain)), strict=True)
        facts[kind.__name__] = {
            "answers": float(np.abs(answers[0] - answers[1]).max()),
            "gradients": max(
                float(np.abs(a - b).max() / max(np.abs(b).max(), 1e-12))
                for a, b in zip(*gradients, strict=True)
            ),
        }
    return facts


def _pass(model: Any, tokens: Any) -> tuple[Any, list[Any]]:
    import tensorflow as tf

    weights = [weight.value for weight in model.trainable_variables]

    @tf.function
    def both(tokens: Any) -> Any:
        with tf.GradientTape() as tape:
            answers = model(tokens)
            loss = tf.reduce_mean(tf.square(answers - 1.0))
        return answers, [tf.convert_to_tensor(each) for each in tape.gradient(loss, weights)]

    answers, gradients = both(tf.constant(tokens, tf.int32))
    return answers.numpy(), [gradient.numpy() for gradient in gradients]


def scaling(folder: Path, sizes: Sizes) -> Facts:
    training = make_training("digits", folder, sizes, "mixed_float16")
    optimizer = training.model.optimizer
    before = float(optimizer.initial_scale)
    seconds_a_step(training, sizes)
    loss = training.model.evaluate(*training.batch[:2], verbose=0, return_dict=True)["loss"]
    return {
        "optimizer": type(optimizer).__name__,
        "scale before": before,
        "scale after": float(optimizer.dynamic_scale),
        "loss after": round(float(loss), 4),
    }


TINY = {"preset": "plain", "units": (32,), "epochs": 2, "baselines": False}


def export(folder: Path, sizes: Sizes) -> Facts:
    import lstm_toolkit as lt

    run = lt.train("digits", TINY, folder / "run")
    path, difference = lt.export(run, folder / "model")
    command = [sys.executable, "-m", "lstm_toolkit", "predict", str(path), str(_rows(run.path))]
    hidden = os.environ | {"CUDA_VISIBLE_DEVICES": "-1"}
    done = subprocess.run(
        [*command, "--json"], env=hidden, capture_output=True, text=True, check=True
    )
    answers = json.loads(done.stdout)["predictions"]
    return {
        "precision of the run": run.config["precision"],
        "difference from the Keras model": difference,
        "answers without a GPU": len(answers),
        "errors": sum("error" in answer for answer in answers),
    }


def _rows(run: Path) -> Path:
    """Writes the test rows that a run keeps, as a file that `predict` reads."""
    with np.load(run / "samples.npz") as samples:
        np.save(run / "rows.npy", samples["images"])
    return run / "rows.npy"


def resume(folder: Path, sizes: Sizes) -> Facts:
    import keras

    import lstm_toolkit as lt

    class Cut(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            if epoch == 1:
                raise KeyboardInterrupt

    whole = lt.train("digits", TINY, folder / "whole")
    with contextlib.suppress(KeyboardInterrupt):
        lt.train("digits", TINY, folder / "cut", callbacks=[Cut()])
    resumed = lt.train(
        "digits", TINY, folder / "cut", resume=True, callbacks=[keras.callbacks.Callback()]
    )
    pairs = zip(*(run.model().get_weights() for run in (whole, resumed)), strict=True)
    difference = max(float(np.abs(a - b).max()) for a, b in pairs)
    return {"largest difference of weights": difference, "bit-equal": difference == 0}


def search(folder: Path, sizes: Sizes) -> Facts:
    import lstm_toolkit as lt

    plan = lt.make_plan("digits", TINY, space={"units": "16,32"}, trials=2)
    began = time.perf_counter()
    result = lt.tune(plan, folder / "search")
    return {
        "trials": len(result.oracle.best()),
        "seconds": round(time.perf_counter() - began, 1),
        "accuracy of the best": round(result.run.metrics["test"]["accuracy"], 4),
    }


PARTS: dict[str, Callable[[Path, Sizes], Facts]] = {
    part.__name__: part
    for part in (devices, kernels, speed, agreement, scaling, export, resume, search)
}


def run_part(name: str, sizes: Sizes) -> Facts:
    """Runs a part in a folder of its own, and tells what became of it."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        try:
            facts = PARTS[name](Path(folder), sizes)
        except Exception as error:  # the other parts are to go on
            traceback.print_exc()
            facts = {"failed": f"{type(error).__name__}: {error}"[:400]}
    return {**facts, "seconds of the part": round(time.perf_counter() - began, 1)}


def lines(part: str, facts: Facts) -> Iterator[str]:
    """Yields the rows of the table."""
    for name, value in facts.items():
        if isinstance(value, dict):
            shown = ", ".join(f"{key} {each}" for key, each in value.items())
            yield f"| {part} | {name} | {shown} |"
        else:
            yield f"| {part} | {name} | {value} |"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--device", choices=("gpu", "cpu"), default="gpu")
    parser.add_argument("--units", type=int, default=512, help="Width of the layers for speed.")
    parser.add_argument("--json", type=Path, default=Path("gpu.json"))
    options = parser.parse_args()
    unknown = [part for part in options.parts if part not in PARTS]
    if unknown:
        parser.error(f"no such part {unknown[0]}; there are {', '.join(PARTS)}")
    if options.device == "cpu":
        os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
    from lstm_toolkit.system.runtime import quiet_tensorflow

    quiet_tensorflow()
    import tensorflow as tf

    if options.device == "gpu" and not tf.config.list_physical_devices("GPU"):
        parser.error("no GPU is visible; --device cpu tests this script without one")
    sizes = SMALL
    if options.device == "gpu":
        sizes = Sizes(units=options.units, batch=256, length=200, steps=30, rounds=3)
    results = {}
    print("| part | | |\n|---|---|---|")
    for part in options.parts or PARTS:
        results[part] = run_part(part, sizes)
        print("\n".join(lines(part, results[part])), flush=True)
        options.json.write_text(json.dumps(results, indent=1, default=str) + "\n", encoding="utf-8")
    sys.exit(any("failed" in facts for facts in results.values()))


if __name__ == "__main__":
    main()
