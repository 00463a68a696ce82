"""The column of times in a table: dates or counted steps, each with its place if it is wrong."""

from __future__ import annotations

import contextlib
import dataclasses
import re
import warnings
from typing import Any

import numpy as np

from lstm_toolkit.data.readers.series.cells import Place, number
from lstm_toolkit.data.readers.series.clock import Times, nanoseconds
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.errors import DataError

_CLOCK = r"(?:\d:\d\d(?::\d\d)?(?:[.,]\d+)?(?:\s?[AaPp][Mm])?|T\d\d(?:\d\d){0,2}(?:[.,]\d+)?)"
_ZONE = re.compile(rf"[T\d:.]\s?(Z|UTC|GMT)$|{_CLOCK}\s?([+-]\d\d(?::?\d\d)?)$")
"""Names of zones, and offsets, which are years in dates such as 31-12-2024."""
_SHORT = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})\b")
NO_TIME = np.iinfo(np.int64).min
"""Stands where a text is no time; what pandas calls NaT."""
_QUARTER = re.compile(r"\d{4}[ -]?Q[1-4]", re.IGNORECASE)
DIGITS = (
    (19_000_101, 21_000_101, "%Y%m%d", "year, month and day in digits"),
    (190_001, 210_001, "%Y%m", "year and month in digits"),
)
"""Whole numbers that may be dates: from and below, how they are written, and in words."""
SINCE_1970 = (
    (500_000_000, 5_000_000_000, 10**9, "seconds since 1970"),
    (500_000_000_000, 5_000_000_000_000, 10**6, "milliseconds since 1970"),
)
"""Likewise, of the years from 1985 on, and how many nanoseconds one is."""
AUTO = "auto"
ORDERS = {"month/day": False, "day/month": True}
"""In which order dates such as 1/2/2024 are written, and whether the day stands first."""
PARTS = ("year", "month", "day", "hour", "minute", "second")
"""Columns that tell a time together."""


@dataclasses.dataclass(frozen=True, eq=False)
class ReadTimes:
    """What a table says of times.

    Attributes:
        times: `int64[rows]` nanoseconds since 1970, or counted.
        dated: Whether they are dates.
        remarks: What is to be told.
        date_order: One of `ORDERS`, in which dates were read; "auto" if that makes no difference.
    """

    times: Times
    dated: bool
    remarks: tuple[str, ...] = ()
    date_order: str = AUTO


def read_times(table: Table, columns: list[str], place: Place, date_order: str = AUTO) -> ReadTimes:
    """Returns the time of each row, and whether it is a date.

    Args:
        table: What was read.
        columns: One of times, several of `PARTS`, or none: rows then count from 0.
        place: See `Place`.
        date_order: One of `ORDERS`; "auto" finds it.

    Raises:
        DataError: If a cell is no time, or only some tell a time zone.
    """
    if not columns:
        return ReadTimes(np.arange(len(table)), dated=False)
    if len(columns) > 1:
        return ReadTimes(_from_parts(table, columns, place), dated=True)
    (column,) = columns
    cells = table.columns[column]
    counted = _counted(cells)
    if counted is not None:
        written = _written_in_digits(counted)
        if written is None:
            return ReadTimes(counted, dated=False)
        return ReadTimes(written[0], dated=True, remarks=(written[1],))
    texts = [str(cell).strip() if cell is not None else "" for cell in cells]
    remarks = _check_zones(table, column, texts, place)
    times, order = _parsed(texts, date_order)
    wrong = np.flatnonzero(times == NO_TIME)
    if len(wrong):
        row = int(wrong[0])
        swapped = _SHORT.match(texts[row]) and order != AUTO
        raise DataError(
            f"needs a time in column {column}{place(row)}. "
            f"Received: {texts[row][:40] or 'an empty cell'}"
            + (f", where others are {order}/year; see --set date_order=" if swapped else ""),
            path=table.path,
            line=table.line(row),
        )
    told = [] if order == AUTO else [f"times read as {order}/year"]
    return ReadTimes(times, dated=True, remarks=(*remarks, *told), date_order=order)


def read_time(word: str) -> Times:
    """Returns nanoseconds since 1970, `int64[]`, of one date, as a column of them is read.

    Raises:
        DataError: If it is none, or either of two.
    """
    table = Table({"time": [word]}, (), None)
    dates = []
    for order in ORDERS:
        with contextlib.suppress(DataError):
            read = read_times(table, ["time"], lambda _: "", order)
            dates += [read.times[0]] if read.dated else []
    if not dates:
        raise DataError(f"needs the time of the first step. Received: {word[:80]}")
    if dates[0] != dates[-1]:
        raise DataError(
            f"needs the time of the first step. Received: {word[:80]}, which may be either of two "
            "days; write it as 2024-01-31"
        )
    return np.asarray(dates[0])


def _counted(cells: list[Any]) -> Times | None:
    """Returns whole numbers, None if a cell is none."""
    values = [number(cell) for cell in cells]
    if any(value is None or not value.is_integer() for value in values):  # NaN is none
        return None
    return np.array(values, np.float64).astype(np.int64)


