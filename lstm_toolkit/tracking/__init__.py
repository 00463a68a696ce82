"""Runs followed at a tracker that a team already uses: MLflow, Weights & Biases, TensorBoard."""

from __future__ import annotations

from lstm_toolkit.lazy import lazily

_HOME = {
    "Facts": "tracker",
    "TrackedRun": "tracker",
    "Tracker": "tracker",
    "open_tracker": "catalogue",
}

__all__ = list(_HOME)
__getattr__, __dir__ = lazily(__name__, _HOME)
