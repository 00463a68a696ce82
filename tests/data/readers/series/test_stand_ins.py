"""Numbers that stand for no value are told, numbers that were measured are not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.data import read_channels, read_sensors, read_series
from lstm_toolkit.data.readers.series.stand_ins import STAND_INS, stand_in_remarks

SAID = "leave these cells empty"


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(STAND_INS), st.integers(1, 5), st.floats(-0.2, 0.2), st.integers(0, 99))
def test_a_number_far_from_all_others_is_told(
    number: float, count: int, middle: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    values = number * rng.uniform(middle, middle + 0.05, 50)
    marked = np.concatenate([values, [number] * count, [np.nan]])
    (remark,) = stand_in_remarks([("x", rng.permutation(marked))])
    assert remark.startswith(f"warning: {number:g} in column x {count} time")
    assert not stand_in_remarks([("x", values)])


@pytest.mark.parametrize(
    "values",
    [
        np.arange(-999.0, 0),  # a ramp that ends there
        np.array([95.0, 97, 99]),  # percent
        np.array([-99.0, 99]),
        np.full(9, -999.0),
        np.append(np.arange(1.0, 41), 99),  # ages
        np.full(9, np.nan),
        np.array([990.0, 1001, 999, 950]),
    ],
)
def test_measured_numbers_are_not(values: np.ndarray) -> None:
    assert not stand_in_remarks([("x", values)])


@pytest.mark.parametrize(
    ("values", "count"),
    [
        (np.append(np.linspace(100_000, 101_000, 20), -999), 1),
        (np.array([0.0, 0, 0, -999]), 1),
        (np.array([3.0, 5, -999, 999, -999]), 2),
        (np.array([3.0, 5, np.float32(9.96921e36)], np.float32), 1),
    ],
)
def test_it_is_told_beside_large_constant_and_other_such_numbers(
    values: np.ndarray, count: int
) -> None:
    assert len(stand_in_remarks([("x", values)])) == count


def test_every_reader_of_tables_tells_it() -> None:
    steps = 80
    frame = pd.DataFrame(
        {
            "time": np.arange(steps),
            "label": ["a", "b"] * (steps // 2),
            "x": np.sin(np.arange(steps)),
            "y": np.where(np.arange(steps) % 9 == 4, -9999.0, 1 + np.arange(steps) % 3),
        }
    )
    told = "warning: -9999 in column y 9 times, far from its other values (1 to 3)"
    channels = read_channels(frame.drop(columns="label"), window=8, horizon=2)
    assert told in channels.note and SAID in channels.note
    assert told in read_sensors(frame, window=4).note
    series = frame[["time", "y"]].rename(columns={"time": "ds"})
    assert told in read_series(series, window=8, horizon=2).note
