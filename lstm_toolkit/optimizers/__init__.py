"""Optimizers, learning rates, and gradients of embeddings."""

from __future__ import annotations

from lstm_toolkit.lazy import lazily

_HOME = {
    "LazyAdam": "lazy_adam",
    "learning_rate": "catalogue",
    "merge_repeated_rows": "sparse_gradients",
    "optimizer": "catalogue",
}

__all__ = list(_HOME)
__getattr__, __dir__ = lazily(__name__, _HOME)
