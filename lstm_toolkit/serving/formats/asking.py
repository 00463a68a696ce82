"""Asks a file of another run-time, row by row, in a process without TensorFlow."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.errors import ExportError

_LITERT = """
from ai_edge_litert.interpreter import Interpreter
signature = Interpreter(model_path=model, num_threads=1).get_signature_runner("serving_default")
ask = lambda row: signature(**row)
"""

_ONNX = """
import onnxruntime
options = onnxruntime.SessionOptions()
options.log_severity_level, options.intra_op_num_threads = 3, 1
session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
names = [each.name for each in session.get_outputs()]
ask = lambda row: dict(zip(names, session.run(names, row)))
"""

OPENERS = {".tflite": _LITERT, ".onnx": _ONNX}
"""What opens a file, by its suffix, and makes `ask`."""

EXAMPLES = {
    "litert": """
from ai_edge_litert.interpreter import Interpreter

interpreter = Interpreter("MODEL_DIR/VERSION/int8.tflite")
ask = interpreter.get_signature_runner("serving_default")
print(ask.get_input_details())  # ask(NAME=array) answers
""",
    "onnx": """
import onnxruntime

session = onnxruntime.InferenceSession("MODEL_DIR/VERSION/model.onnx")
print(*session.get_inputs())  # session.run(None, {NAME: array}) answers
""",
}
"""How to begin with each format, as cards show it."""

_ANSWER = """
import sys, time
import numpy as np
model, inputs, outputs = sys.argv[1:]
{opener}
with np.load(inputs) as file:
    rows = dict(file)
answers, seconds = [], []
for place in range(len(next(iter(rows.values())))):
    row = {name: column[place : place + 1] for name, column in rows.items()}
    began = time.perf_counter()
    answer = ask(row)
    seconds.append(time.perf_counter() - began)
    answers.append({name: np.array(value) for name, value in answer.items()})
joined = {name: np.concatenate([each[name] for each in answers]) for name in answers[0]}
assert not {"tensorflow", "lstm_toolkit"} & set(sys.modules)
np.savez(outputs, **joined, _milliseconds=1e3 * np.median(seconds))
"""


@dataclasses.dataclass(frozen=True)
class Answers:
    """What a file answered.

    Attributes:
        outputs: By name, one row an input.
        milliseconds: A row, the median, on one thread of this machine.
    """

    outputs: dict[str, NDArray[Any]]
    milliseconds: float


def ask(model: Path, rows: dict[str, NDArray[Any]], folder: Path) -> Answers:
    """Asks a file in a process of its own.

    Args:
        model: The file, `.tflite` or `.onnx`.
        rows: What goes in, by name.
        folder: To write to.

    Raises:
        ExportError: If it does not answer.
    """
    inputs, outputs = folder / "inputs.npz", folder / f"{model.stem}.outputs.npz"
    np.savez(inputs, **rows)  # type: ignore[arg-type]
    script = _ANSWER.replace("{opener}", OPENERS[model.suffix])
    done = subprocess.run(
        [sys.executable, "-P", "-c", script, *map(str, (model, inputs, outputs))],
        env=os.environ | {"CUDA_VISIBLE_DEVICES": "-1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        raise ExportError(
            f"{model.name} does not answer in a process without TensorFlow: {reason[:200]}"
        )
    with np.load(outputs) as file:
        answers = dict(file)
    return Answers(answers, float(answers.pop("_milliseconds")))
