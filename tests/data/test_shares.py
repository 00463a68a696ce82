from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import settings as checked
from hypothesis import strategies as st

from lstm_toolkit.data.batches import Batches
from lstm_toolkit.data.columns import Ragged


def numbered(rows: int, batch_size: int) -> Batches:
    """Returns batches of rows that all hold their own number."""
    lengths = np.random.default_rng(rows).integers(1, 5, rows)
    values = np.repeat(np.arange(rows), lengths)
    return Batches(
        Ragged.from_lengths(values, lengths),
        np.arange(rows),
        batch_size=batch_size,
        seed=3,
        training_pair=lambda inputs, targets: (inputs.to_tensor(default_value=-1), targets),
    )


@checked(max_examples=6, deadline=None)
@given(st.integers(1, 23), st.integers(1, 9), st.integers(1, 5))
def test_shares_of_all_replicas_are_the_batch(rows: int, size: int, replicas: int) -> None:
    whole = [targets.numpy() for _, targets in numbered(rows, size).dataset()]
    steps = list(numbered(rows, size).shares(range(replicas), replicas))
    for shares, targets in zip(steps, whole, strict=True):
        real = [share.targets.numpy()[: int(share.real)] for share in shares]
        assert sorted(np.concatenate(real)) == sorted(targets)
        for share in shares:
            assert share.weights is None
            assert len(share.targets) >= 1
            np.testing.assert_array_equal(share.inputs[:, 0], share.targets)


def test_a_process_serves_all_of_its_replicas_with_weights() -> None:
    batches = Batches(np.arange(5), np.array([0, 1, 1, 0, 1]), batch_size=3)
    shares = batches.shares([1, 2], 3, lambda targets: tf.cast(targets, tf.float32) * 2)
    first, last = list(shares)
    assert [share.inputs.numpy().tolist() for share in first] == [[1], [2]]
    assert [share.weights.numpy().tolist() for share in first] == [[2.0], [2.0]]
    assert [int(share.real) for share in last] == [1, 0]  # of two rows, for three replicas
    assert last[1].inputs.numpy().tolist() == [3]


@pytest.mark.parametrize("first_step", [0, 2])
def test_shares_go_on_in_the_middle_of_an_epoch(first_step: int) -> None:
    batches = numbered(12, 3)
    batches.epoch, batches.first_step = 4, first_step
    steps = len(batches) - first_step
    shares = [share.targets.numpy() for (share,) in batches.shares([1], 2).take(steps)]
    whole = [targets.numpy() for _, targets in batches.dataset().take(steps)]
    for mine, batch in zip(shares, whole, strict=True):
        np.testing.assert_array_equal(mine, batch[1::2])
