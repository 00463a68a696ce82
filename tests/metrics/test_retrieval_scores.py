"""Ranks, and when to answer."""

from __future__ import annotations

import numpy as np

from lstm_toolkit.features.text import tf_idf
from lstm_toolkit.metrics import retrieval_scores
from lstm_toolkit.metrics.simple_retrieval import bm25, linear_svm, many_questions
from lstm_toolkit.metrics.simple_retrieval import tf_idf as nearest
from lstm_toolkit.metrics.unknown_scores import keeping_threshold, unknown_scores

SUMS = np.array([[3.0, 1.0, 2.0], [0.0, 5.0, 1.0], [4.0, 3.0, 2.0]], np.float32)
LIKELY = np.array([[0.6, 0.1, 0.3], [0.1, 0.8, 0.1], [0.5, 0.3, 0.2]], np.float32)
TRUTH = np.array([0, 2, -1], np.int32)


def test_facts_of_each_question() -> None:
    facts = retrieval_scores.named(retrieval_scores.facts_of(SUMS, LIKELY, SUMS - 1, TRUTH))
    assert facts["best"].tolist() == [0, 1, 0]
    assert facts["rank"].tolist() == [1, 2, 0]
    assert facts["score"].tolist() == [2.0, 4.0, 3.0]
    np.testing.assert_allclose(facts["loss"], [-np.log(0.6), -np.log(0.1), 30.0], rtol=1e-6)
    # Without the right one, the best is another; where there is none in the table, the best.
    assert facts["other_score"].tolist() == [1.0, 4.0, 3.0]
    np.testing.assert_allclose(facts["other_probability"], [0.75, 0.8 / 0.9, 0.5], rtol=1e-5)


def test_scores_of_ranks() -> None:
    facts = retrieval_scores.named(retrieval_scores.facts_of(SUMS, LIKELY, SUMS, TRUTH))
    scores = retrieval_scores.ranking_scores(facts)
    assert scores["accuracy"] == 1 / 3
    assert scores["mrr"] == (1 + 0.5 + 0) / 3
    assert scores["recall_at_5"] == 2 / 3


def test_a_threshold_lies_in_the_middle_of_a_gap() -> None:
    columns = {name: np.zeros(4) for name in retrieval_scores.FACTS}
    columns |= {"score": np.array([5.0, 6.0, 7.0, 8.0]), "other_score": np.array([1.0, 1, 2, 3])}
    assert retrieval_scores.best_threshold(columns, 0.95) == ("score", 4.0, 4.0)
    scores = retrieval_scores.answering_scores(columns, "score", 4.0)
    assert scores["answered"] == scores["unknown_refused"] == 1.0


def test_a_threshold_keeps_its_share_where_both_overlap() -> None:
    rng = np.random.default_rng(0)
    columns = {name: np.zeros(200) for name in retrieval_scores.FACTS}
    columns |= {"score": rng.normal(1, 1, 200), "other_score": rng.normal(0, 1, 200)}
    measure, threshold, _ = retrieval_scores.best_threshold(columns, 0.9)
    assert measure == "score"
    assert (columns["score"] >= threshold).mean() >= 0.9


def test_without_a_right_answer_nothing_is_answered() -> None:
    columns = {name: np.zeros(2) for name in retrieval_scores.FACTS} | {"best": np.ones(2)}
    measure, threshold, least = retrieval_scores.best_threshold(columns, 0.95)
    assert (measure, threshold, least) == ("score", float("inf"), float("inf"))
    assert retrieval_scores.answering_scores(columns, measure, threshold)["answered"] == 0.0


def test_the_simplest_methods_find_words_in_common() -> None:
    known, numbers = (
        ["when do you open", "how do I pay", "where are you"],
        np.array([0, 1, 0], np.int32),
    )
    asked, truth = ["may I pay by card", "do you open today"], np.array([1, 0], np.int32)
    for method in (nearest, bm25, linear_svm):
        scores = method(tf_idf(), known, numbers, asked, truth)
        assert scores["accuracy"] == 1.0
        assert "loss" not in scores


def test_answers_of_many_questions_are_classes_too() -> None:
    assert many_questions(np.repeat(np.arange(3, dtype=np.int32), 5))
    assert not many_questions(np.repeat(np.arange(3, dtype=np.int32), 4))
    assert not many_questions(np.zeros(10, np.int32))
    words = ("open", "pay", "send")
    known = [f"{word} {number}" for word in words for number in range(5)]
    numbers = np.repeat(np.arange(3, dtype=np.int32), 5)
    truth = np.arange(3, dtype=np.int32)
    assert linear_svm(tf_idf(), known, numbers, list(words), truth)["accuracy"] == 1.0


def test_unknown_rows_are_told_by_how_sure_the_best_is() -> None:
    sure = np.array([0.9, 0.8, 0.3, 0.2])
    unknown = np.array([False, False, True, True])
    assert keeping_threshold(sure[~unknown], 0.95) == 0.8
    scores = unknown_scores(sure, unknown, 0.8)
    assert scores == {"kept": 1.0, "unknown_recall": 1.0, "unknown_auc": 1.0}
    assert unknown_scores(sure, np.zeros(4, bool), 0.25) == {"kept": 0.75}
    assert keeping_threshold(np.array([]), 0.95) == 0.0
