"""Objects of JSON: one a line, one after the other, or in an array, perhaps under a name."""

from __future__ import annotations

import collections
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from lstm_toolkit.data.readers.tables.json_records import is_object, read_record
from lstm_toolkit.data.readers.tables.parts.contract import (
    IrregularError,
    Parts,
    read_lines,
    read_start,
)
from lstm_toolkit.data.readers.tables.parts.json_named import ByColumn, ByRow, Split
from lstm_toolkit.data.readers.tables.parts.json_records import JsonRecords
from lstm_toolkit.data.readers.tables.parts.json_stream import JsonStream
from lstm_toolkit.data.splits.parts import part_of


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
        shapes = (_Concatenated,) if by_line else (_Wrapped, _Concatenated, Split, ByColumn, ByRow)
        for shape in shapes:
            try:
                return shape(path, encoding, remarks)
            except IrregularError:
                continue
    raise IrregularError


class _Lines(JsonRecords):
    def _values(self) -> Iterator[tuple[int | None, Any]]:
        for number, line in enumerate(read_lines(self._path, self._encoding), 1):
            if line.strip():
                yield number, read_record(line, self._path, number)


class _Array(JsonRecords):
    def _values(self) -> Iterator[tuple[int | None, Any]]:
        with JsonStream(self._path, self._encoding) as stream:
            for value in stream.array():
                yield None, value
            stream.end()


class _Concatenated(JsonRecords):
    def _values(self) -> Iterator[tuple[int | None, Any]]:
        with JsonStream(self._path, self._encoding) as stream:
            count = 0
            while stream.sign():
                yield None, stream.value()
                count += 1
                stream.skip(",")
            if count < 2:  # one object alone may hold the rows in some way
                raise IrregularError


class _Wrapped(JsonRecords):
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
