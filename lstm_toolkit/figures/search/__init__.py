"""Figures of a search: scores over time, parallel coordinates, effects of settings."""

from __future__ import annotations

from lstm_toolkit.lazy import lazily

__all__ = ["effects", "objective_over_time", "parallel_coordinates"]
__getattr__, __dir__ = lazily(__name__, dict.fromkeys(__all__, "figures"))
