"""Columns that count steps: they tell no recordings apart, and are no channels."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import pairwise

import numpy as np

from lstm_toolkit.data.readers.series.cells import number
from lstm_toolkit.data.readers.tables.table import Table

EVEN = 0.8
"""Share of rows that are as far behind the one before as most, where counting begins anew."""


def counters_among(
    table: Table, names: Iterable[str], keys: Collection[str], time: str
) -> list[str]:
    """Returns the columns that count steps, as a whole or anew for each person and recording.

    Args:
        table: A step a row.
        names: Of columns.
        keys: Columns of people.
        time: The column of times, "" if there is none. Where it stays the same from row to row,
            rows of several recordings stand in turn, and their numbers count nothing.
    """
    rows = _by_key(table, keys)
    if time and _stays(table, time, rows):
        return []
    return [name for name in names if _counts(table, name, rows)]


def _by_key(table: Table, keys: Collection[str]) -> list[list[int]]:
    members: dict[tuple[object, ...], list[int]] = {}
    for row, key in enumerate(zip(*(table.columns[k] for k in keys), strict=True)):
        members.setdefault(key, []).append(row)
    return list(members.values()) or [list(range(len(table)))]


def _stays(table: Table, time: str, rows: Iterable[list[int]]) -> bool:
    cells = table.columns[time]
    same = [cells[a] == cells[b] for each in rows for a, b in pairwise(each)]
    return bool(same) and float(np.mean(same)) > 0.5


def _counts(table: Table, name: str, rows: Iterable[list[int]]) -> bool:
    values = [number(cell) for cell in table.columns[name]]
    if any(value is None for value in values):
        return False
    column = np.array(values, np.float64)
    steps = np.concatenate([np.diff(column[each]) for each in rows])
    if not len(steps) or not (np.abs(steps) > 0).all():  # NaN is not, either
        return False
    usual = np.median(steps)
    return bool((steps > 0).all() or (usual > 0 and (steps == usual).mean() >= EVEN))


def rises(table: Table, name: str, keys: Collection[str]) -> bool:
    """Tells whether numbers rise from row to row of each recording."""
    column = np.array([number(cell) for cell in table.columns[name]], np.float64)
    return all((np.diff(column[each]) > 0).all() for each in _by_key(table, keys))
