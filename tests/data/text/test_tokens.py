"""What texts of many languages and in any state become as tokens."""

from __future__ import annotations

import functools
from collections.abc import Callable

import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.data.text.tokens import characters, join_bigrams, normalized, words

Split = Callable[[tf.Tensor], tf.RaggedTensor]

TEXTS = st.lists(st.text(max_size=40), min_size=1, max_size=6)


@functools.cache
def graph(split: Split) -> Split:
    """Many calls are ten times faster in a graph."""
    return tf.function(split, input_signature=[tf.TensorSpec([None], tf.string)], autograph=False)


def tokens(split: Split, *texts: str | bytes) -> list[list[str]]:
    raw = [text if isinstance(text, bytes) else text.encode() for text in texts]
    rows = graph(split)(tf.constant(raw, tf.string))
    return [[token.decode() for token in row] for row in rows.to_list()]


WORDS: dict[str, tuple[str | bytes, list[str]]] = {
    "contractions": ("Don't, it's rock'n'roll", ["don't", ",", "it's", "rock'n'roll"]),
    "curly quotes": ("I can’t ‘quote’ ʼ ＇", ["i", "can't", "'", "quote", "'", "'", "'"]),
    "double quotes": ('"so"-called “good”', ['"', "so", '"', "-", "called", "“", "good", "”"]),
    "quotes at edges": ("the dogs' 'bone'.", ["the", "dogs", "'", "'", "bone", "'", "."]),
    "quotes in a row": ("'yes' 'no' ''so''", ["'", "yes", "'", "'", "no", "'", "'", "so", "'"]),
    "a quote alone": (" ' ", ["'"]),
    "short forms": ("rock 'n' roll, 'tis", ["rock", "'", "n", "'", "roll", ",", "'", "tis"]),
    "numbers": ("10/10, 3.5€", ["10", "/", "10", ",", "3", ".", "5", "€"]),
    "chinese": ("房间很好，wifi快！", ["房", "间", "很", "好", "，", "wifi", "快", "！"]),
    "japanese": ("コーヒーが、好き", ["コ", "ー", "ヒ", "ー", "が", "、", "好", "き"]),
    "japanese, two code points": ("か\u3099", ["か\u3099"]),
    "korean": ("방이 좋아요.", ["방이", "좋아요", "."]),
    "thai": ("ดีมากก็ไม่", ["ดี", "ม", "า", "ก", "ก็", "ไ", "ม่"]),
    "hindi": ("बहुत अच्छा।", ["बहुत", "अच्छा", "।"]),
    "arabic": ("فيلم جيّد، جدا!", ["فيلم", "جيّد", "،", "جدا", "!"]),
    "persian": ("نمی\u200cخواهم، کتاب\u200cها", ["نمی\u200cخواهم", "،", "کتاب\u200cها"]),
    "joints at edges": ("\u200cمی\u200c\u200cشود\u200c! \u200c", ["می\u200cشود", "!"]),
    "joints in unspaced scripts": ("ကောင်း\u200cတယ် 好\u200c好", ["ကော", "င်း", "တ", "ယ်", "好", "好"]),
    "hebrew": ("סרט \u200f\"טוב\"\u200e", ["סרט", '"', "טוב", '"']),
    "accents": ("Crème BRÛLÉE", ["crème", "brûlée"]),
    "accents, two code points": ("cre\u0300me", ["cre\u0300me"]),
    "greek": ("ΟΔΟΣ", ["οδος"]),
    "emoji": ("😀😀 👍🏽 ❤\ufe0f", ["😀", "😀", "👍", "🏽", "❤\ufe0f"]),
    "joined emoji": ("👨\u200d👩\u200d👧 🇩🇪", ["👨", "👩", "👧", "🇩", "🇪"]),
    "html": ("good<br />bad<BR>ugly<br/><br>", ["good", "bad", "ugly"]),
    "other spaces": ("a\u00a0b\u3000c\u2028d\x85e\tf\r\ng", list("abcdefg")),
    "invisible": ("\ufeffso\u00adft ze\u200bro", ["soft", "zero"]),
    "control characters": ("a\x00b\x1cc\x7fd\x0be", list("abcde")),
    "not UTF-8": (b"good\xff \xe4\xbd", ["good", "\ufffd", "\ufffd"]),
    "a mark alone": ("\u0301", ["\u0301"]),
}  # fmt: skip

