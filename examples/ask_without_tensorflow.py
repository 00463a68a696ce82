"""Asks an export for LiteRT or ONNX; needs NumPy and the run-time, nothing of TensorFlow.

Usage: python examples/ask_without_tensorflow.py FILE.tflite|FILE.onnx TEXT...|SAMPLES.npz

FILE stands in a folder that `lstm-toolkit export --format litert` or `--format onnx` made.
Texts need `pip install regex`, too: text_tokenizer.py beside this file turns them into numbers.
"""

import json
import sys
from pathlib import Path

import numpy as np

file, *given = sys.argv[1:]
file = Path(file)
facts = json.loads((file.parent / "model.json").read_text("utf-8"))
labels = facts["labels"] and (file.parent / facts["labels"]).read_text("utf-8").splitlines()

if file.suffix == ".tflite":
    from ai_edge_litert.interpreter import Interpreter

    signature = Interpreter(str(file)).get_signature_runner("serving_default")

    def ask(row):
        """Answers one row, by the names of inputs and outputs."""
        return signature(**row)
else:
    import onnxruntime

    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    outputs = [each.name for each in session.get_outputs()]

    def ask(row):
        """Answers one row, by the names of inputs and outputs."""
        return dict(zip(outputs, session.run(None, row), strict=True))


if facts["tokenizers"]:
    from text_tokenizer import Tokenizer, padded

    ((name, tokenizer),) = facts["tokenizers"].items()
    numbers_of = Tokenizer(file.parent / tokenizer)
    rows = []
    for text in given:
        numbers = numbers_of(text)
        length = facts["length"] or len(numbers)
        if len(numbers) > length:
            sys.exit(f"{text[:40]}: needs at most {length} tokens. Received: {len(numbers)}")
        rows.append({name: np.array([padded(numbers, length)], np.int32)})
else:
    ((name, spec),) = facts["inputs"].items()
    rows = [{name: row[None].astype(spec["dtype"])} for row in np.load(given[0])[name]]

for row in rows:
    for output, value in ask(row).items():
        if value.dtype.kind in "iu":  # a number that stands for a label; -1 is none
            shown = " ".join(labels[number] for number in value.ravel() if number >= 0)
        else:
            shown = np.array2string(value[0], precision=4, separator=", ")
        print(f"{output}: {shown}")
assert "tensorflow" not in sys.modules
