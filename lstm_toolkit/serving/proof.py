"""The proof of an export: what a clean process is answered, held against the Keras model."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.errors import ExportError
from lstm_toolkit.system.runtime import exact_products
from lstm_toolkit.targets.signature import Signature

TOLERANCE = 1e-5
"""The largest difference allowed between an export and its Keras model, in float32."""

NEAR_TIES = 0.05
"""Share of the texts and truth values in an answer that may differ, where rounding decides."""

CALLS = 2
"""Of a signature with state: the second goes on from the first."""

_ANSWER = """
import json, pathlib, sys
import numpy as np, tensorflow as tf
model, folder = sys.argv[1:]
plan = json.loads(pathlib.Path(folder, "calls.json").read_text("utf-8"))
loaded = tf.saved_model.load(model)  # kept: it owns the weights
for name, states in plan.items():
    signature = loaded.signatures[name]
    inputs = {k: tf.constant(v) for k, v in np.load(f"{folder}/{name}.inputs.npz").items()}
    for call in range({calls} if states else 1):
        outputs = {k: v.numpy() for k, v in signature(**inputs).items()}
        plain = {k: v.astype(bytes) if v.dtype == object else v for k, v in outputs.items()}
        np.savez(f"{folder}/{name}.{call}.outputs.npz", **plain)
        inputs |= {state: tf.constant(outputs[state]) for state in states}
assert "lstm_toolkit" not in sys.modules
""".replace("{calls}", str(CALLS))

Answer = Callable[[Path, Path], None]
"""Lets the SavedModel in one folder answer what lies in another."""


def prove(
    signatures: Mapping[str, Signature],
    samples: Mapping[str, NDArray[Any]],
    draft: Path,
    *,
    answer: Answer | None = None,
) -> float:
    """Compares the SavedModel in `draft/model` with signatures of the Keras model.

    Every signature is asked; one with state twice, in a row. What a signature draws at random
    cannot be compared: it has to be numbers or texts, one row an input.

    Args:
        signatures: Of the Keras model.
        samples: Raw inputs by name.
        draft: A folder to write to.
        answer: How the SavedModel is asked; None starts a clean process.

    Returns:
        The largest difference of any number.

    Raises:
        ExportError: If it does not answer, or differently.
    """
    folder = draft / "proof"
    folder.mkdir(exist_ok=True)
    calls = {name: [spec.name for spec in each.state] for name, each in signatures.items()}
    (folder / "calls.json").write_text(json.dumps(calls), encoding="utf-8")
    inputs = {name: _inputs(each, samples) for name, each in signatures.items()}
    for name, values in inputs.items():
        np.savez(folder / f"{name}.inputs.npz", **values)  # type: ignore[arg-type]
    (answer or in_a_clean_process)(draft / "model", folder)
    gaps = [0.0]
    with exact_products():  # as the clean process does, which sees no GPU
        for name, signature in signatures.items():
            if signature.deterministic:
                gaps.append(_compare(name, signature, inputs[name], folder))
            else:
                _check_drawn(name, signature, len(next(iter(samples.values()))), folder)
    return max(gaps)


def _inputs(signature: Signature, samples: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Returns what a signature is asked with, as NumPy saves it without pickling."""
    rows = len(next(iter(samples.values())))
    values: dict[str, NDArray[Any]] = {}
    samples = signature.samples(samples)
    for spec in signature.inputs:
        dtype = spec.dtype.as_numpy_dtype
        values[spec.name] = samples[spec.name].astype(np.str_ if dtype is object else dtype)
    for spec in signature.parameters:
        dtype = spec.dtype.as_numpy_dtype
        kind = np.str_ if dtype is object else dtype
        values[spec.name] = np.array(signature.examples[spec.name], kind)
    for spec in signature.state:
        shape = [rows if place == 0 else side for place, side in enumerate(spec.shape)]
        values[spec.name] = np.zeros(shape, spec.dtype.as_numpy_dtype)
    return values


