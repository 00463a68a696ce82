"""Which formats there are beside SavedModels, and what each needs."""

from __future__ import annotations

import importlib
import importlib.util

from lstm_toolkit.errors import InputError, did_you_mean

SAVED_MODEL = "savedmodel"
"""The format that holds everything, and needs TensorFlow."""

NEEDS = {"litert": ("ai_edge_litert",), "onnx": ("tf2onnx", "onnx", "onnxruntime")}
"""The libraries of each other one; its extra has its name."""

FIXED_LENGTH = ("litert",)
"""Those in which texts have one length."""


def check_format(name: str) -> None:
    """Raises `InputError` if there is no such format, or a library of it is not installed."""
    known = (SAVED_MODEL, *NEEDS)
    if name not in known:
        raise InputError(f"unknown format `{name}`, {did_you_mean(name, known)}")
    missing = [each for each in NEEDS.get(name, ()) if importlib.util.find_spec(each) is None]
    if missing:
        raise InputError(
            f"--format {name} needs libraries of its own; pip install 'lstm_toolkit[{name}]'. "
            f"Received: no {', '.join(missing)}"
        )
