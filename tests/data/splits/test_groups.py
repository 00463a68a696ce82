"""What belongs together never stands on both sides."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lstm_toolkit.data import ByGroup, Dataset, Source, Splits
from lstm_toolkit.errors import DataError

GROUPS = st.lists(st.integers(0, 9).map(str), min_size=3, max_size=60)
SIZES = st.floats(0.05, 0.45) | st.integers(1, 12).map(float)


def dataset(groups: Sequence[str], *, first: int = 0) -> Dataset:
    """Rows that hold their numbers, of these groups."""
    numbers = np.arange(len(groups)) + first
    return Dataset({"number": numbers}, {}, {"group": np.array(groups, np.str_)})


def split(source: Source, validation: float = 0.2, test: float = 0.2, *, seed: int = 0) -> Splits:
    return ByGroup().split(source, validation=validation, test=test, seed=seed)


def names(part: Dataset) -> set[str]:
    return set(part.meta["group"].tolist())


def numbers(splits: Splits) -> list[int]:
    return [row for part in splits.parts.values() for row in part.columns["number"].tolist()]


@settings(deadline=None, max_examples=100)
@given(groups=GROUPS, validation=SIZES, test=SIZES, seed=st.integers(0, 5))
def test_every_row_stands_once_and_no_group_on_both_sides(
    groups: list[str], validation: float, test: float, seed: int
) -> None:
    try:
        splits = split(Source(dataset(groups), None, ""), validation, test, seed=seed)
    except DataError:
        assume(False)
    assert sorted(numbers(splits)) == list(range(len(groups)))
    train, held, last = map(names, splits.parts.values())
    assert not (train & held or train & last or held & last)
    assert splits.repeated == 0


@settings(deadline=None, max_examples=100)
@given(groups=GROUPS, published=GROUPS, seed=st.integers(0, 5))
def test_groups_of_a_published_split_are_left_out_and_counted(
    groups: list[str], published: list[str], seed: int
) -> None:
    test = dataset(published[:4], first=1000)
    try:
        splits = split(Source(dataset(groups), test, ""), seed=seed)
    except DataError:
        assume(False)
    assert splits.test is test
    train, held, last = map(names, splits.parts.values())
    assert not (train & held or train & last or held & last)
    rows = [row for row in numbers(splits) if row < 1000]
    assert len(rows) == len(set(rows)) == len(groups) - splits.repeated
    assert set(groups) - last == train | held


def test_sizes_are_kept_where_groups_allow_it() -> None:
    groups = [str(i // 2) for i in range(100)]
    splits = split(Source(dataset(groups), None, ""), 0.1, 20)
    assert [len(part) for part in splits.parts.values()] == [70, 10, 20]
    # A group that is larger than a split still has to go somewhere.
    large = [str(i // 30) for i in range(90)]
    splits = split(Source(dataset(large), None, ""))
    assert [len(part) for part in splits.parts.values()] == [30, 30, 30]


def test_same_seed_same_rows_and_sizes_of_one_split_do_not_move_the_test() -> None:
    source = Source(dataset([str(i % 20) for i in range(60)]), None, "")
    one, same, other = split(source, seed=1), split(source, 5, seed=1), split(source, seed=2)
    assert names(one.test) == names(same.test) != names(other.test)


def test_a_published_validation_split_is_used_as_it_is() -> None:
    validation = dataset(["1", "x"], first=50)
    splits = split(Source(dataset([str(i) for i in range(20)]), None, "", validation=validation))
    assert splits.validation is validation
    assert splits.repeated == 1
    assert [len(part) for part in splits.parts.values()] == [15, 2, 4]


def test_rows_without_groups_give_the_full_message() -> None:
    with pytest.raises(DataError) as error:
        ByGroup("speaker").split(Source(dataset(["a"]), None, ""), validation=0.1, test=0.1, seed=0)
    assert str(error.value) == "needs rows with `speaker` to split by. Received: group"


@pytest.mark.parametrize(
    ("groups", "empty"),
    [(["a", "b"], "train"), (["a"], "train"), (["a", "b", "c"], None)],
)
def test_too_few_groups_give_the_full_message(groups: list[str], empty: str | None) -> None:
    source = Source(dataset(groups), None, "")
    if empty is None:
        assert [len(part) for part in split(source).parts.values()] == [1, 1, 1]
        return
    with pytest.raises(DataError) as error:
        split(source)
    assert str(error.value) == (
        "needs rows for each of train, validation and test. "
        f"Received: {len(groups)} rows, none left for {empty}"
    )
