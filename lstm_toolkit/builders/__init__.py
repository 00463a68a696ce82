"""Networks, one family a file; each builder returns a plain, uncompiled `keras.Model`."""

from __future__ import annotations

import importlib
from typing import Any

_HOME = {
    "lstm_classifier": "classifier",
    "text_classifier": "texts",
    "seq2seq": "encoder_decoder",
    "train_adversarially": "adversarial",
    "pool": "pooling",
    "merge_repeated_rows": "sparse_gradients",
    "augment_images": "augmentation",
    "recurrent_stack": "recurrent",
    "cudnn_blockers": "cudnn",
    "without_cudnn": "cudnn",
    "optimizer": "optimizers",
    "learning_rate": "optimizers",
    "LazyAdam": "lazy_adam",
}

__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
