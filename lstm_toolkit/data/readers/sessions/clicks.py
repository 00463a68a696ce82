"""Clicks that are put into sessions, in the order of their times."""

from __future__ import annotations

import contextlib
import dataclasses
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.readers.series.times import ReadTimes, read_times
from lstm_toolkit.data.readers.sessions.columns import SessionColumns
from lstm_toolkit.data.readers.sessions.day_and_clock import check_days, joined_times
from lstm_toolkit.data.readers.tables.cleaning import count_note, printable
from lstm_toolkit.data.readers.tables.table import Table, as_text
from lstm_toolkit.data.splits.parts import TRAIN, part_of
from lstm_toolkit.data.text.item_lists import (
    check_exact,
    fractions_dropped,
    item_name,
    listed_items,
    read_items,
)
from lstm_toolkit.errors import DataError

_NO_SESSION, _NO_ITEM, _NO_PART = "without a session", "without an item", "in no known split"
_WRITTEN_TWICE = "equal to another in session, item and time"
_AGAIN = "on the item before"
_SPLIT = "with clicks in several published splits, cut into a part for each"

_IN_JSON = re.compile(r'[\s,"\[\]]+')
_FRACTION = "with a fraction of zero, such as 12.0, read as 12"

_FEWEST = 3
"""Times of sessions: of training, validation and test."""

_DAY = 86_400 * 10**9
"""Nanoseconds."""


@dataclasses.dataclass(frozen=True)
class Sessions:
    """Sessions in the order in which they end.

    Attributes:
        names: As the table calls them; numbers of rows where there are none.
        items: Of each, in the order of their times.
        times: Of each, when its items were clicked: numbers that grow.
        parts: The published split of each.
        left_out: How many rows are not in them, by the reason.
        remarks: What is to be told.
    """

    names: list[str]
    items: list[list[str]]
    times: list[NDArray[Any]]
    parts: list[str]
    left_out: dict[str, int]
    remarks: list[str]

    def divisible(self) -> Sessions:
        """Returns the sessions with other times where theirs are too few to be divided by."""
        ends = {times[-1] for times in self.times}
        if len(ends) >= _FEWEST or len(self.items) < _FEWEST:
            return self
        borders = np.cumsum([0, *map(len, self.items)])
        times = [np.arange(a, b) for a, b in pairwise(borders)]
        told = "sessions end at too few times to be divided by: the order of the rows counts"
        return dataclasses.replace(self, times=times, remarks=[*self.remarks, told])


@dataclasses.dataclass(frozen=True)
class _Clicks:
    """A click a row: its session and split, its item and its time."""

    keys: list[tuple[str, str]]
    items: list[str]
    times: NDArray[Any]
    days: bool

    def equal(self, row: int) -> Any:
        """Returns what is the same for a click that was written twice."""
        return self.keys[row], self.items[row], self.times[row]


def sessions_of_clicks(table: Table, columns: SessionColumns, *, drop_repeats: bool) -> Sessions:
    """Puts rows of one click each into sessions.

    Clicks are sorted by time; those of one time stay in the order of their rows. Rows that are
    equal in session, item and time are one click that was written several times, unless times are
    days, within which an item may be clicked again.

    Args:
        table: With these columns.
        columns: See `choose_session_columns`.
        drop_repeats: Whether clicks on the item before are left out.

    Raises:
        DataError: If a time cannot be read.
    """
    clicks, remarks = _clicks(table, columns)
    rows, left_out = _usable(clicks)
    if columns.time and not clicks.days:
        once = list({clicks.equal(row): row for row in reversed(rows)}.values())
        left_out[_WRITTEN_TWICE] = len(rows) - len(once)
        rows = sorted(once)
    groups: dict[tuple[str, str], list[int]] = {}
    for row in sorted(rows, key=lambda row: clicks.times[row]):
        groups.setdefault(clicks.keys[row], []).append(row)
    several = Counter(name for name, _ in groups)
    remarks += count_note(sum(n > 1 for n in several.values()), "session", _SPLIT)
    if columns.time:
        remarks += _order_remarks(list(groups.values()), clicks.times)
    if drop_repeats:
        kept = {key: _without_repeats(group, clicks.items) for key, group in groups.items()}
        left_out[_AGAIN] = sum(map(len, groups.values())) - sum(map(len, kept.values()))
        groups = kept
    ordered = sorted(groups.items(), key=lambda pair: clicks.times[pair[1][-1]])
    return Sessions(
        [name for (name, _), _ in ordered],
        [[clicks.items[row] for row in group] for _, group in ordered],
        [clicks.times[group] for _, group in ordered],
        [part for (_, part), _ in ordered],
        left_out,
        remarks,
    )


