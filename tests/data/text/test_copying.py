"""Words that are copied: what is read as one, in which form, and how it is put in."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit.data import SentenceEncoder
from lstm_toolkit.data.text.copying import COPY, SPACED_COPY
from lstm_toolkit.system.files import write_json

ENGLISH = np.array(["Anna's dog needs the key today.", "My dog sees (the) key now."] * 3, object)
CHINESE = np.array(["我们今天在这里。", "Tom今天不在。", "我们认识Tom。"] * 3, object)


@pytest.fixture(scope="module")
def english() -> SentenceEncoder:
    return reader(np.concatenate([ENGLISH, np.array(["See Anna."] * 2, object)]))


def reader(texts: Any = ENGLISH, **options: Any) -> SentenceEncoder:
    options = {"lower": True, "least": 2, "copying": "literals", **options}
    return SentenceEncoder.learn(texts, **options)


def read(encoder: SentenceEncoder, text: str) -> tuple[list[str], list[str]]:
    """Returns tokens as they read, and what is copied."""
    numbers, copied, _ = encoder.read(tf.constant([text]))
    tokens = [encoder.vocabulary.tokens[number] for number in numbers[0].numpy()]
    return tokens, [word.decode() for word in copied[0].numpy() if word]


@pytest.mark.parametrize(
    ("text", "tokens", "copied"),
    [
        ("The dog needs 37 now.", ["▁the", "▁dog", "▁needs", COPY, "▁now", "."], ["▁37"]),
        ("See HTTPS://Ex.org/A?b=1 now", ["▁see", COPY, "▁now"], ["▁HTTPS://Ex.org/A?b=1"]),
        ("{Name} sees Tom Ross", [COPY, "▁sees", COPY], ["▁{Name}", "▁Tom▁Ross"]),
        ("Jean-Luc sees O’Brien", [COPY, "▁sees", COPY], ["▁Jean-Luc", "▁O'Brien"]),
        ("Zoe's key", [COPY, "'s", "▁key"], ["▁Zoe"]),
        ("(DOG) sees the dog", ["▁(", "▁dog", ")", "▁sees", "▁the", "▁dog"], []),
        ("“dog” key!", ["[UNK]", "▁dog", "[UNK]", "▁key", "[UNK]"], []),
        ("Ｘ１７ sees Ａｎｎａ", [COPY, "▁sees", "▁anna"], ["▁Ｘ１７"]),
        (f"the{COPY} key", ["▁the", "▁key"], []),
        ("", ["[UNK]"], []),
    ],
)
def test_words(english: SentenceEncoder, text: str, tokens: list[str], copied: list[str]) -> None:
    assert read(english, text) == (tokens, copied)


def test_names_among_characters() -> None:
    encoder = reader(CHINESE, kind="character", copying="names")
    assert read(encoder, "我们在12:30认识TOM。") == (
        ["我", "们", "在", COPY, "认", "识", "tom", "。"], ["12:30"],
    )  # fmt: skip
    assert read(encoder, "我们认识Ann Lee。")[1] == ["Ann▁Lee"]
    assert read(encoder, "龙在这里。") == (["[UNK]", "在", "这", "里", "。"], [])


def test_characters_of_words_are_copied_as_literals_alone() -> None:
    encoder = reader(kind="character")
    assert read(encoder, "my 37 Zebras")[1] == ["37"]


def test_subwords_copy_what_has_no_piece_of_its_own() -> None:
    pytest.importorskip("tokenizers")
    encoder = reader(kind="subword", size=200)
    tokens, copied = read(encoder, "The dog sees 37 key")
    assert (COPY in tokens, copied) == (True, ["▁37"])


def test_a_run_goes_no_further_than_its_sentence(english: SentenceEncoder) -> None:
    numbers, copied, unknown = english.read(tf.constant(["the Zoe", "Max the", "Max Zoe"]))
    assert [[word.decode() for word in row.numpy()] for row in copied] == [
        ["", "▁Zoe"], ["▁Max", ""], ["▁Max▁Zoe"],
    ]  # fmt: skip
    assert numbers.row_lengths().numpy().tolist() == [2, 2, 1]
    assert unknown.numpy().tolist() == [1, 1, 2]


@cache
def writer(kind: str) -> SentenceEncoder:
    texts = CHINESE if kind == "character" else ENGLISH
    return SentenceEncoder.learn(texts, kind=kind, copying="written", fold="accents")  # type: ignore[arg-type]


def written(kind: str, tokens: list[str], words: list[str]) -> str:
    encoder = writer(kind)
    numbers = tf.constant([[encoder.vocabulary.tokens.index(token) for token in tokens]])
    text: bytes = encoder.sentences(numbers, tf.constant([words])).numpy()[0]
    return text.decode()


@pytest.mark.parametrize(
    ("tokens", "words", "text"),
    [
        (
            ["我", "们", "认", "识", COPY, "。"],
            ["", "", "", "", "▁Tom▁Ross", ""],
            "我们认识Tom Ross。",
        ),
        ([COPY, COPY, "在"], ["▁Tom", "▁37", ""], "Tom 37在"),
        (["T", "o", "m", COPY], ["", "", "", "▁B12"], "Tom B12"),
        ([COPY, "T", "o", "m"], ["▁{name}", "", "", ""], "{name}Tom"),
    ],
)
def test_copied_words_among_characters(tokens: list[str], words: list[str], text: str) -> None:
    assert written("character", tokens, words) == text


def test_copied_words_among_words() -> None:
    tokens = [SPACED_COPY, "▁sees", "▁(", COPY, ")", "."]
    assert written("word", tokens, ["##x", "", "", "▁37", "", ""]) == "##x sees (37)."
    assert written("word", ["▁dog", COPY], ["", "▁37"]) == "dog 37"


def test_encoders_of_earlier_runs_copy_nothing(tmp_path: Path) -> None:
    encoder = SentenceEncoder.learn(ENGLISH, fold="all")
    encoder.save(tmp_path)
    facts = {
        "tokens": "word", "lower": False, "max_tokens": 100, "fold": "all",
        "vocabulary": encoder.vocabulary.digest,
    }  # fmt: skip
    write_json(tmp_path / "sentences.json", facts)
    assert SentenceEncoder.load(tmp_path) == encoder
    assert encoder.copy_ids == ()
    grown = encoder.extended(reader(lower=False))
    assert grown.vocabulary.tokens[: len(encoder.vocabulary)] == encoder.vocabulary.tokens
    assert [grown.vocabulary.tokens[number] for number in grown.copy_ids] == [COPY]
    assert read(grown, "Zoe sees")[1] == ["▁Zoe"]
    copying = reader()
    copying.save(tmp_path)
    assert SentenceEncoder.load(tmp_path) == copying
