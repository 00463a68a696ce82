"""Days and entities of rows."""

from __future__ import annotations

import re

import pytest

from lstm_toolkit.data.inputs.rows import Row
from lstm_toolkit.errors import DataError
from lstm_toolkit.monitoring.dated import DatedColumns, date_text, dated_text, day_of

TODAY = day_of("2026-01-01")


@pytest.mark.parametrize(
    ("text", "order", "date"),
    [
        ("2024-01-31", "auto", "2024-01-31"),
        ("2024-01-31 23:59:59", "auto", "2024-01-31"),
        ("2024-01-31T23:30:00-05:00", "auto", "2024-02-01"),
        ("2024-01-31T23:30:00Z", "auto", "2024-01-31"),
        ("20240131", "auto", "2024-01-31"),
        ("1706659200", "auto", "2024-01-31"),
        ("31 Jan 2024", "auto", "2024-01-31"),
        ("January 31, 2024", "auto", "2024-01-31"),
        ("31/01/2024", "auto", "2024-01-31"),
        ("01/31/2024", "auto", "2024-01-31"),
        ("03/03/2024", "auto", "2024-03-03"),
        ("02/01/2024", "day/month", "2024-01-02"),
        ("02/01/2024", "month/day", "2024-02-01"),
        ("Wed, 31 Jan 2024 10:00:00 GMT", "auto", "2024-01-31"),
        ("1706123110000", "auto", "2024-01-24"),
        ("1706123110", "auto", "2024-01-24"),
        ("31.01.24", "auto", "2024-01-31"),
    ],
)
def test_dates_in_several_forms(text: str, order: str, date: str) -> None:
    assert date_text(day_of(text, order)) == date


@pytest.mark.parametrize(
    ("text", "received"),
    [
        ("", "an empty cell"),
        *((text, text) for text in ("soon", "5", "14:30", "31 Jan", "May", "now", "24-01-31")),
        (
            "02/01/2024",
            "02/01/2024, which may be either of two days; give --date-order day/month or month/day",
        ),
    ],
)
def test_what_is_no_date(text: str, received: str) -> None:
    with pytest.raises(DataError, match=rf"^needs a date\. Received: {re.escape(received)}$"):
        day_of(text)


def test_a_row_of_tomorrow_is_refused() -> None:
    row = Row("a", "a", {"date": "2062-01-01", "text": "a"})
    with pytest.raises(DataError, match=r"^needs a date up to today\. Received: 2062-01-01$"):
        dated_text(row, DatedColumns().among(row.cells), TODAY)


def test_a_clock_that_is_ahead_of_utc_is_no_tomorrow() -> None:
    for date, good in (("2026-01-02", True), ("2026-01-03", False), ("1700-01-01", False)):
        row = Row("a", "a", {"date": date, "text": "a"})
        try:
            assert dated_text(row, DatedColumns("date"), TODAY).day == day_of(date)
            assert good
        except DataError:
            assert not good


def test_rows_are_the_same_however_they_were_read() -> None:
    columns = DatedColumns("date")
    cells = [
        {"date": "2024-01-31", "text": "a", "meta": {"n": 1}},
        {"text": "a ", "date": "2024-01-31", "meta.n": "1", "source": None},
    ]
    assert len({dated_text(Row("a", "a", each), columns, TODAY).key for each in cells}) == 1
    message = "needs a cell in n, by which rows are told apart. Received: none"
    with pytest.raises(DataError, match=f"^{re.escape(message)}$"):
        dated_text(
            Row("a", "a", {"date": "2024-01-31", "n": " "}), DatedColumns("date", key="n"), TODAY
        )


def test_columns_are_found_by_name_or_named() -> None:
    assert DatedColumns().among(["Published At", "Ticker"]) == DatedColumns(
        "Published At", "Ticker"
    )
    assert DatedColumns("when").among(["when", "date"]).date == "when"
    with pytest.raises(DataError, match=r"^no column `whom` for --entity, choose from: a, date$"):
        DatedColumns(entity="whom").among(["a", "date"])
    message = "needs a column of dates; name it by --date. Received: a, b"
    with pytest.raises(DataError, match=f"^{re.escape(message)}$"):
        DatedColumns().among(["a", "b"])


def test_rows_are_told_apart_by_all_cells_or_one() -> None:
    columns = DatedColumns("date")
    first = Row("a", "a", {"date": "2024-01-31", "text": "a", "n": 1})
    other = Row("a", "a", {"date": "2024-01-31", "text": "a", "n": 2})
    keys = {dated_text(row, columns, TODAY).key for row in (first, other)}
    assert len(keys) == 2
    same = DatedColumns("date", key="text")
    assert len({dated_text(row, same, TODAY).key for row in (first, other)}) == 1
