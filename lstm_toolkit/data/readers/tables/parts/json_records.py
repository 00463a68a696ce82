"""Rows of JSON that are objects, some at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from lstm_toolkit.data.readers.tables.json_records import from_records
from lstm_toolkit.data.readers.tables.parts.contract import IrregularError, head_rows, in_parts
from lstm_toolkit.data.readers.tables.table import Table

Record = tuple[int | None, dict[str, Any]]
"""The line on which an object stands, where it is one a line, and the object."""


class JsonRecords:
    """Objects, from which names of columns follow."""

    left_out: Mapping[str, int] = {}

    def __init__(self, path: Path, encoding: str, remarks: tuple[str, ...]):
        self._path, self._encoding = path, encoding
        records = list(islice(self._records(), head_rows()))
        if not records:
            raise IrregularError
        table = from_records([record for _, record in records], path, ())
        self.head = Table(table.columns, _numbered(records), path, (*self._layout(), *remarks))

    def tables(self) -> Iterator[Table]:
        """Yields the rows."""
        known = dict.fromkeys(self.head.columns)
        for group in in_parts(self._records()):
            records = [record for _, record in group]
            table = from_records([known, *records], self._path, ())
            if list(table.columns) != list(self.head.columns):
                raise IrregularError
            columns = {name: cells[1:] for name, cells in table.columns.items()}
            yield Table(columns, _numbered(group), self._path)

    def _records(self) -> Iterator[Record]:
        spelt: dict[str, str] = {}
        for line, value in self._values():
            if not isinstance(value, dict):
                raise IrregularError
            names = {name: " ".join(name.split()) for name in value}
            # Read whole, columns whose names differ in spaces alone are refused.
            if any(spelt.setdefault(tidy, name) != name for name, tidy in names.items()):
                raise IrregularError
            yield line, {names[name]: cell for name, cell in value.items()}

    def _values(self) -> Iterator[tuple[int | None, Any]]:
        raise NotImplementedError

    def _layout(self) -> tuple[str, ...]:
        """Returns what is told of how the rows stand."""
        return ()


def _numbered(records: list[Record]) -> list[int]:
    return [line for line, _ in records if line is not None]
