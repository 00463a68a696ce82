"""Searching for settings with Keras Tuner: from a plan to a finished run of the best."""

from __future__ import annotations

import importlib
from typing import Any

_HOME = {
    "tune": "search",
    "tuner": "search",
    "make_plan": "search",
    "Search": "search",
    "Plan": "plan",
    "TaskTuner": "task_tuner",
    "TaskHyperModel": "task_tuner",
    "join": "workers",
}

__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
