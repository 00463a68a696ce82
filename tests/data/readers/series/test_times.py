"""Times of series, however they are written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.data import ByTime, read_series
from lstm_toolkit.data.readers.series.observed import observed_series
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.errors import DataError
from tests.data.readers.series.test_series import write


def test_summer_time_changes_the_offset_within_a_series(tmp_path: Path) -> None:
    times = ["2024-03-31T01:30+01:00", "2024-03-31T03:00+02:00", "2024-03-31T03:30+02:00"]
    rows = "".join(f"{each},{n}\n" for n, each in enumerate(times))
    source = read_series(write(tmp_path / "s.csv", "ds,y\n" + rows), window=2, horizon=1)
    assert np.asarray(source.rows.targets["forecast"]).tolist() == [[2]]
    assert "times are in UTC now, since their offsets change by an hour" in source.note


def test_times_are_those_of_the_calendar(tmp_path: Path) -> None:
    early = "".join(f"a,2024-01-{day:02},{day}\n" for day in range(1, 11))
    late = "".join(f"b,2024-03-{day:02},{day}\n" for day in range(1, 11))
    path = write(tmp_path / "long.csv", "unique_id,ds,y\n" + early + late)
    source = read_series(path, window=3, horizon=1)
    splits = ByTime().split(source, validation=0.2, test=0.3, seed=0)
    assert set(splits.train.meta["group"]) == {"a"}
    assert set(splits.test.meta["group"]) == {"b"}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("2024-01-02,1\n2024-01-01,2\n", "a time later than the one before it"),
        ("2024-01-01,1\n2024-01-01,2\n", "a time later than the one before it"),
        ("2024-01-01,1\nsoon,2\n", "a time"),
    ],
)
def test_times_have_to_rise(tmp_path: Path, rows: str, message: str) -> None:
    path = write(tmp_path / "t.csv", "date,y\n" + rows)
    with pytest.raises(DataError) as error:
        read_series(path, window=1, horizon=1)
    got = rows.splitlines()[1].partition(",")[0]
    same = ", which is the same" if rows.count(got) == 2 else ""
    told = f"{path}, line 3: needs {message} in column date. Received: {got}{same}"
    assert str(error.value) == told


@pytest.mark.parametrize(
    ("form", "zone"),
    [
        ("%d-%m-%Y", ""),
        ("%m-%d-%Y", ""),
        ("%Y-%m-%d", ""),
        ("%Y-%m-%d %H:%M%z", "UTC"),
        ("%Y-%m-%dT%H%z", "UTC"),
        ("%Y-%m-%d %I:%M %p %z", "UTC"),
        ("%Y%m%dT%H%M%S.5%z", "UTC"),
    ],
)
def test_years_at_the_end_are_no_zones(form: str, zone: str) -> None:
    dates = pd.date_range("2023-12-29", periods=6, tz="Europe/Berlin" if zone else None)
    frame = pd.DataFrame({"ds": dates.strftime(form), "y": range(6)})
    assert ("times are in UTC now" in read_series(frame, window=2, horizon=1).note) == bool(zone)


def test_days_may_stand_before_months(tmp_path: Path) -> None:
    rows = "".join(f"{day}.02.2024,{day}\n" for day in range(9, 16))
    source = read_series(write(tmp_path / "t.csv", "ds,y\n" + rows), window=2, horizon=1)
    assert "times read as day/month/year; every D" in source.note


@pytest.mark.parametrize("order", ["%d/%m/%Y", "%m/%d/%Y", "%d.%m.%y"])
@pytest.mark.parametrize("frequency", ["D", "W-WED", "MS"])
def test_days_and_months_are_told_apart_by_their_gaps(order: str, frequency: str) -> None:
    dates = pd.date_range("2015-01-01", periods=40, freq=frequency)
    frame = pd.DataFrame({"ds": dates.strftime(order), "y": range(40)})
    found = read_series(frame, window=2, horizon=1).found
    wanted = "month/day" if order.startswith("%m") else "day/month"
    assert found == {"season": 1, "frequency": frequency, "date_order": wanted}


def test_a_stated_order_of_dates_holds_where_both_would_do() -> None:
    rows = [f"{day:02}/01/2024" for day in range(1, 13)]
    frame = pd.DataFrame({"ds": rows, "y": range(12)})
    for order, frequency in (("day/month", "D"), ("month/day", "MS")):
        found = read_series(frame, window=2, horizon=1, date_order=order).found
        assert (found["date_order"], found["frequency"]) == (order, frequency)


def test_a_date_that_the_stated_order_cannot_be_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", "ds,y\n12/02/2024,1\n13/02/2024,2\n")
    with pytest.raises(DataError) as error:
        read_series(path, window=1, horizon=1, date_order="month/day")
    assert str(error.value) == (
        f"{path}, line 3: needs a time in column ds. Received: 13/02/2024, where others are "
        "month/day/year; see --set date_order="
    )


@settings(deadline=None, max_examples=25)
@given(names=st.lists(st.sampled_from("abc"), min_size=3, max_size=30))
def test_rows_without_times_count_within_their_series(names: list[str]) -> None:
    table = Table({"unique_id": list(names), "y": list(range(len(names)))}, (), None)
    series = observed_series(table).series
    for name, one in series.items():
        assert one.values.tolist() == [row for row, each in enumerate(names) if each == name]
        assert one.times.tolist() == list(range(len(one.values)))


@pytest.mark.parametrize(
    ("form", "frequency", "found", "told"),
    [
        ("%Y%m%d", "D", "D", "year, month and day in digits"),
        ("%Y%m", "MS", "MS", "year and month in digits"),
        ("%s", "h", "h", "seconds since 1970"),
        ("%YQ%q", "QS", "QS-JAN", ""),
        ("%Y-%m", "MS", "MS", ""),
        ("%d %B %Y", "W-SUN", "W-SUN", ""),
    ],
)
def test_dates_are_known_however_they_are_written(
    form: str, frequency: str, found: str, told: str
) -> None:
    dates = pd.date_range("2019-11-20", periods=30, freq=frequency)
    texts = dates.to_period("Q").strftime(form) if "q" in form else dates.strftime(form)
    cells = [int(text) if text.isdecimal() else text for text in texts]
    source = read_series(pd.DataFrame({"ds": cells, "y": range(30)}), window=3, horizon=2)
    assert source.found["frequency"] == found
    assert len(source.rows) == 26
    assert told in source.note


def test_parts_of_a_time_stand_in_columns() -> None:
    frame = pd.DataFrame(
        {"No": range(1, 6), "year": 2010, "month": 1, "day": 1, "hour": range(5), "pm": range(5)}
    )
    source = read_series(frame, window=2, horizon=1)
    assert source.found["frequency"] == "h"
    assert set(source.rows.meta["group"]) == {"pm"}
