"""Scores of tags."""

from __future__ import annotations

import pytest

from lstm_toolkit.metrics.tag_scores import commonest_tags, tag_counts, tag_scores


def test_an_entity_counts_only_whole() -> None:
    truth = [["B-PER", "I-PER", "O", "B-LOC"]]
    given = [["B-PER", "O", "O", "B-LOC"]]
    scores = tag_scores(truth, given, of_entities=True)
    assert scores["f1"] == scores["precision"] == scores["recall"] == 0.5
    assert scores["accuracy"] == 0.75
    assert scores["standard_error"] == pytest.approx((0.25 / 2) ** 0.5)
    assert scores["examples"] == 1


def test_other_tags_count_each_by_itself() -> None:
    truth, given = [["NOUN", "VERB"], ["NOUN"]], [["NOUN", "NOUN"], ["NOUN"]]
    scores = tag_scores(truth, given, of_entities=False)
    assert scores["f1"] == scores["accuracy"] == pytest.approx(2 / 3)


@pytest.mark.parametrize("tag", ["O", "NOUN"])
def test_a_file_without_entities_is_scored_by_those_that_are_answered(tag: str) -> None:
    truth, given = [[tag, tag], [tag]], [["O", "B-PER"], ["O"]]
    scores, counts = (each(truth, given, of_entities=True) for each in (tag_scores, tag_counts))
    assert scores["f1"] == scores["precision"] == scores["standard_error"] == 0
    assert scores["accuracy"] == (2 / 3 if tag == "O" else 0)
    assert [counts[name].tolist() for name in ("hits", "given", "wanted")] == [
        [0, 0],
        [1, 0],
        [0, 0],
    ]
    assert tag_scores(truth, [["O", "O"], ["O"]], of_entities=True)["f1"] == 0


def test_words_have_the_tag_they_had_most_often() -> None:
    scores = commonest_tags(
        *([["a", "b"], ["a", "c"]], [["X", "Y"], ["X", "Y"]], [["a", "b", "new"]]),
        [["X", "Y", "X"]],
        of_entities=False,
    )
    assert scores["accuracy"] == 1.0
