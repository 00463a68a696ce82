"""From rows of cells to named columns: titles above, headers that come again, and blanks."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from lstm_toolkit.data.readers.tables.cleaning import count_note
from lstm_toolkit.data.readers.tables.columns import odd_sign
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.splits.parts import fold
from lstm_toolkit.errors import DataError

MOST_TITLES = 10
"""Rows above a header that are taken for titles, at most."""

_UNSEEN = re.compile("[\ufeff\u200b]")
"""Marks of byte order and spaces without a width, which names of columns begin with unseen."""

NO_HEADER = "no header"
"""The remark on a table whose first row names no columns."""


@dataclasses.dataclass(frozen=True)
class Rows:
    """Cells row by row, before it is known what the columns are called.

    Attributes:
        cells: Of each row that is not blank.
        lines: On which each row begins, counted from 1; empty if there are none.
        remarks: What was taken for granted.
        left_out: How many rows are not among them, by the reason.
    """

    cells: list[list[Any]]
    lines: Sequence[int]
    remarks: tuple[str, ...] = ()
    left_out: Mapping[str, int] = dataclasses.field(default_factory=dict)


def count_titles(cells: Sequence[Sequence[Any]], names: Collection[str]) -> int:
    """Returns how many rows stand above the header: titles, of one cell each.

    Args:
        cells: Of each row.
        names: How columns are called, one of which the header needs.

    >>> count_titles([["Feedback 2026", ""], ["text", "label"], ["a", "b"]], {"text"})
    1
    """
    for place, row in enumerate(cells[: MOST_TITLES + 1]):
        if len(row) > 1 and {fold(cell) for cell in row} & set(names):
            return place
        if sum(bool(str(cell).strip()) for cell in row) > 1:
            return 0
    return 0


def check_widths(rows: Rows, path: Path) -> None:
    """Refuses rows that do not have as many cells as the first.

    Raises:
        DataError: With the line.
    """
    width = len(rows.cells[0]) if rows.cells else 0
    for place, row in enumerate(rows.cells):
        if len(row) != width:
            sign = odd_sign(str(rows.cells[0][0])) if width == 1 else ""
            hint = f", or the sign between them, --set separator={sign}" if sign else ""
            cells = "1 cell" if width == 1 else f"{width} cells"
            raise DataError(
                f"needs {cells} a row, as in the first{hint}. Received: {len(row)}",
                path=path,
                line=rows.lines[place] if rows.lines else None,
            )


def with_header(
    rows: Rows,
    path: Path,
    names: Collection[str],
    has_header: Callable[[Sequence[Sequence[str]]], bool],
) -> Table:
    """Takes the names of the columns from the first row, or counts them if it has none.

    Titles above the header are left out, and so are headers that come again, as in files that
    were joined.

    Raises:
        DataError: If rows are of unequal length, there is none under the header, or a header
            comes again in another order.
    """
    titles = count_titles(rows.cells, names)
    rows = _without(rows, range(titles), "above the header")
    check_widths(rows, path)
    remarks = rows.remarks
    cells = rows.cells
    if has_header(cells):
        header, repeated = cells[0], _repeated(rows, path)
        rows = _without(rows, repeated, "with the header again")
        header, rows = rows.cells[0], _from(rows, 1)
        remarks += _unnamed(header, rows)
    else:
        header = [str(number) for number, _ in enumerate(cells[0], 1)]
        remarks += (NO_HEADER,)
    if not rows.cells:
        raise DataError("needs at least one row under the header. Received: none", path=path)
    columns = zip(*rows.cells, strict=True)
    return named_table(header, columns, rows.lines, path, remarks, rows.left_out)


def named_table(
    names: Iterable[str],
    cells: Iterable[Iterable[Any]],
    lines: Sequence[int],
    path: Path | None,
    remarks: tuple[str, ...] = (),
    left_out: Mapping[str, int] | None = None,
) -> Table:
    """Returns columns by their names; those without one are counted.

    Raises:
        DataError: If two columns have one name, or there is no row.
    """
    seen = (_UNSEEN.sub("", name) for name in names)
    plain = (name.encode(errors="replace").decode() for name in seen)  # no lone surrogates
    spaced = [" ".join(name.split()) for name in plain]
    tidy = [name or name_of_unnamed(place, spaced) for place, name in enumerate(spaced, 1)]
    name, count = next(iter(Counter(tidy).most_common(1)), ("", 0))
    if count > 1:
        raise DataError(f"needs each column once. Received: {name} {count} times", path=path)
    columns = dict(zip(tidy, map(list, cells), strict=True))
    if not any(columns.values()):
        raise DataError("needs at least one row. Received: none", path=path)
    return Table(columns, lines, path, remarks, left_out=left_out or {})


def name_of_unnamed(place: int, names: Collection[str]) -> str:
    """Returns how a column without a name is called: by its place, counted from 1.

    >>> name_of_unnamed(1, ["", "text"]), name_of_unnamed(1, ["", "label", "0", "1"])
    ('1', 'column 1')
    """
    return f"column {place}" if str(place) in names else str(place)


def _repeated(rows: Rows, path: Path) -> list[int]:
    """Returns the positions of rows that are the header again."""
    header = Header(rows.cells[0])
    found = []
    for place, row in enumerate(rows.cells[1:], 1):
        if header.again(row):
            found.append(place)
        elif header.in_another_order(row):
            raise DataError(
                "needs the same columns in one order throughout. Received: another header, "
                f"{', '.join(map(str, row))[:80]}",
                path=path,
                line=rows.lines[place] if rows.lines else None,
            )
    return found


class Header:
    """The names of columns, and which rows are they again.

    Args:
        names: Cells of the first row.
    """

    def __init__(self, names: Sequence[Any]):
        self._names = list(map(_plain, names))
        self._ordered = sorted(self._names)
        self._named = len(self._names) > 1 and all(self._names)

    def again(self, row: Sequence[Any]) -> bool:
        """Tells whether a row is the header."""
        return _plain(row[0]) in self._names and list(map(_plain, row)) == self._names

    def in_another_order(self, row: Sequence[Any]) -> bool:
        """Tells whether a row holds the names of all columns in another order."""
        if not self._named or _plain(row[0]) not in self._names:
            return False
        return sorted(map(_plain, row)) == self._ordered and not self.again(row)


def _plain(cell: Any) -> str:
    return str(cell).strip("\ufeff \t\r\n").casefold()


def _without(rows: Rows, places: Collection[int], reason: str) -> Rows:
    """Returns the other rows, and counts these among what was left out, with their lines."""
    if not places:
        return rows
    gone = set(places)
    lines = [rows.lines[place] for place in sorted(gone)] if rows.lines else []
    return dataclasses.replace(
        rows,
        cells=[row for place, row in enumerate(rows.cells) if place not in gone],
        lines=[line for place, line in enumerate(rows.lines) if place not in gone],
        left_out={**rows.left_out, with_lines(reason, lines): len(gone)},
    )


def with_lines(reason: str, lines: Sequence[int]) -> str:
    """Returns a reason with the first lines that it is of.

    >>> with_lines("with the header again", [3, 1200])
    'with the header again (lines 3, 1,200)'
    """
    shown = ", ".join(f"{line:,}" for line in lines[:5]) + (", …" if len(lines) > 5 else "")
    return f"{reason} (line{'s'[: len(lines) - 1]} {shown})" if lines else reason


def _from(rows: Rows, first: int) -> Rows:
    return dataclasses.replace(rows, cells=rows.cells[first:], lines=rows.lines[first:])


def _unnamed(header: Sequence[str], rows: Rows) -> tuple[str, ...]:
    """Tells of cells behind the named columns, which nobody will read.

    A column that is filled throughout is no such thing: pandas gives no name to its index.
    """
    unnamed = [place for place, name in enumerate(header) if not str(name).strip()]
    columns = ([bool(str(row[place]).strip()) for row in rows.cells] for place in unnamed)
    partly = [filled for filled in columns if not all(filled)]
    behind = [row for row, cells in enumerate(zip(*partly, strict=True)) if any(cells)]
    line = f", the first on line {rows.lines[behind[0]]:,}" if behind and rows.lines else ""
    return tuple(count_note(len(behind), "row", f"with text in columns without a name{line}"))
