"""Series as they were observed, on a grid of times, with what is missing and what goes along."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.account import Account
from lstm_toolkit.data.readers.series.cells import missing_words, numbers
from lstm_toolkit.data.readers.series.clock import Clock, Times
from lstm_toolkit.data.readers.series.columns import Covariates, choose_series_columns
from lstm_toolkit.data.readers.series.members import read_members
from lstm_toolkit.data.readers.series.stand_ins import stand_in_remarks
from lstm_toolkit.data.readers.series.times import AUTO
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.errors import DataError

Floats = NDArray[np.float32]


@dataclasses.dataclass(frozen=True, eq=False)
class Observed:
    """One series, from its first value to its last.

    Attributes:
        values: `float32[steps]`, NaN where one is missing; the first and the last are there.
        times: `int64[steps]`: nanoseconds since 1970, or counted.
        past: `float32[steps, columns]`, see `Covariates`; NaN where a cell is missing.
        known: `float32[steps + ahead, columns]`, also of the steps that follow in the table.
        static: `float32[columns]`.
    """

    values: Floats
    times: Times
    past: Floats
    known: Floats
    static: Floats


@dataclasses.dataclass(frozen=True, eq=False)
class SeriesTable:
    """The series of a table.

    Attributes:
        series: By their names.
        clock: The steps that they have in common.
        remarks: What is to be told.
        names: Of all series in the order of the table, those without any value among them.
        date_order: In which dates such as 1/2/2024 were read, see `ORDERS`.
    """

    series: Mapping[str, Observed]
    clock: Clock
    remarks: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    date_order: str = AUTO

    @property
    def empty(self) -> tuple[str, ...]:
        """The names of series without any value."""
        return tuple(name for name in self.names if name not in self.series)

    @property
    def account(self) -> Account:
        """How many of the series that were there have values."""
        seen = len(self.series) + len(self.empty)
        return Account(seen, len(self.series), {"without a value": len(self.empty)}, unit="series")


def observed_series(
    table: Table,
    value_column: str = "",
    covariates: Covariates | None = None,
    frequency: str = "",
    date_order: str = AUTO,
) -> SeriesTable:
    """Returns the series of a table, each on the grid of the times.

    Args:
        table: Long, with a column like `unique_id`, or wide, a series a column.
        value_column: The one column of values; "" finds it.
        covariates: Columns that go with the values.
        frequency: As pandas writes it; "" finds it.
        date_order: One of `ORDERS`; "auto" finds it.

    Raises:
        DataError: With line and series, if a cell is no number, a time does not rise or is not
            on the grid, or no series has a value.
    """
    covariates = covariates or Covariates()
    chosen = choose_series_columns(table, value_column, covariates)
    grouped = read_members(table, chosen.name, chosen.times, frequency, date_order)
    members, times, clock, read = grouped.rows, grouped.times, grouped.clock, grouped.read
    cells = {name: numbers(table, name, grouped.place) for name in (*chosen.values, *covariates)}
    series, shown_names = {}, []
    gaps: list[str] = []
    outside = 0
    for column in chosen.values:
        for name, rows in members.items():
            shown = name if chosen.name else column
            shown_names.append(shown)
            one = _on_grid(cells, column, covariates, rows, times[rows], clock)
            if one is None:
                continue
            series[shown] = one
            outside += _outside(cells[column][rows])
            if len(one.times) > len(rows):
                gaps.append(shown)
    if not series:
        raise DataError("needs at least one value. Received: none in any series", path=table.path)
    _check_static(table, covariates, members, cells)
    told = [*read.remarks, *_missing(table, chosen.values, series, gaps), *_constant(series)]
    told += stand_in_remarks(cells.items())
    told += [f"{outside:,} cells are empty before or after all values"] if outside else []
    told += [f"every {clock.frequency or clock.step}"] if chosen.times else []
    order = date_order if read.date_order == AUTO else read.date_order
    return SeriesTable(series, clock, (*told, *chosen.told()), tuple(shown_names), order)


def _outside(values: NDArray[np.float64]) -> int:
    """Returns how many cells are empty before the first value and after the last."""
    there = np.flatnonzero(np.isfinite(values))
    return int(there[0] + len(values) - 1 - there[-1])


def _on_grid(
    cells: Mapping[str, NDArray[np.float64]],
    column: str,
    covariates: Covariates,
    rows: NDArray[np.int64],
    times: Times,
    clock: Clock,
) -> Observed | None:
    """Puts one series on the grid; None if it has no value."""
    values = cells[column][rows]
    there = np.flatnonzero(np.isfinite(values))
    if not len(there):
        return None
    grid = clock.grid(int(times[0]), int(times[-1]))
    where = np.searchsorted(grid, times)
    first, last = int(where[there[0]]), int(where[there[-1]])

    def placed(name: str) -> Floats:
        whole = np.full(len(grid), np.nan, np.float32)
        whole[where] = cells[name][rows]
        return whole

    def block(names: Sequence[str], end: int) -> Floats:
        columns = [placed(name)[first:end] for name in names]
        return np.stack(columns, axis=1) if columns else np.zeros((end - first, 0), np.float32)

    return Observed(
        placed(column)[first : last + 1],
        grid[first : last + 1],
        block(covariates.past, last + 1),
        block(covariates.known, len(grid)),
        np.array([_first_known(cells[name][rows]) for name in covariates.static], np.float32),
    )


def _first_known(values: NDArray[np.float64]) -> float:
    """Returns the first value that is not missing, NaN if there is none."""
    return next((float(value) for value in values if np.isfinite(value)), np.nan)


def _check_static(
    table: Table,
    covariates: Covariates,
    members: Mapping[str, NDArray[np.int64]],
    cells: Mapping[str, NDArray[np.float64]],
) -> None:
    for column in covariates.static:
        for name, rows in members.items():
            known = rows[np.isfinite(cells[column][rows])]
            other = known[cells[column][known] != _first_known(cells[column][known])]
            if len(other):
                row = int(other[0])
                raise DataError(
                    f"needs one value a series in static column {column}. Received: "
                    f"{table.columns[column][known[0]]} and {table.columns[column][row]}"
                    + (f" in series {name[:40]}" if name else ""),
                    path=table.path,
                    line=table.line(row),
                )


def _missing(
    table: Table, columns: Sequence[str], series: Mapping[str, Observed], gaps: Sequence[str]
) -> list[str]:
    """Returns remarks on values that are missing: empty cells, and times that are not there."""
    missing = {name: int(np.isnan(one.values).sum()) for name, one in series.items()}
    count = sum(missing.values())
    if not count:
        return []
    most = max(missing, key=lambda name: missing[name])
    words = missing_words([cell for column in columns for cell in table.columns[column]])
    ways = [words] if words else []
    ways += [f"times left out in {len(gaps):,} series"] if gaps else []
    which = f", most in {most[:40]}: {missing[most]:,}" if len(series) > 1 else ""
    values = "1 value" if count == 1 else f"{count:,} values"
    return [f"{values} missing ({'; '.join(ways)}{which})"]


def _constant(series: Mapping[str, Observed]) -> list[str]:
    same = [name for name, one in series.items() if np.nanmin(one.values) == np.nanmax(one.values)]
    if not same:
        return []
    which = f" {same[0][:40]}" if len(series) > 1 else ""
    more = f" and {len(same) - 1:,} more" if len(same) > 1 else ""
    return [f"the same value at every step of series{which}{more}"]
