"""Which cells of lines are channels, and what becomes of lines that are wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lstm_toolkit.errors import DataError
from lstm_toolkit.serving.sample_lines import SampleReader


def read(*lines: str, wanted: tuple[str, ...] = ()) -> list[Any]:
    """Returns samples as lists, errors as texts."""
    reader = SampleReader(wanted)
    samples = [reader.read(line) for line in lines]
    return [s.tolist() if isinstance(s, np.ndarray) else s and str(s) for s in samples]


@pytest.mark.parametrize(
    ("header", "line", "samples"),
    [
        ("time,volts", "0.004,1.5", [1.5]),
        (",volts", "0,1.5", [1.5]),
        ("Index;volts;amps", "7;1.5;2", [1.5, 2]),
        ("id\tvolts", "bed 3\t1.5", [1.5]),
        ('"time","volts, left"', '"0.004","1.5"', [1.5]),
        ("volts", "1.5", [1.5]),
    ],
)
def test_times_names_and_numbers_of_rows_are_no_channels(
    header: str, line: str, samples: list[float]
) -> None:
    assert read("", header, line) == [None, None, samples]


def test_the_columns_of_the_training_are_the_channels() -> None:
    lines = ("clean,noisy,note", "1,2,x")
    assert read(*lines, wanted=("noisy",)) == [None, [2]]
    assert read("clean,note", "1,2", wanted=("noisy",)) == [None, [1, 2]]


@pytest.mark.parametrize("first", ["volts", "1"])
def test_words_after_the_first_line_are_wrong(first: str) -> None:
    (*_, error) = read(first, "failed")
    assert error == "standard input, line 2: needs numbers. Received: failed"


@pytest.mark.parametrize("cell", ["inf", "1e39", "-1e39", "1e400", '{"volts": 1}'])
def test_what_is_no_finite_number_is_neither_missing_nor_a_name(cell: str) -> None:
    first, second = read(cell, "2")
    assert first.startswith("standard input, line 1: needs numbers. Received: ")
    assert second == [2]


def test_other_series_and_lines_of_another_width_are_wrong() -> None:
    assert read("id,y", "a,1", "b,2", "a,3", "a") == [
        None,
        [1],
        "standard input, line 3: needs one series, a. Received: b",
        [3],
        "standard input, line 5: needs 2 cells, as the first line. Received: 1",
    ]


def test_a_header_without_a_channel_is_refused() -> None:
    with pytest.raises(DataError) as error:
        read("time,id")
    assert str(error.value) == (
        "standard input, line 1: needs a column of samples. Received: time, id"
    )


def test_missing_samples_are_no_header() -> None:
    np.testing.assert_array_equal(read("nan,NA"), [[np.nan, np.nan]])
