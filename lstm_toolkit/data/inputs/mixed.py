"""Rows of tables with columns of several kinds, any of which may be missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from lstm_toolkit.data.account import Account
from lstm_toolkit.data.inputs.rows import Inputs, ReadingContext, Row, counted
from lstm_toolkit.data.inputs.stated import every_row, read_as_told
from lstm_toolkit.data.inputs.tables import check_there
from lstm_toolkit.data.readers.mixed.mixed import here_of, lacking_remarks
from lstm_toolkit.data.readers.mixed.names import kind_of
from lstm_toolkit.data.readers.mixed.values import value_of
from lstm_toolkit.data.readers.series.cells import has_header
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.readers.tables.tables import TABLES
from lstm_toolkit.errors import DataError

MOST = 40
"""Characters of a row's name."""


def mixed_inputs(path: Path, context: ReadingContext) -> Inputs:
    """Reads rows to be answered from a table; columns that it lacks are told.

    Args:
        path: The table; paths of pictures in it begin at its folder.
        context: With the settings `decimal`, `encoding`, `sheet` and `separator`.

    Raises:
        DataError: If it is missing, damaged or in no known form, or lacks all columns.
    """
    check_there(path, TABLES)
    if path.is_dir():
        raise DataError(f"needs {TABLES}. Received: a folder", path=path)
    table = read_as_told(path, context, every_row(path, TABLES, has_header))
    known = {name: state.heading for name, state in context.states.features.items()}
    here = here_of(table, known)
    if not here:
        needed, received = ", ".join(known.values())[:160], ", ".join(table.columns)[:120]
        raise DataError(f"needs a column of {needed}. Received: {received}", path=path)
    lacking = [heading for heading in known.values() if heading not in here]
    account = Account(len(table) + sum(table.left_out.values()), len(table), table.left_out)
    remarks = [*lacking_remarks(lacking), *table.remarks, *account.remarks()]
    note = f"{counted(len(table), 'row')}: columns {', '.join(here.values())[:160]}, of {path}"
    columns = {name: (kind_of(name), here.get(heading)) for name, heading in known.items()}
    rows = _rows(table, columns, context.settings.decimal)
    return Inputs(rows, table.columns, "; ".join([note, *remarks]))


def _rows(
    table: Table, columns: Mapping[str, tuple[str, str | None]], decimal: str
) -> Iterator[Row]:
    for row in range(len(table)):
        cells = {name: column[row] for name, column in table.columns.items()}
        yield Row(_name(cells, columns, row), _value(table, row, columns, decimal), cells)


def _name(cells: Mapping[str, Any], columns: Mapping[str, tuple[str, str | None]], row: int) -> str:
    """Returns the first text of a row, or its number."""
    first = next((c for kind, c in columns.values() if kind == "text" and c), None)
    text = "" if first is None else " ".join(str(cells[first] or "").split())
    return text[:MOST] or f"row {row + 1}"


def _value(
    table: Table, row: int, columns: Mapping[str, tuple[str, str | None]], decimal: str
) -> dict[str, Any] | DataError:
    values = {}
    for name, (kind, heading) in columns.items():
        cell = None if heading is None else table.columns[heading][row]
        try:
            values[name] = _raw(value_of(cell, kind, table.path, decimal))
        except DataError as error:
            return DataError(f"column {heading}: {error}", path=table.path, line=table.line(row))
    return values


def _raw(value: Any) -> Any:
    if isinstance(value, str):
        return np.array(value.encode("utf-8", "replace"), object)
    return np.array(value, np.float32) if not isinstance(value, np.ndarray) else value
