"""From files to splits to batches; knows no network and no task."""

from __future__ import annotations

import importlib
from typing import Any

_HOME = {
    "Examples": "examples",
    "Source": "examples",
    "Labels": "labels",
    "Splits": "splits",
    "split": "splits",
    "read_images": "images",
    "read_frames": "image_files",
    "sample_digits": "images",
    "unit_range": "pixels",
    "read_texts": "texts",
    "read_pairs": "pairs",
    "split_pairs": "pair_splits",
    "sample_path": "samples",
    "SentenceEncoder": "sentence_encoder",
    "token_kind": "sentence_kinds",
    "bleu_tokenizer": "sentence_kinds",
    "TextEncoder": "text_encoder",
    "TextFacts": "text_encoder",
    "Vocabulary": "vocabulary",
    "read_vectors": "word_vectors",
    "log_ratios": "naive_bayes",
    "Batches": "batches",
}

__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
