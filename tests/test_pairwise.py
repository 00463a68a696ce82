from __future__ import annotations

import itertools

import pytest

from tests.pairwise import pairwise


@pytest.mark.parametrize(
    ("options", "count"),
    [(["abcde", "01", "xy", "pq"], 10), (["ab", "xy", "01"], 4), (["abc", "xy"], 6), (["ab"], 2)],
)
def test_every_pair_is_in_the_short_list_and_all_in_the_long_one(
    options: list[str], count: int
) -> None:
    cases = pairwise(*options)
    assert [case.values for case in cases] == [*itertools.product(*options)]
    short = [case.values for case in cases if not case.marks]
    assert len(short) == count
    for (i, one), (j, other) in itertools.combinations(enumerate(options), 2):
        assert {(case[i], case[j]) for case in short} == {*itertools.product(one, other)}
