"""Workbooks of Excel (`.xlsx`), a row at a time; the distinct texts in one are held."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from lstm_toolkit.data.readers.tables.headers import Rows
from lstm_toolkit.data.readers.tables.parts.contract import IrregularError, Parts, head_rows
from lstm_toolkit.data.readers.tables.parts.headed import HeadedParts, Record
from lstm_toolkit.data.readers.tables.parts.joined import JoinedParts
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.readers.tables.tables import Expected, workbook_remarks
from lstm_toolkit.data.readers.tables.workbooks import (
    choose_sheets,
    even,
    kept_rows,
    other_sheets,
    sheet_rows,
    sheet_titles,
)
from lstm_toolkit.data.splits.parts import part_of
from lstm_toolkit.errors import DataError
from lstm_toolkit.system.archives import check_zip


def open_workbook(path: Path, expected: Expected) -> Parts:
    """Opens the sheet of the table, or those of published splits.

    Raises:
        IrregularError: If the file is damaged, or no workbook of this form.
        DataError: As `choose_sheets` does.
    """
    with _regular():
        check_zip(path)
        titles = sheet_titles(path)
    heads = {title: list(islice(_records(path, title, expected), head_rows())) for title in titles}
    sheets = {
        title: Rows(even([row for _, row in head]), [line for line, _ in head])
        for title, head in heads.items()
        if head
    }
    if not sheets:
        raise IrregularError
    chosen = choose_sheets(sheets, expected.sheet, expected.names)
    others = [title for title in sheets if title not in chosen]
    counts = {title: sum(1 for _ in _records(path, title, expected)) for title in others}
    remarks, left_out = other_sheets(chosen, counts)
    tables: list[tuple[str, str, Parts]] = [
        (title, part_of(title), _Sheet(path, title, expected, len(rows.cells[0])))
        for title, rows in chosen.items()
    ]
    parts = tables[0][2]
    if len(tables) > 1:
        parts = JoinedParts(tables, path, lambda table: table.columns)
    return _Book(parts, (*workbook_remarks(path), *remarks), left_out)


def _records(path: Path, title: str, expected: Expected) -> Iterator[Record]:
    with _regular():
        yield from kept_rows(sheet_rows(title, path), expected.keeps)


@contextlib.contextmanager
def _regular() -> Iterator[None]:
    try:
        yield
    except (IrregularError, DataError):
        raise
    except Exception as error:  # openpyxl has errors of its own for each way to be damaged
        raise IrregularError from error


class _Sheet(HeadedParts):
    def __init__(self, path: Path, title: str, expected: Expected, width: int):
        self._title, self._expected, self._width = title, expected, width
        super().__init__(path, expected)

    def records(self) -> Iterator[Record]:
        for line, row in _records(self._path, self._title, self._expected):
            yield line, row + [""] * (self._width - len(row))  # a wider one is irregular


class _Book:
    """The rows of the sheets that were chosen, with what is told of the others."""

    def __init__(self, parts: Parts, remarks: tuple[str, ...], left_out: Mapping[str, int]):
        self.head = dataclasses.replace(parts.head, remarks=(*remarks, *parts.head.remarks))
        self._parts, self._others = parts, left_out

    @property
    def left_out(self) -> Mapping[str, int]:
        return {**self._parts.left_out, **self._others}

    def tables(self) -> Iterator[Table]:
        return self._parts.tables()
