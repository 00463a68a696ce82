"""Rows of tables with columns of several kinds, any of which may be missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from lstm_toolkit.data.account import Account
from lstm_toolkit.data.inputs.rows import Inputs, ReadingContext, Row, counted
from lstm_toolkit.data.inputs.stated import every_row, read_as_told
from lstm_toolkit.data.inputs.tables import check_there
from lstm_toolkit.data.readers.images.fitting import fit_picture
from lstm_toolkit.data.readers.mixed.mixed import (
    folder_of,
    headings_of,
    here_of,
    lacking_remarks,
    names_columns,
)
from lstm_toolkit.data.readers.mixed.names import kind_of
from lstm_toolkit.data.readers.mixed.pictures import picture_of
from lstm_toolkit.data.readers.mixed.values import value_of
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.readers.tables.tables import TABLES, from_frame
from lstm_toolkit.data.splits.parts import fold
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
    known = headings_of(context.states.features)
    header = partial(names_columns, {fold(heading) for heading in known.values()})
    table = read_as_told(path, context, every_row(path, TABLES, header))
    here = here_of(table, known)
    if not here:
        needed, received = ", ".join(known.values())[:160], ", ".join(table.columns)[:120]
        raise DataError(f"needs a column of {needed}. Received: {received}", path=path)
    lacking = [heading for heading in known.values() if heading not in here]
    account = Account(len(table) + sum(table.left_out.values()), len(table), table.left_out)
    remarks = [*lacking_remarks(lacking), *table.remarks, *account.remarks()]
    note = f"{counted(len(table), 'row')}: columns {', '.join(here.values())[:160]}, of {path}"
    return Inputs(_rows(table, context), table.columns, "; ".join([note, *remarks]))


def given_rows(given: Any, context: ReadingContext) -> list[Row]:
    """Returns the rows of a data frame, or of a mapping of cells by headings, as of a file.

    Args:
        given: One of them; pictures may be arrays or paths.
        context: See `mixed_inputs`.

    Raises:
        DataError: If it lacks all columns.
    """
    if isinstance(given, Mapping):
        table = Table({str(name): [cell] for name, cell in given.items()}, (), None)
    else:
        table = from_frame(given)
    known = headings_of(context.states.features)
    if not here_of(table, known):
        needed, received = ", ".join(known.values())[:160], ", ".join(table.columns)[:120]
        raise DataError(f"needs a column of {needed}. Received: {received}")
    return list(_rows(table, context))


class Wanted(NamedTuple):
    """A column that a network takes.

    Attributes:
        name: Of the input.
        heading: As people call it.
        column: Of the table; "" where it is not there.
        state: What the feature of its kind learnt.
    """

    name: str
    heading: str
    column: str
    state: Any


def _rows(table: Table, context: ReadingContext) -> Iterator[Row]:
    here = here_of(table, headings_of(context.states.features))
    columns = [
        Wanted(name, state.heading, here.get(state.heading, ""), state.inner)
        for name, state in context.states.features.items()
    ]
    decimal = _decimal(columns, context)
    for row in range(len(table)):
        cells = {name: column[row] for name, column in table.columns.items()}
        yield Row(_name(cells, columns, row), _values(table, row, columns, decimal), cells)


def _decimal(columns: Sequence[Wanted], context: ReadingContext) -> str:
    """Returns the sign before fractions that was stated, else that of the training."""
    trained = (getattr(each.state, "decimal", "") for each in columns)
    stated: str = context.settings.decimal
    return stated if "decimal" in context.stated else next(filter(None, trained), stated)


def _name(cells: Mapping[str, Any], columns: Sequence[Wanted], row: int) -> str:
    """Returns the first text of a row, or its number."""
    texts = (each.column for each in columns if kind_of(each.name) == "text" and each.column)
    text = " ".join(str(cells.get(next(texts, "")) or "").split())
    return text[:MOST] or f"row {row + 1}"


def _values(
    table: Table, row: int, columns: Sequence[Wanted], decimal: str
) -> dict[str, Any] | DataError:
    values = {}
    for each in columns:
        cell = table.columns[each.column][row] if each.column else None
        try:
            values[each.name] = _raw(cell, each, table, decimal)
        except DataError as error:
            message = f"column {each.heading}: {error}"
            return DataError(message, path=table.path, line=table.line(row))
    return values


def _raw(cell: Any, wanted: Wanted, table: Table, decimal: str) -> Any:
    kind = kind_of(wanted.name)
    if kind == "image":
        picture = picture_of(cell, folder_of(table.path or Path()))
        frame = wanted.state.frame
        if picture is None:
            return np.zeros((*frame.size, 3), np.uint8)
        return fit_picture(picture, frame)
    value = value_of(cell, kind, decimal)
    if isinstance(value, str):
        return np.array(value.encode("utf-8", "replace"), object)
    return np.array(value, np.float32)
