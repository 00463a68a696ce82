"""TMX, and lines with `|||` between the sides, some at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from lstm_toolkit.data.readers.pairs.exchange import BARS, DIVIDED, sides
from lstm_toolkit.data.readers.pairs.tmx import TranslationMemory, as_columns, name_columns
from lstm_toolkit.data.readers.tables.parts.contract import (
    IrregularError,
    Parts,
    head_rows,
    in_parts,
    open_binary,
    read_lines,
    regular,
)
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.readers.tables.tables import table_suffix

NamesHeader = Callable[[Sequence[Sequence[str]]], bool]


def open_exchange(path: Path, encoding: str, names_header: NamesHeader) -> Parts:
    """Opens a file in one of these forms, see `read_exchange`.

    Raises:
        IrregularError: If it is in another one.
        DataError: As `read_exchange` does.
    """
    suffix = table_suffix(path)
    if suffix == ".tmx":
        return _Units(path)
    if suffix in (".txt", ""):
        return _Bars(path, encoding, names_header)
    raise IrregularError


class _Units:
    """Units of TMX; all languages and what is to be told are known once it was read."""

    left_out: Mapping[str, int] = {}

    def __init__(self, path: Path):
        self._path = path
        sample: list[dict[str, str]] = []
        seen, count = 0, 0
        with regular(), open_binary(path) as file:
            memory = TranslationMemory(file, path)
            for unit in memory.units():
                count += 1
                # By the first units columns are chosen, so every language has to be among them.
                if len(sample) < head_rows() or len(memory.languages) > seen:
                    sample.append(unit)
                seen = len(memory.languages)
        self._languages = name_columns(memory, count, path)
        columns = as_columns(sample, self._languages)
        self.head = Table(columns, (), path, tuple(memory.remarks()))

    def tables(self) -> Iterator[Table]:
        """Yields the rows."""
        for rows in in_parts(self._units()):
            yield Table(as_columns(rows, self._languages), (), self._path)

    def _units(self) -> Iterator[dict[str, str]]:
        with regular(), open_binary(self._path) as file:
            yield from TranslationMemory(file, self._path).units()


class _Bars:
    """Lines with two sides."""

    left_out: Mapping[str, int] = {}

    def __init__(self, path: Path, encoding: str, names_header: NamesHeader):
        self._path, self._encoding = path, encoding
        _, first = next(self._lines(), (0, ""))
        if BARS not in first or "\t" in first:
            raise IrregularError
        rows = [row for _, row in islice(self._rows(), head_rows())]
        self._header = names_header(rows)
        if len(rows) == self._header:
            raise IrregularError
        self._names = rows[0] if self._header else ["1", "2"]
        self.head = self._table(list(enumerate(rows[self._header :], 1 + self._header)))

    def tables(self) -> Iterator[Table]:
        """Yields the rows."""
        for rows in in_parts(islice(self._rows(), int(self._header), None)):
            yield self._table(rows)

    def _table(self, rows: Sequence[tuple[int, list[str]]]) -> Table:
        cells: Any = zip(*(row for _, row in rows), strict=True)
        columns = dict(zip(self._names, map(list, cells), strict=True))
        return Table(columns, [line for line, _ in rows], self._path, (DIVIDED,))

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        for number, line in self._lines():
            yield number, sides(line, self._path, number)

    def _lines(self) -> Iterator[tuple[int, str]]:
        for number, line in enumerate(read_lines(self._path, self._encoding), 1):
            if line.strip():
                yield number, line
