"""Numbers, addresses and the like, which are one token where they can be copied."""

from __future__ import annotations

import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.data.text.literals import LITERAL, NAME, cut_out, is_literal
from lstm_toolkit.data.text.sentence_tokens import sentence, sentence_characters, sentence_words

PIECES = (
    "37",
    "https://a.org/b?c=1&d",
    "x.y@mail.org",
    "{name}",
    "A4",
    " ",
    "cat",
    "我们",
    ".",
    "'s",
)


@pytest.mark.parametrize(
    ("text", "literals"),
    [
        ("Anna buys 37 lamps.", ["37"]),
        ("See https://example.org/a?b=1, now.", ["https://example.org/a?b=1"]),
        ("请看www.example.org。", ["www.example.org"]),
        ("Write to first.last+tag@mail.example.com!", ["first.last+tag@mail.example.com"]),
        ("{name} owes %(sum)s, or %s, or {{sum}}", ["{name}", "%(sum)s", "%s", "{{sum}}"]),
        ("At 12:30 on 2024-01-05, 1,234.56 or 3/4.", ["12:30", "2024-01-05", "1,234.56", "3/4"]),
        ("B12 is on the 5th floor", ["B12", "5th"]),
        ("我在2:30买了A4纸", ["2:30", "A4"]),
        ("No numbers here: a.b, {not closed", []),
    ],
)
def test_literals_are_found(text: str, literals: list[str]) -> None:
    parts = [part.decode() for part in cut_out(tf.constant([text]))[0].numpy()]
    assert parts[1::2] == literals
    assert "".join(parts) == text


def test_what_is_a_literal_as_a_whole() -> None:
    tokens = tf.constant(["▁37", "37", "▁cat", "37 ", "▁{name}", "▁"])
    assert is_literal(tokens).numpy().tolist() == [True, True, False, False, True, False]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=8).map("".join))
def test_tokens_with_literals_are_the_sentence_again(text: str) -> None:
    texts = tf.strings.strip(tf.strings.regex_replace(tf.constant([text]), " +", " "))
    wanted = texts.numpy()[0] or "␀".encode()
    for divide in (sentence_words, sentence_characters):
        for whole in ("", LITERAL, f"(?:{LITERAL}|{NAME})"):
            tokens = divide(texts, whole=whole)
            assert sentence(tokens.to_tensor()).numpy()[0] == wanted
            assert tokens.row_lengths().numpy()[0] > 0


def test_a_clitic_behind_a_literal_is_one() -> None:
    tokens = sentence_words(tf.constant(["B52's wings"]), whole=LITERAL)
    assert [token.decode() for token in tokens[0].numpy()] == ["▁B52", "'s", "▁wings"]
