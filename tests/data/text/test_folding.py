"""Width and accents, in the graph."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import numpy as np
import tensorflow as tf
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lstm_toolkit.data.text.folding import folded
from lstm_toolkit.data.text.sentence_encoder import SentenceEncoder
from lstm_toolkit.data.text.text_encoder import TextEncoder

LETTERS = st.text(
    st.characters(
        codec="utf-8",
        categories=["Ll", "Lu", "Lo", "Nd", "Po", "Zs"],
        max_codepoint=0xFFFF,
        exclude_characters="\0",
    ),
    max_size=12,
)


def fold(*texts: str, kind: str = "all") -> list[str]:
    return [text.decode() for text in folded(tf.constant(list(texts)), kind).numpy()]


@settings(max_examples=30, deadline=None)
@given(texts=st.lists(LETTERS, min_size=1, max_size=8))
@example(texts=["한국어", "ệ ǖ ṩ", "Å"])
def test_composed_and_decomposed_letters_become_one(texts: list[str]) -> None:
    apart = [unicodedata.normalize("NFD", text) for text in texts]
    together = [unicodedata.normalize("NFC", text) for text in texts]
    assert fold(*apart, kind="accents") == together
    assert fold(*together, kind="accents") == together


@settings(max_examples=15, deadline=None)
@given(text=st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=12))
def test_full_width_becomes_plain(text: str) -> None:
    wide = "".join("\u3000" if c == " " else chr(ord(c) + 0xFEE0) for c in text)
    assert fold(wide, text) == [text, text]


def test_what_has_a_meaning_of_its_own_is_kept() -> None:
    kept = "x² ½ ① ﷼ ™ 。「你好」 ñ"
    assert fold(kept) == [kept]
    assert fold("ｶﾞ ﾊﾟ 𝐀") == ["ガ パ A"]
    assert fold("Ａ，", kind="accents") == ["Ａ，"]
    assert fold("Ａ", kind="none") == ["Ａ"]
    assert fold("", "\u0301", "e\u0301") == ["", "\u0301", "é"]
    assert folded(tf.constant([], tf.string)).shape == (0,)


def test_an_encoder_folds_what_it_is_asked_and_earlier_runs_do_not(tmp_path: Path) -> None:
    texts = np.array(["Model A1 café"] * 2, object)
    asked = tf.constant(["Ｍｏｄｅｌ Ａ１ ｃａｆｅ\u0301"])
    for encoder in (TextEncoder.learn(texts), SentenceEncoder.learn(texts, lower=True)):
        encoder.save(tmp_path)
        name = "text.json" if isinstance(encoder, TextEncoder) else "sentences.json"
        again = type(encoder).load(tmp_path)
        assert again == encoder
        plain = again.encode(tf.constant([texts[0]])).to_list()
        assert again.encode(asked).to_list() == plain
        facts = (tmp_path / name).read_text(encoding="utf-8")
        assert '"fold": "all"' in facts
        (tmp_path / name).write_text(facts.replace('"fold": "all",', ""), encoding="utf-8")
        assert type(encoder).load(tmp_path).fold == "none"
        assert type(encoder).load(tmp_path).encode(asked).to_list() != plain


def test_subwords_are_folded() -> None:
    encoder = TextEncoder.learn(np.array(["café ab12", "thé"] * 3, object), kind="subword")
    plain, wide = encoder.encode(tf.constant(["café ab12", "ｃａｆｅ\u0301　ａｂ１２"])).to_list()
    assert plain == wide
