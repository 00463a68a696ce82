"""Sessions behind which the next item is asked for: of tables of clicks, and lines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lstm_toolkit.data.account import Account
from lstm_toolkit.data.inputs.rows import Inputs, ReadingContext, Row, counted
from lstm_toolkit.data.inputs.tables import check_there
from lstm_toolkit.data.readers.sessions.sessions import FORMS, SessionFiles
from lstm_toolkit.data.text.item_lists import join_items
from lstm_toolkit.errors import DataError

READ = ("session_column", "item_column", "time_column", "encoding", "sheet", "separator")


def session_inputs(path: Path, context: ReadingContext) -> Inputs:
    """Reads sessions to be answered, one of a single click too.

    Of a table of clicks each session is one row, in the order in which they end.

    Args:
        path: See `sessions.FORMS`.
        context: With the settings of how files are read.

    Raises:
        DataError: If it is missing, damaged or in no known form.
    """
    check_there(path, FORMS)
    if path.is_dir():
        raise DataError(f"needs a file. Received: a folder; needs {FORMS}", path=path)
    settings = context.settings
    told = {name: getattr(settings, name) for name in READ}
    files = SessionFiles(**told)
    table = files.read(path)
    for name in ("session_column", "item_column", "time_column"):
        told[name] = context.column(name, table.columns)
    sessions, where = SessionFiles(**told).sessions(table)
    used = len(table) - sum(sessions.left_out.values())
    left_out = {**sessions.left_out, **table.left_out}
    account = Account(used + sum(left_out.values()), used, left_out, table.unit)
    note = f"{counted(len(sessions.items), 'session')}: {where}, of {path}"
    columns: dict[str, list[Any]] = {
        "session": list(sessions.names),
        "clicks": [join_items(items) for items in sessions.items],
    }
    told_remarks = [*table.remarks, *account.remarks(), *sessions.remarks]
    return Inputs(_rows(columns), columns, "; ".join([note, *told_remarks]))


def _rows(columns: dict[str, list[Any]]) -> Iterator[Row]:
    for name, clicks in zip(columns["session"], columns["clicks"], strict=True):
        yield Row(name, clicks, {"session": name, "clicks": clicks})
