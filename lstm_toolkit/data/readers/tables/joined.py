"""Several tables as one: shards of one set, or its published splits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.splits.parts import TRAIN
from lstm_toolkit.errors import DataError

SPLIT = "split"


def join_tables(
    tables: Sequence[tuple[str, str, Table]],
    root: Path,
    needed: Callable[[Table], Collection[str]],
) -> Table:
    """Puts rows of several tables below each other, with their split in a column of its own.

    Args:
        tables: What each is called, its published split or "", and its rows; of one alone
            nothing is changed.
        root: Where they are from.
        needed: Tells which columns of a table will be read. A table for validation or test
            without one of them, as a test without labels, is left out; one to learn from is
            refused.

    Raises:
        DataError: If tables to learn from have other columns.
    """
    if len(tables) == 1:
        return tables[0][2]
    first = next((table for _, part, table in tables if part in ("", TRAIN)), tables[0][2])
    wanted = set(needed(first)) & set(first.columns)
    left_out: Counter[str] = Counter()
    whole: list[tuple[str, Table]] = []
    for name, part, table in tables:
        left_out.update(table.left_out)
        lacking = sorted(wanted - set(table.columns))
        if not lacking:
            whole.append((part, table))
        elif part in ("", TRAIN):
            raise DataError(
                f"needs the same columns in every table. Received: no {', '.join(lacking)[:80]} "
                f"in {name}, among {', '.join(table.columns)[:80]}",
                path=root,
            )
        else:
            left_out[f"of {name}, which has no column {', '.join(lacking)}"] += len(table)
    columns = _columns(whole)
    remarks = dict.fromkeys(remark for _, table in whole for remark in table.remarks)
    return Table(columns, (), root, tuple(remarks), left_out=left_out)


def _columns(tables: Sequence[tuple[str, Table]]) -> dict[str, list[Any]]:
    names = dict.fromkeys(name for _, table in tables for name in table.columns)
    columns: dict[str, list[Any]] = {}
    if len({part for part, _ in tables}) > 1:
        columns[SPLIT] = [part for part, table in tables for _ in range(len(table))]
    for name in names:
        if name not in columns:
            parts = (table.columns.get(name) or [None] * len(table) for _, table in tables)
            columns[name] = [cell for part in parts for cell in part]
    return columns
