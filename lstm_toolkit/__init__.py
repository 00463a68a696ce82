"""Stacked LSTM networks in Keras: from raw data to a SavedModel that answers.

The package imports nothing heavy: each name below is loaded when it is first used, so
that the command line can answer `--help` without TensorFlow.
"""

from __future__ import annotations

import importlib
from typing import Any

from lstm_toolkit.system.tensorflow_start import prepare_start

prepare_start()

__version__ = "0.2.0.dev0"

_HOME = {
    "get_task": "lstm_toolkit.tasks",
    "task_names": "lstm_toolkit.tasks",
    "prepare": "lstm_toolkit.training.preparation",
    "train": "lstm_toolkit.training.training",
    "compile_model": "lstm_toolkit.training.fitting",
    "Position": "lstm_toolkit.training.backup",
    "tune": "lstm_toolkit.tuning",
    "tuner": "lstm_toolkit.tuning",
    "make_plan": "lstm_toolkit.tuning",
    "evaluate": "lstm_toolkit.training.evaluation",
    "evaluate_run": "lstm_toolkit.training.evaluation",
    "load": "lstm_toolkit.serving.prediction",
    "SequenceClassifier": "lstm_toolkit.estimator",
    "export": "lstm_toolkit.serving.export",
    "export_model": "lstm_toolkit.serving.export",
    "gate_activations": "lstm_toolkit.inspection.gates",
    "layer_gates": "lstm_toolkit.inspection.gates",
    "Run": "lstm_toolkit.runs",
    "Task": "lstm_toolkit.task",
    "Reporter": "lstm_toolkit.system.reporting",
    "ToolkitError": "lstm_toolkit.errors",
    "InputError": "lstm_toolkit.errors",
}
_MODULES = {
    "gate_plots": "lstm_toolkit.figures.gate_plots",
    "plots": "lstm_toolkit.figures.plots",
    **{
        room: f"lstm_toolkit.{room}"
        for room in ("builders", "data", "features", "layers", "targets", "tasks", "tuning")
    },
}

__all__ = ["__version__", *_HOME, *_MODULES]  # noqa: PLE0604


_NAMED = {"load": "open_model", "export": "export_run"}
"""Names that are shorter here than in their rooms."""


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(_HOME[name]), _NAMED.get(name, name))
    if name in _MODULES:
        return importlib.import_module(_MODULES[name])
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
