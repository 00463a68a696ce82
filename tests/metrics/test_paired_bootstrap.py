"""Intervals by hand, and how often they hold what is true."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lstm_toolkit.metrics.paired_bootstrap import Interval, paired_bootstrap
from lstm_toolkit.metrics.row_scores import share

MEAN = share("accuracy", "right").combine


def rows(*right: float) -> NDArray[Any]:
    return np.array([[one, 1.0] for one in right])


def test_two_rows_by_hand() -> None:
    # Of the four equally likely draws the difference is 0 (both the first row), 1 (both the
    # second), or 1/2 twice; so its percentiles are 0 and 1.
    paired = paired_bootstrap(rows(1, 0), rows(1, 1), MEAN)
    assert paired.one == Interval(0.5, 0.0, 1.0)
    assert paired.other == Interval(1.0, 1.0, 1.0)
    assert paired.difference == Interval(0.5, 0.0, 1.0)
    assert paired.units == 2


def test_rows_of_a_block_are_drawn_together() -> None:
    # Two blocks of three rows are two units, whatever their rows.
    one, other = rows(0, 0, 0, 1, 1, 1), rows(1, 1, 1, 1, 1, 1)
    paired = paired_bootstrap(one, other, MEAN, blocks=np.array([7, 7, 7, 9, 9, 9]))
    assert paired.units == 2
    assert paired.one == Interval(0.5, 0.0, 1.0)
    assert paired.difference == Interval(0.5, 0.0, 1.0)


def test_blocks_of_different_sizes_count_by_their_rows() -> None:
    paired = paired_bootstrap(rows(1, 0, 0), rows(1, 0, 0), MEAN, blocks=np.array([0, 0, 1]))
    assert paired.one == Interval(pytest.approx(1 / 3), 0.0, 0.5)


def test_two_systems_that_answer_alike_differ_by_nothing() -> None:
    right = rows(*np.random.default_rng(0).integers(0, 2, 100))
    assert paired_bootstrap(right, right, MEAN).difference == Interval(0.0, 0.0, 0.0)


@pytest.mark.parametrize("blocks", [False, True], ids=["rows", "blocks"])
def test_intervals_hold_the_truth_in_about_95_of_100_cases(blocks: bool) -> None:
    rng = np.random.default_rng(1)
    cases, size, block = 300, 200, 4
    true, hits = 0.85 - 0.80, 0
    for case in range(cases):
        # The second system is right where the first is, and sometimes where that is not; rows
        # of a block share their luck where there are blocks.
        luck = rng.random(size // block).repeat(block) if blocks else rng.random(size)
        one, other = rows(*(luck < 0.80)), rows(*(luck < 0.85))
        numbers = np.arange(size) // block if blocks else None
        paired = paired_bootstrap(one, other, MEAN, blocks=numbers, draws=300, seed=case)
        hits += paired.difference.low <= true <= paired.difference.high
    # 50 blocks leave the rare difference with few hits, so that intervals are a little short.
    assert (0.88 if blocks else 0.91) <= hits / cases <= 0.98


def test_ten_thousand_rows_of_a_corpus_score_take_seconds() -> None:
    counts = np.ones((10_000, 18))
    began = time.process_time()
    paired_bootstrap(counts, counts, lambda sums: sums[..., 0] / sums[..., 1])
    assert time.process_time() - began < 20


@pytest.mark.parametrize(
    ("one", "other", "shapes"),
    [(rows(1), rows(1, 0), "(1, 2) and (2, 2)"), (rows()[:0], rows()[:0], "(0,) and (0,)")],
    ids=["other rows", "none"],
)
def test_rows_that_are_not_the_same(one: NDArray[Any], other: NDArray[Any], shapes: str) -> None:
    with pytest.raises(ValueError, match="same rows") as caught:
        paired_bootstrap(one, other, MEAN)
    assert str(caught.value) == (
        f"one and other must hold the same rows, at least one. Received: shapes {shapes}"
    )
