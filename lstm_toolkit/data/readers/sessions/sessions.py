"""Reads sessions of clicks, of which the next item is to be foretold."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from lstm_toolkit.data.account import Account
from lstm_toolkit.data.columns import texts as column
from lstm_toolkit.data.dataset import Dataset, Source
from lstm_toolkit.data.readers.sessions.clicks import (
    Sessions,
    sessions_of_clicks,
    sessions_of_rows,
)
from lstm_toolkit.data.readers.sessions.columns import (
    NAMES,
    SessionColumns,
    choose_session_columns,
)
from lstm_toolkit.data.readers.sessions.sample import sample_sessions
from lstm_toolkit.data.readers.tables.cleaning import count_note
from lstm_toolkit.data.readers.tables.folders import choose_tables, read_tables
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.readers.tables.tables import (
    TABLES,
    Expected,
    from_frame,
    read_data,
    read_table,
)
from lstm_toolkit.data.readers.texts.folders import read_bytes
from lstm_toolkit.data.readers.texts.texts import tables_in
from lstm_toolkit.data.splits.parts import TEST, TRAIN, VALIDATION, fold, part_of
from lstm_toolkit.data.text.encodings import decode
from lstm_toolkit.data.text.item_lists import join_items
from lstm_toolkit.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

FORMS = (
    f"{TABLES}, with columns session, item and time or with a session a row, a .txt file with a "
    "session a line, or a folder of such files named train and test"
)
LINES, ITEMS = ".txt", "items"
_ALONE = "of a session of one click"


@dataclasses.dataclass(frozen=True, kw_only=True)
class SessionFiles:
    """How files of sessions are read.

    Attributes:
        session_column: The column that tells sessions apart; "" finds it.
        item_column: The column of items; "" finds it.
        time_column: The column of times; "" finds it.
        encoding: Of text files.
        sheet: Name or number of the sheet of an Excel workbook; "" finds it.
        separator: Between the cells of CSV and TSV; "" finds it.
        blank: Whether rows and lines with nothing in them are kept.
    """

    session_column: str = ""
    item_column: str = ""
    time_column: str = ""
    encoding: str = "utf-8"
    sheet: str = ""
    separator: str = ""
    blank: bool = False

    @property
    def expected(self) -> Expected:
        """What a table is read for."""
        told = {fold(n) for n in (self.session_column, self.item_column, self.time_column) if n}
        names = {*NAMES, *told}
        sheet, separator = self.sheet, self.separator
        return Expected(FORMS, blank=self.blank, names=names, sheet=sheet, separator=separator)

    def read(self, path: Path) -> Table:
        """Reads a table, or lines as one."""
        if not path.name.lower().endswith((LINES, f"{LINES}.gz")):
            return read_table(path, self.encoding, self.expected)
        text = decode(read_bytes(path), self.encoding, path)
        lines = [line.strip() for line in text.removesuffix("\n").split("\n")]
        if "\t" in lines[0] and {fold(cell) for cell in lines[0].split("\t")} & NAMES:
            return read_table(path, self.encoding, self.expected)
        places = [place for place, line in enumerate(lines) if line or self.blank]
        if not any(lines):
            raise DataError(f"is empty; needs {FORMS}", path=path)
        cells: list[Any] = [lines[place] for place in places]
        return Table({ITEMS: cells}, [place + 1 for place in places], path, unit="lines")

    def table(self, data: Path | pd.DataFrame | None) -> Table:
        """Reads a data frame, a file, a folder, or the made shop's clicks."""
        if data is None:
            return from_frame(_sample())
        if isinstance(data, Path) and data.is_file():
            return self.read(data)
        return read_data(data, self.encoding, partial(_folder, self), self.expected)

    def sessions(
        self, table: Table, *, drop_repeats: bool = False
    ) -> tuple[Sessions, SessionColumns, str]:
        """Returns the sessions of a table, in which columns they stand, and that in words."""
        columns = choose_session_columns(
            table, self.session_column, self.item_column, self.time_column
        )
        by_click = bool(columns.session)
        make = sessions_of_clicks if by_click else sessions_of_rows
        sessions = make(table, columns, drop_repeats=drop_repeats)
        ignored = len(set(table.columns) - columns.used)
        told = f"items in column {columns.item}"
        told += f", sessions in {columns.session}" if by_click else ", a session a row"
        told += f", times in {columns.times_in}" if columns.time else ", in the order of the rows"
        remarks = [*sessions.remarks, *count_note(ignored, "other column", "ignored")]
        return dataclasses.replace(sessions, remarks=remarks), columns, told


