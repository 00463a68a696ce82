"""Cells as a reader found them."""

from __future__ import annotations

import dataclasses
import datetime
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from lstm_toolkit.errors import DataError


@dataclasses.dataclass(frozen=True)
class Table:
    """Cells as a reader found them.

    Attributes:
        columns: The cells of each column by its name; None where a cell is empty.
        lines: The line on which each row starts, counted from 1; empty if there are none.
        path: The file or folder; None for a DataFrame.
        remarks: What was taken for granted, to be told.
        layout: How texts and labels stand, if not in columns.
        left_out: How many rows or files were seen and are not among the rows, by the reason.
        unit: What is counted so, in the plural.
    """

    columns: dict[str, list[Any]]
    lines: Sequence[int]
    path: Path | None
    remarks: tuple[str, ...] = ()
    layout: str = ""
    left_out: Mapping[str, int] = dataclasses.field(default_factory=dict)
    unit: str = "rows"

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def line(self, row: int) -> int | None:
        """Returns the line on which a row starts, if it has one."""
        return self.lines[row] if self.lines else None

    def texts(self, name: str) -> list[str]:
        """Returns a column's cells as text, the empty ones as "".

        Raises:
            DataError: If a cell holds an array or an object.
        """
        cells = self.columns[name]
        # Most cells are texts already; the check of each saves a call for each.
        return [c if type(c) is str else self._text(c, name, i) for i, c in enumerate(cells)]

    def _text(self, cell: object, name: str, row: int) -> str:
        if hasattr(cell, "__len__") and not isinstance(cell, str):
            raise DataError(
                f"needs a text in each cell of column {name}. Received: {type(cell).__name__}",
                path=self.path,
                line=self.line(row),
            )
        return as_text(cell)


def as_text(cell: object) -> str:
    """Returns a cell as text: "" for none, and whole numbers and days without a fraction.

    >>> as_text(1.0), as_text(None), as_text(2.5)
    ('1', '', '2.5')
    """
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time() and not cell.tzinfo:
        return cell.date().isoformat()
    if cell is None or (isinstance(cell, float | np.floating) and math.isnan(cell)):
        return ""
    if isinstance(cell, float | np.floating) and cell.is_integer():
        return str(int(cell))
    return str(cell)