def _clicks(table: Table, columns: SessionColumns) -> tuple[_Clicks, list[str]]:
    cells, remarks = printable(table.texts(columns.item))
    for row, cell in enumerate(table.columns[columns.item]):
        with at_row(table, row):
            check_exact([cell])
    items = [item_name(cell) for cell in cells]
    remarks += count_note(fractions_dropped(cells), "item", _FRACTION)
    names = [item_name(cell) for cell in table.texts(columns.session)]
    read = click_times(table, columns)
    keys = list(zip(names, _parts(table, columns), strict=True))
    days = read.dated and _whole_days(read.times)
    return _Clicks(keys, items, read.times, days), [*remarks, *read.remarks]


def _usable(clicks: _Clicks) -> tuple[list[int], dict[str, int]]:
    """Returns the rows that are clicks, and why others are not."""
    rows, left_out = [], dict.fromkeys((_NO_SESSION, _NO_ITEM, _NO_PART), 0)
    for row, ((name, part), item) in enumerate(zip(clicks.keys, clicks.items, strict=True)):
        if name and part and item:
            rows.append(row)
        else:
            left_out[_NO_PART if not part else _NO_ITEM if name else _NO_SESSION] += 1
    return rows, left_out


def _order_remarks(groups: Sequence[Sequence[int]], times: NDArray[Any]) -> list[str]:
    later = sum(int((np.diff(group) < 0).sum()) for group in groups)
    ties = sum(int((np.diff(times[list(group)]) == 0).sum()) for group in groups)
    return [
        *count_note(later, "click", "behind a later one of its session, sorted by time"),
        *count_note(ties, "click", "at the time of the one before, in the order of the rows"),
    ]


def _without_repeats(rows: list[int], items: Sequence[str]) -> list[int]:
    before = [None, *(items[row] for row in rows)]
    return [row for row, last in zip(rows, before, strict=False) if items[row] != last]


def sessions_of_rows(table: Table, columns: SessionColumns, *, drop_repeats: bool) -> Sessions:
    """Takes each row as a session: items between spaces, or in a list.

    Args:
        table: With these columns.
        columns: Of which `session` is "".
        drop_repeats: Whether clicks on the item before are left out; how many is told.

    Raises:
        DataError: If a cell holds something else, or a time cannot be read.
    """
    parts = _parts(table, columns)
    read = click_times(table, columns)
    times, remarks = read.times, [*read.remarks]
    rows, left_out = [], {_NO_ITEM: 0, _NO_PART: 0}
    items, more = item_lists(table, columns.item)
    remarks += more
    for row, (part, own) in enumerate(zip(parts, items, strict=True)):
        if part and own:
            rows.append(row)
        else:
            left_out[_NO_ITEM if part else _NO_PART] += 1
    if drop_repeats:
        before = sum(map(len, items))
        items = [[own[i] for i in _without_repeats([*range(len(own))], own)] for own in items]
        remarks += count_note(before - sum(map(len, items)), "click", f"{_AGAIN} left out")
    rows.sort(key=lambda row: times[row])
    return Sessions(
        [f"row {row + 1}" for row in rows],
        [items[row] for row in rows],
        _row_times(times, rows, items, known=bool(columns.time)),
        [parts[row] for row in rows],
        left_out,
        remarks,
    )


