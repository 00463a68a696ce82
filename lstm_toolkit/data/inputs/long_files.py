"""Long files: one reading to check every row, a second one to hand the rows on."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from lstm_toolkit.data.account import Account
from lstm_toolkit.data.inputs.rows import Inputs, Row, counted
from lstm_toolkit.data.readers.tables.parts.contract import (
    IrregularError,
    Parts,
)
from lstm_toolkit.data.readers.tables.parts.kinds import Kinds, hold_objects
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.text.wrongly_decoded import WronglyDecoded
from lstm_toolkit.errors import DataError

LONG = 2 * 2**20
"""Bytes from which a file is read a part at a time; of shorter ones a whole is as good."""


@dataclasses.dataclass(frozen=True)
class Chosen:
    """What is made of a table.

    Attributes:
        table: With the names of columns that readers give.
        texts: The columns of texts, whose cells are joined by a space.
        told: What is answered, and where it stands.
        make_rows: Makes rows to be answered of some of the table, before which so many stood;
            None takes the texts.
    """

    table: Table
    texts: Sequence[str]
    told: str
    make_rows: Callable[[Table, int], Iterator[Row]] | None = None

    def rows_of(self, table: Table, before: int) -> Iterator[Row]:
        """Yields the rows of a table, or of a part of it, before which so many stood."""
        if self.make_rows is not None:
            return self.make_rows(table, before)
        return table_rows(table.columns, joined(table, self.texts))


def is_long(*paths: Path) -> bool:
    """Tells whether files are to be read a part at a time; a packed one holds more than it is."""
    sizes = (path.stat().st_size * _unpacked(path) for path in paths if path.is_file())
    return sum(sizes) >= LONG


def _unpacked(path: Path) -> int:
    """Returns how many times as large a file is unpacked, roughly."""
    return 8 if path.suffix.lower() in (".gz", ".xlsx") else 1


def long_table(
    open_table: Callable[[], Parts],
    choose: Callable[[Table], Chosen],
    left_out: Mapping[str, int] | None = None,
) -> Inputs | None:
    """Returns the rows of a long table, checked throughout.

    Args:
        open_table: Opens it.
        choose: Names and chooses columns, from the first rows.
        left_out: Files beside it that are not read, by the reason.

    Returns:
        None if it has to be read whole: it is of another form, or something is wrong with it.
    """
    try:
        parts = open_table()
        chosen = choose(parts.head)
        if len(chosen.table.columns) != len(parts.head.columns):
            return None
        return _checked(parts, chosen, left_out or {})
    except (IrregularError, DataError, OSError):
        return None


def _checked(parts: Parts, chosen: Chosen, others: Mapping[str, int]) -> Inputs:
    names, path = list(chosen.table.columns), chosen.table.path
    rows, doubts, kinds = 0, WronglyDecoded(), Kinds(names)
    for table in _renamed(parts, names):
        if hold_objects(table):
            raise IrregularError
        kinds.see(table.columns)
        if chosen.texts:
            doubts.see(joined(table, chosen.texts))
        rows += len(table)
    left_out = {**parts.left_out, **others}
    unit = "rows and files" if others else "rows"
    account = Account(rows + sum(left_out.values()), rows, left_out, unit)
    remarks = [*chosen.table.remarks, *account.remarks(), *doubts.remarks()]
    note = "; ".join([f"{counted(rows, 'row')}: {chosen.told}, of {path}", *remarks])
    return Inputs(_rows(parts, names, chosen), kinds.columns(), note)


def changed(path: Path | None) -> DataError:
    """Returns what is said of a file that is not the same when it is read again."""
    return DataError("was changed while it was read; try again", path=path)


def joined(table: Table, columns: Sequence[str]) -> list[str]:
    """Returns the text of each row: that of a column, or of several with a space between."""
    parts = [table.texts(name) for name in columns]
    if len(parts) == 1:
        return parts[0]
    return [" ".join(filter(None, cells)) for cells in zip(*parts, strict=True)]


def _renamed(parts: Parts, names: Sequence[str]) -> Iterator[Table]:
    for table in parts.tables():
        columns = dict(zip(names, table.columns.values(), strict=True))
        yield dataclasses.replace(table, columns=columns)


def _rows(parts: Parts, names: Sequence[str], chosen: Chosen) -> Iterator[Row]:
    before = 0
    try:
        for table in _renamed(parts, names):
            yield from chosen.rows_of(table, before)
            before += len(table)
    except IrregularError:
        raise changed(chosen.table.path) from None


def table_rows(columns: dict[str, list[object]], texts: Sequence[str]) -> Iterator[Row]:
    """Yields a row for each text, with the cells beside it."""
    for place, text in enumerate(texts):
        yield Row(text, text, {name: cells[place] for name, cells in columns.items()})
