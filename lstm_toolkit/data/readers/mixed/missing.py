"""Cells that say nothing, of columns of any kind."""

from __future__ import annotations

from typing import Any

import numpy as np

from lstm_toolkit.data.readers.series.cells import MISSING


def is_missing(cell: Any) -> bool:
    """Tells whether a cell is empty or holds a word for no value; case does not count.

    >>> is_missing(" N/A "), is_missing(None), is_missing("no")
    (True, True, False)
    """
    if isinstance(cell, str):
        return cell.strip().casefold() in MISSING
    return cell is None or (isinstance(cell, float | np.floating) and bool(np.isnan(cell)))
