"""No two texts with equal tokens may have different keys."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import tensorflow as tf
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from lstm_toolkit.data.splits.text_keys import text_key
from lstm_toolkit.data.text.tokens import characters, words
from tests.data.text.test_tokens import graph

ALIKE = [
    ["'", "\u2019", "\u2018", "\u02bc", "\uff07", "''", "' "],
    ["", "\u00ad", "\ufeff", "\u200b", "\u200c", "\u200d", "\u2060"],
    [" ", "  ", "\t", "\u3000", "\u00a0", "<br />", "<BR>", "\x85", "\x00", "\n", "\u2581"],
    ["a", "A"],
    ["é", "É"],
    ["e\u0301", "E\u0301", "e\u00ad\u0301"],
    ["σ", "Σ", "ς"],
    ["i\u0307", "\u0130"],
    ["好", " 好 "],
    ["!", " !", "\u200b!"],
    ["7"],
    ["\u2400", ""],
]
"""What people write for one another: each list is one choice."""


@st.composite
def two_texts(draw: st.DrawFn) -> tuple[str, str]:
    kinds = draw(st.lists(st.sampled_from(ALIKE) | st.text(max_size=1).map(lambda c: [c])))
    one, other = ([draw(st.sampled_from(kind)) for kind in kinds] for _ in range(2))
    return "".join(one), "".join(other)


@pytest.mark.parametrize("split", [words, characters])
@settings(deadline=None, max_examples=100)
@given(texts=two_texts())
@example(texts=("\u200b", "\u2400"))
@example(texts=("e\u00ad\u0301", "e\u0301"))
@example(texts=("rock 'n' roll", "ROCK ''n\u2019  roll"))
@example(texts=("房间 很好", "房间很好"))
def test_texts_with_equal_tokens_have_equal_keys(
    split: Callable[[tf.Tensor], tf.RaggedTensor], texts: tuple[str, str]
) -> None:
    one, other = graph(split)(tf.constant([text.encode() for text in texts])).to_list()
    assume(one == other)
    assert text_key(texts[0]) == text_key(texts[1])


@pytest.mark.parametrize(
    ("one", "other"),
    [("good, 1", "good 1"), ("good", "goods"), ("1990", "1991"), ("好", "很")],
)
def test_texts_that_read_otherwise_have_other_keys(one: str, other: str) -> None:
    assert text_key(one) != text_key(other)
