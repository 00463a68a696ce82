"""Rows of cells under one header, whatever they are read from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from lstm_toolkit.data.readers.tables.headers import (
    NO_HEADER,
    Header,
    Rows,
    count_titles,
    named_table,
    with_header,
    with_lines,
)
from lstm_toolkit.data.readers.tables.parts.contract import IrregularError, head_rows, in_parts
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.readers.tables.tables import Expected

Record = tuple[int, list[str]]
"""The line on which a row begins, counted from 1, and its cells."""


class HeadedParts:
    """A table of which the first row may name the columns.

    A subclass has to be ready to give its records when this is called.

    Args:
        path: The file, for messages.
        expected: What it is read for.
        remarks: What is told besides of the header.
    """

    def __init__(self, path: Path, expected: Expected, remarks: tuple[str, ...] = ()):
        self._path = path
        records = list(islice(self.records(), head_rows(self._width_of_first())))
        lines = [line for line, _ in records]
        cells = self.cells([row for _, row in records])
        if not cells:
            raise IrregularError
        self._titles = count_titles(cells, expected.names)
        table = with_header(Rows(cells, lines), path, expected.names, expected.has_header)
        self._header = None if NO_HEADER in table.remarks else cells[self._titles]
        self._unnamed = [i for i, name in enumerate(self._header or ()) if not name.strip()]
        self._repeated: list[int] = []
        self.head = Table(table.columns, table.lines, path, (*table.remarks, *remarks))
        self._above = {
            reason: count
            for reason, count in table.left_out.items()
            if reason.startswith("above the header")
        }

    def records(self) -> Iterator[Record]:
        """Yields all rows that are no blank lines; each call reads anew."""
        raise NotImplementedError

    def cells(self, rows: list[list[str]]) -> list[list[str]]:
        """Returns the cells of some rows as a whole reading would."""
        return rows

    def _width_of_first(self) -> int:
        return len(next(self.records(), (0, [""]))[1]) or 1

    @property
    def left_out(self) -> Mapping[str, int]:
        """Counts titles, and headers that came again."""
        if not self._repeated:
            return self._above
        reason = with_lines("with the header again", self._repeated)
        return {**self._above, reason: len(self._repeated)}

    def tables(self) -> Iterator[Table]:
        """Yields the rows."""
        for group in in_parts(self._body(), len(self.head.columns)):
            rows = self.cells([row for _, row in group])
            lines = [line for line, _ in group]
            yield named_table(self.head.columns, zip(*rows, strict=True), lines, self._path)

    def _body(self) -> Iterator[Record]:
        """Yields rows below the header."""
        self._repeated, width = [], len(self.head.columns)
        header = None if self._header is None else Header(self._header)
        above = self._titles + (header is not None)
        for line, row in islice(self.records(), above, None):
            if len(row) != width or not all(row[place].strip() for place in self._unnamed):
                raise IrregularError
            if header is not None and header.again(row):
                self._repeated.append(line)
                continue
            if header is not None and header.in_another_order(row):
                raise IrregularError
            yield line, row
