"""Reads series of numbers from tables, and cuts them into windows with what follows them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.columns import Windows
from lstm_toolkit.data.dataset import Dataset, Source
from lstm_toolkit.data.readers.tables.columns import Table, listed
from lstm_toolkit.data.readers.tables.tables import TABLES, Expected, read_data
from lstm_toolkit.errors import DataError, did_you_mean

if TYPE_CHECKING:
    import pandas as pd

FORMS = f"{TABLES} with a column of numbers a series, or columns unique_id, ds, y"

SERIES_NAMES = ("unique_id", "series", "series_id", "id")
TIME_NAMES = ("ds", "date", "time", "timestamp", "datetime", "month", "day")
VALUE_NAMES = ("y", "value", "values", "target")


@dataclasses.dataclass(frozen=True, eq=False)
class Observed:
    """One series.

    Attributes:
        values: `float32[steps]`.
        times: When each was observed, rising: nanoseconds of a date, numbers, or places.
    """

    values: NDArray[np.float32]
    times: NDArray[Any]


def read_series(
    data: Path | pd.DataFrame | None,
    *,
    window: int,
    horizon: int,
    value_column: str = "",
    encoding: str = "utf-8",
    sheet: str = "",
    separator: str = "",
) -> Source:
    """Reads one or several series, and cuts each into all its windows.

    A table with a column `unique_id` holds one series after the other (long), any other a
    series a column of numbers (wide). Columns named like times are not series.

    Args:
        data: A data frame or a path, see `FORMS`; None takes made hourly values.
        window: Steps that go in.
        horizon: Steps that are to come out.
        value_column: The one column to read; empty takes `y`, or all that hold numbers.
        encoding: Of CSV, TSV and JSON files.
        sheet: Name or number of the sheet of a workbook; "" finds it.
        separator: Between the cells of CSV and TSV; "" finds it.

    Returns:
        `values` (`Windows`, `float32[n, window]`), the target `forecast` (`float32[n, horizon]`),
        and of each row its `group` (series), the `time` of the first step to come and the
        `end` of the last: of a column named like times, or counted in steps.

    Raises:
        DataError: If a cell is no number or a time does not rise, with its line, or no series is
            long enough.
    """
    if data is None:
        values = sample_values()
        series = {"sample": Observed(values, np.arange(len(values)))}
        place, told = "made hourly values", ""
    else:
        expected = dataclasses.replace(EXPECTED, sheet=sheet, separator=separator)
        series, told = observed_series(
            read_data(data, encoding, _no_folder, expected), value_column
        )
        place = str(data) if isinstance(data, Path) else "a data frame"
    return _windows(series, window, horizon, place, told)


def sample_values(steps: int = 2400) -> NDArray[np.float32]:
    """Returns made hourly values: a day, a week, a slow rise, and noise that lasts."""
    rng = np.random.default_rng(0)
    hours = np.arange(steps)
    noise = np.zeros(steps)
    for hour, shock in enumerate(rng.normal(size=steps)):
        noise[hour] = 0.8 * noise[hour - 1] + shock
    day = 12 * np.sin(2 * np.pi * hours / 24) + 4 * np.sin(4 * np.pi * hours / 24 + 1)
    week = np.where(hours // 24 % 7 >= 5, -8.0, 0.0)
    values: NDArray[np.float32] = (100 + day + week + hours / 240 + noise).astype(np.float32)
    return values


def _no_folder(path: Path) -> Table:
    raise DataError("needs a file. Received: a folder; needs " + FORMS, path=path)


def _has_header(rows: Sequence[Sequence[str]]) -> bool:
    return not any(_number(cell) is not None for cell in rows[0])


EXPECTED = Expected(FORMS, _has_header)
"""What a table of series is read for."""


def _number(cell: Any) -> float | None:
    try:
        value = float(cell)
    except (TypeError, ValueError):
        return None
    return value if np.isfinite(value) else None


def observed_series(table: Table, value_column: str = "") -> tuple[dict[str, Observed], str]:
    """Returns the series of a table by their names, and what is to be told of other columns.

    Raises:
        DataError: As `read_series` does, but of series that are too short.
    """
    names = {name: name.strip().casefold() for name in table.columns}
    ids = next((name for name, known in names.items() if known in SERIES_NAMES), None)
    clock = next((name for name, known in names.items() if known in TIME_NAMES), None)
    chosen = _value_columns(table, names, value_column, ids)
    others = [name for name in names if name not in (*chosen, ids, clock)]
    told = f"; columns ignored: {listed(others)}" if others else ""
    members: dict[str, list[int]] = {}
    for row, name in enumerate(table.columns[ids] if ids else [""] * _rows(table)):
        members.setdefault(str(name), []).append(row)
    return {
        name if ids else column: Observed(_numbers(table, column, rows), _times(table, clock, rows))
        for column in chosen
        for name, rows in members.items()
    }, told


def _rows(table: Table) -> int:
    return len(next(iter(table.columns.values())))


def _times(table: Table, column: str | None, rows: Sequence[int]) -> NDArray[np.int64]:
    """Returns when each value was observed, which has to rise; its place without a column."""
    if column is None:
        return np.arange(len(rows))
    import pandas as pd

    cells = [table.columns[column][row] for row in rows]
    numbers = [_number(cell) for cell in cells]
    plain = all(number is not None for number in numbers)
    # In UTC, since summer time changes the offset within one series.
    parsed = pd.to_datetime(
        pd.Series([str(cell) for cell in cells]), errors="coerce", format="mixed", utc=True
    )
    times = np.array(numbers) if plain else parsed.to_numpy("datetime64[ns]").astype(np.int64)
    wrong = [False] * len(rows) if plain else list(parsed.isna())
    for place in range(len(rows)):
        falls = not wrong[place] and place > 0 and times[place] <= times[place - 1]
        if wrong[place] or falls:
            line = table.lines[rows[place]] if table.lines else None
            needed = "a time later than the one before it" if falls else "a time"
            raise DataError(
                f"needs {needed} in column {column}. Received: {cells[place]}",
                path=table.path,
                line=line,
            )
    return times


def _value_columns(
    table: Table, names: dict[str, str], value_column: str, ids: str | None
) -> list[str]:
    if value_column:
        if value_column not in names:
            hint = did_you_mean(value_column, names)
            raise DataError(f"needs a column `{value_column}`, {hint}", path=table.path)
        return [value_column]
    known = [name for name, plain in names.items() if plain in VALUE_NAMES]
    others = [n for n, plain in names.items() if n != ids and plain not in TIME_NAMES]
    numeric = [name for name in others if _holds_numbers(table.columns[name], name)]
    found = known[:1] or numeric
    if not found or (ids is not None and len(found) > 1):
        raise DataError(
            "needs a column of numbers; name it with --set value_column=. Received columns: "
            f"{', '.join(names)}",
            path=table.path,
        )
    return found


def _holds_numbers(cells: Sequence[Any], name: str) -> bool:
    """Tells whether a column is a series: its first cell that is not empty is a number.

    A column without a name (the reader gives its place) that counts the rows is an index.
    """
    first = next((cell for cell in cells if cell not in (None, "")), None)
    counts = name.isdecimal() or name.startswith("Unnamed")
    if counts and [_number(cell) for cell in cells] == list(range(len(cells))):
        return False
    return _number(first) is not None


def _numbers(table: Table, column: str, rows: Sequence[int]) -> NDArray[np.float32]:
    cells = table.columns[column]
    values = [_number(cells[row]) for row in rows]
    wrong = next((place for place, value in enumerate(values) if value is None), None)
    if wrong is not None:
        row = rows[wrong]
        line = table.lines[row] if table.lines else None
        raise DataError(
            f"needs a number in column {column}. Received: {cells[row] or 'an empty cell'}",
            path=table.path,
            line=line,
        )
    return np.array(values, np.float32)


def _windows(
    series: dict[str, Observed], window: int, horizon: int, place: str, told: str
) -> Source:
    values = np.concatenate([each.values for each in series.values()])
    times = np.concatenate([each.times for each in series.values()])
    lengths = [len(each.values) for each in series.values()]
    counts = [max(length - window - horizon + 1, 0) for length in lengths]
    if not any(counts):
        raise DataError(
            f"needs a series of at least {window + horizon} steps, window and horizon. Received: "
            f"{max(lengths)} in the longest, of {place}"
        )
    within = np.concatenate([np.arange(count) for count in counts])
    starts = within + np.repeat(np.cumsum([0, *lengths[:-1]]), counts)
    rows = Dataset(
        {"values": Windows(values, starts, window)},
        {"forecast": Windows(values, starts + window, horizon)},
        {
            "group": np.repeat(list(series), counts),
            "time": times[starts + window],
            "end": times[starts + window + horizon - 1],
        },
    )
    short = sum(not count for count in counts)
    left_out = f"; {short:,} series too short left out" if short else ""
    what = f"{len(counts) - short:,} series" if len(counts) > 1 else "one series"
    note = f"{len(rows):,} windows of {what} of {len(values):,} steps, of {place}{told}{left_out}"
    return Source(rows, None, note)
