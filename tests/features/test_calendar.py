"""The time of a step in sines and cosines."""

from __future__ import annotations

import types
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.data.readers.series.times import read_times
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.errors import DataError
from lstm_toolkit.features import Calendar
from lstm_toolkit.features.calendar import DAY, HOUR, WEEK, YEAR, Steps


def steps(frequency: str, count: int = 24) -> Steps:
    chosen = types.SimpleNamespace(frequency=frequency, window=count - 1, horizon=1)
    return Calendar().learn(None, chosen)


@pytest.mark.parametrize(
    ("frequency", "periods"),
    [
        ("15min", [HOUR, DAY, WEEK, YEAR]),
        ("h", [DAY, WEEK, YEAR]),
        ("D", [WEEK, YEAR]),
        ("B", [WEEK, YEAR]),
        ("W-SUN", [YEAR]),
        ("MS", [YEAR]),
    ],
)
def test_what_is_told_follows_from_the_frequency(frequency: str, periods: list[float]) -> None:
    assert steps(frequency).periods == periods
    assert steps(frequency).input_shape == (24, 2 * len(periods))


def angles(begin: str, state: Steps, wave: int) -> np.ndarray:
    start = tf.constant([pd.Timestamp(begin).value // 10**9], tf.int64)
    waves = Calendar().collate(start, state).numpy()[0]
    return np.arctan2(waves[:, 2 * wave], waves[:, 2 * wave + 1]) / (2 * np.pi) % 1


def test_hours_and_weekdays_come_again() -> None:
    state = steps("h", 24 * 15)
    day = angles("2024-05-06", state, 0)
    np.testing.assert_allclose(day[:24], np.arange(24) / 24, atol=1e-5)
    week = angles("2024-05-06", state, 1)
    np.testing.assert_allclose(week[:168], week[168:336], atol=1e-5)


def test_a_week_of_business_days_has_five_steps() -> None:
    days = angles("2024-05-03", steps("B", 11), 0)  # from a Friday on
    np.testing.assert_allclose(days[:5], days[5:10], atol=1e-5)
    monday = angles("2024-05-06", steps("B", 2), 0)
    np.testing.assert_allclose(days[1], monday[0], atol=1e-5)


def start(word: str) -> int:
    ((_, value),) = Calendar().parse(word, steps("D"), None)
    assert value.dtype == np.int64
    assert value.shape == ()
    return int(value)


@settings(deadline=None, max_examples=25)
@given(
    when=st.datetimes(datetime(1986, 1, 1), datetime(2090, 1, 1)),
    form=st.sampled_from(["%Y-%m-%d %H:%M", "%Y%m%d", "%d %B %Y", "%s", "%s000", "%Y-%m-%dT%H"]),
)
def test_the_first_step_is_read_as_a_column_of_times_is(when: datetime, form: str) -> None:
    word = when.replace(tzinfo=UTC).strftime(form)
    column = read_times(Table({"ds": [word] * 2}, (), None), ["ds"], lambda _: "")
    assert column.dated
    assert start(word) == column.times[0] // 10**9


def test_times_are_read_as_dates_or_seconds() -> None:
    for word in ("2024-01-01", "1704067200", "1704067200000", "20240101", "1704067200 "):
        assert start(word) == 1704067200
    assert start("1970-01-01 00:10") == 600
    assert start("13/01/2024") == start("2024-01-13")


@pytest.mark.parametrize("word", ["soon", "2024", "", "NaT", "nan", "12"])
def test_what_is_no_time_is_refused(word: str) -> None:
    with pytest.raises(DataError) as error:
        start(word)
    assert str(error.value) == f"needs the time of the first step. Received: {word}"


def test_what_may_be_either_of_two_days_is_refused() -> None:
    with pytest.raises(DataError) as error:
        start("01/02/2024")
    assert str(error.value) == (
        "needs the time of the first step. Received: 01/02/2024, which may be either of two days; "
        "write it as 2024-01-31"
    )
