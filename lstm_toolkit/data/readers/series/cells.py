"""Cells of tables as numbers: what is missing, and what is refused with its place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.errors import DataError

MISSING = frozenset(
    ("", "na", "n/a", "#n/a", "#na", "nan", "null", "none", "nil", "<na>", "-", "--", "?", ".")
)
"""Words that stand for no value; case does not count."""

_GROUPED = re.compile(
    r"[+-]?\d{1,3}([,'\u00a0 ]\d{3})+(\.\d+)?|[+-]?\d+,\d+|[+-]?\d{1,3}(\.\d{3})+,\d+"
)
"""Numbers with signs between thousands, or a comma before the fraction."""

Place = Callable[[int], str]
"""Says of which series a row is, "" where there is one alone."""


LARGEST = float(np.finfo(np.float32).max)
"""Networks are given float32, in which greater numbers are infinite."""


def number(cell: Any) -> float | None:
    """Returns what a cell says; NaN if nothing, None if it is no finite number of float32.

    >>> number("2.5"), number("1,234.5"), number("1e39"), number("n/a")
    (2.5, None, None, nan)
    """
    if cell is None or (isinstance(cell, str) and cell.strip().casefold() in MISSING):
        return float("nan")
    if isinstance(cell, bool):
        return None
    try:
        value = float(cell)
    except (TypeError, ValueError, OverflowError):  # the last of whole numbers of 400 digits
        return None
    if isinstance(cell, str) and "_" in cell:  # Python's own writing of 1_000
        return None
    return None if abs(value) > LARGEST else value


def numbers(table: Table, column: str, place: Place) -> NDArray[np.float64]:
    """Returns a column as `float64[rows]`, NaN where a cell is missing.

    Raises:
        DataError: If a cell holds something else, with its line and its series.
    """
    cells = table.columns[column]
    values = np.empty(len(cells))
    for row, cell in enumerate(cells):
        value = number(cell)
        if value is None:
            raise DataError(
                f"needs a number in column {column}{place(row)}. Received: {str(cell)[:40]}"
                f"{_advice(str(cell))}",
                path=table.path,
                line=table.line(row),
            )
        values[row] = value
    return values


def grouped(cell: str) -> bool:
    """Tells whether a cell is a number with signs between thousands, or a comma as its point.

    >>> grouped("1,234.5"), grouped("3,5"), grouped("north")
    (True, True, False)
    """
    return bool(_GROUPED.fullmatch(cell.strip()))


def _advice(cell: str) -> str:
    if grouped(cell):
        return "; write numbers plainly, as in 1234.5"
    infinite = cell.strip().casefold().lstrip("+-") in ("inf", "infinity")
    return "; leave the cell empty if the value is not known" if infinite else ""


def missing_words(cells: Sequence[Any]) -> str:
    """Returns how missing values are written, the most frequent word first.

    >>> missing_words(["1", "NA", None, "NA"])
    'NA, an empty cell'
    """
    words = Counter(
        "an empty cell" if cell is None or not str(cell).strip() else str(cell).strip()
        for cell in cells
        if cell is None or str(cell).strip().casefold() in MISSING
    )
    return ", ".join(word for word, _ in words.most_common(3))


def has_header(rows: Sequence[Sequence[str]]) -> bool:
    """Tells whether the first row names columns: no cell in it is a number."""
    return all(number(cell) is None for cell in rows[0] if str(cell).strip())
