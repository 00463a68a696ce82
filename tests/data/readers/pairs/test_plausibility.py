"""Pairs that are no translations: counted in random corpora that were spoilt on purpose."""

from __future__ import annotations

import random
from collections.abc import Callable

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.data import read_pairs
from lstm_toolkit.data.readers.pairs.plausibility import copied, other_numbers, shifted, swapped

Pairs = list[tuple[str, str]]
SIDES = [f"{a}{b}" for a in "bdfgk" for b in ("al", "on", "ir", "ut")]


def corpus(seed: int, rows: int = 150) -> Pairs:
    """Returns made pairs: each word has one of its own on the other side, as long sentences do."""
    rng = random.Random(seed)
    sentences = [[rng.choice(SIDES) for _ in range(rng.randint(2, 14))] for _ in range(rows)]
    return [(" ".join(words), " ".join(f"z{word[::-1]}e" for word in words)) for words in sentences]


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_translations_are_left_alone(seed: int) -> None:
    pairs = corpus(seed)
    assert copied(pairs) == []
    assert swapped(pairs)[0] == []
    assert shifted(pairs) is None


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), share=st.sampled_from([0.02, 0.2, 0.35]))
def test_what_was_spoilt_is_counted(seed: int, share: float) -> None:
    pairs = corpus(seed)
    rows = sorted(random.Random(seed).sample(range(len(pairs)), round(share * len(pairs))))
    spoilt = set(rows)
    exchanged = [pair[::-1] if row in spoilt else pair for row, pair in enumerate(pairs)]
    assert swapped(exchanged) == (rows, "by their words")
    same = [(pair[0], pair[0]) if row in spoilt else pair for row, pair in enumerate(pairs)]
    assert copied(same) == rows


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    begin=st.integers(0, 90),
    by=st.sampled_from([1, 2, -1]),
)
def test_a_slip_is_found_where_it_begins(seed: int, begin: int, by: int) -> None:
    pairs = corpus(seed)
    sources, targets = ([pair[side] for pair in pairs[begin:]] for side in (0, 1))
    if by > 0:
        targets = ["zlade"] * by + targets
    else:
        sources = ["bal"] * -by + sources
    found = shifted(pairs[:begin] + list(zip(sources, targets, strict=False)))
    assert found is not None
    shift, first, length = found
    assert shift == by
    assert abs(first - begin - max(-by, 0)) <= 8
    assert length > 0.8 * (len(pairs) - begin)


@pytest.mark.parametrize("check", [copied, lambda pairs: swapped(pairs)[0], shifted])
def test_few_pairs_say_nothing(check: Callable[[Pairs], object]) -> None:
    assert not check([("Anna", "Anna"), ("42", "42"), ("", "")])


@given(
    number=st.integers(1, 10**15),
    signs=st.lists(st.sampled_from(["", ",", ".", " ", "'", "\u00a0"]), min_size=2, max_size=2),
)
def test_signs_between_thousands_make_no_other_number(number: int, signs: list[str]) -> None:
    sides = [f"a {number:,} b".replace(",", sign) for sign in signs]
    assert other_numbers([(sides[0], sides[1])]) == ([], 1)


def test_thousands_as_a_word_and_numbers_side_by_side_are_the_same() -> None:
    pairs = [("2 million", "2000000"), ("in 2023, 100 of", "2023 wurden 100"), ("7 250", "7250")]
    assert other_numbers(pairs) == ([], 3)
    assert other_numbers([("1,250", "1.350"), ("10,000", "20 000")]) == ([0, 1], 2)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), begin=st.integers(0, 30), by=st.sampled_from([1, 2, -1]))
def test_slipped_numbers_are_told_where_lengths_tell_nothing(
    seed: int, begin: int, by: int
) -> None:
    rng = random.Random(seed)
    numbers = rng.sample(range(10, 10**4), 60)
    sources = [f"order {number} of the day" for number in numbers]
    targets = [f"Auftrag {number} vom Tage" for number in numbers]
    assert other_numbers(list(zip(sources, targets, strict=True))) == ([], 60)
    slipped = targets[begin:]
    turned = targets[:begin] + slipped[-by:] + slipped[:-by]
    pairs = list(zip(sources, turned, strict=True))
    found, total = other_numbers(pairs)
    assert (found, total) == (list(range(begin, 60)), 60)
    source = read_pairs(pd.DataFrame(pairs, columns=["en", "de"]))
    assert source.note.startswith(
        f"warning: {60 - begin} of 60 pairs with numbers have none in common, so their lines may "
        "have slipped"
    )


@pytest.mark.parametrize(("count", "told"), [(2, False), (9, True)])
def test_sentences_that_programs_write_for_nothing_are_told(count: int, told: bool) -> None:
    pairs = [(f"day {n}", "nan" if n < count else f"Tag {n}") for n in range(30)]
    note = read_pairs(pd.DataFrame(pairs, columns=["en", "de"])).note
    assert note.endswith("; 9 sentences are nan; only empty cells are missing") == told