CHARACTERS: dict[str, tuple[str | bytes, list[str]]] = {
    "words": ("Hi,  you ", ["h", "i", ",", "▁", "y", "o", "u"]),
    "chinese": ("很好 吗", ["很", "好", "▁", "吗"]),
    "thai": ("ดี", ["ด", "ี"]),
    "html": ("a<br />b", ["a", "▁", "b"]),
    "spaces": (" \u00a0a\x00\u3000b\u2028", ["a", "▁", "b"]),
    "invisible": ("\ufeffa\u200bb", ["a", "b"]),
    "emoji": ("👍🏽", ["👍", "🏽"]),
    "not UTF-8": (b"a\xff", ["a", "\ufffd"]),
}


@pytest.mark.parametrize("name", WORDS)
def test_words(name: str) -> None:
    text, expected = WORDS[name]
    assert tokens(words, text) == [expected]


@pytest.mark.parametrize("name", CHARACTERS)
def test_characters(name: str) -> None:
    text, expected = CHARACTERS[name]
    assert tokens(characters, text) == [expected]


@pytest.mark.parametrize("split", [words, characters])
def test_a_text_without_tokens_is_one_token(split: Split) -> None:
    blank = ["", "   ", "\u00a0\u3000", "\u200b\ufeff", "\u200c", "\x00", "<br /><BR>", "\r\n\t"]
    assert tokens(split, *blank) == [["␀"]] * len(blank)


def test_normalized() -> None:
    texts = tf.constant(["  A\t\nB ", "A<br />B", "Don’t", "", b"a\x00B"])
    assert list(normalized(texts).numpy()) == [b" a b ", b"a b", b"don't", b"", b"a b"]


def test_no_texts_give_no_rows() -> None:
    assert tokens(words) == tokens(characters) == []


def test_bigrams_begin_anew_in_each_row() -> None:
    rows = tf.ragged.constant([["so", "good"], ["bad"], ["not", "so", "bad"]])
    assert [[bigram.decode() for bigram in row] for row in join_bigrams(rows).to_list()] == [
        ["[START] so", "so good"],
        ["[START] bad"],
        ["[START] not", "not so", "so bad"],
    ]
    assert join_bigrams(words(tf.constant([], tf.string))).to_list() == []


@pytest.mark.parametrize("split", [words, characters])
@settings(deadline=None, max_examples=40)
@given(texts=TEXTS)
def test_every_row_has_tokens_and_no_token_has_spaces(split: Split, texts: list[str]) -> None:
    for row in tokens(split, *texts):
        assert row
        for token in row:
            assert token
            assert not set(token) & set(" \t\n\v\f\r\0")


@pytest.mark.parametrize("split", [words, characters])
@settings(deadline=None, max_examples=40)
@given(texts=TEXTS, raw=st.binary(max_size=20))
def test_a_batch_gives_what_its_texts_give(split: Split, texts: list[str], raw: bytes) -> None:
    alone = [tokens(split, text)[0] for text in [*texts, raw]]
    assert tokens(split, *texts, raw) == alone


@pytest.mark.parametrize("split", [words, characters])
@settings(deadline=None, max_examples=40)
@given(
    texts=st.lists(st.text("aZé'’ -!?好ก็\u0301", max_size=30), min_size=1, max_size=6),
    space=st.sampled_from(["  ", "\t", " \r\n ", "\u00a0", "\u3000 ", "\x00", " <br /> "]),
)
def test_spaces_and_case_change_nothing(split: Split, texts: list[str], space: str) -> None:
    other = [f"{space}{text.swapcase().replace(' ', space)}{space}" for text in texts]
    assert tokens(split, *other) == tokens(split, *texts)


@settings(deadline=None, max_examples=40)
@given(texts=st.lists(st.text("ab'’ .好", max_size=20), min_size=1, max_size=6))
def test_apostrophes_stay_inside_words_alone(texts: list[str]) -> None:
    for row in tokens(words, *texts):
        assert all(token == token.strip("'") or token == "'" for token in row)
        assert tokens(words, " ".join(row)) == [row]
