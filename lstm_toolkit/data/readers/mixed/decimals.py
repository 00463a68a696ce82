"""Numbers with a point or a comma before their fraction."""

from __future__ import annotations

import re
from typing import Any

from lstm_toolkit.data.readers.series.cells import number

_POINTED = re.compile(r"\d\.\d")
_GROUPED = re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,\d+)?")
"""Numbers with points between thousands."""


def number_of(cell: Any, decimal: str) -> float | None:
    """Returns what a cell says; NaN if nothing, None if it is no finite number."""
    return number(with_point(cell) if decimal == "comma" and isinstance(cell, str) else cell)


def with_point(cell: str) -> str:
    """Returns a number that is written with a comma before its fraction; other cells stay none.

    >>> with_point("1.234,5"), with_point("0,75"), with_point("1.234"), with_point("1.5")
    ('1234.5', '0.75', '1234', 'no 1.5')
    """
    text = cell.strip()
    if _GROUPED.fullmatch(text):
        text = text.replace(".", "")
    return f"no {text}" if _POINTED.search(text) else text.replace(",", ".")


def as_written(number_with_point: str, decimal: str) -> str:
    """Returns a number of JSON as `number_of` reads it.

    >>> as_written("1.5", "comma"), as_written("1.5", "point")
    ('1,5', '1.5')
    """
    return number_with_point.replace(".", ",") if decimal == "comma" else number_with_point
