"""Rows of unequal length in batches of nearly equal length."""

from __future__ import annotations

import re

import numpy as np
import pytest
import tensorflow as tf
from numpy.typing import NDArray

from lstm_toolkit.data import Batches
from lstm_toolkit.data.batches import POOL

LENGTHS = np.random.default_rng(0).integers(1, 40, 403)


def ragged(lengths: NDArray[np.int64]) -> tf.RaggedTensor:
    """Each row holds its own number, as often as it is long."""
    return tf.RaggedTensor.from_row_lengths(np.repeat(np.arange(len(lengths)), lengths), lengths)


def make(lengths: NDArray[np.int64] = LENGTHS, *, seed: int | None = None) -> Batches:
    targets = np.arange(len(lengths)) * 2
    return Batches(ragged(lengths), targets, batch_size=8, seed=seed, training_pair=padded)


def padded(rows: tf.RaggedTensor, targets: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    return rows.to_tensor(-1), targets


def served(batches: Batches, count: int | None = None) -> list[list[int]]:
    count = len(batches) if count is None else count
    return [list(inputs[:, 0].numpy()) for inputs, _ in batches.dataset().take(count)]


@pytest.mark.parametrize("seed", [None, 0])
def test_every_row_comes_once_and_whole_with_its_target(seed: int | None) -> None:
    batches = make(seed=seed)
    assert len(batches) == 51
    seen = []
    for inputs, targets in batches.dataset():
        rows = inputs[:, 0].numpy()
        seen += list(rows)
        np.testing.assert_array_equal(rows * 2, targets)
        np.testing.assert_array_equal((inputs.numpy() == rows[:, None]).sum(axis=1), LENGTHS[rows])
        assert inputs.shape[1] == LENGTHS[rows].max()
    assert sorted(seen) == list(range(403))


def test_the_order_depends_on_seed_and_epoch_alone() -> None:
    one, same, other = make(seed=1), make(seed=1), make(seed=2)
    first = served(one)
    assert served(one) == first == served(same)
    assert served(other) != first
    one.epoch = same.epoch = 1
    assert served(one) == served(same) != first


def test_a_resumed_epoch_goes_on_where_it_was() -> None:
    whole, rest = make(seed=3), make(seed=3)
    whole.epoch = rest.epoch = 2
    rest.first_step = 20
    assert served(rest, 31) == served(whole)[20:]


def test_rows_share_batches_with_rows_of_nearly_their_length() -> None:
    for seed in (None, 0, 1):
        batches = make(seed=seed).order(0)
        spread = [int(np.ptp(LENGTHS[rows])) for rows in batches if len(rows) == 8]
        assert max(spread) <= (2 if seed is None else 8)
    assert [len(rows) for rows in make().order(0)] == [8] * 50 + [3]


def test_shuffled_batches_are_in_no_order_of_length() -> None:
    longest = [int(LENGTHS[rows].max()) for rows in make(seed=0).order(0)]
    assert abs(np.corrcoef(longest, range(len(longest)))[0, 1]) < 0.4
    others = [{tuple(rows) for rows in make(seed=0).order(epoch)} for epoch in (0, 1)]
    assert not others[0] & others[1]


def test_rows_are_sorted_within_pools_alone() -> None:
    lengths = np.arange(2 * POOL * 8) + 1
    firsts = [int(rows[0]) for rows in make(lengths, seed=0).order(0)]
    spread = [int(np.ptp(rows)) for rows in make(lengths, seed=0).order(0)]
    assert sorted(firsts) != [8 * i for i in range(2 * POOL)]
    assert 7 < np.mean(spread) < 32


def test_rows_of_one_length_keep_their_order_unless_shuffled() -> None:
    order = np.concatenate(make(np.array([2, 1] * 10)).order(0))
    assert list(order) == [*range(1, 20, 2), *range(0, 20, 2)]


def test_answers_are_put_back_in_the_order_of_the_rows() -> None:
    batches = make()
    answers = np.concatenate([inputs[:, 0].numpy() for inputs, _ in batches.dataset()])
    assert list(answers) != list(range(403))
    np.testing.assert_array_equal(batches.in_row_order(answers), np.arange(403))
    wide = np.stack([answers, answers + 0.5], axis=1)
    np.testing.assert_array_equal(batches.in_row_order(wide)[:, 1], np.arange(403) + 0.5)


def test_dense_rows_stay_in_order_and_have_no_padding() -> None:
    batches = Batches(np.ones((5, 2)), np.arange(5), batch_size=2)
    assert batches.padding() is None
    np.testing.assert_array_equal(batches.in_row_order(np.arange(5)), np.arange(5))


@pytest.mark.parametrize(
    ("lengths", "by_length", "at_random", "fixed"),
    [
        # Random batches hold rows 2 and 0, then rows 1 and 3.
        ([1, 4, 1, 4], "0.0%", "0.0%", "37.5%"),  # 1 1 | 4 4; lucky; 16 steps for 10
        ([4, 4, 1, 1], "0.0%", "37.5%", "37.5%"),  # 1 1 | 4 4; 1 4 | 4 1
        ([1, 2, 4, 4], "8.3%", "31.2%", "31.2%"),  # 1 2 | 4 4: 12 steps for 11; 4 1 | 2 4
    ],
)
def test_the_line_on_padding(
    lengths: list[int], by_length: str, at_random: str, fixed: str
) -> None:
    assert list(np.random.default_rng(0).permutation(4)) == [2, 0, 1, 3]
    batches = Batches(ragged(np.array(lengths)), np.arange(4), batch_size=2)
    assert batches.padding() == (
        f"batched by length, {by_length} of the steps are padding "
        f"({at_random} in random batches, {fixed} at one fixed length)"
    )


def test_batches_by_length_need_far_less_padding() -> None:
    line = make(seed=0).padding()
    assert line is not None
    by_length, at_random, fixed = map(float, re.findall(r"[\d.]+(?=%)", line))
    assert by_length < 8
    assert 30 < at_random < fixed


def test_bigrams_travel_with_their_tokens() -> None:
    flat = np.stack([np.arange(12), np.arange(12) + 100], axis=1)
    rows = tf.RaggedTensor.from_row_lengths(flat, [3, 1, 6, 2])
    batches = Batches(
        rows,
        np.arange(4),
        batch_size=2,
        training_pair=lambda rows, targets: (rows.to_tensor(), targets),
    )
    shapes = [inputs.shape.as_list() for inputs, _ in batches.dataset()]
    assert shapes == [[2, 2, 2], [2, 6, 2]]
    (first, targets), _ = batches.dataset()
    assert list(targets) == [1, 3]
    assert first.numpy().tolist() == [[[3, 103], [0, 0]], [[10, 110], [11, 111]]]
