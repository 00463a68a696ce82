"""Sessions behind which the next item is asked for: of tables of clicks, and lines."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from lstm_toolkit.data.account import Account
from lstm_toolkit.data.inputs.rows import Inputs, ReadingContext, Row, counted
from lstm_toolkit.data.inputs.tables import check_there
from lstm_toolkit.data.readers.sessions.clicks import (
    Sessions,
    items_of,
    list_remarks,
    sessions_of_clicks,
)
from lstm_toolkit.data.readers.sessions.columns import SessionColumns, choose_session_columns
from lstm_toolkit.data.readers.sessions.sessions import FORMS, SessionFiles
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.text.item_lists import item_name, join_items
from lstm_toolkit.errors import DataError

COLUMNS = ("session_column", "item_column", "time_column")
READ = (*COLUMNS, "encoding", "sheet", "separator")


def session_inputs(path: Path, context: ReadingContext) -> Inputs:
    """Reads sessions to be answered, one of a single click too.

    Of a table of clicks each session is one row, in the order in which they begin in the file.

    Args:
        path: See `sessions.FORMS`.
        context: With the settings of how files are read.

    Raises:
        DataError: If it is missing, damaged or in no known form.
    """
    check_there(path, FORMS)
    if path.is_dir():
        raise DataError(f"needs a file. Received: a folder; needs {FORMS}", path=path)
    reading = {name: getattr(context.settings, name) for name in READ}
    table = SessionFiles(**reading, blank=True).read(path)
    stated = {name: context.column(name, table.columns) for name in COLUMNS}
    columns = choose_session_columns(table, **stated)
    return _of_clicks(table, columns) if columns.session else _of_rows(table, columns)


def _of_rows(table: Table, columns: SessionColumns) -> Inputs:
    texts = [_asked(cell) for cell in table.columns[columns.item]]
    account = Account(len(texts) + sum(table.left_out.values()), len(texts), table.left_out)
    note = f"{counted(len(texts), 'session')} in column {columns.item}, of {table.path}"
    remarks = [*table.remarks, *account.remarks(), *list_remarks(table, columns.item)]
    rows = (
        Row(
            text if isinstance(text, str) else str(table.columns[columns.item][place])[:60],
            text,
            {name: cells[place] for name, cells in table.columns.items()},
        )
        for place, text in enumerate(texts)
    )
    return Inputs(rows, table.columns, "; ".join([note, *remarks]))


def _asked(cell: Any) -> str | DataError:
    """Returns the items of a cell as a word, or what keeps it from being answered."""
    try:
        return join_items(items_of(cell))
    except DataError as error:
        return error


def _of_clicks(table: Table, columns: SessionColumns) -> Inputs:
    # Splits of a training are no reason to cut a session that is asked about.
    whole = dataclasses.replace(columns, split="")
    sessions = sessions_of_clicks(table, whole, drop_repeats=False)
    cells = _cells(sessions, [item_name(name) for name in table.texts(columns.session)])
    left_out = {**sessions.left_out, **table.left_out}
    seen = len(table) + sum(table.left_out.values())
    account = Account(seen, seen - sum(left_out.values()), left_out, "clicks")
    note = (
        f"{counted(len(cells['session']), 'session')}: items in column {columns.item}, sessions in "
    )
    note += f"{columns.session}, of {table.path}"
    rows = (
        Row(name, clicks, {"session": name, "clicks": clicks})
        for name, clicks in zip(cells["session"], cells["clicks"], strict=True)
    )
    remarks = [*table.remarks, *account.remarks(), *sessions.remarks]
    return Inputs(rows, cells, "; ".join([note, *remarks]))


def _cells(sessions: Sessions, order: list[str]) -> dict[str, list[Any]]:
    """Returns sessions and their clicks, in the order in which their names first come.

    Those without an item have an empty text, for which the answer is an error.
    """
    clicks = dict(zip(sessions.names, map(join_items, sessions.items), strict=True))
    names = [name for name in dict.fromkeys(order) if name]
    return {"session": [*names], "clicks": [clicks.get(name, "") for name in names]}
