"""Sums over rows give the scores of scikit-learn, seqeval and sacreBLEU, on any choice of rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.metrics.row_scores import bleu, chrf, f1, quotient, root_mean
from lstm_toolkit.metrics.tag_scores import tag_counts, tag_scores
from lstm_toolkit.metrics.translation_scores import corpus_scores, ngram_counts, sentence_chrf

SENTENCES = st.lists(st.sampled_from(["a", "bc", "the", "cat", "sat", "猫", "."]), max_size=7).map(
    " ".join
)


@settings(max_examples=60, deadline=None)
@given(
    pairs=st.lists(st.tuples(SENTENCES, SENTENCES.filter(bool)), min_size=1, max_size=6),
    seed=st.integers(0, 99),
    tokenizer=st.sampled_from(["13a", "zh"]),
)
def test_bleu_and_chrf_are_those_of_sacrebleu(
    pairs: list[tuple[str, str]], seed: int, tokenizer: str
) -> None:
    given_, wanted = zip(*pairs, strict=True)
    counts = ngram_counts(given_, wanted, tokenizer=tokenizer)
    drawn = np.random.default_rng(seed).integers(0, len(pairs), len(pairs))
    scores = corpus_scores(
        [given_[row] for row in drawn], [wanted[row] for row in drawn], tokenizer=tokenizer
    )
    for score in (bleu("bleu"), chrf("chrf")):
        sums = np.array([counts[name][drawn].sum() for name in score.columns])
        assert score.combine(sums) == pytest.approx(scores[score.name], abs=1e-3)
    each = chrf("chrf").combine(np.stack([counts[name] for name in chrf("chrf").columns], axis=1))
    np.testing.assert_allclose(each, sentence_chrf(given_, wanted), atol=1e-9)


def test_bleu_is_no_mean_of_sentences() -> None:
    given_ = ["the cat sat on the mat", "a dog"]
    wanted = ["the cat sat on the mat", "a dog ran off"]
    counts = ngram_counts(given_, wanted, tokenizer="13a")
    score = bleu("bleu")
    rows = np.stack([counts[name] for name in score.columns], axis=1)
    assert score.combine(rows.sum(axis=0)) == pytest.approx(77.88, abs=0.01)
    assert score.combine(rows).mean() == pytest.approx(50.0, abs=0.01)


def test_capitals_count_unless_the_run_does_not_tell_them_apart() -> None:
    score = chrf("chrf")

    def scored(lowercase: bool) -> float:
        counts = ngram_counts(["THE CAT"], ["the cat"], tokenizer="13a", lowercase=lowercase)
        return float(score.combine(np.array([counts[name][0] for name in score.columns])))

    assert scored(True) == pytest.approx(100.0)
    assert scored(False) == 0.0


TAGS = st.sampled_from(["O", "B-PER", "I-PER", "B-LOC", "I-LOC"])


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.lists(st.tuples(TAGS, TAGS), min_size=1, max_size=6), min_size=1, max_size=5),
    marks=st.booleans(),
)
def test_tags_are_counted_as_they_are_scored(
    rows: list[list[tuple[str, str]]], marks: bool
) -> None:
    truth, given_ = ([[pair[side] for pair in row] for row in rows] for side in (0, 1))
    if not marks:
        truth, given_ = ([[tag[-3:] for tag in row] for row in side] for side in (truth, given_))
    scores, counts = (each(truth, given_, of_entities=marks) for each in (tag_scores, tag_counts))
    for score in (f1("f1", "hits", "given", "wanted"), quotient("accuracy", "right", "tokens")):
        sums = np.array([counts[name].sum() for name in score.columns])
        assert score.combine(sums) == pytest.approx(scores[score.name])


def test_a_row_where_nothing_was_due_and_nothing_given_is_right() -> None:
    score = f1("micro_f1", "hits", "given", "wanted")
    rows = np.array([[0.0, 0.0, 0.0], [0.0, 2.0, 0.0], [1.0, 1.0, 1.0]])
    assert score.of_rows(rows).tolist() == [1.0, 0.0, 1.0]
    assert score.combine(rows.sum(axis=0)) == pytest.approx(2 / 4)


def test_the_root_of_a_mean() -> None:
    assert root_mean("rmse", "squared_error").combine(np.array([32.0, 2.0])) == 4.0
