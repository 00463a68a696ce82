"""Optimizers, learning rates, and gradients of embeddings."""

from __future__ import annotations

import importlib
from typing import Any

_HOME = {
    "LazyAdam": "lazy_adam",
    "learning_rate": "catalogue",
    "merge_repeated_rows": "sparse_gradients",
    "optimizer": "catalogue",
}

__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
