"""Workbooks of Excel: the sheet that holds the table, or one a published split."""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from lstm_toolkit.data.readers.tables.headers import Rows, count_titles
from lstm_toolkit.data.splits.parts import TRAIN, fold, part_of
from lstm_toolkit.errors import DataError, did_you_mean


def read_sheets(
    content: bytes,
    as_text: Callable[[Any], str],
    keeps: Callable[[Sequence[str]], bool],
) -> dict[str, Rows]:
    """Returns the rows of each sheet that holds any, by its name."""
    import pandas as pd

    with pd.ExcelFile(io.BytesIO(content)) as book:
        frames = book.parse(None, header=None, dtype=object, keep_default_na=False, na_values=[])
    sheets = {}
    for name, frame in frames.items():
        gone = frame.isna().to_numpy()
        values = frame.to_numpy(object)
        cells = [
            ["" if lost else as_text(value) for value, lost in zip(row, missing, strict=True)]
            for row, missing in zip(values, gone, strict=True)
        ]
        rows = [(line, row) for line, row in enumerate(cells, 1) if keeps(row)]
        if rows:
            sheets[str(name)] = Rows([row for _, row in rows], [line for line, _ in rows])
    return sheets


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
