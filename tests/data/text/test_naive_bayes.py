"""For which class tokens speak."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_toolkit.data import log_ratios
from lstm_toolkit.data.text import naive_bayes


def test_tokens_are_counted_once_a_row_however_many_are_taken_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    draw = np.random.default_rng(0)
    rows = np.repeat(np.arange(9), draw.integers(0, 6, 9))
    tokens = draw.integers(0, 5, len(rows)).astype(np.int32)
    classes = draw.integers(0, 3, 9)
    counts = np.zeros((5, 3))
    for token, row in set(zip(tokens.tolist(), rows.tolist(), strict=True)):
        counts[token, classes[row]] += 1
    expected = naive_bayes.ratios_of_counts(counts)
    expected[0] = 0
    for at_once in (1, 4, 1000):
        monkeypatch.setattr(naive_bayes, "AT_ONCE", at_once)
        found = log_ratios(tokens, rows, classes, vocabulary=5, names=3)
        assert np.array_equal(found, expected)


def test_no_token_speaks_for_no_class() -> None:
    nothing = np.zeros(0, np.int64)
    ratios = log_ratios(nothing.astype(np.int32), nothing, np.arange(2), vocabulary=4)
    assert not ratios.any()
