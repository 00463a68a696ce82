"""Texts unlike the training texts are told by their unknown tokens."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit.data.columns import texts
from lstm_toolkit.data.text.text_encoder import TextEncoder
from lstm_toolkit.features import Text

ROWS = [
    f"the {a} was {b}, {i}!" for i in range(4) for a in ("soup", "room") for b in ("good", "很好")
]
NONSENSE = ["", "  ", "xkcd qwrt zzz", "14 92", "!!!", "das Zimmer war laut", "\x00", "😀"]


@pytest.fixture(scope="module")
def encoder() -> TextEncoder:
    return TextEncoder.learn(texts(ROWS * 3), least=2)


def told(encoder: TextEncoder, words: list[str]) -> list[bool]:
    unlike = Text().bring(tf.constant(words), encoder)[1]
    assert unlike is not None
    return list(unlike.numpy().tolist())


def test_texts_of_known_words_are_like_the_training(encoder: TextEncoder) -> None:
    assert encoder.most_unknown == 0.5
    assert told(encoder, [*ROWS, "Good soup", "the xkcd", "xkcd the soup 77"]) == [False] * 19


def test_nonsense_is_unlike_alone_and_among_others(encoder: TextEncoder) -> None:
    assert told(encoder, NONSENSE) == [True] * len(NONSENSE)
    assert [told(encoder, [word])[0] for word in NONSENSE] == [True] * len(NONSENSE)


def test_where_most_words_come_once_half_unknown_is_no_sign() -> None:
    rows = texts([f"name{i} family{i} of town" for i in range(60)])
    encoder = TextEncoder.learn(rows, least=1)
    assert encoder.most_unknown == 0.5
    rows = texts([f"name{i} family{i} first{i} of" for i in range(60)])
    encoder = TextEncoder.learn(rows, least=1)
    assert encoder.most_unknown == 0.75
    assert told(encoder, ["some other people of", "some other people"]) == [False, True]


def test_the_limit_is_kept_and_older_runs_stay_silent(encoder: TextEncoder, tmp_path: Path) -> None:
    encoder.save(tmp_path)
    assert TextEncoder.load(tmp_path) == encoder
    old = dataclasses.replace(encoder, most_unknown=None)
    old.save(tmp_path)
    assert "most_unknown" not in (tmp_path / "text.json").read_text(encoding="utf-8")
    assert Text().bring(tf.constant(["a"]), TextEncoder.load(tmp_path))[1] is None
    assert TextEncoder.learn(texts(ROWS[:9])).most_unknown is None


@pytest.mark.parametrize("kind", ["character", "subword"])
def test_other_tokens_tell_what_has_none_of_them(kind: str) -> None:
    encoder = TextEncoder.learn(texts(ROWS * 3), kind=kind)  # type: ignore[arg-type]
    assert told(encoder, ["", "ЖЖЖ", "日本"]) == [True] * 3
    assert not np.any(told(encoder, ROWS))
