"""The tokenizer in plain Python of `examples/`, held to that of the toolkit."""

from __future__ import annotations

import importlib.util
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lstm_toolkit.data import TextEncoder
from lstm_toolkit.features import Text
from lstm_toolkit.system.files import write_json

EXAMPLE = Path(__file__).parents[2] / "examples" / "text_tokenizer.py"

SENTENCES = [
    "Don't stop, said the café owner; room 12 isn't ready!",
    "房间很好，服务员也很友好。 ＡＢＣ １２３",
    "Der Zug fährt nach Köln<br/>und zurück — übermorgen.",
    "می\u200cخواهم این کتاب را بخوانم",
    "ﾊﾝｶｸ ガ カ\u3099 한국어 \u1112\u1161\u11ab",
    "'quoted' words' and o'clock ''",
]
"""From which the vocabularies are learnt, twice, so that each token and bigram is known."""

KINDS: dict[str, dict[str, Any]] = {
    "word": {"kind": "word"},
    "bigrams": {"kind": "word", "bigrams": 50, "max_tokens": 5, "truncate": "both"},
    "affixes": {"kind": "word", "bigrams": 50, "affixes": 60, "max_tokens": 6},
    "affixes alone": {"kind": "word", "affixes": 30},
    "character": {"kind": "character", "max_tokens": 7, "truncate": "tail"},
    "subword": {"kind": "subword", "size": 120, "bigrams": 80, "max_tokens": 9},
}

PIECES = st.one_of(
    st.sampled_from([*" ".join(SENTENCES).split(), *" ".join(SENTENCES)]),
    st.sampled_from(
        ["<br>", "<BR />", "\u200c", "\u00ad", "\ufeff", "\u3000", "\t", "\n", "\u2019"]
    ),
    st.sampled_from(
        ["e\u0301", "A\u030a\u0301", "İ", "ß", "ΑΣ", "ﬁ", "①", "𝐛", "ｶﾞ", "가\u11a8", "👍🏽"]
    ),
    st.text(st.characters(min_codepoint=1, max_codepoint=0x17F), max_size=3),
)
TEXTS = st.lists(
    st.builds(
        lambda parts, gap: gap.join(parts), st.lists(PIECES, max_size=8), st.sampled_from(["", " "])
    ),
    min_size=1,
    max_size=8,
)
bounded = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@cache
def example() -> Any:
    spec = importlib.util.spec_from_file_location("text_tokenizer", EXAMPLE)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def plain(feature: Any, state: Any) -> Any:
    """Returns the example's tokenizer, which reads what an export holds."""
    folder = Path(tempfile.mkdtemp())
    state.save(folder)
    write_json(folder / "tokenizer.json", feature.tokenizer(state))
    return example().Tokenizer(folder)


@cache
def encoder(name: str) -> tuple[TextEncoder, Any]:
    column = np.array(SENTENCES * 2, object)
    state = TextEncoder.learn(column, least=1, **KINDS[name])
    return state, plain(Text(), state)


@pytest.mark.parametrize("name", list(KINDS))
@bounded
@given(texts=TEXTS)
def test_texts_become_the_same_numbers(name: str, texts: list[str]) -> None:
    state, tokenizer = encoder(name)
    rows = state.encode(tf.constant([text.encode() for text in texts])).to_list()
    assert [tokenizer(text) for text in texts] == rows


def test_known_words_have_their_lines_as_numbers() -> None:
    state, tokenizer = encoder("word")
    numbers = tokenizer("The café!")
    assert [state.vocabulary.tokens[number] for number in numbers] == ["the", "café", "!"]
    assert example().padded(numbers, 5) == [*numbers, 0, 0]
    assert example().padded([[2, 3]], 2) == [[2, 3], [0, 0]]
