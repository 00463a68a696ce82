"""Dropout masks of cells that are called step by step, outside of `keras.layers.RNN`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def forgetting_masks(cell: Any) -> Iterator[None]:
    """Lets a cell forget the dropout masks that it makes in this block.

    A cell keeps its masks until `keras.layers.RNN` clears them, which it does for cells that
    it knows. In a loop of TensorFlow a kept mask belongs to a graph that is gone in the next
    trace. Masks made before the block are kept.
    """
    unmasked = [(part, name) for part in _parts(cell) for name in _MASKS if _is_unset(part, name)]
    try:
        yield
    finally:
        for part, name in unmasked:
            if getattr(part, name, None) is not None:
                setattr(part, name, None)


_MASKS = ("_dropout_mask", "_recurrent_dropout_mask")


def _is_unset(part: Any, name: str) -> bool:
    return getattr(part, name, None) is None


def _parts(cell: Any) -> list[Any]:
    return [leaf for part in getattr(cell, "cells", []) for leaf in _parts(part)] or [cell]
