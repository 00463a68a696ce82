"""What comes later is never learnt from, and the gap stays empty."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lstm_toolkit.data import ByTime, Dataset, InOrder, RollingOrigin, Source, Splits
from lstm_toolkit.errors import DataError

SIZES = st.floats(0.05, 0.45) | st.integers(1, 12).map(float)


def source(times: Any, **published: Dataset) -> Source:
    """Rows that hold their numbers, at these times."""
    return Source(dataset(times), published.pop("test", None), "", **published)


def dataset(times: Any) -> Dataset:
    return Dataset({"number": np.arange(len(times))}, {}, {"time": np.asarray(times)})


def numbers(splits: Splits) -> list[list[int]]:
    return [part.columns["number"].tolist() for part in splits.parts.values()]


def split(splitter: Any, rows: Source, validation: float = 0.2, test: float = 0.2) -> Splits:
    splits: Splits = splitter.split(rows, validation=validation, test=test, seed=0)
    return splits


def test_the_first_rows_train_and_the_last_test() -> None:
    assert numbers(split(InOrder(), source([0] * 10))) == [[*range(6)], [6, 7], [8, 9]]
    by_number = split(InOrder(), source([0] * 10), validation=1, test=4)
    assert numbers(by_number) == [[*range(5)], [5], [6, 7, 8, 9]]


def test_rows_are_left_out_before_validation_and_test() -> None:
    assert numbers(split(InOrder(gap=2), source([0] * 14), 3, 3)) == [
        [0, 1, 2, 3],
        [6, 7, 8],
        [11, 12, 13],
    ]


@settings(deadline=None, max_examples=100)
@given(count=st.integers(3, 60), gap=st.integers(0, 5), validation=SIZES, test=SIZES)
def test_every_row_stands_once_and_in_order_but_for_the_gaps(
    count: int, gap: int, validation: float, test: float
) -> None:
    try:
        parts = numbers(split(InOrder(gap), source([0] * count), validation, test))
    except DataError:
        assume(False)
    train, held, last = parts
    assert [*train, *held, *last] == sorted({*train, *held, *last})
    assert (train[0], last[-1]) == (0, count - 1)
    assert [held[0] - train[-1], last[0] - held[-1]] == [gap + 1, gap + 1]
    wanted = [max(1, round(size * count)) if size < 1 else size for size in (validation, test)]
    assert [len(held), len(last)] == wanted


@st.composite
def times(draw: st.DrawFn) -> list[int]:
    """In any order, many of them the same."""
    return draw(st.lists(st.integers(0, 30), min_size=3, max_size=50))


@settings(deadline=None, max_examples=100)
@given(drawn=times(), gap=st.integers(0, 6), validation=SIZES, test=SIZES)
def test_by_time_each_split_is_later_than_the_one_before_by_more_than_the_gap(
    drawn: list[int], gap: int, validation: float, test: float
) -> None:
    try:
        splits = split(ByTime(gap), source(drawn), validation, test)
    except DataError:
        assume(False)
    parts = numbers(splits)
    times = [[drawn[row] for row in part] for part in parts]
    assert max(times[0]) + gap < min(times[1])
    assert max(times[1]) + gap < min(times[2])
    seen = [row for part in parts for row in part]
    assert len(seen) == len(set(seen))
    begins = [min(part) for part in times[1:]]
    for row in set(range(len(drawn))) - set(seen):
        assert any(drawn[row] < begin <= drawn[row] + gap for begin in begins)
    assert all(part == sorted(part) for part in parts)


@settings(deadline=None, max_examples=100)
@given(drawn=times(), reach=st.integers(1, 9), gap=st.integers(0, 3))
def test_rows_that_end_in_the_next_split_are_left_out(
    drawn: list[int], reach: int, gap: int
) -> None:
    rows = dataset(drawn)
    rows = Dataset(rows.columns, {}, {**rows.meta, "end": np.array(drawn) + reach})
    try:
        parts = numbers(split(ByTime(gap), Source(rows, None, "")))
    except DataError:
        assume(False)
    train, held, last = ([drawn[row] for row in part] for part in parts)
    assert max(train) + reach + gap < min(held)
    assert max(held) + reach + gap < min(last)


def test_days_can_be_left_out() -> None:
    days = np.arange("2024-01-01", "2024-01-11", dtype="datetime64[D]")
    rows = split(ByTime(gap=np.timedelta64(1, "D")), source(days[::-1]))
    assert [part[::-1] for part in numbers(rows)] == [[9, 8, 7, 6], [4, 3], [1, 0]]


@pytest.mark.parametrize("splitter", [InOrder(), ByTime(), RollingOrigin(folds=2)])
def test_published_splits_are_used_as_they_are(splitter: Any) -> None:
    test, validation = dataset([7, 7]), dataset([8])
    splits = split(splitter, source(range(10), test=test))
    assert splits.test is test
    assert numbers(splits)[:2] == [[*range(8)], [8, 9]]
    splits = split(splitter, source(range(10), validation=validation))
    assert splits.validation is validation
    assert numbers(splits)[::2] == [[*range(8)], [8, 9]]
    splits = split(splitter, source(range(10), test=test, validation=validation))
    assert splits.parts == {"train": splits.train, "validation": validation, "test": test}
    assert numbers(splits)[0] == [*range(10)]


def test_the_tests_of_the_folds_follow_each_other() -> None:
    folds = RollingOrigin(folds=3, gap=1).splits(source(range(12)), validation=2, test=2)
    assert [numbers(fold) for fold in folds] == [
        [[0, 1], [3, 4], [6, 7]],
        [[0, 1, 2, 3], [5, 6], [8, 9]],
        [[0, 1, 2, 3, 4, 5], [7, 8], [10, 11]],
    ]


def test_the_split_is_the_last_fold() -> None:
    rows, splitter = source([3, 1, 2, 5, 4, 9, 8, 7, 6, 0]), RollingOrigin(folds=3)
    *_, last = splitter.splits(rows, validation=0.2, test=0.2)
    assert numbers(split(splitter, rows)) == numbers(last)


@pytest.mark.parametrize("splitter", [ByTime(column="day"), RollingOrigin(column="day")])
def test_rows_without_times_give_the_full_message(splitter: Any) -> None:
    with pytest.raises(DataError) as error:
        split(splitter, source(range(9)))
    assert str(error.value) == "needs rows with `day` to split by. Received: time"
    with pytest.raises(DataError) as error:
        split(splitter, Source(Dataset({"number": np.arange(3)}), None, ""))
    assert str(error.value) == "needs rows with `day` to split by. Received: none"


@pytest.mark.parametrize(
    ("splitter", "rows", "empty"),
    [
        (InOrder(), source([0, 0]), "train"),
        (InOrder(gap=5), source([0] * 6), "train"),
        (ByTime(), source([4, 4, 4]), "train"),
    ],
)
def test_too_few_rows_give_the_full_message(splitter: Any, rows: Source, empty: str) -> None:
    with pytest.raises(DataError) as error:
        split(splitter, rows)
    assert str(error.value) == (
        "needs rows for each of train, validation and test. "
        f"Received: {len(rows.rows)} rows, none left for {empty}"
    )