def _row_times(
    times: NDArray[Any], rows: Sequence[int], items: Sequence[Sequence[str]], *, known: bool
) -> list[NDArray[Any]]:
    """Returns times of clicks: those of their rows, or how many clicks stand before."""
    if known:
        return [np.repeat(times[row], len(items[row])) for row in rows]
    ends = np.cumsum([len(items[row]) for row in rows])
    return [np.arange(end - len(items[row]), end) for end, row in zip(ends, rows, strict=True)]


def _whole_days(times: NDArray[Any]) -> bool:
    """Tells whether times are dates without a time of day, in nanoseconds."""
    return len(times) > 0 and not (times % _DAY).any()


def item_lists(table: Table, column: str) -> tuple[list[list[str]], list[str]]:
    """Returns the items of each row of a table with a session a row, and what is to be told.

    Raises:
        DataError: If a cell holds something else.
    """
    lists = []
    for row, cell in enumerate(table.columns[column]):
        with at_row(table, row):
            lists.append(items_of(cell))
    return lists, list_remarks(table, column)


def items_of(cell: Any) -> list[str]:
    """Returns the items of a cell: between spaces, or in a list; none of an empty one.

    Raises:
        DataError: If it holds something else.
    """
    if isinstance(cell, np.ndarray):
        cell = cell.tolist()
    if hasattr(cell, "__len__") and not isinstance(cell, str):
        return listed_items(cell)
    check_exact([cell])
    return read_items(printable([as_text(cell)])[0][0])


def list_remarks(table: Table, column: str) -> list[str]:
    """Returns what is to be told of the items in lists."""
    changed = sum(fractions_dropped(_written(cell)) for cell in table.columns[column])
    return count_note(changed, "item", _FRACTION)


def _written(cell: Any) -> Iterable[Any]:
    """Returns the items of a cell as they stand there."""
    if isinstance(cell, str):
        return _IN_JSON.split(cell) if cell.lstrip().startswith("[") else cell.split()
    return cell if isinstance(cell, list | tuple | np.ndarray) else ()


@contextlib.contextmanager
def at_row(table: Table, row: int) -> Iterator[None]:
    """Tells of errors in which file and line they are."""
    try:
        yield
    except DataError as error:
        raise DataError(str(error), path=table.path, line=table.line(row)) from None


def click_times(table: Table, columns: SessionColumns) -> ReadTimes:
    """Returns numbers that grow with time, those of the rows without a column of times.

    Raises:
        DataError: If a cell is neither a number nor a time, or a time of day without a day.
    """
    if not columns.time:
        return ReadTimes(np.arange(len(table), dtype=np.int64), dated=False)
    if columns.clock:
        return _read(table, columns.times_in, joined_times(table, columns.time, columns.clock))
    texts = table.texts(columns.time)
    numbers = _numbers(texts)
    if numbers is None:
        check_days(table, columns.time, texts)
        return _read(table, columns.time, texts)
    if _countable(numbers) and (read := _read(table, columns.time, texts)).dated:
        return read
    return ReadTimes(numbers, dated=False)


def _numbers(texts: Sequence[str]) -> NDArray[Any] | None:
    """Returns finite numbers `float64[n]`, None if a text is none."""
    try:
        numbers = np.array([float(text) for text in texts])
    except ValueError:
        return None
    return numbers if np.isfinite(numbers).all() else None


def _countable(numbers: NDArray[Any]) -> bool:
    """Tells whether numbers are whole and fit `int64`, so that they may be days in digits."""
    return bool(len(numbers) and (numbers % 1 == 0).all() and (np.abs(numbers) < 2.0**62).all())


def _read(table: Table, column: str, texts: Sequence[str]) -> ReadTimes:
    alone = Table({column: list(texts)}, table.lines, table.path)
    return read_times(alone, [column], lambda row: "")


def _parts(table: Table, columns: SessionColumns) -> list[str]:
    if not columns.split:
        return [TRAIN] * len(table)
    return [part_of(cell) for cell in table.texts(columns.split)]
