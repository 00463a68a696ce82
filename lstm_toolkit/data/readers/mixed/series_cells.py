"""Cells that hold a series of numbers each."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from lstm_toolkit.data.readers.mixed.decimals import number_of
from lstm_toolkit.data.readers.mixed.missing import is_missing

_BETWEEN = re.compile(r"\s*[;|]\s*|\s+")
"""What stands between the numbers of a cell; a comma may be the point of one."""


def series_of(cell: Any, decimal: str = "point") -> list[float] | None:
    """Returns the numbers of a cell, NaN where one is missing; None if it holds something else.

    Args:
        cell: A text, a list, an array or one number.
        decimal: "point" or "comma" before the fraction of numbers in text.

    >>> series_of("[1, null, 2.5]"), series_of("3;4"), series_of(None), series_of("3,4")
    ([1.0, nan, 2.5], [3.0, 4.0], [], None)
    >>> series_of("3,5;1.234", "comma")
    [3.5, 1234.0]
    """
    if is_missing(cell):
        return []
    if isinstance(cell, str):
        cell = _items(cell.strip())
    elif isinstance(cell, int | float) and not isinstance(cell, bool):
        cell = [cell]
    if not isinstance(cell, list | tuple | np.ndarray):
        return None
    values = [None if isinstance(item, list | dict) else number_of(item, decimal) for item in cell]
    return None if None in values else [value for value in values if value is not None]


def _items(text: str) -> Sequence[Any] | None:
    if text[:1] == "[":
        try:
            items = json.loads(text.replace("NaN", "null").replace("nan", "null"))
        except (ValueError, RecursionError):
            return None
        return items if isinstance(items, list) else None
    return _BETWEEN.split(text)
