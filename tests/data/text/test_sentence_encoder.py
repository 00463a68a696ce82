"""Sentences to numbers and back, for words, characters and subwords."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit.data import SentenceEncoder
from lstm_toolkit.data.columns import Ragged
from lstm_toolkit.data.text.sentence_encoder import END_ID, START_ID, UNK_ID
from lstm_toolkit.errors import DataError
from lstm_toolkit.features.sentence import sentence_chunks
from lstm_toolkit.targets.tokens import framed

TEXTS = np.array(["Tom's here, isn't he?", "Is Tom here?", "He is."], object)


@pytest.mark.parametrize("kind", ["word", "character", "subword"])
def test_numbers_become_the_sentences_again(kind: str) -> None:
    encoder = SentenceEncoder.learn(TEXTS, kind=kind, size=200)  # type: ignore[arg-type]
    rows = encoder.encode(tf.constant(TEXTS))
    assert rows.dtype == tf.int32
    assert encoder.sentences(rows.to_tensor()).numpy().astype(str).tolist() == [
        text.decode() for text in tf.constant(TEXTS).numpy()
    ]


def test_start_and_end_frame_the_targets() -> None:
    encoder = SentenceEncoder.learn(TEXTS, kind="word", max_tokens=3)
    (chunk,) = sentence_chunks(TEXTS, encoder)
    rows = framed(chunk["rows"])
    for row in rows.to_list():
        assert row[0] == START_ID
        assert row[-1] == END_ID
        assert len(row) == 5
    assert encoder.sentences(rows.to_tensor().to_tensor()).numpy()[2] == b"He is."
    assert chunk["rows"].to_list() == encoder.encode(tf.constant(TEXTS)).to_list()
    assert chunk["tokens"].tolist() == [8, 4, 3]


def test_empty_rows_are_framed_too() -> None:
    rows = framed(Ragged.of([[], [7, 8], []], np.int32))
    assert rows.to_list() == [[2, 3], [2, 7, 8, 3], [2, 3]]
    assert rows.values.dtype == np.int32
    assert framed(Ragged.of([], np.int32)).to_list() == []


def test_no_sentences_are_no_rows() -> None:
    encoder = SentenceEncoder.learn(TEXTS)
    (chunk,) = sentence_chunks(np.empty(0, object), encoder)
    assert [len(column) for column in chunk.values()] == [0, 0, 0]


def test_unknown_words_are_counted_as_such() -> None:
    encoder = SentenceEncoder.learn(TEXTS, lower=True)
    assert encoder.encode(tf.constant(["HE snores."])).to_list()[0].count(UNK_ID) == 1
    (chunk,) = sentence_chunks(np.array(["HE snores.", "he is"], object), encoder)
    assert chunk["unknown"].tolist() == [1, 0]


def test_rare_words_are_unknown() -> None:
    with pytest.raises(DataError) as error:
        SentenceEncoder.learn(TEXTS, least=9)
    assert str(error.value) == (
        "needs a token that occurs at least 9 times in the training sentences. "
        "Received: 12 different tokens, the most frequent 2 times"
    )


@pytest.mark.parametrize("kind", ["word", "subword"])
def test_saved_and_loaded_it_is_the_same(kind: str, tmp_path: Path) -> None:
    learnt = SentenceEncoder.learn(TEXTS, kind=kind, lower=True, max_tokens=9)  # type: ignore[arg-type]
    learnt.save(tmp_path)
    assert SentenceEncoder.load(tmp_path) == learnt
    (tmp_path / "vocabulary.txt").write_text("[PAD]\n", encoding="utf-8")
    with pytest.raises(DataError, match="was changed since the training"):
        SentenceEncoder.load(tmp_path)
