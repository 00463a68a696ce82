"""What is alike stands on one side, whatever its groups."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_toolkit.data import BalancedGroups, Dataset, Source


def rows(inputs: list[str], groups: list[str]) -> Dataset:
    labels = np.array([name[0] for name in inputs])
    return Dataset({"x": np.array(inputs)}, {"label": labels}, {"group": np.array(groups)})


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_groups_that_share_an_input_are_on_one_side(seed: int) -> None:
    inputs = [f"{label}{n % 8}" for label in "ab" for n in range(24)]
    groups = [f"{label}{n}" for label in "ab" for n in range(24)]
    source = Source(rows(inputs, groups), None, "")
    splits = BalancedGroups(alike=True).split(source, validation=0.2, test=0.2, seed=seed)
    parts = [set(part.columns["x"].tolist()) for part in splits.parts.values()]
    assert sum(map(len, parts)) == len(set.union(*parts)) == 16
    assert splits.repeated == 0


def test_rows_tied_to_a_published_split_are_left_out() -> None:
    inputs = [f"{label}{n}" for label in "ab" for n in range(10)]
    groups = [f"{label}{n // 2}" for label in "ab" for n in range(10)]
    test = rows(["a0", "b77"], ["other", "b4"])  # an input of the group a0, and a group
    splits = BalancedGroups(alike=True).split(
        Source(rows(inputs, groups), test, ""), validation=0.2, test=0.2, seed=0
    )
    left = {*splits.train.columns["x"], *splits.validation.columns["x"]}
    assert left == set(inputs) - {"a0", "a1", "b8", "b9"}
    assert (splits.repeated, len(splits.test)) == (4, 2)