def _compare(
    name: str, signature: Signature, inputs: dict[str, NDArray[Any]], folder: Path
) -> float:
    import tensorflow as tf

    # As a graph, since its operations are joined and round otherwise than one by one.
    graph = signature.graph()
    given = {key: tf.constant(value) for key, value in inputs.items()}
    states, gap = [spec.name for spec in signature.state], 0.0
    for call in range(CALLS if states else 1):
        outputs = graph(*(given[spec.name] for spec in signature.specs))
        expected = {key: value.numpy() for key, value in outputs.items()}
        _check_batch(name, signature, expected, len(next(iter(inputs.values()))))
        received = _received(folder, name, call)
        gap = float(np.max([gap, difference(expected, received)]))  # NaN if either is
        given |= {state: outputs[state] for state in states}
    # One row more: as many classes as rows would hide that an output has no batch.
    fixed = {spec.name for spec in signature.parameters}
    first = {key: value if key in fixed else value[:1] for key, value in given.items()}
    outputs = graph(*(first[spec.name] for spec in signature.specs))
    _check_batch(name, signature, {key: value.numpy() for key, value in outputs.items()}, 1)
    if not gap <= TOLERANCE:
        raise ExportError(
            f"the export answers differently from its Keras model: needs at most {TOLERANCE:g}. "
            f"Received: {gap:.3g} by {name}; nothing was published"
        )
    return gap


def _received(folder: Path, name: str, call: int) -> dict[str, NDArray[Any]]:
    with np.load(folder / f"{name}.{call}.outputs.npz") as file:
        return dict(file)


def _check_drawn(name: str, signature: Signature, rows: int, folder: Path) -> None:
    received = _received(folder, name, CALLS - 1 if signature.state else 0)
    _check_batch(name, signature, received, rows)
    for key, values in received.items():
        if values.dtype.kind == "f" and np.isnan(values).any():
            raise ExportError(
                f"{name}: needs numbers in `{key}`. Received: NaN; nothing was published"
            )


def _check_batch(
    name: str, signature: Signature, outputs: Mapping[str, NDArray[Any]], rows: int
) -> None:
    odd = [key for key, value in outputs.items() if value.shape[:1] != (rows,)]
    if signature.batched and odd:
        raise ExportError(
            f"{name}: needs outputs with the batch first, which servers ask for. "
            f"Received: {odd[0]} of shape {outputs[odd[0]].shape} for {rows} rows"
        )


def difference(expected: Mapping[str, NDArray[Any]], received: Mapping[str, NDArray[Any]]) -> float:
    """Returns the largest difference of numbers; NaN, which no tolerance admits, if any is.

    Raises:
        ExportError: If more texts differ than near ties explain.
    """
    gaps = [0.0]
    for name, values in expected.items():
        if values.dtype == object:
            _check_texts(name, values.astype(bytes), received[name])
            continue
        numbers = received[name].astype(np.float64)
        if values.shape != numbers.shape:
            return float("nan")
        with np.errstate(invalid="ignore"):  # -inf from -inf
            apart = np.abs(values.astype(np.float64) - numbers)
        if values.dtype == bool:  # decisions, which rounding may turn near a limit
            turned = apart > 0.5
            apart[turned & (turned.mean() <= NEAR_TIES)] = 0.0
        gaps.append(np.where(values == numbers, 0.0, apart).max(initial=0.0))  # -inf is -inf
    return float(np.max(gaps))


def _check_texts(name: str, expected: NDArray[Any], received: NDArray[Any]) -> None:
    same = expected.shape == received.shape
    differ = int((expected != received).sum()) if same else expected.size
    if differ > NEAR_TIES * expected.size:
        raise ExportError(
            "the export answers differently from its Keras model: "
            f"{differ} of {expected.size} in `{name}`; nothing was published"
        )


def in_a_clean_process(model: Path, folder: Path) -> None:
    """Asks a SavedModel from a process with TensorFlow alone and no GPU.

    Raises:
        ExportError: If it does not answer.
    """
    hidden = {"CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "2"}
    done = subprocess.run(
        [sys.executable, "-P", "-c", _ANSWER, str(model), str(folder)],
        env=os.environ | hidden,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise ExportError(f"the export does not answer in a clean process: {reason}")
