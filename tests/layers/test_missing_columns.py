"""What stands for columns that a row lacks."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from lstm_toolkit.layers import MissingColumns


def test_a_learnt_vector_stands_for_a_missing_column() -> None:
    layer = MissingColumns(0.5)
    vectors, there = np.ones((2, 3, 4), np.float32), np.array([[1, 0, 1], [0, 0, 0]], bool)
    kept, left = layer(vectors, there, training=False)
    absent = np.asarray(layer.absent)
    np.testing.assert_array_equal(kept[0], [np.ones(4), absent[1], np.ones(4)])
    np.testing.assert_array_equal(kept[1], absent)
    np.testing.assert_array_equal(left, there)


def test_training_hides_columns_and_leaves_one() -> None:
    keras.utils.set_random_seed(0)
    layer = MissingColumns(0.8)
    there = np.tile([True, True, False, True], (500, 1))
    _, left = layer(np.ones((500, 4, 2), np.float32), there, training=True)
    counts = np.asarray(left)
    assert (counts.sum(axis=1) >= 1).all()
    assert not counts[:, 2].any()
    assert 0.2 < counts[:, [0, 1, 3]].mean() < 0.55


def test_it_comes_back_from_its_configuration() -> None:
    layer = MissingColumns(0.25, seed=3)
    assert MissingColumns.from_config(layer.get_config()).dropout == 0.25


def test_a_share_of_all_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^dropout must be in \[0, 1\)\. Received: dropout=1$"):
        MissingColumns(1)
