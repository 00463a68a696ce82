"""Which rows of a table belong to which series, and when each was observed."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.readers.series.cells import Place
from lstm_toolkit.data.readers.series.clock import Clock, IrregularTimesError, Times, find_clock
from lstm_toolkit.data.readers.series.times import AUTO, ReadTimes, read_times
from lstm_toolkit.data.readers.tables.table import Table, as_text
from lstm_toolkit.errors import DataError


@dataclasses.dataclass(frozen=True, eq=False)
class Members:
    """The rows of a table by series, and their times.

    Attributes:
        rows: `int64[n]` of each series by its name, in the order of their first ones; "" where
            the table has no names.
        times: `int64[rows]` of the whole table: nanoseconds since 1970, or counted.
        clock: The steps that all series have in common.
        read: How times were read.
        place: Says of which series a row is.
    """

    rows: Mapping[str, NDArray[np.int64]]
    times: Times
    clock: Clock
    read: ReadTimes
    place: Place


def read_members(
    table: Table,
    name_column: str,
    time_columns: Sequence[str],
    frequency: str = "",
    date_order: str = AUTO,
) -> Members:
    """Divides rows into series, and reads their times.

    Args:
        table: What was read.
        name_column: Holds the names of series; "" if there is one series.
        time_columns: See `read_times`; without any, rows count within their series.
        frequency: As pandas writes it; "" finds it.
        date_order: See `read_times`.

    Raises:
        DataError: With line and series, if a row has no name, or a time does not rise or is not
            on the grid.
    """
    names = _names(table, name_column) if name_column else []

    def place(row: int) -> str:
        return f" of series {names[row][:40]}" if names else ""

    read = read_times(table, list(time_columns), place, date_order)
    members = _members(names, len(table))
    times = read.times if time_columns else _places(members, len(table))
    for rows in members.values():
        _check_rising(table, ", ".join(time_columns), rows, times, place)
    clock = _clock(table, time_columns, members, times, read.dated, frequency, place)
    return Members(members, times, clock, read, place)


def _names(table: Table, column: str) -> list[str]:
    """Returns the name of each row's series.

    Raises:
        DataError: If a row has none.
    """
    names = [as_text(cell).strip() for cell in table.columns[column]]
    row = next((row for row, name in enumerate(names) if not name), None)
    if row is not None:
        raise DataError(
            f"needs the name of a series in column {column}. Received: an empty cell",
            path=table.path,
            line=table.line(row),
        )
    return names


def _members(names: Sequence[str], rows: int) -> dict[str, NDArray[np.int64]]:
    """Returns the rows of each series, in the order of their first ones."""
    if not names:
        return {"": np.arange(rows)}
    unique, first, which = np.unique(np.array(names), return_index=True, return_inverse=True)
    order = np.argsort(which, kind="stable")
    parts = np.split(order, np.cumsum(np.bincount(which))[:-1])
    return {str(unique[place]): parts[place] for place in np.argsort(first)}


def _places(members: Mapping[str, NDArray[np.int64]], rows: int) -> Times:
    """Returns the place of each row within its series, however series stand in a table."""
    places = np.zeros(rows, np.int64)
    for own in members.values():
        places[own] = np.arange(len(own))
    return places


def _check_rising(
    table: Table, column: str, rows: NDArray[np.int64], times: Times, place: Place
) -> None:
    falls = np.flatnonzero(np.diff(times[rows]) <= 0)
    if not len(falls):
        return
    before, row = (int(rows[falls[0] + more]) for more in (0, 1))
    received = table.columns[column][row] if column in table.columns else f"row {row + 1}"
    repeated = ", which is the same" if times[before] == times[row] else ""
    raise DataError(
        f"needs a time later than the one before it in column {column}{place(row)}. "
        f"Received: {received}{repeated}",
        path=table.path,
        line=table.line(row),
    )


def _clock(
    table: Table,
    columns: Sequence[str],
    members: Mapping[str, NDArray[np.int64]],
    times: Times,
    dated: bool,
    frequency: str,
    place: Place,
) -> Clock:
    parts = list(members.values())
    try:
        return find_clock([times[rows] for rows in parts], dated=dated, frequency=frequency)
    except IrregularTimesError as error:
        row = int(parts[error.series][error.row])
        raise DataError(
            f"needs times at equal steps in column {', '.join(columns)}{place(row)}: most are "
            f"{error.frequency} apart. Received: {error.gap} before row {row + 1:,}; bring them to "
            "a grid, as with pandas' resample, or name it with --set frequency=",
            path=table.path,
            line=table.line(row),
        ) from None
