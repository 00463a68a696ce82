"""How often tokens and pairs of neighbouring ones occur."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.data.text import counting
from lstm_toolkit.data.text.counting import Tally, TokenCounts

rows_of_tokens = st.lists(st.lists(st.sampled_from("abcdé你"), max_size=6), max_size=8)


@pytest.fixture(autouse=True)
def _merged_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "AT_ONCE", 5)


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(0, 40), max_size=12), max_size=6), st.integers(1, 3))
def test_numbers_are_counted_as_by_a_counter(groups: list[list[int]], least: int) -> None:
    tally = Tally()
    for group in groups:
        tally.add(np.array(group, np.int64))
    numbers, counts = tally.counts(least=least)
    expected = Counter(number for group in groups for number in group)
    assert dict(zip(numbers.tolist(), counts.tolist(), strict=True)) == {
        number: count for number, count in expected.items() if count >= least
    }
    assert numbers.tolist() == sorted(numbers.tolist())


def counted(rows: list[list[str]]) -> TokenCounts:
    """Counts rows of tokens, two rows at a time."""
    counts = TokenCounts(pairs=True)
    for start in range(0, len(rows), 2):
        part = rows[start : start + 2]
        lengths = [len(row) for row in part]
        tokens = np.array([token.encode() for row in part for token in row], object)
        counts.add(tokens, np.cumsum([0, *lengths[:-1]]))
    return counts


@settings(deadline=None)
@given(rows_of_tokens)
def test_tokens_and_pairs_are_counted_as_they_read(rows: list[list[str]]) -> None:
    counts = counted(rows)
    assert counts.tokens() == Counter(token for row in rows for token in row)
    pairs = Counter(
        " ".join(pair) for row in rows for pair in zip(["[START]", *row], row, strict=False)
    )
    assert counts.pairs(most=0, least=1) == pairs


def test_the_most_frequent_pairs_come_with_those_as_frequent() -> None:
    counts = counted([["a", "b"], ["a", "b"], ["c"], ["c"], ["d"]])
    assert counts.pairs(most=1, least=1) == {"[START] a": 2, "a b": 2, "[START] c": 2}
    assert counts.pairs(most=9, least=3) == {}
