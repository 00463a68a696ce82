"""Long files: one reading to check every row, a second one to hand the rows on."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from lstm_toolkit.data.account import Account
from lstm_toolkit.data.inputs.rows import Inputs, Row, counted
from lstm_toolkit.data.readers.tables.columns import Table
from lstm_toolkit.data.readers.tables.label_lines import PREFIX
from lstm_toolkit.data.readers.tables.parts import (
    PART,
    IrregularError,
    Kinds,
    Parts,
    hold_objects,
    open_binary,
    open_parts,
    read_lines,
    regular,
)
from lstm_toolkit.data.readers.tables.tables import Expected
from lstm_toolkit.data.text.encodings import (
    JUDGED,
    WronglyDecoded,
    check_zeros,
    decoding_remarks,
)
from lstm_toolkit.errors import DataError

LONG = 2 * 2**20
"""Bytes from which a file is read a part at a time; of shorter ones a whole is as good."""


@dataclasses.dataclass(frozen=True)
class Chosen:
    """What is made of a table.

    Attributes:
        table: With the names of columns that readers give.
        texts: The columns of texts, whose cells are joined by a space.
        told: Where the texts stand.
    """

    table: Table
    texts: Sequence[str]
    told: str


def is_long(path: Path) -> bool:
    """Tells whether a file is to be read a part at a time; a packed one holds more than it is."""
    return path.is_file() and path.stat().st_size * (8 if path.suffix == ".gz" else 1) >= LONG


def long_table(
    path: Path, encoding: str, expected: Expected, choose: Callable[[Table], Chosen]
) -> Inputs | None:
    """Returns the rows of a long table, checked throughout.

    Args:
        path: The file.
        encoding: Of it.
        expected: What it is read for.
        choose: Names and chooses columns, from the first rows.

    Returns:
        None if it has to be read whole: it is of another form, or something is wrong with it.
    """
    try:
        parts = open_parts(path, encoding, expected)
        chosen = choose(parts.head)
        names = list(chosen.table.columns)
        if len(names) != len(parts.head.columns):
            return None
        return _checked(path, parts, names, chosen)
    except (IrregularError, DataError, OSError):
        return None


def _checked(path: Path, parts: Parts, names: Sequence[str], chosen: Chosen) -> Inputs:
    rows, doubts, kinds = 0, WronglyDecoded(), Kinds(names)
    for table in _renamed(parts, names):
        if hold_objects(table):
            raise IrregularError
        kinds.see(table.columns)
        doubts.see(joined(table, chosen.texts))
        rows += len(table)
    account = Account(rows + sum(parts.left_out.values()), rows, parts.left_out, "rows")
    remarks = [*chosen.table.remarks, *account.remarks(), *doubts.remarks()]
    note = "; ".join([f"{counted(rows, 'row')}: {chosen.told}, of {path}", *remarks])
    return Inputs(_rows(path, parts, names, chosen.texts), kinds.columns(), note)


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


def _rows(path: Path, parts: Parts, names: Sequence[str], texts: Sequence[str]) -> Iterator[Row]:
    try:
        for table in _renamed(parts, names):
            yield from table_rows(table.columns, joined(table, texts))
    except IrregularError:
        raise DataError("was changed while it was read; try again", path=path) from None


def table_rows(columns: dict[str, list[object]], texts: Sequence[str]) -> Iterator[Row]:
    """Yields a row for each text, with the cells beside it."""
    for place, text in enumerate(texts):
        yield Row(text, text, {name: cells[place] for name, cells in columns.items()})


def long_lines(path: Path, encoding: str, bars: str = "") -> Inputs | None:
    """Returns the lines of a long file, one row each.

    Args:
        path: The file.
        encoding: Of it.
        bars: What stands in the first line of a table, besides tabs.

    Returns:
        None if they are rows of a table or begin with labels, or cannot be read.
    """
    try:
        first = next((line for line in _lines(path, encoding) if line.strip()), "")
        return None if bars and bars in first else _checked_lines(path, encoding)
    except (IrregularError, DataError, OSError):
        return None


def _checked_lines(path: Path, encoding: str) -> Inputs | None:
    with regular(), open_binary(path) as file:
        start = file.read(JUDGED)
    check_zeros(start, encoding, path)
    doubts, tabs = WronglyDecoded(), set()
    rows, filled, labelled = 0, 0, 0
    lines = _lines(path, encoding)
    while group := list(itertools.islice(lines, PART)):
        doubts.see(group)
        whole = [line for line in group if line.strip()]
        tabs |= {line.count("\t") for line in whole}
        labelled += sum(line.lstrip().startswith(PREFIX) for line in whole)
        rows, filled = rows + len(group), filled + len(whole)
    if (len(tabs) == 1 and tabs != {0}) or 0 < labelled >= 0.9 * filled:
        return None
    remarks = [*decoding_remarks(start, encoding), *doubts.remarks()]
    note = "; ".join([f"{counted(rows, 'line')} of {path}", *remarks])
    texts = (Row(line, line, {"text": line}) for line in _lines(path, encoding))
    return Inputs(texts, {"text": [""]}, note)


def _lines(path: Path, encoding: str) -> Iterator[str]:
    for line in read_lines(path, encoding):
        yield line.removesuffix("\n").removesuffix("\r")
