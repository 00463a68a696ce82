"""Clicks that were put into sessions, in the order of their times."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.readers.series.times import read_times
from lstm_toolkit.data.readers.sessions.columns import SessionColumns
from lstm_toolkit.data.readers.tables.cleaning import count_note, printable
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.splits.parts import TRAIN, part_of
from lstm_toolkit.data.text.item_lists import item_name, listed_items, read_items

ALONE = "alone in their session"


@dataclasses.dataclass(frozen=True)
class Sessions:
    """Sessions in the order in which they end.

    Attributes:
        names: As the table calls them; numbers of lines where there are none.
        items: Of each, in the order of their times.
        ends: `float64[n]` or `int64[n]`, when each was last clicked in.
        parts: The published split of each.
        left_out: How many clicks, or lines, are not in them, by the reason.
        remarks: What is to be told.
    """

    names: list[str]
    items: list[list[str]]
    ends: NDArray[Any]
    parts: list[str]
    left_out: dict[str, int]
    remarks: list[str]


def sessions_of_clicks(table: Table, columns: SessionColumns, *, drop_repeats: bool) -> Sessions:
    """Puts rows of one click each into sessions.

    Clicks are sorted by time; those of one time stay in the order of their rows. Rows that are equal in
    session, item and time are one click that was written several times.

    Args:
        table: With these columns.
        columns: See `choose_session_columns`.
        drop_repeats: Whether clicks on the item before are left out.

    Raises:
        DataError: If a time cannot be read.
    """
    cells, remarks = printable(table.texts(columns.item))
    items = [item_name(cell) for cell in cells]
    changed = sum(item != " ".join(cell.split()) for item, cell in zip(items, cells, strict=True))
    remarks += count_note(changed, "item", "written as a fraction, such as 12.0, read as a number")
    names = [item_name(cell) for cell in table.texts(columns.session)]
    parts = _parts(table, columns)
    reasons = (
        "without a session",
        "without an item",
        "in no known split",
        "repeated",
        "clicked again",
    )
    left_out = dict.fromkeys(reasons, 0)
    usable = np.ones(len(items), bool)
    for row, (name, item, part) in enumerate(zip(names, items, parts, strict=True)):
        reason = _reason(name, item, part)
        if reason:
            left_out[reason] += 1
            usable[row] = False
    times, more = click_times(table, columns.time)
    rows = np.flatnonzero(usable)
    if columns.time:
        seen = dict.fromkeys((names[r], items[r], parts[r], times[r]) for r in rows)
        first: dict[Any, int] = {}
        for row in rows:
            first.setdefault((names[row], items[row], parts[row], times[row]), row)
        left_out["repeated"] = len(rows) - len(seen)
        rows = np.array(sorted(first.values()), np.int64)
    grouped: dict[tuple[str, str], list[int]] = {}
    unsorted, ties = 0, 0
    for row in rows[np.argsort(times[rows], kind="stable")]:
        grouped.setdefault((names[row], parts[row]), []).append(int(row))
    for group in grouped.values():
        steps = np.diff(group)
        unsorted += int((steps < 0).sum())
        ties += int((np.diff(times[group]) == 0).sum()) if columns.time else 0
    told = count_note(unsorted, "click", "stood behind a later one of its session; sorted by time")
    told += count_note(ties, "click", "at the time of the one before, in the order of the rows")
    if drop_repeats:
        for key, group in grouped.items():
            kept = [r for i, r in enumerate(group) if not i or items[r] != items[group[i - 1]]]
            left_out["clicked again"] += len(group) - len(kept)
            grouped[key] = kept
    ordered = sorted(grouped.items(), key=lambda pair: times[pair[1][-1]])
    return Sessions(
        [name for (name, _), _ in ordered],
        [[items[row] for row in group] for _, group in ordered],
        np.array([times[group[-1]] for _, group in ordered]),
        [part for (_, part), _ in ordered],
        left_out,
        [*remarks, *more, *told],
    )


def sessions_of_rows(table: Table, columns: SessionColumns, *, drop_repeats: bool) -> Sessions:
    """Takes each row as a session: items between spaces, or in a list.

    Args:
        table: With these columns.
        columns: Of which `session` is "".
        drop_repeats: Whether clicks on the item before are left out; they are told, not counted.

    Raises:
        DataError: If a cell holds something else, or a time cannot be read.
    """
    parts = _parts(table, columns)
    times, remarks = click_times(table, columns.time)
    rows, items, left_out, again = [], [], {"without an item": 0, "in no known split": 0}, 0
    cells = table.columns[columns.item]
    texts = None if any(_is_list(cell) for cell in cells) else table.texts(columns.item)
    if texts is not None:
        texts, more = printable(texts)
        remarks += more
    for row, part in enumerate(parts):
        own = _listed(cells[row]) if texts is None else read_items(texts[row])
        reason = "in no known split" if not part else "" if own else "without an item"
        if reason:
            left_out[reason] += 1
            continue
        kept = [
            item for i, item in enumerate(own) if not drop_repeats or not i or item != own[i - 1]
        ]
        again += len(own) - len(kept)
        rows.append(row)
        items.append(kept)
    order = np.argsort(times[rows], kind="stable") if rows else np.zeros(0, np.int64)
    remarks += count_note(again, "click", "on the item before left out")
    return Sessions(
        [f"row {rows[place] + 1}" for place in order],
        [items[place] for place in order],
        times[rows][order] if rows else times[:0],
        [parts[rows[place]] for place in order],
        left_out,
        remarks,
    )


def click_times(table: Table, column: str) -> tuple[NDArray[Any], list[str]]:
    """Returns numbers that grow with time, and what is to be told; the rows' own without a column."""
    if not column:
        return np.arange(len(table), dtype=np.int64), []
    texts = table.texts(column)
    try:
        numbers = np.array([float(text) for text in texts])
        if np.isfinite(numbers).all():
            return numbers, []
    except ValueError:
        pass
    plain = Table({column: list(texts)}, table.lines, table.path)
    read = read_times(plain, [column], lambda row: "")
    return read.times, list(read.remarks)


def _parts(table: Table, columns: SessionColumns) -> list[str]:
    if not columns.split:
        return [TRAIN] * len(table)
    return [part_of(cell) for cell in table.texts(columns.split)]


def _reason(name: str, item: str, part: str) -> str:
    """Returns why a row is left out, "" if it is not."""
    if not part:
        return "in no known split"
    if not name:
        return "without a session"
    return "" if item else "without an item"


def _is_list(cell: Any) -> bool:
    return isinstance(cell, list | tuple | np.ndarray)


def _listed(cell: Any) -> list[str]:
    if cell is None:
        return []
    return listed_items(cell.tolist() if isinstance(cell, np.ndarray) else cell)
