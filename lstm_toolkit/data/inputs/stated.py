"""Tables read with the sheet and the separator that are stated, or those of the training."""

from __future__ import annotations

import contextlib
import dataclasses
import statistics
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from lstm_toolkit.data.inputs.lines import LINES
from lstm_toolkit.data.inputs.long_files import Chosen, is_long, long_table
from lstm_toolkit.data.inputs.rows import Inputs, ReadingContext
from lstm_toolkit.data.readers.tables.columns import LABEL_NAMES, TEXT_NAMES, has_header
from lstm_toolkit.data.readers.tables.parts.opening import open_parts
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.readers.tables.tables import Expected, read_table
from lstm_toolkit.data.splits.parts import fold
from lstm_toolkit.errors import DataError


def read_as_told(path: Path, context: ReadingContext, expected: Expected) -> Table:
    """Reads a table with the sheet and the separator that were stated for it.

    Those of the training are tried where none were: new data may have others.

    Raises:
        DataError: As `read_table` does.
    """
    encoding = context.settings.encoding
    trained, stated = expected_as_told(context, expected)
    if trained != stated:
        with contextlib.suppress(DataError):
            table = read_table(path, encoding, trained)
            # Of one column alone, the separator may be another one here.
            if len(table.columns) > 1 or trained.separator == stated.separator:
                return table
    return read_table(path, encoding, stated)


def expected_as_told(context: ReadingContext, expected: Expected) -> tuple[Expected, Expected]:
    """Returns what is expected with the sheet and the separator of the training, and stated."""
    told: dict[str, Any] = {
        name: getattr(context.settings, name, "") for name in ("sheet", "separator")
    }
    stated = {name: value for name, value in told.items() if name in context.stated}
    return dataclasses.replace(expected, **told), dataclasses.replace(expected, **stated)


def is_read_in_parts(paths: Iterable[Path], context: ReadingContext) -> bool:
    """Tells whether files are long, and not to be tried in two ways."""
    trained, stated = expected_as_told(context, Expected())
    return is_long(*paths) and trained == stated


def long_as_told(
    path: Path, context: ReadingContext, expected: Expected, choose: Callable[[Table], Chosen]
) -> Inputs | None:
    """Returns the rows of a long table, read as `read_as_told` reads a whole one.

    Returns:
        None if it is not long, or has to be read whole, see `long_table`.
    """
    if not is_read_in_parts([path], context):
        return None
    _, stated = expected_as_told(context, expected)
    return long_table(partial(open_parts, path, context.settings.encoding, stated), choose)


class _EveryRow(Expected):
    """Keeps rows of one empty cell, too; a line without any is no row."""

    def keeps(self, row: Sequence[str]) -> bool:
        """Tells whether a row is one."""
        return bool(row)


def every_row(
    path: Path, forms: str, header: Callable[[Sequence[Sequence[str]]], bool]
) -> Expected:
    """Returns what a table is read for whose rows are all to be answered."""
    celled = {".csv", ".xlsx", ".xls"} & {suffix.lower() for suffix in path.suffixes[-2:]}
    kind = _EveryRow if celled else Expected
    return kind(forms, header, tabbed=(LINES,), blank=True)


def names_columns(
    rows: Sequence[Sequence[str]],
    known: Sequence[str] = (),
    several: Callable[[Sequence[Sequence[str]]], bool] | None = None,
) -> bool:
    """Tells whether the first row names the columns; of one column, if in doubt it does not.

    Args:
        rows: The cells of each row.
        known: Names that the training knew.
        several: Tells it of several columns.
    """
    first = {" ".join(cell.split()) for cell in rows[0]}
    if first & set(known) or {fold(cell) for cell in first} & {*TEXT_NAMES, *LABEL_NAMES}:
        return True
    if len(rows[0]) > 1:
        plain = all(len(cell.split()) < 5 and not cell.strip().isdecimal() for cell in rows[0])
        return (several or has_header)(rows) and plain
    words = [len(row[0].split()) for row in rows[1:]]
    return bool(words) and len(rows[0][0].split()) == 1 and statistics.median(words) > 3
