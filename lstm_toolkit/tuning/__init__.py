"""Searching for settings with Keras Tuner: from a plan to a finished run of the best."""

from __future__ import annotations

from lstm_toolkit.lazy import lazily

_HOME = {
    "tune": "search",
    "tuner": "search",
    "make_plan": "planning",
    "Search": "search",
    "Plan": "plan",
    "TaskTuner": "task_tuner",
    "TaskHyperModel": "task_tuner",
    "join": "workers",
}

__all__ = list(_HOME)
__getattr__, __dir__ = lazily(__name__, _HOME)
