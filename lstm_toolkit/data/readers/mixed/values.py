"""Cells of each kind as the values that a network's features take."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from lstm_toolkit.data.columns import Sequences, texts
from lstm_toolkit.data.labels import label_text
from lstm_toolkit.data.readers.mixed.decimals import number_of
from lstm_toolkit.data.readers.mixed.missing import is_missing
from lstm_toolkit.data.readers.mixed.series_cells import series_of
from lstm_toolkit.data.readers.series.cells import grouped, number
from lstm_toolkit.data.readers.tables.table import Table, as_text
from lstm_toolkit.errors import DataError


def column_of(table: Table, heading: str, kind: str, decimal: str = "point") -> Any:
    """Returns the values of a column.

    Raises:
        DataError: If a cell holds something else, with its line.
    """
    values = []
    for row, cell in enumerate(table.columns[heading]):
        try:
            values.append(value_of(cell, kind, decimal))
        except DataError as error:
            raise DataError(
                f"column {heading}: {error}", path=table.path, line=table.line(row)
            ) from None
    return joined(values, kind)


def joined(values: Sequence[Any], kind: str) -> Any:
    """Puts values of one kind into a column."""
    if kind == "number":
        return np.array(values, np.float32)
    if kind == "series":
        return Sequences.of(values, np.float32)
    return texts(values)


def absent(kind: str, rows: int) -> Any:
    """Returns the column of rows that all lack it."""
    if kind == "image":
        return np.zeros((rows, 1, 1, 3), np.uint8)
    return joined([value_of(None, kind)] * rows, kind)


def value_of(cell: Any, kind: str, decimal: str = "point") -> Any:
    """Returns what a cell holds that is no picture; of none what stands for none.

    Raises:
        DataError: If it holds something else.
    """
    return _READERS[kind](cell, decimal)


def _number(cell: Any, decimal: str) -> float:
    value = number_of(cell, decimal)
    if value is None:
        raise DataError(f"needs a number. Received: {as_text(cell)[:40]}{advice(cell)}")
    return value


def advice(cell: Any) -> str:
    """Returns what can be done about a cell that is no number."""
    text = as_text(cell)
    if isinstance(cell, bool) or text.casefold() in ("true", "false", "yes", "no"):
        return "; name the column in category_columns"
    if grouped(text):
        return "; write numbers plainly, as in 1234.5, or add --set decimal=comma"
    if number(text.strip("%€$£¥ ")) is not None:
        return "; write numbers plainly, without signs around them"
    if text.strip().casefold().lstrip("+-") in ("inf", "infinity"):
        return "; leave the cell empty if the value is not known"
    if re.match(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}", text):
        return "; write a day as a number, or name the column in unused_columns"
    return ""


def _category(cell: Any, decimal: str) -> str:
    _check_plain(cell, "a category")
    return "" if is_missing(cell) else label_text(cell)


def _text(cell: Any, decimal: str) -> str:
    _check_plain(cell, "a text")
    return "" if is_missing(cell) else as_text(cell).strip()


def _check_plain(cell: Any, what: str) -> None:
    if isinstance(cell, list | tuple | dict | np.ndarray):
        raise DataError(f"needs {what} in each cell. Received: a {type(cell).__name__}")


def _series(cell: Any, decimal: str) -> list[float]:
    values = series_of(cell, decimal)
    if values is None:
        raise DataError(f"needs a series, as in [1.5, null, 2]. Received: {str(cell)[:40]}")
    return values


_READERS: dict[str, Callable[[Any, str], Any]] = {
    "number": _number,
    "category": _category,
    "text": _text,
    "series": _series,
}
