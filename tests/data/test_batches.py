from __future__ import annotations

import numpy as np
import tensorflow as tf

from lstm_toolkit.data import Batches


def rows(batches: Batches) -> list[int]:
    return [int(i) for inputs, _ in batches.dataset() for i in inputs]


def make(**more: object) -> Batches:
    return Batches(np.arange(10), np.arange(10) * 2, batch_size=3, **more)  # type: ignore[arg-type]


def test_every_row_comes_once_with_its_target() -> None:
    batches = make(seed=0)
    assert len(batches) == 4
    assert sorted(rows(batches)) == list(range(10))
    for inputs, targets in batches.dataset():
        np.testing.assert_array_equal(inputs * 2, targets)


def test_the_order_depends_on_seed_and_epoch_alone() -> None:
    one, same, other = make(seed=1), make(seed=1), make(seed=2)
    first = rows(one)
    assert rows(one) == first == rows(same) != rows(other)
    one.epoch = 1
    second = rows(one)
    assert second != first
    one.first_step = 2
    dataset = iter(one.dataset())
    assert [int(i) for _ in range(2) for i in next(dataset)[0]] == second[6:]


def test_without_a_seed_rows_keep_their_order() -> None:
    assert rows(make()) == list(range(10))


def test_rows_are_fed_in_the_graph() -> None:
    traced = []

    def double(inputs: tf.Tensor, targets: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        traced.append(isinstance(inputs, tf.Tensor) and not tf.executing_eagerly())
        return inputs * 2, targets

    assert rows(make(training_pair=double)) == [2 * i for i in range(10)]
    assert all(traced)
