"""Texts to numbers: what is known, what is cut off, and that eager and graph agree."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from numpy.typing import NDArray

from lstm_toolkit.data import TextEncoder, Vocabulary
from lstm_toolkit.data.row_store import gather
from lstm_toolkit.data.text.vocabulary import PAD, UNK
from lstm_toolkit.errors import DataError
from lstm_toolkit.features import EncodedColumn, Text
from lstm_toolkit.features.feature import CHUNK

A_TO_J = Vocabulary((PAD, UNK, *"abcdefghij"))


def array(*texts: str) -> NDArray[np.object_]:
    return np.array(texts, object)


def encoded(encoder: TextEncoder, *texts: str) -> EncodedColumn:
    """What is kept for training, chunks put together."""
    columns = gather(Text().encode_chunks(array(*texts), encoder))
    return EncodedColumn(columns.pop("rows"), columns)


def counts(column: EncodedColumn) -> dict[str, list[int]]:
    return {name: values.tolist() for name, values in column.counts.items()}


def numbers(encoder: TextEncoder, *texts: str) -> Any:
    return encoder.encode(tf.constant(texts, tf.string)).to_list()


def test_padding_is_0_and_the_unknown_1() -> None:
    encoder = TextEncoder.learn(array("good good film", "bad film"))
    assert encoder.vocabulary.tokens == (PAD, UNK, "film", "good", "bad")
    rows = encoder.encode(tf.constant(["Bad FILM!", "good", ""]))
    assert rows.dtype == tf.int32
    assert rows.to_list() == [[4, 2, 1], [3], [1]]
    np.testing.assert_array_equal(rows.to_tensor(), [[4, 2, 1], [3, 0, 0], [1, 0, 0]])


def test_no_text_reads_as_padding_or_the_unknown_by_name() -> None:
    encoder = TextEncoder.learn(array("pad unk"))
    assert numbers(encoder, "[PAD][UNK]") == [[1, 2, 1, 1, 3, 1]]


def test_size_and_least_are_handed_on() -> None:
    texts = array("a a a b b c", "d d")
    assert TextEncoder.learn(texts, size=4).vocabulary.tokens == (PAD, UNK, "a", "b")
    assert TextEncoder.learn(texts, least=3).vocabulary.tokens == (PAD, UNK, "a")


def test_characters() -> None:
    encoder = TextEncoder.learn(array("aab a"), kind="character")
    assert encoder.vocabulary.tokens == (PAD, UNK, "a", "b", "▁")
    assert numbers(encoder, "A b", "xa") == [[2, 4, 3], [1, 2]]


@pytest.mark.parametrize(
    ("truncate", "limit", "expected"),
    [
        ("head", 0, ["abcdefghij", "abc", "abcd", "a"]),
        ("tail", 0, ["abcdefghij", "abc", "abcd", "a"]),
        ("both", 0, ["abcdefghij", "abc", "abcd", "a"]),
        ("head", 3, ["abc", "abc", "abc", "a"]),
        ("tail", 3, ["hij", "abc", "bcd", "a"]),
        ("both", 3, ["aij", "abc", "acd", "a"]),
        ("head", 4, ["abcd", "abc", "abcd", "a"]),
        ("tail", 4, ["ghij", "abc", "abcd", "a"]),
        ("both", 4, ["abij", "abc", "abcd", "a"]),
        ("head", 1, ["a", "a", "a", "a"]),
        ("tail", 1, ["j", "c", "d", "a"]),
        ("both", 1, ["j", "c", "d", "a"]),
        ("both", 10, ["abcdefghij", "abc", "abcd", "a"]),
        ("both", 9, ["abcdfghij", "abc", "abcd", "a"]),
        ("both", 99, ["abcdefghij", "abc", "abcd", "a"]),
    ],
)
def test_truncation(truncate: Any, limit: int, expected: list[str]) -> None:
    encoder = TextEncoder("character", A_TO_J, max_tokens=limit, truncate=truncate)
    texts = tf.constant(["abcdefghij", "abc", "abcd", "a"])
    tokens, all_numbers = encoder.tokens(texts)
    kept = encoder.truncated(tokens).to_list()
    assert [b"".join(row).decode() for row in kept] == expected
    numbered = [[A_TO_J.tokens.index(letter) for letter in row] for row in expected]
    assert encoder.truncated(all_numbers).to_list() == encoder.encode(texts).to_list() == numbered


def test_bigrams_stand_beside_their_second_token() -> None:
    encoder = TextEncoder.learn(array("not bad", "not bad", "so bad"), bigrams=4, max_tokens=2)
    assert encoder.bigrams is not None
    assert encoder.bigrams.tokens == (PAD, UNK, "[START] not", "not bad")
    assert encoder.vocabulary.tokens == (PAD, UNK, "bad", "not", "so")
    assert numbers(encoder, "not bad not", "bad") == [[[3, 2], [2, 3]], [[2, 1]]]
    tail = dataclasses.replace(encoder, truncate="tail")
    assert numbers(tail, "so not bad") == [[[3, 1], [2, 3]]]


def test_where_no_bigram_repeats_there_are_none() -> None:
    encoder = TextEncoder.learn(array("good film", "bad film"), bigrams=10)
    assert encoder.bigrams is None
    assert encoder.bigram_lookup is None
    assert numbers(encoder, "bad film") == [[3, 2]]
    assert TextEncoder.learn(array("a b", "a b"), bigrams=1).bigrams is None


@pytest.mark.parametrize(("kind", "bigrams"), [("word", 0), ("character", 10), ("subword", 10)])
def test_in_a_graph_it_gives_the_same(kind: Any, bigrams: int) -> None:
    if kind == "subword":
        pytest.importorskip("tokenizers")
    texts = array("Not bad,\nnot bad.", "好 не плохо", "", "not")
    learnt = TextEncoder.learn(texts, kind=kind, size=50, bigrams=bigrams, max_tokens=3)
    fresh = dataclasses.replace(learnt)  # its tables are first asked for inside the graph
    signature = [tf.TensorSpec([None], tf.string)]
    graph = tf.function(fresh.encode, input_signature=signature, autograph=False)
    expected = numbers(learnt, *texts)
    assert graph(tf.constant(texts, tf.string)).to_list() == expected
    assert numbers(fresh, *texts) == expected
    assert encoded(learnt, *texts).rows.to_list() == expected


@pytest.mark.parametrize("kind", ["word", "character", "subword"])
def test_learning_is_deterministic(kind: Any) -> None:
    if kind == "subword":
        pytest.importorskip("tokenizers")
    rng = np.random.default_rng(0)
    texts = array(*("".join(rng.choice(list("abcde  好."), 30)) for _ in range(40)))
    bigrams = 50 if kind == "word" else 0
    learnt = TextEncoder.learn(texts, kind=kind, size=60, bigrams=bigrams)
    assert TextEncoder.learn(texts, kind=kind, size=60, bigrams=bigrams) == learnt
    assert TextEncoder.learn(texts[::-1], kind=kind, size=60, bigrams=bigrams) == learnt


def test_equality_regards_the_fields_alone() -> None:
    encoder = TextEncoder("word", A_TO_J)
    assert encoder == TextEncoder("word", Vocabulary(A_TO_J.tokens))
    assert encoder.lookup is encoder.lookup  # from now on it holds a table
    assert encoder == TextEncoder("word", A_TO_J)
    for change in ({"kind": "character"}, {"max_tokens": 1}, {"truncate": "tail"}):
        assert dataclasses.replace(encoder, **change) != encoder


def test_what_is_unknown_or_cut_off_is_counted_in_the_same_pass() -> None:
    encoder = TextEncoder("word", Vocabulary((PAD, UNK, "a", "b")), max_tokens=2)
    column = encoded(encoder, "a b", "a x b y", "z", "b b b")
    assert column.rows.to_list() == [[2, 3], [2, 1], [1], [3, 3]]
    assert counts(column) == {
        "tokens": [2, 4, 1, 3],
        "unknown": [0, 2, 1, 0],
        "lost": [0, 2, 0, 1],
    }
    assert Text().scores(column) == {"unknown_tokens": 0.3, "truncated_tokens": 0.3}
    everything = encoded(dataclasses.replace(encoder, max_tokens=0), "a b", "a x b y")
    assert counts(everything) == {"tokens": [2, 4], "unknown": [0, 2], "lost": [0, 0]}


@pytest.mark.parametrize("limit", [0, 2])
def test_no_texts_count_nothing(limit: int) -> None:
    column = encoded(TextEncoder("word", A_TO_J, max_tokens=limit))
    assert len(column.rows) == 0
    assert counts(column) == {"tokens": [], "unknown": [], "lost": []}
    assert Text().scores(column) == {"unknown_tokens": 0, "truncated_tokens": 0}


def test_texts_are_taken_in_parts() -> None:
    texts = array(*("abcdefghij"[i % 10] for i in range(2 * CHUNK + 3)))
    encoder = TextEncoder.learn(texts)
    column = encoded(encoder, *texts)
    assert column.rows.to_list() == numbers(encoder, *texts)
    assert counts(column)["tokens"] == [1] * len(texts)
    assert TextEncoder.learn(np.array(["a b", "b"])).vocabulary.tokens == (PAD, UNK, "b", "a")


@pytest.mark.parametrize(("kind", "tokens"), [("word", 50_000), ("character", 100_000)])
def test_a_text_of_100_000_characters(kind: Any, tokens: int) -> None:
    long = ("a好" * 50_000)[: 100_000 if kind == "character" else 50_000]
    encoder = TextEncoder.learn(array(long, "b"), kind=kind, max_tokens=5, truncate="both")
    assert counts(encoded(encoder, long, "b")) == {
        "tokens": [tokens, 1],
        "unknown": [0, 0],
        "lost": [tokens - 5, 0],
    }
    assert numbers(encoder, long) == [[2, 3, 3, 2, 3]]


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (
            array("good film", "bad film"),
            "needs a token that occurs at least 3 times in the training texts. "
            "Received: 3 different tokens, the most frequent 2 times",
        ),
        (
            array(),
            "needs a token that occurs at least 3 times in the training texts. "
            "Received: 0 different tokens, the most frequent 0 times",
        ),
    ],
)
def test_nothing_to_learn_gives_its_message(texts: NDArray[np.object_], message: str) -> None:
    with pytest.raises(DataError) as error:
        TextEncoder.learn(texts, least=3)
    assert str(error.value) == message


@pytest.mark.parametrize(("kind", "bigrams"), [("word", 0), ("character", 10), ("subword", 10)])
def test_saved_and_loaded_it_is_the_same(kind: Any, bigrams: int, tmp_path: Path) -> None:
    if kind == "subword":
        pytest.importorskip("tokenizers")
    learnt = TextEncoder.learn(
        array("not bad", "not bad"),
        kind=kind,
        size=50,
        bigrams=bigrams,
        max_tokens=3,
        truncate="both",
    )
    learnt.save(tmp_path)
    assert TextEncoder.load(tmp_path) == learnt
    assert (tmp_path / "bigrams.txt").exists() == bool(bigrams)
    (tmp_path / "vocabulary.txt").write_text("[PAD]\n", encoding="utf-8")
    with pytest.raises(DataError, match="was changed since the training"):
        TextEncoder.load(tmp_path)


def test_beginnings_and_ends_stand_behind_what_they_are_of(tmp_path: Path) -> None:
    texts = array("Cafés closed", "closing cafés")
    learnt = TextEncoder.learn(texts, bigrams=10, affixes=4, least=2)
    assert learnt.bigrams is None
    assert [each.tokens[2:] for each in learnt.affixes] == [("café", "clos"), ("afés",)]
    numbers = learnt.encode(tf.constant(["cafés closeness a"])).to_list()
    assert numbers == [[[2, 2, 2], [1, 3, 1], [1, 1, 1]]]
    learnt.save(tmp_path)
    assert TextEncoder.load(tmp_path) == learnt
    (tmp_path / "ends.txt").write_text("[PAD]\n[UNK]\n", encoding="utf-8")
    with pytest.raises(DataError, match="was changed since the training"):
        TextEncoder.load(tmp_path)


@pytest.mark.parametrize("kind", ["character", "subword"])
def test_characters_and_subwords_have_no_affixes(kind: Any) -> None:
    if kind == "subword":
        pytest.importorskip("tokenizers")
    assert TextEncoder.learn(array("not bad"), kind=kind, size=50, affixes=9).affixes == ()
