"""Scores of tags."""

from __future__ import annotations

import pytest

from lstm_toolkit.metrics.tag_scores import commonest_tags, tag_scores


def test_an_entity_counts_only_whole() -> None:
    truth = [["B-PER", "I-PER", "O", "B-LOC"]]
    given = [["B-PER", "O", "O", "B-LOC"]]
    scores = tag_scores(truth, given)
    assert scores["f1"] == scores["precision"] == scores["recall"] == 0.5
    assert scores["accuracy"] == 0.75
    assert scores["standard_error"] == pytest.approx((0.25 / 2) ** 0.5)
    assert scores["examples"] == 1


def test_other_tags_count_each_by_itself() -> None:
    scores = tag_scores([["NOUN", "VERB"], ["NOUN"]], [["NOUN", "NOUN"], ["NOUN"]])
    assert scores["f1"] == scores["accuracy"] == pytest.approx(2 / 3)


def test_words_have_the_tag_they_had_most_often() -> None:
    scores = commonest_tags(
        ["a b", "a c"], [["X", "Y"], ["X", "Y"]], ["a b new"], [["X", "Y", "X"]]
    )
    assert scores["accuracy"] == 1.0
