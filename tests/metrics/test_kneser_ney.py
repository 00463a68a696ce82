"""Kneser-Ney n-grams are probabilities, and see what repeats."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_toolkit.metrics.copied_text import longest_shared_span
from lstm_toolkit.metrics.kneser_ney import KneserNey, Tokens, fitted_order

START, VOCABULARY = 9, 6


def tokens(rows: list[list[int]], longest: int) -> Tokens:
    pairs = [(np.zeros(0, np.int64), np.array(row, np.int64)) for row in rows]
    return Tokens.of(pairs, longest=longest, start=START)


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_probabilities_of_all_tokens_add_up_to_one(order: int) -> None:
    rng = np.random.default_rng(0)
    train = tokens([rng.integers(0, 4, 30).tolist() for _ in range(20)], order)
    model = KneserNey(train, order, VOCABULARY)
    for history in ([START] * 4, [0, 1, 2, 3], [5, 5, 5, 5], [7, 1, 0, 2]):
        rows = [[*history, token][-order:] for token in range(VOCABULARY)]
        losses = model.losses(Tokens(np.array(rows, np.int64)))
        assert np.exp(-losses).sum() == pytest.approx(1)


def test_what_repeats_costs_little() -> None:
    train = tokens([[0, 1, 2, 3] * 50], 3)
    good = KneserNey(train, 3, VOCABULARY).losses(tokens([[0, 1, 2, 3] * 5], 3))
    assert good[4:].max() < 0.1
    assert fitted_order(train, (1, 3), VOCABULARY) == 3
    assert KneserNey(train, 1, VOCABULARY).losses(train).mean() == pytest.approx(
        np.log(4), abs=0.05
    )


def test_what_stands_before_a_passage_is_its_history() -> None:
    before = np.array([4, 5], np.int64)
    histories = Tokens.of([(before, np.array([1, 2]))], longest=4, start=START).histories
    assert histories.tolist() == [[START, 4, 5, 1], [4, 5, 1, 2]]


def test_the_longest_span_of_two_texts() -> None:
    assert longest_shared_span("xabcabcdx", "zabcdz abcab") == "abcab"
    assert longest_shared_span("xyz", "abc") == ""
