"""Sentences to numbers and back, for words, characters and subwords."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit.data import SentenceEncoder
from lstm_toolkit.data.text.sentence_encoder import END_ID, START_ID, UNK_ID
from lstm_toolkit.errors import DataError

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
    for row in encoder.encode_framed(TEXTS).to_list():
        assert row[0] == START_ID
        assert row[-1] == END_ID
        assert len(row) == 5
    assert encoder.sentences(encoder.encode_framed(TEXTS).to_tensor()).numpy()[2] == b"He is."


def test_no_sentences_are_no_rows() -> None:
    encoder = SentenceEncoder.learn(TEXTS)
    assert encoder.encode_all(np.empty(0, object)).shape[0] == 0


def test_unknown_words_are_counted_as_such() -> None:
    encoder = SentenceEncoder.learn(TEXTS, lower=True)
    assert encoder.encode(tf.constant(["HE snores."])).to_list()[0].count(UNK_ID) == 1


def test_rare_words_are_unknown() -> None:
    with pytest.raises(DataError) as error:
        SentenceEncoder.learn(TEXTS, least=9)
    assert str(error.value) == (
        "needs a token that occurs at least 9 times in the training sentences. "
        "Received: 12 different tokens, the most frequent 2 times"
    )
