"""Tags of entities in all schemes."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.data.tag_schemes import (
    allowed_pairs,
    entities,
    learns_ends,
    marks_ends,
    marks_entities,
    mend,
    with_ends,
    without_ends,
)

TAGS = [*(f"{prefix}-{kind}" for prefix in "BIES" for kind in ("X", "Y")), "O"]


def is_whole(tags: list[str]) -> bool:
    """Tells whether every I- in IOB2 goes on with an entity of its kind."""
    pairs = itertools.pairwise(["O", *tags])
    return all(not b.startswith("I-") or (a[2:] == b[2:] and a != "O") for a, b in pairs)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(TAGS)))
def test_whatever_comes_is_mended_once_and_for_all(tags: list[str]) -> None:
    mended = mend(tags, ends=True)
    assert is_whole(mended.tags)
    assert [tag == "O" for tag in mended.tags] == [tag == "O" for tag in tags]
    assert [tag[2:] for tag in mended.tags] == [tag[2:] for tag in tags]
    again = mend(mended.tags, ends=False)
    assert (again.tags, again.begun) == (mended.tags, 0)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(TAGS)))
def test_ends_are_marked_and_taken_away_again(tags: list[str]) -> None:
    whole = mend(tags, ends=True).tags
    learnt = with_ends(whole)
    assert [without_ends(tag) for tag in learnt] == whole
    assert mend(learnt, ends=True) == mend(whole, ends=False)
    names = sorted(set(TAGS))
    allowed = allowed_pairs(names)
    assert allowed is not None
    border = len(names)
    numbers = [border, *(names.index(tag) for tag in learnt), border]
    assert all(allowed[a][b] for a, b in itertools.pairwise(numbers))


@pytest.mark.parametrize("names", [["B-X", "I-X", "B-Y", "O"], ["B-X", "E-X", "I-X", "O", "S-X"]])
def test_what_is_allowed_are_whole_entities_and_no_others(names: list[str]) -> None:
    allowed = allowed_pairs(names)
    assert allowed is not None
    border = len(names)
    for numbers in itertools.product(range(len(names)), repeat=3):
        path = [border, *numbers, border]
        may = all(allowed[a][b] for a, b in itertools.pairwise(path))
        tags = [names[number] for number in numbers]
        ends = learns_ends(names)
        mended = mend(tags, ends=ends)
        assert may == (not mended.begun and not mended.unclosed), tags


def test_schemes_are_told_apart() -> None:
    assert marks_entities(["U-PER", "L-ORG", "O"])
    assert marks_ends(["U-PER"])
    assert not marks_ends(["B-PER", "I-PER"])
    assert not marks_entities(["NN", "VB"])
    assert not marks_entities(["O"])
    assert mend(["B", "E", "S", "B", "M", "E"], ends=True).tags == [
        *("B-word", "I-word", "B-word", "B-word", "I-word", "I-word")
    ]
    assert not learns_ends(["B-X", "I-X", "O"])
    assert allowed_pairs(["NOUN", "VERB"]) is None
    assert [entity.label for entity in entities(["B-X", "B-X", "I-Y"])] == ["X", "X"]
