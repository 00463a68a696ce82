"""Pairs in which what is to be copied is marked, and those in which words are left open."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_toolkit.data import SentenceEncoder
from lstm_toolkit.data.text.aligned_words import aligned_words
from lstm_toolkit.data.text.copied_pairs import leave_open, mark_literals, mark_unknown
from lstm_toolkit.data.text.copying import COPY
from tests.tasks.samples import DOES, NAMES, WHEN, pairs


def one(text: str) -> np.ndarray:
    return np.array([text], object)


@pytest.mark.parametrize(
    ("source", "target", "marked"),
    [
        ("I was born in 1950.", "我生于1950年。", ("I was born in ￼.", "我生于￼年。")),
        ("It is 7:45.", "现在是七点四十五分。", ("It is 7:45.", "现在是七点四十五分。")),
        ("5 of 5, 6 and 7", "7, 6 und 5", ("￼ of 5, ￼ and ￼", "￼, ￼ und ￼")),
        ("See a@b.org 12:30", "Siehe a@b.org 12:30", ("See ￼", "Siehe ￼")),
        (f"No{COPY} number", "Keine Zahl", ("No number", "Keine Zahl")),
    ],
)
def test_literals_of_both_sides(source: str, target: str, marked: tuple[str, str]) -> None:
    sides = mark_literals(one(source), one(target))
    assert tuple(side[0] for side in sides) == marked


def test_unknown_words_of_both_sides() -> None:
    encoder = SentenceEncoder.learn(
        np.array(["we know the man and see him"] * 2, object), copying="literals", lower=True
    )
    sources = np.array(["we know Tom Ross", "we see Tom and Max", "we know Art"], object)
    targets = np.array(["我们认识Tom Ross。", "Wir sehen Tomas und Max", "Artig"], object)
    sides = mark_unknown(sources, targets, encoder)
    assert sides[0].tolist() == ["we know ￼", "we see Tom and ￼", "we know Art"]
    assert sides[1].tolist() == ["我们认识￼。", "Wir sehen Tomas und ￼", "Artig"]


def test_words_are_left_open_on_both_sides_alike() -> None:
    rows = pairs()
    sources, targets = (rows[side].to_numpy(object) for side in ("en", "zh"))
    more = leave_open(sources, targets, ("word", "character"), seed=1)
    assert 40 < len(more[0]) == len(more[1]) <= len(sources)
    originals = dict(zip(sources, targets, strict=True))
    translated = {**NAMES, **DOES, **{word: other for word, other in WHEN.items() if word}}
    both = [(f"{a} {b}", z) for a, x in translated.items() for b, y in translated.items()
            for z in (x + y, y + x)]  # fmt: skip
    for source, target in zip(*more, strict=True):
        assert source.count(COPY) == target.count(COPY) > 0
        if source.count(COPY) == 1:  # one word, or two neighbours
            assert any(
                originals.get(source.replace(COPY, word)) == target.replace(COPY, other)
                for word, other in [*translated.items(), *both]
            ), (source, target)
    same = leave_open(sources, targets, ("word", "character"), seed=1)
    assert [side.tolist() for side in same] == [side.tolist() for side in more]
    turned = leave_open(targets, sources, ("character", "word"), seed=1)
    assert [side.tolist() for side in turned[::-1]] == [side.tolist() for side in more]


def test_of_two_sides_of_characters_no_word_is_certain() -> None:
    sides = leave_open(one("ab"), one("AB"), ("character", "character"), seed=0)
    assert [side.tolist() for side in sides] == [[], []]


def test_words_that_share_a_translation_have_none() -> None:
    one = [["my", "brother", "sleeps"], ["anna", "sleeps"], ["anna", "reads"]] * 4
    other = [["Mein", "Bruder", "schläft"], ["Anna", "schläft"], ["Anna", "liest"]] * 4
    assert aligned_words(one, other) == {
        "sleeps": ("schläft",), "anna": ("Anna",), "reads": ("liest",),
    }  # fmt: skip
