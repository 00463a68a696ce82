"""Whole groups in each split, the classes in their shares."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.data import BalancedGroups, Dataset, Source
from lstm_toolkit.data.columns import Windows
from lstm_toolkit.data.splits.balanced_groups import stretches
from lstm_toolkit.errors import DataError


def source(labels: list[str], groups: list[str] | None = None, starts: list[int] | None = None):  # type: ignore[no-untyped-def]
    values = np.zeros((sum(starts or [0]) + len(labels) + 10, 1), np.float32)
    places = np.array(starts if starts is not None else range(0, len(labels)))
    steps = 3 if starts is not None else 1
    meta = {} if groups is None else {"group": np.array(groups)}
    rows = Dataset({"values": Windows(values, places, steps)}, {"label": np.array(labels)}, meta)
    return Source(rows, None, "")


@settings(max_examples=30, deadline=None)
@given(
    people=st.integers(4, 12), each=st.integers(2, 9), seed=st.integers(0, 99), rare=st.booleans()
)
def test_groups_stay_whole_and_no_class_is_lost_to_training(
    people: int, each: int, seed: int, rare: bool
) -> None:
    groups = [f"p{person}" for person in range(people) for _ in range(each)]
    labels = [("walk", "run")[n % 2] for n in range(len(groups))]
    if rare:
        labels[0] = "dance"  # of one person alone
    splits = BalancedGroups().split(source(labels, groups), validation=0.1, test=0.2, seed=seed)
    members = [set(part.meta["group"].tolist()) for part in splits.parts.values()]
    assert sum(map(len, members)) == people == len(set.union(*members))
    assert sum(map(len, splits.parts.values())) == len(groups)
    assert set(splits.train.labels.tolist()) == set(labels)
    assert splits.shared == 0


def test_training_windows_share_no_step_with_others() -> None:
    labels = ["walk"] * 20 + ["run"] * 20
    groups = [f"{label} {n // 4}" for n, label in enumerate(labels)]
    splits = BalancedGroups().split(
        source(labels, groups, list(range(0, 80, 2))), validation=0.1, test=0.2, seed=1
    )
    parts = list(splits.parts.values())
    for first, second in ((0, 1), (0, 2), (1, 2)):
        starts = [part.columns["values"].starts for part in (parts[first], parts[second])]
        assert np.abs(starts[0][:, None] - starts[1]).min() >= 3
    assert splits.shared == 40 - sum(map(len, parts)) > 0


@settings(max_examples=40, deadline=None)
@given(rare=st.integers(1, 14), apart=st.sampled_from([1, 2]), seed=st.integers(0, 20))
def test_a_rare_class_whose_windows_overlap_with_all_others_stays_in_training(
    rare: int, apart: int, seed: int
) -> None:
    labels = ["walk"] * 60 + ["fall"] * rare + ["run"] * 60
    starts = [apart * place for place in range(len(labels))]
    groups = stretches(np.array(labels), 5).tolist()
    splits = BalancedGroups().split(
        source(labels, groups, starts), validation=0.1, test=0.2, seed=seed
    )
    assert set(splits.train.labels.tolist()) == set(labels)
    parts = list(splits.parts.values())
    for first, second in ((0, 1), (0, 2), (1, 2)):
        one, other = (parts[place].columns["values"].starts for place in (first, second))
        assert np.abs(one[:, None] - other).min() >= 3
    assert splits.shared == len(labels) - sum(map(len, parts))


def test_rows_without_groups_are_split_by_stretches_of_a_class() -> None:
    labels = ["walk"] * 30 + ["run"] * 30
    splits = BalancedGroups().split(source(labels), validation=0.1, test=0.2, seed=0)
    assert [len(part) for part in splits.parts.values()] == [42, 6, 12]
    for part in splits.parts.values():
        assert sorted(part.labels.tolist()) == ["run"] * (len(part) // 2) + ["walk"] * (
            len(part) // 2
        )


def test_one_class_is_refused() -> None:
    with pytest.raises(DataError) as error:
        BalancedGroups().split(source(["walk"] * 9), validation=0.1, test=0.2, seed=0)
    assert str(error.value) == "needs at least two classes. Received: 9 rows, classes=walk"


def test_too_few_groups_are_refused() -> None:
    with pytest.raises(DataError) as error:
        BalancedGroups().split(
            source(["walk", "run"] * 3, ["a"] * 6), validation=0.1, test=0.2, seed=0
        )
    assert str(error.value) == ("needs groups for each of train, validation and test. Received: 1")
