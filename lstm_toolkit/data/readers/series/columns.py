"""Which columns of a table hold times, names of series, values and what goes with them."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping
from typing import Any

from lstm_toolkit.data.readers.series.cells import number
from lstm_toolkit.data.readers.series.times import PARTS
from lstm_toolkit.data.readers.tables.columns import listed
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.errors import DataError, did_you_mean

SERIES_NAMES = ("unique_id", "series", "series_id", "id")
TIME_NAMES = ("ds", "date", "time", "timestamp", "datetime", "month", "day", "year", "week")
VALUE_NAMES = ("y", "value", "values", "target")
COUNT_NAMES = ("no", "index", "row", "rownum", "unnamed: 0")
"""Names of columns that may count rows."""


@dataclasses.dataclass(frozen=True)
class Covariates:
    """Names of columns that go with the values.

    Attributes:
        past: Known up to the last value, such as the weather that was measured.
        known: Known for the steps to come too, such as prices that are set.
        static: The same at every step of a series, such as the size of a shop.
    """

    past: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    static: tuple[str, ...] = ()

    @classmethod
    def of(cls, past: str, known: str, static: str) -> Covariates:
        """Reads names with commas between them."""
        return cls(*map(covariate_names, (past, known, static)))

    def __iter__(self) -> Iterator[str]:
        yield from (*self.past, *self.known, *self.static)


@dataclasses.dataclass(frozen=True)
class SeriesColumns:
    """The columns of a table by what they hold.

    Attributes:
        values: One of a long table; of a wide one each is a series.
        name: That of the series, "" in a wide table.
        times: One, several parts of a time, or none.
        others: Those that are not used.
    """

    values: tuple[str, ...]
    name: str
    times: tuple[str, ...]
    others: tuple[str, ...]

    def told(self) -> list[str]:
        """Returns a remark on the columns that are not used."""
        return [f"columns ignored: {listed(list(self.others))}"] if self.others else []


def choose_series_columns(table: Table, value_column: str, covariates: Covariates) -> SeriesColumns:
    """Chooses columns as stated, else by their names, else by what they hold.

    Raises:
        DataError: If a column that was stated is not there, or the choice is open.
    """
    names = {name: name.strip().casefold() for name in table.columns}
    for stated in filter(None, (value_column, *covariates)):
        if stated not in names:
            hint = did_you_mean(stated, names)
            raise DataError(f"needs a column `{stated}`, {hint}", path=table.path)
    left = {name: plain for name, plain in names.items() if name not in set(covariates)}
    series = next((name for name, plain in left.items() if plain in SERIES_NAMES), "")
    times = time_columns({n: p for n, p in left.items() if n not in (series, value_column)})
    values = (value_column,) if value_column else _value_columns(table, left, series, times)
    used = {*values, series, *times, *covariates}
    return SeriesColumns(values, series, times, tuple(name for name in names if name not in used))


def time_columns(names: Mapping[str, str]) -> tuple[str, ...]:
    """Returns the columns that tell the time together, of names with what they are in small."""
    plain = {plain: name for name, plain in names.items()}
    if {"year", "month", "day"} <= plain.keys():
        return tuple(plain[part] for part in PARTS if part in plain)
    clock = next((plain[known] for known in TIME_NAMES if known in plain), None)
    return () if clock is None else (clock,)


def _value_columns(
    table: Table, names: Mapping[str, str], series: str, times: tuple[str, ...]
) -> tuple[str, ...]:
    known = [name for name, plain in names.items() if plain in VALUE_NAMES]
    others = [name for name in names if name != series and name not in times]
    others = [name for name in others if names[name] not in TIME_NAMES]
    numeric = [name for name in others if holds_numbers(table.columns[name], name)]
    chosen = known[:1] or numeric
    if not chosen or (series and len(chosen) > 1):
        raise DataError(
            "needs a column of numbers; name it with --set value_column=. Received columns: "
            f"{', '.join(names)}",
            path=table.path,
        )
    return tuple(chosen)


def holds_numbers(cells: list[Any], name: str) -> bool:
    """Tells whether a column is a series: its first cell that is not missing is a number.

    One that counts the rows, and is named so or has no name, is an index.
    """
    plain = name.strip().casefold()
    if plain.isdecimal() or plain in COUNT_NAMES:
        counted = [number(cell) for cell in cells]
        if any(counted == list(range(first, first + len(cells))) for first in (0, 1)):
            return False
    values = (number(cell) for cell in cells)
    first = next((value for value in values if value is None or not math.isnan(value)), None)
    return first is not None


def covariate_names(text: str) -> tuple[str, ...]:
    """Returns names that stand with commas between them.

    >>> covariate_names("rain, wind,")
    ('rain', 'wind')
    """
    return tuple(filter(None, map(str.strip, text.split(","))))
