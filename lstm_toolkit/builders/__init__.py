"""Networks, one family a file; each builder returns a plain, uncompiled `keras.Model`."""

from __future__ import annotations

import importlib
from typing import Any

_HOME = {
    "lstm_classifier": "classifier",
    "text_classifier": "texts",
    "seq2seq": "encoder_decoder",
    "forecaster": "forecasters",
    "tagger": "taggers",
    "train_adversarially": "adversarial",
    "pool": "pooling",
    "merge_repeated_rows": "lstm_toolkit.optimizers.sparse_gradients",
    "augment_images": "augmentation",
    "recurrent_stack": "recurrent",
    "cudnn_blockers": "cudnn",
    "without_cudnn": "cudnn",
    "optimizer": "lstm_toolkit.optimizers.catalogue",
    "learning_rate": "lstm_toolkit.optimizers.catalogue",
    "LazyAdam": "lstm_toolkit.optimizers.lazy_adam",
}

__all__ = list(_HOME)


def _module(name: str) -> str:
    home = _HOME[name]
    return home if home.startswith("lstm_toolkit.") else f"{__name__}.{home}"


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(_module(name)), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
