"""Figures of a search: scores over time, parallel coordinates, effects of settings."""

from __future__ import annotations

import importlib
from typing import Any

__all__ = ["effects", "objective_over_time", "parallel_coordinates"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(importlib.import_module(f"{__name__}.figures"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
