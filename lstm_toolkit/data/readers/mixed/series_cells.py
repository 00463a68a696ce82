"""Cells that hold a series of numbers each."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from lstm_toolkit.data.readers.series.cells import number

_BETWEEN = re.compile(r"\s*[;|]\s*|\s+")
"""What stands between the numbers of a cell; a comma may be the point of one."""


def series_of(cell: Any) -> list[float] | None:
    """Returns the numbers of a cell, NaN where one is missing; None if it holds something else.

    >>> series_of("[1, null, 2.5]"), series_of("3;4"), series_of(None), series_of("3,4")
    ([1.0, nan, 2.5], [3.0, 4.0], [], None)
    """
    if isinstance(cell, str):
        cell = _items(cell.strip())
    elif cell is None or (isinstance(cell, float) and np.isnan(cell)):
        return []
    elif isinstance(cell, int | float) and not isinstance(cell, bool):
        cell = [cell]
    if not isinstance(cell, list | tuple | np.ndarray):
        return None
    values = [None if isinstance(item, list | dict) else number(item) for item in cell]
    return None if None in values else [value for value in values if value is not None]


def _items(text: str) -> Sequence[Any] | None:
    if text[:1] == "[":
        try:
            items = json.loads(text.replace("NaN", "null").replace("nan", "null"))
        except (ValueError, RecursionError):
            return None
        return items if isinstance(items, list) else None
    if text.casefold() in ("", "nan", "na", "null", "none"):
        return []
    return _BETWEEN.split(text)
