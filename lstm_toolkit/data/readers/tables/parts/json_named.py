"""JSON by names: columns, pandas' "split", and rows by their numbers."""

from __future__ import annotations

import collections
import contextlib
from collections.abc import Iterator
from typing import Any

from lstm_toolkit.data.readers.tables.columns import LABEL_NAMES, TEXT_NAMES
from lstm_toolkit.data.readers.tables.parts.contract import IrregularError
from lstm_toolkit.data.readers.tables.parts.json_records import JsonRecords
from lstm_toolkit.data.readers.tables.parts.json_stream import JsonStream
from lstm_toolkit.data.splits.parts import fold

MOST_COLUMNS = 16
"""Columns that are read beside each other, at most: each from the beginning of the file."""


class ByColumn(JsonRecords):
    """Columns under their names, as arrays, or as objects with the number of each row."""

    def _values(self) -> Iterator[tuple[int | None, Any]]:
        names = self._names()
        with contextlib.ExitStack() as stack:
            columns = [
                _column(stack.enter_context(JsonStream(self._path, self._encoding)), place)
                for place in range(len(names))
            ]
            last = -1
            try:
                for cells in zip(*columns, strict=True):
                    last = _next_number(last, {number for number, _ in cells})
                    yield None, dict(zip(names, (cell for _, cell in cells), strict=True))
            except ValueError as error:  # columns of unequal length
                raise IrregularError from error

    def _names(self) -> list[str]:
        with JsonStream(self._path, self._encoding) as stream:
            names = []
            for name in stream.names():
                names.append(name)
                if len(names) > MOST_COLUMNS:
                    raise IrregularError
                _pass_over(stream)
            stream.end()
        if len(set(names)) < len(names) or {"columns", "data"} <= set(names):
            raise IrregularError
        known = {*TEXT_NAMES, *LABEL_NAMES}
        if len(names) > 1 and not known & set(map(fold, names)):  # of classes, perhaps
            raise IrregularError
        return names


class Split(JsonRecords):
    """Names under `columns`, then rows under `data`, as pandas calls "split"."""

    def _values(self) -> Iterator[tuple[int | None, Any]]:
        columns: list[str] = []
        seen = set()
        with JsonStream(self._path, self._encoding) as stream:
            for name in stream.names():
                if name in seen:
                    raise IrregularError
                seen.add(name)
                if name == "columns":
                    columns = list(map(str, stream.array()))
                elif name == "data" and columns and len(set(columns)) == len(columns):
                    for row in stream.array():
                        if not isinstance(row, list) or len(row) != len(columns):
                            raise IrregularError
                        yield None, dict(zip(columns, row, strict=True))
                else:
                    _pass_over(stream)
            stream.end()
        if not {"columns", "data"} <= seen:
            raise IrregularError


class ByRow(JsonRecords):
    """Objects under their numbers, as pandas calls "index"."""

    def _values(self) -> Iterator[tuple[int | None, Any]]:
        last = -1
        with JsonStream(self._path, self._encoding) as stream:
            for name in stream.names():
                last = _next_number(last, {name})
                row = stream.value()
                if not isinstance(row, dict) or all(map(str.isdecimal, row)):
                    raise IrregularError
                yield None, row
            stream.end()


def _next_number(last: int, names: set[str | None]) -> int:
    """Returns the number of a row, which must rise, or a name could come twice."""
    name = names.pop()
    if names or (name is not None and not (name.isdecimal() and int(name) > last)):
        raise IrregularError
    return last if name is None else int(name)


def _column(stream: JsonStream, place: int) -> Iterator[tuple[str | None, Any]]:
    """Yields the cells of a column, with their numbers where they have some."""
    for number, _ in enumerate(stream.names()):
        if number < place:
            _pass_over(stream)
            continue
        cells = ((None, cell) for cell in stream.array()) if stream.sign() == "[" else (
            (name, stream.value()) for name in stream.names()
        )  # fmt: skip
        for name, cell in cells:
            if isinstance(cell, list | dict):
                raise IrregularError
            yield name, cell
        return


def _pass_over(stream: JsonStream) -> None:
    """Goes on behind a value, of which no more is held than one item."""
    if stream.sign() == "[":
        collections.deque(stream.array(), 0)
    elif stream.sign() == "{":
        for _ in stream.names():
            stream.value()
    else:
        stream.value()
