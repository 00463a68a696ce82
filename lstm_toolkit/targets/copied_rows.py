"""Rows of sentence pairs in which is marked what a translation copies from its source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from lstm_toolkit.data.dataset import Dataset
from lstm_toolkit.data.text.copied_pairs import leave_open, mark_literals, mark_unknown

if TYPE_CHECKING:
    from lstm_toolkit.data.text.sentence_encoder import SentenceEncoder
    from lstm_toolkit.data.text.tokens import Kind


def marked_literals(rows: Dataset, column: str) -> Dataset:
    """Marks numbers and the like that are the same on both sides.

    Args:
        rows: With one column that goes in.
        column: Of the targets.
    """
    return _of_pairs(rows, column, mark_literals(*_sides(rows, column)))


def marked_unknown(rows: Dataset, column: str, source: SentenceEncoder) -> Dataset:
    """Marks words that are the same on both sides, and unknown to the source's vocabulary."""
    return _of_pairs(rows, column, mark_unknown(*_sides(rows, column), source))


def with_words_left_open(
    rows: Dataset, column: str, kinds: tuple[Kind, Kind], *, seed: int
) -> Dataset:
    """Adds pairs in which known words are left open, so that copying them is learnt.

    Args:
        rows: Marked.
        column: Of the targets.
        kinds: Of the tokens of both sides.
        seed: Of which words.
    """
    sides = _sides(rows, column)
    more = leave_open(*sides, kinds, seed=seed)
    both = zip(sides, more, strict=True)
    return _of_pairs(rows, column, [np.concatenate([one, two]) for one, two in both])


def _sides(rows: Dataset, column: str) -> tuple[Any, Any]:
    return rows.inputs, rows.targets[column]


def _of_pairs(rows: Dataset, column: str, pairs: Sequence[Any]) -> Dataset:
    (name,) = rows.columns
    return Dataset({name: pairs[0]}, {column: pairs[1]})
