"""The steps that series have in common."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lstm_toolkit.data.readers.series.clock import Clock, IrregularTimesError, find_clock
from lstm_toolkit.errors import DataError

FREQUENCIES = (
    *("s", "15min", "30min", "h", "6h", "D", "B", "W-SUN", "W-WED", "MS", "ME", "QS-JAN"),
    *("QE-MAR", "BME", "YS-JAN", "YE-JUN", "3D"),
)


def times(frequency: str, count: int) -> np.ndarray:
    dates = pd.date_range("2023-01-02", periods=count, freq=frequency)
    return dates.to_numpy("datetime64[ns]").astype(np.int64)


@pytest.mark.parametrize("frequency", FREQUENCIES)
def test_every_frequency_of_pandas_is_found_and_goes_on(frequency: str) -> None:
    known = times(frequency, 46)
    clock = find_clock([known[:40]], dated=True)
    assert clock.frequency == frequency
    assert clock.after(known[39], 6).tolist() == known[40:].tolist()
    assert clock.grid(known[0], known[39]).tolist() == known[:40].tolist()


@pytest.mark.parametrize("frequency", FREQUENCIES)
def test_gaps_leave_the_frequency_as_it_is(frequency: str) -> None:
    rng = np.random.default_rng(0)
    known = times(frequency, 60)
    some = known[np.sort(rng.choice(60, 52, replace=False))]
    clock = find_clock([some, known[10:30]], dated=True)
    assert clock.frequency == frequency
    assert set(some) <= set(clock.grid(some[0], some[-1]).tolist())


@pytest.mark.parametrize(("days", "frequency"), [((0, 2, 4), "7D"), ((2, 9, 2), "W-WED")])
def test_weeks_have_a_day_if_all_series_have_the_same(
    days: tuple[int, ...], frequency: str
) -> None:
    mondays = times("7D", 6)
    series = [mondays + day * 86_400_000_000_000 for day in days]
    clock = find_clock(series, dated=True)
    assert clock.frequency == frequency
    for each in series:
        assert clock.grid(each[0], each[-1]).tolist() == each.tolist()


def test_counted_times_have_a_step() -> None:
    assert find_clock([np.array([1, 2, 4, 5])], dated=False) == Clock("", 1)
    assert find_clock([np.array([0, 600, 1800])], dated=False) == Clock("", 600)
    assert Clock("", 600).after(1800, 2).tolist() == [2400, 3000]


def test_a_time_between_two_steps_is_refused_with_its_place() -> None:
    known = times("h", 20)
    known[7] += 60 * 10**9
    with pytest.raises(IrregularTimesError) as error:
        find_clock([times("h", 5), known], dated=True)
    assert (error.value.series, error.value.row) == (1, 7)
    assert (error.value.frequency, error.value.gap) == ("01:00:00", "01:01:00")


def test_a_time_far_away_is_refused() -> None:
    known = np.array([1, 2, 3, 4, 1_000_000])
    with pytest.raises(IrregularTimesError) as error:
        find_clock([known], dated=False)
    assert error.value.row == 4


@pytest.mark.parametrize(("frequency", "stated"), [("min", "min"), ("s", ""), ("15min", "5min")])
def test_a_year_that_is_a_slip_makes_no_grid_of_millions(frequency: str, stated: str) -> None:
    known = times(frequency, 20)
    known[-1] += 200 * 365 * 86_400_000_000_000
    with pytest.raises(IrregularTimesError) as error:
        find_clock([times(frequency, 5), known], dated=True, frequency=stated)
    assert (error.value.series, error.value.row) == (1, 19)
    assert error.value.gap.startswith("73000 days")


@pytest.mark.parametrize("frequency", FREQUENCIES)
def test_a_stated_frequency_takes_gaps(frequency: str) -> None:
    known = times(frequency, 30)[[0, 1, 2, 28, 29]]
    assert find_clock([known], dated=True, frequency=frequency) == Clock(frequency)


def test_a_stated_frequency_has_to_be_known_and_to_fit() -> None:
    with pytest.raises(DataError) as error:
        find_clock([times("D", 5)], dated=True, frequency="daily-ish")
    assert str(error.value) == (
        "needs a frequency as pandas writes it, such as h, D, W, MS. Received: frequency=daily-ish"
    )
    with pytest.raises(IrregularTimesError):
        find_clock([times("D", 5)], dated=True, frequency="2D")


def test_times_are_written_as_short_as_they_are() -> None:
    assert Clock("D").texts(times("D", 1)) == ["2023-01-02"]
    for step, wanted in (
        (250_000_000, ["2023-01-02 00:00:00.000", "2023-01-02 00:00:00.250"]),
        (1, ["2023-01-02 00:00:00.000000000", "2023-01-02 00:00:00.000000001"]),
    ):
        assert Clock("x").texts(times("D", 1)[0] + np.arange(2) * step) == wanted
    assert Clock("h").texts(times("h", 2)) == ["2023-01-02 00:00:00", "2023-01-02 01:00:00"]
    assert Clock("h").texts(times("h", 2)[1:]) == ["2023-01-02 01:00:00"]
    assert Clock("").texts(np.array([7])) == [7]