def read_sessions(
    data: Path | pd.DataFrame | None,
    *,
    repeated_clicks: Literal["keep", "drop"] = "keep",
    max_clicks: int = 50,
    labelled: bool = True,
    **reading: Any,
) -> Source:
    """Reads sessions, each with the item that comes last in it as what is to be foretold.

    Args:
        data: A data frame or a path, see `FORMS`; None takes a made shop's.
        repeated_clicks: Whether clicks on the item before are kept.
        max_clicks: Clicks before the last one; longer sessions are cut, and each piece begins with
            the last click of the one before, so that every click behind the first is foretold.
        labelled: Whether there must be sessions to learn from.
        **reading: Of `SessionFiles`.

    Returns:
        Sessions `object[n]`, in the order in which they end, with the target `next`, likewise, and
        `time` in `meta`.

    Raises:
        DataError: If the data is missing, damaged or in no known form, or nothing is foretold.
    """
    files = SessionFiles(**reading)
    table = files.table(data)
    sessions, columns, told = files.sessions(table, drop_repeats=repeated_clicks == "drop")
    long = [place for place, items in enumerate(sessions.items) if len(items) > 1]
    alone = len(sessions.items) - len(long)
    if not long:
        received = f"{alone:,} of one click, {told}" if alone else "none"
        raise DataError(
            "needs sessions of two clicks or more, see --set session_column= and item_column=. "
            f"Received: {received}",
            path=table.path,
        )
    unit = "clicks" if columns.session else table.unit
    account = _account(table, sessions, alone, unit)
    sessions = sessions.divisible()
    parts, longer = _by_part(sessions, long, max_clicks)
    if TRAIN not in parts and labelled:
        received = "published splits alone"
        raise DataError(f"needs sessions to learn from. Received: {received}", path=table.path)
    where = "a made shop" if data is None else str(table.path or "a data frame")
    note = f"{len(long):,} sessions, {told}, of {where}"
    remarks = [*table.remarks, *account.remarks(), *sessions.remarks, *longer]
    return Source(
        parts.get(TRAIN, next(iter(parts.values()))),
        parts.get(TEST),
        "; ".join([note, *remarks]),
        validation=parts.get(VALIDATION),
        account=account,
    )


def _account(table: Table, sessions: Sessions, alone: int, unit: str) -> Account:
    """Returns what became of the rows, of which those of sessions of one click are of no use."""
    left_out = {**sessions.left_out, _ALONE: alone, **table.left_out}
    seen = len(table) + sum(table.left_out.values())
    return Account(seen, seen - sum(left_out.values()), left_out, unit)


def _by_part(
    sessions: Sessions, long: Sequence[int], max_clicks: int
) -> tuple[dict[str, Dataset], list[str]]:
    """Returns the rows of each split, and what is to be told of sessions that are cut."""
    rows: dict[str, list[tuple[list[str], Any]]] = {}
    cut = []
    for place in long:
        items, times = sessions.items[place], sessions.times[place]
        pieces = _pieces(items, max_clicks + 1)
        cut += [len(pieces)] if len(pieces) > 1 else []
        own = rows.setdefault(sessions.parts[place], [])
        lasts = (min((n + 1) * max_clicks, len(items) - 1) for n in range(len(pieces)))
        own += [(piece, times[last]) for piece, last in zip(pieces, lasts, strict=True)]
    told = f"longer than max_clicks={max_clicks}, cut into {sum(cut):,} pieces"
    # Pieces of a long session end before it does.
    datasets = {name: _dataset(sorted(part, key=lambda row: row[1])) for name, part in rows.items()}
    return datasets, count_note(len(cut), "session", told)


def _sample() -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(sample_sessions())


def _folder(files: SessionFiles, root: Path) -> Table:
    """Reads tables of a folder, or text files whose names tell the split."""
    lines = {
        file: part
        for file in sorted(root.iterdir())
        if file.name.lower().endswith((LINES, f"{LINES}.gz"))
        and (part := part_of(file.name.split(".")[0]))
    }
    if not lines:
        used = choose_tables(tables_in(root), root)
        return read_tables(used, root, files.read, lambda table: set(table.columns))
    cells: list[Any] = []
    splits: list[Any] = []
    for file, part in lines.items():
        read = files.read(file).columns[ITEMS]
        cells += read
        splits += [part] * len(read)
    return Table({ITEMS: cells, "split": splits}, (), root, unit="lines")


def _pieces(items: list[str], most: int) -> list[list[str]]:
    """Cuts a long session; each piece begins with the last click of the one before.

    >>> _pieces(["a", "b", "c", "d"], 3), _pieces(["a", "b"], 3)
    ([['a', 'b', 'c'], ['c', 'd']], [['a', 'b']])
    """
    return [items[begin : begin + most] for begin in range(0, max(len(items) - 1, 1), most - 1)]


def _dataset(rows: Sequence[tuple[list[str], Any]]) -> Dataset:
    return Dataset(
        {"session": column([join_items(items[:-1]) for items, _ in rows])},
        {"next": column([items[-1] for items, _ in rows])},
        {"time": np.array([end for _, end in rows])},
    )
