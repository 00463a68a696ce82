"""What comes out, one kind a file: losses, answers, scores, and the simplest methods."""

from __future__ import annotations

import importlib
from typing import Any

_HOME = {
    "Target": "target",
    "Signature": "signature",
    "Trained": "signature",
    "Predicted": "target",
    "Classes": "classes",
    "ClassesSettings": "classes",
    "ExplainedClasses": "explained_classes",
    "Tokens": "tokens",
    "TokensSettings": "tokens",
    "Translator": "translator",
    "Numbers": "numbers",
    "NumbersSettings": "numbers",
    "Tags": "tags",
    "TagsSettings": "tags",
}

__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
