"""The time of a step in sines and cosines."""

from __future__ import annotations

import types

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from lstm_toolkit.errors import DataError
from lstm_toolkit.features import Calendar
from lstm_toolkit.features.calendar import DAY, HOUR, WEEK, YEAR, Steps


def steps(frequency: str, count: int = 24) -> Steps:
    settings = types.SimpleNamespace(frequency=frequency, window=count - 1, horizon=1)
    return Calendar().learn(None, settings)


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


def test_times_are_read_as_dates_or_seconds() -> None:
    feature, state = Calendar(), steps("D")
    ((_, one),) = feature.parse("2024-01-01", state, None)
    ((_, other),) = feature.parse("1704067200", state, None)
    assert one == other == 1704067200
    with pytest.raises(DataError) as error:
        list(feature.parse("soon", state, None))
    assert str(error.value) == "needs the time of the first step. Received: soon"
