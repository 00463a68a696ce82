"""How many sentences a text holds, over texts put together of a known number."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import settings as bounded
from hypothesis import strategies as st

from lstm_toolkit.data.text.sentence_count import count_sentences, learn_most_sentences

SPACED = [
    "It rains.",
    "Who is there?",
    "Mr. Hill paid 3.50 for it!",
    '"Come in," she said.',
    "We met Dr. Li on the 3rd, at 5 p.m., in the U.S. Embassy.",
    "That costs 1,250.",
    "Wir kommen am 3. Mai bzw. später.",
    "Ça va ?",
    "¿Qué hora es?",
    "«Хорошо!»",
    "Он живёт в г. Мирном.",
]
UNSPACED = ["下雨了。", "谁在那里？", "他说：“好的。”", "価格は3.5です！", "怎么会……这样？！"]
SMALL = ["it rains.", "who is there?", "come at 5 p.m., please!"]


@bounded(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.sampled_from(SPACED), min_size=1, max_size=5), min_size=1, max_size=20))
def test_sentences_with_spaces_between(rows: list[list[str]]) -> None:
    counts = count_sentences(tf.constant([" ".join(row) for row in rows]))
    assert counts.numpy().tolist() == [len(row) for row in rows]


@bounded(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(UNSPACED), min_size=1, max_size=5), st.sampled_from(["", " "]))
def test_sentences_without_spaces_between(row: list[str], space: str) -> None:
    assert count_sentences(tf.constant([space.join(row)])).numpy().tolist() == [len(row)]


@bounded(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from(SMALL), min_size=1, max_size=5))
def test_sentences_in_small_letters(row: list[str]) -> None:
    assert count_sentences(tf.constant([" ".join(row)])).numpy().tolist() == [len(row)]


@pytest.mark.parametrize(
    "text",
    ["", ".", "no end", "e.g. tea, etc. and so on. ", "A. B. Lee", "3. 4. 5.", "Wait... what",
     "www.example.org is down", "\x01", "U.S. Steel rose", "He said “Stop!” and left"],
)  # fmt: skip
def test_one_sentence_is_one(text: str) -> None:
    assert count_sentences(tf.constant([text])).numpy().tolist() == [1]


def test_the_most_is_learnt_from_all_but_a_few() -> None:
    texts = np.array(["It rains."] * 98 + ["It rains. Come in."] * 2, object)
    assert learn_most_sentences(texts) == 1
    assert learn_most_sentences(texts[-10:]) == 2
