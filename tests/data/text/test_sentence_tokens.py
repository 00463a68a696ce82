"""Sentences are divided and put together again without loss."""

from __future__ import annotations

import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.data.text.sentence_tokens import (
    sentence,
    sentence_characters,
    sentence_words,
    tidy,
)


def words(text: str) -> list[str]:
    return [word.decode() for word in sentence_words(tidy(tf.constant([text])))[0].numpy()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I'm here.", ["▁I", "'m", "▁here", "."]),
        ("He said 'no'.", ["▁He", "▁said", "▁'", "no", "'", "."]),
        ("It costs 3.5%", ["▁It", "▁costs", "▁3", ".", "5", "%"]),
        ("我们 OK 吗？", ["我", "们", "▁OK", "▁吗", "？"]),
        ("a\u3000b\n c", ["▁a", "▁b", "▁c"]),
        ("don\u2019t", ["▁don", "'t"]),
        ("", ["▁\u2400"]),
        ("\u200b \ufeff", ["▁\u2400"]),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_lower_case_is_a_choice() -> None:
    texts = tf.constant(["ÉTÉ Wien"])
    assert tidy(texts, lower=True).numpy()[0].decode() == "été wien"
    assert tidy(texts).numpy()[0].decode() == "ÉTÉ Wien"


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_tokens_put_together_are_the_tidy_sentence(text: str) -> None:
    tidied = tidy(tf.constant([text.encode("utf-8", "replace")]))
    if not tidied.numpy()[0]:
        return
    for divide in (sentence_words, sentence_characters):
        tokens = divide(tidied)
        assert tokens.row_lengths().numpy()[0] >= 1
        assert sentence(tokens[0]).numpy() == tidied.numpy()[0]


@pytest.mark.parametrize(
    "mark", list("\ufeff\u200b\u200e\u200f\u202a\u202c\u202e\u2066\u2069\u00ad")
)
def test_marks_that_are_not_seen_divide_nothing(mark: str) -> None:
    plain = "die gute Reise"
    for text in (
        f"{mark}{plain}{mark}",
        plain.replace(" ", f"{mark} {mark}"),
        f"d{mark}{plain[1:]}",
    ):
        assert tidy(tf.constant([text])).numpy()[0].decode() == plain
