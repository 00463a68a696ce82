"""Texts with several labels each, divided by a sign in one column; and made ones as a sample."""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any

import numpy as np

from lstm_toolkit.data.columns import Ragged
from lstm_toolkit.data.dataset import Dataset, Source

_ABOUT = {
    "food": ("the soup was warm", "breakfast came cold", "the bread was fresh"),
    "staff": ("the waiter was kind", "nobody at the desk helped us", "they welcomed us warmly"),
    "room": ("our room was quiet", "the bed was too short", "the window did not close"),
    "price": ("it cost too much", "the bill was fair", "we paid twice for parking"),
}
_OPENINGS = ("", "All in all, ", "To be fair, ", "This time, ", "For us, ")


def read_label_lists(data: Any, settings: Any) -> Source:
    """Reads texts with their labels.

    Args:
        data: What `data.read_texts` takes; None makes up the sample.
        settings: `text_column`, `label_column`, `encoding`, `label_separator`.

    Returns:
        Texts `object[n]`, with `Ragged` rows of their different labels as the target `labels`.
    """
    from lstm_toolkit.data import read_texts

    made = data is None
    source = read_texts(
        _sample() if made else data,
        text_column=settings.text_column,
        label_column=settings.label_column,
        encoding=settings.encoding,
        known=("",),  # each combination counts for itself, however rare
    )
    parts = {
        name: part if part is None else _divided(part, settings.label_separator)
        for name, part in (("rows", source.rows), ("test", source.test))
    }
    note = source.note.replace("a data frame", "the sample") if made else source.note
    return dataclasses.replace(source, note=note, **parts)


def _divided(rows: Dataset, separator: str) -> Dataset:
    cells = (str(cell).split(separator) for cell in rows.targets["label"])
    labels = [sorted({part.strip() for part in cell if part.strip()}) for cell in cells]
    return Dataset(rows.columns, {"labels": Ragged.of(labels, np.str_)}, rows.meta)


def _sample() -> Any:
    import pandas as pd

    rng = np.random.default_rng(0)
    phrases = [(text, name) for name, texts in _ABOUT.items() for text in texts]
    groups = [*itertools.combinations(phrases, 1), *itertools.combinations(phrases, 2)]
    rows = [
        (opening + ", and ".join(text for text, _ in group) + ".", ";".join(n for _, n in group))
        for group in groups
        for opening in rng.permutation(_OPENINGS)
    ]
    return pd.DataFrame(rows, columns=["text", "labels"])
