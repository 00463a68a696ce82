"""The division of words inside the graph against the library that made WordPiece common."""

from __future__ import annotations

import functools
import sys
from collections import Counter

import keras
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.data import TextEncoder, Vocabulary
from lstm_toolkit.data.text.subwords import INSIDE, LONGEST, divide, learn_subwords
from lstm_toolkit.data.text.vocabulary import PAD, UNK
from lstm_toolkit.errors import InputError

COUNTS = Counter(
    {
        "unhappy": 3, "happy": 9, "happiness": 4, "unhappiness": 2, "happily": 3, "hap": 1,
        "play": 8, "playing": 6, "played": 5, "replay": 2, "player": 4, "don't": 7, "won't": 5,
        "naïve": 3, "café": 4, "好": 9, "很": 5, "фильм": 4, "фильмы": 3, "!": 20, ",": 9,
        "😀": 2, "aaaa": 5, "aaaaaaaa": 3, "ดี": 2,
    }
)  # fmt: skip
LETTERS = "ahpynuiesld'rgtwoïvcfé好很фильмы!,😀ดี"


@pytest.fixture(scope="module")
def learnt() -> Vocabulary:
    pytest.importorskip("tokenizers")
    return learn_subwords(COUNTS, size=100)


@functools.cache
def graph(vocabulary: Vocabulary) -> tf.types.experimental.PolymorphicFunction:
    lookup = keras.layers.StringLookup(
        vocabulary=list(vocabulary.tokens[2:]), mask_token=PAD, oov_token=UNK
    )
    longest = max(len(token.removeprefix(INSIDE)) for token in vocabulary.tokens)
    return tf.function(
        lambda words: divide(words, lookup, longest=longest),
        input_signature=[tf.RaggedTensorSpec([None, None], tf.string)],
        autograph=False,
    )


def divided(vocabulary: Vocabulary, *rows: list[str]) -> list[list[str]]:
    words = tf.RaggedTensor.from_row_lengths(
        tf.constant([word for row in rows for word in row], tf.string), [len(r) for r in rows]
    )
    found = graph(vocabulary)(words)
    assert found.dtype == tf.int32
    return [[vocabulary.tokens[number] for number in row] for row in found.to_list()]


def by_library(vocabulary: Vocabulary, word: str) -> list[str]:
    from tokenizers import models

    numbers = {token: number for number, token in enumerate(vocabulary.tokens)}
    model = models.WordPiece(numbers, unk_token=UNK, max_input_chars_per_word=LONGEST)
    return [piece.value for piece in model.tokenize(word)]


def test_the_library_divides_alike(learnt: Vocabulary) -> None:
    words = [
        *COUNTS, "unplayed", "replaying", "happyhappy", "xylophone", "playx", "xplay", "plaxy",
        "p", "pp", "don'ts", "'", "''", "!!", "好很", "好 ".strip(), "很很好", "фильмый", "caféé",
        "cafe\u0301", "ดีดี", "ี", "😀😀", "👍", "##play", "##", "#", "a" * 47, "a" * 48, "a" * 49,
        "happy" * 9, "happy" * 10, "好" * 48, "好" * 49, UNK.lower(), "0",
    ]  # fmt: skip
    expected = [by_library(learnt, word) for word in words]
    assert divided(learnt, *([word] for word in words)) == expected
    assert divided(learnt, words) == [[piece for pieces in expected for piece in pieces]]
    assert [UNK] in expected
    assert max(map(len, expected)) > 5


@settings(deadline=None, max_examples=60)
@given(rows=st.lists(st.lists(st.text(LETTERS, min_size=1, max_size=60), max_size=8), max_size=5))
def test_it_divides_any_words_alike(learnt: Vocabulary, rows: list[list[str]]) -> None:
    expected = [[piece for word in row for piece in by_library(learnt, word)] for row in rows]
    assert divided(learnt, *rows) == expected


def test_an_unknown_letter_makes_a_word_one_unknown() -> None:
    vocabulary = Vocabulary((PAD, UNK, "un", "play", "##play", "##ed", "u"))
    rows = [["unplayed", "unxplay", "playx", "xplay"], ["x"], ["played", "play"], ["unu"]]
    assert divided(vocabulary, *rows) == [
        ["un", "##play", "##ed", UNK, UNK, UNK],
        [UNK],
        ["play", "##ed", "play"],
        [UNK],
    ]


def test_the_longest_piece_is_taken_though_the_rest_is_unknown_then() -> None:
    vocabulary = Vocabulary((PAD, UNK, "a", "ab", "##b", "##bc", "##c", "##d"))
    rows = [["abc", "ab", "abd", "abbc", "abcc"]]
    assert divided(vocabulary, *rows) == [
        ["ab", "##c", "ab", "ab", "##d", "ab", "##bc", "ab", "##c", "##c"]
    ]
    greedy = Vocabulary((PAD, UNK, "ab", "a", "##bc"))
    assert divided(greedy, ["abc"]) == [[UNK]]


def test_a_word_too_long_is_unknown() -> None:
    vocabulary = Vocabulary((PAD, UNK, "a", "##a"))
    rows = [["a" * LONGEST, "a"], ["a" * (LONGEST + 1), "a"], ["a" * 5000]]
    inside = ["##a"] * (LONGEST - 1)
    assert divided(vocabulary, *rows) == [["a", *inside, "a"], [UNK, "a"], [UNK]]


def test_no_words_give_no_pieces() -> None:
    vocabulary = Vocabulary((PAD, UNK, "a"))
    assert divided(vocabulary) == []
    assert divided(vocabulary, [], ["a"], []) == [[], ["a"], []]


def test_what_is_learnt(learnt: Vocabulary) -> None:
    assert learnt.tokens[:2] == (PAD, UNK)
    assert len(learnt) == len(set(learnt.tokens)) == 100
    letters = {letter for word in COUNTS for letter in word}
    assert letters <= set(learnt.tokens)
    assert {"play", "##ing", "happ"} & set(learnt.tokens)
    # The trainer would number these at random in each process.
    inside = sorted({INSIDE + letter for word in COUNTS for letter in word[1:]})
    assert list(learnt.tokens[2 : 2 + len(inside)]) == inside


def test_learning_is_deterministic(learnt: Vocabulary) -> None:
    for size in (80, 100):
        shuffled = Counter(dict(reversed(COUNTS.items())))
        expected = learn_subwords(COUNTS, size=size)
        assert learn_subwords(shuffled, size=size) == expected
        assert learn_subwords(COUNTS, size=size) == expected


def test_texts_are_divided_with_their_tokens() -> None:
    encoder = TextEncoder("subword", Vocabulary((PAD, UNK, "good", "##ish", "!")))
    tokens, numbers = encoder.tokens(tf.constant(["Goodish!!", "bad", ""]))
    expected = [[b"good", b"##ish", b"!", b"!"], [b"[UNK]"], [b"[UNK]"]]
    assert tokens.to_list() == expected
    assert numbers.to_list() == [[2, 3, 4, 4], [1], [1]]


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(InputError) as error:
        learn_subwords(Counter("a"))
    assert str(error.value) == (
        "tokens=subword needs the library tokenizers: pip install 'lstm_toolkit[subword]'"
    )
