"""The feature of each kind of column."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lstm_toolkit.data.readers.mixed.names import kind_of
from lstm_toolkit.features.cells.categories import CategoryCell
from lstm_toolkit.features.cells.cell import Cell
from lstm_toolkit.features.cells.numbers import NumberCell
from lstm_toolkit.features.cells.pictures import PictureCell
from lstm_toolkit.features.cells.steps import SeriesCell
from lstm_toolkit.features.cells.texts import TextCell
from lstm_toolkit.features.feature import Feature

CELLS: Mapping[str, Callable[[], Feature[Any]]] = {
    "text": TextCell,
    "number": NumberCell,
    "category": CategoryCell,
    "image": PictureCell,
    "series": SeriesCell,
}


def cell_named(name: str) -> Cell | None:
    """Returns the feature of an input by its name, None if it is that of none."""
    kind = kind_of(name)
    return Cell(name, CELLS[kind]()) if kind in CELLS else None
