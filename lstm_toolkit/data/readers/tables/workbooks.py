"""Workbooks of Excel: the sheet that holds the table, or one a published split."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from lstm_toolkit.data.readers.tables.headers import Rows, count_titles
from lstm_toolkit.data.readers.tables.table import as_text
from lstm_toolkit.data.splits.parts import TRAIN, fold, part_of
from lstm_toolkit.errors import DataError, did_you_mean

_ROWS = 4096
"""Rows that are read while warnings are off."""

Keeps = Callable[[Sequence[str]], bool]


def read_sheets(content: bytes, keeps: Keeps) -> dict[str, Rows]:
    """Returns the rows of each sheet that holds any, by its name."""
    sheets = {}
    for title, rows in (_new if content[:2] == b"PK" else _old)(content):
        kept = list(kept_rows(rows, keeps))
        if kept:
            sheets[title] = Rows(even([row for _, row in kept]), [line for line, _ in kept])
    return sheets


def kept_rows(rows: Iterable[list[str]], keeps: Keeps) -> Iterator[tuple[int, list[str]]]:
    """Yields the rows that are some, with their numbers.

    A blank row between others has as many empty cells as they, as in a CSV file. Below the last
    row that holds anything there are none.
    """
    width = 0
    blank: list[int] = []
    for line, row in enumerate(rows, 1):
        if not any(map(str.strip, row)):
            blank += [line] if width else []
            continue
        for number in blank if keeps([""] * width) else ():
            yield number, [""] * width
        blank.clear()
        width = max(width, len(row))
        yield line, row + [""] * (width - len(row))


def _new(content: bytes) -> Iterator[tuple[str, Iterator[list[str]]]]:
    for title in sheet_titles(None, content):
        yield title, sheet_rows(title, None, content)


def _old(content: bytes) -> Iterator[tuple[str, Iterator[list[str]]]]:
    """Reads `.xls`, which holds no more than 65,536 rows a sheet."""
    import pandas as pd

    with pd.ExcelFile(io.BytesIO(content)) as book:
        frames = book.parse(None, header=None, dtype=object, keep_default_na=False, na_values=[])
    for name, frame in frames.items():
        gone = frame.isna().to_numpy()
        cells = zip(frame.to_numpy(object), gone, strict=True)
        yield (
            str(name),
            (
                ["" if lost else as_text(value) for value, lost in zip(row, missing, strict=True)]
                for row, missing in cells
            ),
        )


def sheet_titles(path: Path | None, content: bytes = b"") -> list[str]:
    """Returns the names of the sheets of an `.xlsx`, see `sheet_rows`."""
    with _open(path, content) as book:
        return [sheet.title for sheet in book.worksheets]


def sheet_rows(title: str, path: Path | None, content: bytes = b"") -> Iterator[list[str]]:
    """Yields the rows of a sheet of an `.xlsx` without the empty cells at their ends.

    Args:
        title: Of the sheet.
        path: A file that is read row by row, but for the distinct texts in it, which are held.
        content: What is read where there is no path.
    """
    with _open(path, content) as book:
        sheet = book[title]
        sheet.reset_dimensions()  # they are often wrong
        rows = iter(sheet.rows)
        while True:
            with _quiet():
                group = [_texts(row) for row in islice(rows, _ROWS)]
            if not group:
                return
            yield from group


@contextlib.contextmanager
def _open(path: Path | None, content: bytes = b"") -> Iterator[Any]:
    from openpyxl import load_workbook

    # As a file that is open, since of a path openpyxl looks at the name.
    with io.BytesIO(content) if path is None else path.open("rb") as file:
        with _quiet():
            book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        with contextlib.closing(book):
            yield book


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and rules that openpyxl does not read
        yield


def _texts(row: Sequence[Any]) -> list[str]:
    texts = ["" if cell.data_type == "e" else as_text(cell.value) for cell in row]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def even(rows: Sequence[list[str]]) -> list[list[str]]:
    """Returns rows as wide as the widest, with empty cells at their ends.

    >>> even([["a"], ["b", "c"]])
    [['a', ''], ['b', 'c']]
    """
    width = max(map(len, rows), default=0)
    return [row + [""] * (width - len(row)) for row in rows]


def other_sheets(
    chosen: Collection[str], others: Mapping[str, int]
) -> tuple[tuple[str, ...], dict[str, int]]:
    """Tells which sheets were read where there are others.

    Args:
        chosen: Sheets that are read.
        others: How many rows each of the others holds.

    Returns:
        Remarks, and how many rows are left out by the reason.
    """
    if not others:
        return (), {}
    names = ", ".join([*others][:3]) + (", …" if len(others) > 3 else "")
    sheets = f"sheet{'s'[: len(chosen) - 1]} {', '.join(chosen)}"
    return (sheets,), {f"in other sheets ({names})": sum(others.values())}


def choose_sheets(
    sheets: Mapping[str, Rows], sheet: str, names: Collection[str]
) -> dict[str, Rows]:
    """Returns the sheet of the table, or those of published splits, by what they are called.

    Args:
        sheets: Rows by the name of their sheet.
        sheet: The name or the number of the one asked for; "" finds it: the only one, those
            that are named train, test and the like, or the only one with names of columns.
        names: How columns may be called.

    Raises:
        DataError: If there is no such sheet, or the choice is open.
    """
    if sheet:
        return _asked(sheets, sheet)
    parts = {name: rows for name, rows in sheets.items() if part_of(name)}
    if len(parts) > 1 and TRAIN in map(part_of, parts):
        return parts
    tables = {name: rows for name, rows in sheets.items() if _has_names(rows, names)}
    tables = tables or {name: rows for name, rows in sheets.items() if len(rows.cells[0]) > 1}
    tables = tables if len(sheets) > 1 else dict(sheets)
    if len(tables) != 1:
        raise DataError(
            "needs one sheet with a table; name it, as in --set sheet=NAME, or save it as a file "
            f"of its own. Received: {', '.join(list(tables or sheets)[:6])}"
        )
    return tables


def _asked(sheets: Mapping[str, Rows], sheet: str) -> dict[str, Rows]:
    known = {name.casefold(): name for name in sheets}
    numbered = {str(place): name for place, name in enumerate(sheets, 1)}
    name = known.get(sheet.strip().casefold()) or numbered.get(sheet.strip())
    if name is None:
        raise DataError(f"no sheet `{sheet}` that holds rows, {did_you_mean(sheet, sheets)}")
    return {name: sheets[name]}


def _has_names(rows: Rows, names: Collection[str]) -> bool:
    header = rows.cells[count_titles(rows.cells, names)]
    return len(header) > 1 and bool({fold(cell) for cell in header} & set(names))
