"""Reads series of numbers from tables, and cuts them into windows with what follows them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from lstm_toolkit.data.account import Account
from lstm_toolkit.data.dataset import Source
from lstm_toolkit.data.readers.series.cells import has_header
from lstm_toolkit.data.readers.series.columns import Covariates
from lstm_toolkit.data.readers.series.observed import SeriesTable, observed_series
from lstm_toolkit.data.readers.series.samples import sample_series
from lstm_toolkit.data.readers.series.season import season_of
from lstm_toolkit.data.readers.series.times import AUTO
from lstm_toolkit.data.readers.series.windows import Cut, by_origins, cut_windows
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.readers.tables.tables import TABLES, Expected, read_data
from lstm_toolkit.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

FORMS = f"{TABLES} with a column of numbers a series, or columns unique_id, ds, y"


def read_series(
    data: Path | pd.DataFrame | None,
    *,
    window: int,
    horizon: int,
    value_column: str = "",
    season: int | None = None,
    frequency: str = "",
    date_order: str = AUTO,
    past_columns: str = "",
    known_columns: str = "",
    static_columns: str = "",
    backtest: int = 0,
    calendar: bool = True,
    encoding: str = "utf-8",
    sheet: str = "",
    separator: str = "",
) -> Source:
    """Reads one or several series, and cuts each into all its windows.

    A table with a column `unique_id` holds one series after the other (long), any other a
    series a column of numbers (wide). Columns named like times are not series. Values may be
    missing, in cells or by times that are left out.

    Args:
        data: A data frame or a path, see `FORMS`; None takes made hourly values.
        window: Steps that go in.
        horizon: Steps that are to come out.
        value_column: The one column to read; empty takes `y`, or all that hold numbers.
        season: Steps after which values repeat; None finds it.
        frequency: Of the times, as pandas writes it; empty finds it.
        date_order: Of dates such as 1/2/2024: "month/day" or "day/month"; "auto" finds it.
        past_columns: What is known up to the last value, with commas between.
        known_columns: What is known of the steps to come, too.
        static_columns: What stays the same in a series.
        backtest: From how many origins the end of each series is foretold, as test split;
            0 leaves splits to the splitter.
        calendar: Whether to tell when windows begin, where times are dates.
        encoding: Of CSV, TSV and JSON files.
        sheet: Name or number of the sheet of a workbook; "" finds it.
        separator: Between the cells of CSV and TSV; "" finds it.

    Returns:
        See `cut_windows`.

    Raises:
        DataError: If a cell is no number or a time does not fit, with its line, or no series is
            long enough.
    """
    if data is None:
        table, place = sample_series(), "made hourly values"
    else:
        expected = dataclasses.replace(EXPECTED, sheet=sheet, separator=separator)
        covariates = Covariates.of(past_columns, known_columns, static_columns)
        read = read_data(data, encoding, no_folder(FORMS), expected)
        table = observed_series(read, value_column, covariates, frequency, date_order)
        place = str(data) if isinstance(data, Path) else "a data frame"
    season = season or season_of(list(table.series.values()), window)
    cut = cut_windows(table.series, table.clock, window, horizon, season, calendar=calendar)
    if not len(cut.rows):
        longest = max(len(each.values) for each in table.series.values())
        raise DataError(
            f"needs a series of at least {window + horizon} steps, window and horizon. Received: "
            f"{longest} in the longest, of {place}"
        )
    found = {
        "season": season,
        "frequency": table.clock.frequency,
        "date_order": table.date_order,
    }
    return _source(table, cut, place, horizon, backtest, found)


def _source(
    table: SeriesTable,
    cut: Cut,
    place: str,
    horizon: int,
    backtest: int,
    found: Mapping[str, object],
) -> Source:
    account = _account(table, cut)
    parts = by_origins(cut, horizon, backtest) if backtest else {"train": cut.rows}
    without = [f"windows left out without a value before or after: {cut.empty:,}"]
    without = without if cut.empty else []
    note = "; ".join([_told(table, cut, place), *table.remarks, *without, *account.remarks()])
    empty = [name for name, part in parts.items() if not len(part)]
    if empty:
        raise DataError(
            f"needs longer series for backtest={backtest}: window, and {backtest + 3} horizons. "
            f"Received: none left for {empty[0]}, of {place}"
        )
    return Source(
        parts["train"],
        parts.get("test"),
        note,
        found,  # type: ignore[arg-type]
        validation=parts.get("validation"),
    )


def _told(table: SeriesTable, cut: Cut, place: str) -> str:
    used = int((cut.windows > 0).sum())
    series = f"{used:,} series" if len(table.series) > 1 else "one series"
    steps = sum(len(each.values) for each in table.series.values())
    return f"{len(cut.rows):,} windows of {series} of {steps:,} steps, of {place}"


def _account(table: SeriesTable, cut: Cut) -> Account:
    """Counts the series that give windows, and those that are too short or have no value."""
    short = int((cut.windows == 0).sum())
    first = next((name for name, n in zip(table.series, cut.windows, strict=True) if not n), "")
    empty = f"without a value, as {table.empty[0][:40]}" if table.empty else "without a value"
    return Account(
        len(table.series) + len(table.empty),
        len(table.series) - short,
        {f"too short, as {first[:40]}": short, empty: len(table.empty)},
        unit="series",
    )


def no_folder(forms: str) -> Callable[[Path], Table]:
    """Returns a reader of folders that refuses them.

    Args:
        forms: What is needed in place of one.
    """

    def refuse(path: Path) -> Table:
        raise DataError("needs a file. Received: a folder; needs " + forms, path=path)

    return refuse


EXPECTED = Expected(FORMS, has_header)
"""What a table of series is read for."""
