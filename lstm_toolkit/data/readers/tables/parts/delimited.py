"""CSV, TSV and the like."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from lstm_toolkit.data.readers.tables.delimited import (
    Quoting,
    find_dialect,
    plain_records,
    quoted_records,
)
from lstm_toolkit.data.readers.tables.parts.contract import (
    IrregularError,
    read_lines,
    read_start,
    regular,
)
from lstm_toolkit.data.readers.tables.parts.headed import HeadedParts, Record
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.readers.tables.tables import Expected


class DelimitedParts(HeadedParts):
    """Lines of cells with a separator between.

    Args:
        path: The file.
        encoding: Of it.
        expected: What it is read for.
        remarks: On its encoding.
        tabbed: Whether tabs are expected, and no quotes.
    """

    def __init__(
        self,
        path: Path,
        encoding: str,
        expected: Expected,
        remarks: tuple[str, ...],
        *,
        tabbed: bool,
    ):
        self._file, self._encoding, self._keeps = path, encoding, expected.keeps
        text = read_start(path, encoding)
        if "\n" not in text:  # of an old Macintosh
            raise IrregularError
        self._dialect = find_dialect(
            text, names=expected.names, separator=expected.separator, tabbed=tabbed
        )
        self._quoting = Quoting()
        super().__init__(path, expected, remarks)
        self._begun = self._quoting.doubled, self._quoting.against

    def tables(self) -> Iterator[Table]:
        """Yields the rows."""
        yield from super().tables()
        if (self._quoting.doubled, self._quoting.against) != self._begun:
            raise IrregularError

    def records(self) -> Iterator[Record]:
        """Yields the rows of cells."""
        quoted, skipped = self._dialect.quoted, self._dialect.skipped
        lines = read_lines(self._file, self._encoding, "" if quoted else "\n")
        lines = islice(lines, skipped, None)
        with regular():
            records = (
                quoted_records(lines, self._dialect.separator) if quoted else plain_records(lines)
            )
            for line, row in records:
                if self._keeps(row):
                    yield line + skipped, row

    def cells(self, rows: list[list[str]]) -> list[list[str]]:
        """Takes quotes away where all that was seen tells that they are some."""
        if self._dialect.quoted:
            return rows
        self._quoting.see(rows)
        return self._quoting.undone(rows)