def _written_in_digits(numbers: Times) -> tuple[Times, str] | None:
    """Returns the dates that whole numbers stand for, and how they were read.

    As counted steps, 20240131 and 20240201 would be 70 steps apart.
    """
    import pandas as pd

    least, most = int(numbers.min()), int(numbers.max())
    for low, high, form, name in DIGITS:
        if low <= least and most < high:
            dates = pd.to_datetime(pd.Series(numbers.astype(str)), format=form, errors="coerce")
            if not dates.isna().any():
                return nanoseconds(dates), f"times read as {name}"
    for low, high, unit, name in SINCE_1970:
        if low <= least and most < high:
            return numbers * unit, f"times read as {name}"
    return None


def _from_parts(table: Table, columns: list[str], place: Place) -> Times:
    import pandas as pd

    names = [column.strip().casefold() for column in columns]
    values = {
        name: pd.to_numeric(pd.Series(table.columns[column], dtype=object), errors="coerce")
        for name, column in zip(names, columns, strict=True)
    }
    dates = pd.to_datetime(pd.DataFrame(values), errors="coerce")
    wrong = np.flatnonzero(dates.isna())
    if len(wrong):
        row = int(wrong[0])
        cells = " ".join(str(table.columns[column][row]) for column in columns)
        raise DataError(
            f"needs a time in columns {', '.join(columns)}{place(row)}. Received: {cells[:40]}",
            path=table.path,
            line=table.line(row),
        )
    return nanoseconds(dates)


def _check_zones(table: Table, column: str, texts: list[str], place: Place) -> list[str]:
    """Refuses times with and without a zone side by side, and of several places."""
    zones = [match[1] or match[2] if (match := _ZONE.search(text)) else "" for text in texts]
    different = dict.fromkeys(zones)
    if len(different) < 2:
        return ["times are in UTC now"] if zones and zones[0] not in ("", "Z", "UTC") else []
    offsets = {_minutes(zone) for zone in different}
    # Summer time moves the clocks of one place by an hour.
    if "" in different or max(offsets) - min(offsets) > 60:
        row = next(row for row, zone in enumerate(zones) if zone != zones[0])
        raise DataError(
            f"needs times of one zone in column {column}{place(row)}. "
            f"Received: {texts[0][:30]} and {texts[row][:30]}",
            path=table.path,
            line=table.line(row),
        )
    return ["times are in UTC now, since their offsets change by an hour"]


def _minutes(zone: str) -> int:
    if not zone or zone[0] not in "+-":
        return 0
    digits = zone[1:].replace(":", "").ljust(4, "0")
    return (1 if zone[0] == "+" else -1) * (int(digits[:2]) * 60 + int(digits[2:]))


def _parsed(texts: list[str], date_order: str) -> tuple[Times, str]:
    """Returns nanoseconds, `NO_TIME` where a text is none, and in which order days were read.

    Days and months may stand in either order: in that in which all are dates, more rise, and
    the longest gap is shorter, as with months that would be days in January, or the reverse.
    """
    unique, where = np.unique(np.array(texts, dtype=object).astype(str), return_inverse=True)
    short = sum(bool(_SHORT.match(text)) for text in unique[:1000])
    if short <= min(len(unique), 1000) / 2:
        return _dates(unique)[where], AUTO
    orders = tuple(ORDERS) if date_order == AUTO else (date_order,)
    read = [_dates(unique, order)[where] for order in orders]

    def faults(order: int) -> tuple[int, int, int]:
        gaps = np.diff(read[order])
        lost = int((read[order] == NO_TIME).sum())
        return lost, int((gaps < 0).sum()), int(gaps.max(initial=0))

    best = min(range(len(read)), key=faults)  # the first of equally good ones
    return read[best], orders[best]


def _dates(texts: Any, order: str = AUTO) -> Times:
    """Reads dates; one that cannot be in the order stated is none."""
    import pandas as pd

    if all(_QUARTER.fullmatch(text) for text in texts):
        quarters = pd.PeriodIndex(
            [text.replace(" ", "").replace("-", "") for text in texts], freq="Q"
        )
        return nanoseconds(quarters.to_timestamp())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of forms that pandas will not read for ever
        parsed = pd.to_datetime(
            pd.Series(texts),
            errors="coerce",
            format="mixed",
            utc=True,
            dayfirst=ORDERS.get(order, False),
        )
    times = nanoseconds(parsed.dt.tz_localize(None))
    if order != AUTO:  # pandas takes the other order where it has to
        months = [_month(text, order) for text in texts]
        times = np.where(np.array(months) > 12, NO_TIME, times)
    return times


def _month(text: str, order: str) -> int:
    """Returns what stands where the month should, 0 in dates with the year in front."""
    parts = _SHORT.match(text)
    return int(parts[2 if ORDERS[order] else 1]) if parts else 0
