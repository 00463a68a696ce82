"""What goes in, one kind a file: learnt, encoded once, padded, and read from what people give."""

from __future__ import annotations

import importlib
from typing import Any

_HOME = {
    "Feature": "feature",
    "EncodedColumn": "feature",
    "States": "states",
    "Image": "image",
    "ImageFrame": "image",
    "ImageSettings": "image",
    "Text": "text",
    "TextSettings": "text",
    "Sentence": "sentence",
    "SentencesSettings": "sentence",
    "Words": "words",
    "WordsSettings": "words",
    "Series": "series",
    "SeriesSettings": "series",
}

__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
