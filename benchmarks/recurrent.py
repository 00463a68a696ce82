"""Times one training step of LSTM layers: Keras's own, sped up, and PyTorch's, in turn.

Usage: python -m benchmarks.recurrent [CASE]... [--rounds 10] [--threads 2]

A step is the forward pass and the gradients of all weights; no optimizer. Sequences have
random lengths from half of the steps to all of them, except digits. PyTorch reads them
packed (`pack_padded_sequence`), which is what respects lengths as a mask does, and padded,
which is less work: the lengths are ignored. Told are medians in milliseconds: of wall time, and
of the CPU time of all threads, which other work on the machine disturbs less.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import statistics
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from lstm_toolkit.system.runtime import seed_everything

# Not `quiet_tensorflow`: it starts TensorFlow, after which the number of threads stands.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import tensorflow as tf

from lstm_toolkit.layers import speed_up


class Case(NamedTuple):
    """What is read, and by which network."""

    batch: int
    steps: int
    features: int
    network: str
    units: int


CASES = {
    "digits": Case(64, 28, 28, "stack", 128),
    "text": Case(32, 60, 102, "both", 64),
    "long": Case(64, 400, 102, "both", 64),
    "translation-64": Case(64, 10, 256, "pair", 384),
    "translation-128": Case(128, 10, 256, "pair", 384),
}
"""stack: LSTM of `units`, then of half of them. both: one bidirectional LSTM. pair: a bidirectional
LSTM, whose states, added up, begin a second LSTM over other inputs."""


def make_inputs(case: Case) -> tuple[np.ndarray, np.ndarray]:
    """Returns `float32[batch, steps, features]` and the lengths, longest first."""
    rng = np.random.default_rng(0)
    lengths = np.sort(rng.integers(case.steps // 2, case.steps + 1, case.batch))[::-1]
    if case.network == "stack":
        lengths = np.full(case.batch, case.steps)
    inputs = rng.normal(size=(case.batch, case.steps, case.features))
    return inputs.astype(np.float32), lengths.copy()


def keras_step(case: Case, *, fast: bool) -> Callable[[], Any]:
    inputs = keras.Input((case.steps if case.network == "stack" else None, case.features))
    mask = keras.Input((None,), dtype="bool")
    model = keras.Model([inputs, mask], _keras_layers(case, inputs, mask))
    values, lengths = make_inputs(case)
    fed = [tf.constant(values), tf.sequence_mask(lengths, case.steps)]
    model = speed_up(model) if fast else model

    @tf.function(input_signature=[[tf.TensorSpec(x.shape, x.dtype) for x in model.inputs]])
    def step(fed: list[tf.Tensor]) -> Any:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(model(fed, training=True))
        return tape.gradient(loss, [weight.value for weight in model.trainable_variables])

    return lambda: step(fed)


def _keras_layers(case: Case, x: keras.KerasTensor, mask: keras.KerasTensor) -> keras.KerasTensor:
    if case.network == "stack":
        x = keras.layers.LSTM(case.units, return_sequences=True)(x)
        return keras.layers.LSTM(case.units // 2)(x)
    layer = keras.layers.LSTM(case.units, return_sequences=True, return_state=True)
    y, *states = keras.layers.Bidirectional(layer)(x, mask=mask)
    if case.network == "both":
        return y
    first = [states[0] + states[2], states[1] + states[3]]
    reader = keras.layers.LSTM(case.units, return_sequences=True)
    return reader(x, initial_state=first, mask=mask)


def torch_step(case: Case, *, packed: bool) -> Callable[[], Any]:
    import torch
    from torch import nn
    from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

    values, lengths = make_inputs(case)
    inputs, both = torch.from_numpy(values), case.network != "stack"
    first = nn.LSTM(case.features, case.units, batch_first=True, bidirectional=both)
    second = nn.LSTM(case.units, case.units // 2, batch_first=True)
    if case.network == "pair":
        second = nn.LSTM(case.features, case.units, batch_first=True)

    def run(layer: nn.LSTM, x: torch.Tensor, state: Any = None) -> tuple[torch.Tensor, Any]:
        if not packed:
            return layer(x, state)
        y, state = layer(pack_padded_sequence(x, lengths, batch_first=True), state)
        return pad_packed_sequence(y, batch_first=True)[0], state

    def step() -> None:
        first.zero_grad()
        second.zero_grad()
        y, state = run(first, inputs)
        if case.network == "stack":
            y = run(second, y)[0][:, -1]
        if case.network == "pair":
            y, _ = run(second, inputs, tuple(s.sum(0, keepdim=True) for s in state))
        y.mean().backward()

    return step


def sides(case: Case) -> dict[str, Callable[[], Any]]:
    found = {
        "keras": keras_step(case, fast=False),
        "sped up": keras_step(case, fast=True),
    }
    if importlib.util.find_spec("torch"):
        found["torch, padded"] = torch_step(case, packed=False)
        if case.network != "stack":
            found["torch, packed"] = torch_step(case, packed=True)
    return found


def measure(steps: dict[str, Callable[[], Any]], rounds: int) -> dict[str, tuple[float, float]]:
    """Returns the median wall and CPU milliseconds of each side, measured in turn."""
    seconds: dict[str, list[tuple[float, float]]] = {side: [] for side in steps}
    for turn in range(rounds + 1):
        for side, step in steps.items():
            wall, cpu = time.perf_counter(), time.process_time()
            step()
            if turn:  # the first one traces
                seconds[side].append((time.perf_counter() - wall, time.process_time() - cpu))
    return {
        side: tuple(1000 * statistics.median(column) for column in zip(*pairs, strict=True))
        for side, pairs in seconds.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=", ".join(CASES))
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    tf.config.threading.set_intra_op_parallelism_threads(options.threads)
    tf.config.threading.set_inter_op_parallelism_threads(options.threads)
    if importlib.util.find_spec("torch"):
        import torch

        torch.set_num_threads(options.threads)
    seed_everything(0)
    print("| case | side | wall ms | CPU ms | wall, keras / side | CPU, keras / side |")
    print("|---|---|---|---|---|---|")
    for name in options.cases or CASES:
        found = measure(sides(CASES[name]), options.rounds)
        for side, (wall, cpu) in found.items():
            ratios = (base / own for base, own in zip(found["keras"], (wall, cpu), strict=True))
            columns = [f"{wall:.1f}", f"{cpu:.1f}", *(f"{ratio:.2f}" for ratio in ratios)]
            print(f"| {name} | {side} | {' | '.join(columns)} |", flush=True)


if __name__ == "__main__":
    main()
