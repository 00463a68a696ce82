"""Series of several channels that are watched together, cut into frames."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.account import Account
from lstm_toolkit.data.columns import Windows
from lstm_toolkit.data.dataset import Dataset, Source
from lstm_toolkit.data.readers.series.cells import has_header, numbers
from lstm_toolkit.data.readers.series.channel_columns import (
    ChannelColumns,
    choose_channel_columns,
    marks_of,
)
from lstm_toolkit.data.readers.series.clock import Clock, Times
from lstm_toolkit.data.readers.series.flows import sample_flows
from lstm_toolkit.data.readers.series.members import read_members
from lstm_toolkit.data.readers.series.series import no_folder
from lstm_toolkit.data.readers.series.stand_ins import stand_in_remarks
from lstm_toolkit.data.readers.series.times import AUTO
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.readers.tables.tables import TABLES, Expected, read_data
from lstm_toolkit.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

FORMS = f"{TABLES} with a row a step and a column of numbers a channel"
ROWS = "rows"
"""Of the setting `steps`: each row is a step, whatever its time."""

Floats = NDArray[np.float32]


EXPECTED = Expected(FORMS, has_header)
"""What a table of channels is read for."""


@dataclasses.dataclass(frozen=True, eq=False)
class Channels:
    """One series with all its channels, on the grid of its times.

    Attributes:
        values: `float32[steps, channels]`, NaN where one is missing.
        times: `int64[steps]`: nanoseconds since 1970, or counted.
        rows: `int64[rows]`, those of the table that the series has.
        steps: `int64[rows]`, the step at which each of them stands.
        labels: `bool[steps]`, what is known to be an anomaly; None where nothing is known.
    """

    values: Floats
    times: Times
    rows: NDArray[np.int64]
    steps: NDArray[np.int64]
    labels: NDArray[np.bool_] | None = None


@dataclasses.dataclass(frozen=True, eq=False)
class ChannelTable:
    """The series of a table.

    Attributes:
        series: By their names, "" where the table has none.
        clock: The steps that they have in common.
        columns: What stands in which column.
        date_order: In which dates such as 1/2/2024 were read.
        remarks: What is to be told.
    """

    series: Mapping[str, Channels]
    clock: Clock
    columns: ChannelColumns
    date_order: str = AUTO
    remarks: tuple[str, ...] = ()


def read_channels(
    data: Path | pd.DataFrame | None,
    *,
    window: int,
    horizon: int,
    value_columns: str = "",
    label_column: str = "",
    steps: str = "times",
    frequency: str = "",
    date_order: str = AUTO,
    encoding: str = "utf-8",
    sheet: str = "",
    separator: str = "",
) -> Source:
    """Reads one or several series of channels, and cuts each into all its frames.

    A frame is a window and the steps after it, which are compared with what was foretold from
    the window. Values may be missing, in cells or by times that are left out.

    Args:
        data: A data frame or a path, see `FORMS`; None takes made flows of a network.
        window: Steps from which is foretold.
        horizon: Steps that are foretold.
        value_columns: Channels, with commas between; empty takes all that hold numbers.
        label_column: Says which steps are anomalies, for scores alone; empty finds it.
        steps: "times", or "rows" to take each row for a step.
        frequency: Of the times, as pandas writes it; empty finds it.
        date_order: Of dates such as 1/2/2024: "month/day" or "day/month"; "auto" finds it.
        encoding: Of CSV, TSV and JSON files.
        sheet: Name or number of the sheet of a workbook; "" finds it.
        separator: Between the cells of CSV and TSV; "" finds it.

    Returns:
        See `cut_frames`.

    Raises:
        DataError: If a cell is no number or a time does not fit, with its line, or no series is
            long enough.
    """
    if data is None:
        table, place = sample_flows(), "made flows of a network, one a minute"
        read = Table({name: list(cells) for name, cells in table.items()}, (), None)
    else:
        expected = dataclasses.replace(EXPECTED, sheet=sheet, separator=separator)
        read = read_data(data, encoding, no_folder(FORMS), expected)
        place = str(data) if isinstance(data, Path) else "a data frame"
    columns = choose_channel_columns(read, value_columns, label_column)
    watched = channel_table(read, columns, steps, frequency, date_order)
    rows = cut_frames(watched, window, horizon)
    if not len(rows):
        longest = max(len(each.values) for each in watched.series.values())
        raise DataError(
            f"needs a series of at least {window + horizon} steps with values, window and horizon. "
            f"Received: {longest} in the longest, of {place}"
        )
    account = _account(watched, window + horizon)
    note = "; ".join([_told(watched, rows, place), *watched.remarks, *account.remarks()])
    found = {
        "value_columns": ",".join(columns.values),
        "label_column": columns.label,
        "frequency": watched.clock.frequency,
        "date_order": watched.date_order,
    }
    return Source(rows, None, note, found)


def channel_table(
    table: Table,
    columns: ChannelColumns,
    steps: str = "times",
    frequency: str = "",
    date_order: str = AUTO,
) -> ChannelTable:
    """Returns the series of a table, each on the grid of the times.

    Raises:
        DataError: With line and series, if a cell is no number, or a time does not rise or is not
            on the grid.
    """
    times = () if steps == ROWS else columns.times
    members = read_members(table, columns.name, times, frequency, date_order)
    cells = np.stack([numbers(table, name, members.place) for name in columns.values], axis=1)
    labels = marks_of(table, columns.label) if columns.label else None
    series = {}
    for name, rows in members.rows.items():
        grid = members.clock.grid(int(members.times[rows[0]]), int(members.times[rows[-1]]))
        where = np.searchsorted(grid, members.times[rows])
        values = np.full((len(grid), cells.shape[1]), np.nan, np.float32)
        values[where] = cells[rows]
        marked = None
        if labels is not None:
            marked = np.zeros(len(grid), bool)
            marked[where] = labels[rows]
        series[name] = Channels(values, grid, rows, where, marked)
    read = members.read
    order = date_order if read.date_order == AUTO else read.date_order
    clock = f"every {members.clock.frequency or members.clock.step}"
    remarks = [*read.remarks, *([clock] if times else []), *_missing(series), *columns.remarks]
    remarks += _constant(series, columns.values)
    remarks += stand_in_remarks(zip(columns.values, cells.T, strict=True))
    return ChannelTable(series, members.clock, columns, order, tuple(remarks))


def cut_frames(table: ChannelTable, window: int, horizon: int) -> Dataset:
    """Cuts all frames of each series that hold a value to judge, and half of those before it.

    Returns:
        `values` (`Windows`, `float32[n, window + horizon, channels]`, NaN where missing), and of
        each row its `group`, the `time` of the first step that is judged, the `end` of the last,
        and whether this is labelled (`label`), where labels are known.
    """
    parts, names = list(table.series.values()), list(table.series)
    steps = window + horizon
    lengths = np.array([len(each.values) for each in parts])
    counts = np.maximum(lengths - steps + 1, 0)
    begins = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    which = np.repeat(np.arange(len(parts)), counts)
    within = np.concatenate([np.arange(count) for count in counts]).astype(np.int64)
    starts = begins[which] + within
    values = np.concatenate([each.values for each in parts])
    known = np.concatenate([[0], np.cumsum(np.isfinite(values).any(axis=1))])
    enough = (known[starts + window] - known[starts]) * 2 >= window
    judged = known[starts + steps] > known[starts + window]
    which, starts = which[enough & judged], starts[enough & judged]
    times = np.concatenate([each.times for each in parts])
    meta: dict[str, Any] = {
        "group": np.array(names)[which],
        "time": times[starts + window],
        "end": times[starts + steps - 1],
    }
    if all(each.labels is not None for each in parts):
        labels = np.concatenate([np.asarray(each.labels) for each in parts])
        meta["label"] = labels[starts + steps - 1]
    return Dataset({"values": Windows(values, starts, steps)}, {}, meta)


def _told(table: ChannelTable, rows: Dataset, place: str) -> str:
    series = f"{len(table.series):,} series" if len(table.series) > 1 else "one series"
    channels = len(table.columns.values)
    shown = ", ".join(name[:30] for name in table.columns.values[:6])
    more = f" and {channels - 6} more" if channels > 6 else ""
    what = f"{channels} channel{'' if channels == 1 else 's'} ({shown}{more})"
    return f"{len(rows):,} frames of {series}, {what}, of {place}"


def _account(table: ChannelTable, steps: int) -> Account:
    """Counts the series that give frames, and those that are too short or have no value."""
    empty, short = [], []
    for name, each in table.series.items():
        if not np.isfinite(each.values).any():
            empty.append(name)
        elif len(each.values) < steps:
            short.append(name)
    reasons = {}
    for names, reason in ((short, "too short"), (empty, "without a value")):
        reasons[f"{reason}, as {names[0][:40]}" if names else reason] = len(names)
    left = len(empty) + len(short)
    return Account(len(table.series), len(table.series) - left, reasons, unit="series")


def _missing(series: Mapping[str, Channels]) -> list[str]:
    gaps = {name: len(each.times) - len(each.rows) for name, each in series.items()}
    empty = sum(int(np.isnan(each.values[each.steps]).sum()) for each in series.values())
    told = [f"{empty:,} cells are empty"] if empty else []
    most = max(gaps, key=lambda name: gaps[name])
    which = f", most in {most[:40]}: {gaps[most]:,}" if len(series) > 1 else ""
    told += [f"{sum(gaps.values()):,} times are left out{which}"] if gaps[most] else []
    return told


def _constant(series: Mapping[str, Channels], names: Sequence[str]) -> list[str]:
    values = np.concatenate([each.values for each in series.values()])
    known = np.isfinite(values)
    least = np.where(known, values, np.inf).min(axis=0)
    most = np.where(known, values, -np.inf).max(axis=0)
    same = [name for name, low, high in zip(names, least, most, strict=True) if low >= high]
    if not same:
        return []
    more = f" and {len(same) - 1:,} more" if len(same) > 1 else ""
    return [f"the same value at every step of channel {same[0][:40]}{more}"]
