"""Word and character error rates are those of jiwer."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.metrics.transcript_scores import transcript_scores

jiwer = pytest.importorskip("jiwer")

ROW = st.lists(st.sampled_from(["one", "two", "a", "ab", "一", "seven"]), min_size=1, max_size=6)
ANSWER = st.lists(st.sampled_from(["one", "two", "a", "ab", "一", "seven"]), max_size=6)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(ROW, ANSWER), min_size=1, max_size=5))
def test_rates(rows: list[tuple[list[str], list[str]]]) -> None:
    said, given_ = ([" ".join(row) for row in side] for side in zip(*rows, strict=True))
    scores = transcript_scores(said, given_)
    assert scores["word_error"] == pytest.approx(100 * jiwer.wer(said, given_), abs=1e-3)
    assert scores["character_error"] == pytest.approx(100 * jiwer.cer(said, given_), abs=1e-3)


def test_all_that_is_told() -> None:
    assert transcript_scores(["one two", "six"], ["one", "six"]) == {
        "word_error": 33.3333,
        "character_error": 40.0,
        "row_error": 50.0,
        "standard_error": 15.7135,
        "examples": 2,
    }
