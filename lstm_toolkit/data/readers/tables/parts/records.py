"""Objects of JSON: one a line, one after the other, or in an array, perhaps under a name."""

from __future__ import annotations

import collections
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from lstm_toolkit.data.readers.tables.json_records import from_records, is_object, read_record
from lstm_toolkit.data.readers.tables.parts.contract import (
    IrregularError,
    Parts,
    head_rows,
    in_parts,
    read_lines,
    read_start,
)
from lstm_toolkit.data.readers.tables.parts.json_stream import JsonStream
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.splits.parts import part_of

Record = tuple[int | None, dict[str, Any]]
"""The line on which an object stands, where it is one a line, and the object."""


def open_records(path: Path, encoding: str, remarks: tuple[str, ...], *, by_line: bool) -> Parts:
    """Opens a file of objects.

    Args:
        path: The file.
        encoding: Of it.
        remarks: On its encoding.
        by_line: Whether an object on each line is expected, and no array.

    Raises:
        IrregularError: If the objects stand in another way, such as columns by name.
    """
    start = read_start(path, encoding).lstrip()
    if start[:1] == "[" and not by_line:
        return _Array(path, encoding, remarks)
    line, _, below = start.partition("\n")
    if below.strip() and is_object(line):
        return _Lines(path, encoding, remarks)
    if start[:1] == "{":
        shapes = (_Concatenated,) if by_line else (_Wrapped, _Concatenated)
        for shape in shapes:
            try:
                return shape(path, encoding, remarks)
            except IrregularError:
                continue
    raise IrregularError


class _Records:
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


class _Lines(_Records):
    def _values(self) -> Iterator[tuple[int | None, Any]]:
        for number, line in enumerate(read_lines(self._path, self._encoding), 1):
            if line.strip():
                yield number, read_record(line, self._path, number)


class _Array(_Records):
    def _values(self) -> Iterator[tuple[int | None, Any]]:
        with JsonStream(self._path, self._encoding) as stream:
            for value in stream.array():
                yield None, value
            stream.end()


class _Concatenated(_Records):
    def _values(self) -> Iterator[tuple[int | None, Any]]:
        with JsonStream(self._path, self._encoding) as stream:
            count = 0
            while stream.sign():
                yield None, stream.value()
                count += 1
                stream.skip(",")
            if count < 2:  # one object alone may hold the rows in some way
                raise IrregularError


class _Wrapped(_Records):
    """An array of objects under one name of an object, nothing else of which holds rows."""

    _name = ""

    def _layout(self) -> tuple[str, ...]:
        return (f"rows under {self._name}",)

    def _values(self) -> Iterator[tuple[int | None, Any]]:
        names: list[str] = []
        with_rows: list[str] = []
        with JsonStream(self._path, self._encoding) as stream:
            for name in stream.names():
                names.append(name)
                if stream.sign() != "[":
                    stream.value()
                    continue
                items = stream.array()
                start = list(islice(items, 1))
                if not start or not isinstance(start[0], dict | list):
                    collections.deque(items, 0)
                    continue
                self._name = name
                with_rows.append(name)
                yield None, start[0]
                yield from ((None, item) for item in items)
            stream.end()
        if len(with_rows) != 1 or len(set(names)) < len(names) or any(map(part_of, names)):
            raise IrregularError
