"""Windows of channels on the scale of the training."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit.data.columns import Sequences, Windows
from lstm_toolkit.errors import DataError, InputError
from lstm_toolkit.features import SensorWindows

NAMED = SimpleNamespace(channel_columns="x,y", step=0.02)
FEATURE = SensorWindows()


def test_scales_are_of_training_windows_alone_and_each_step_counts_once(tmp_path: Path) -> None:
    values = np.array([[1, 5], [3, 5], [np.nan, 5], [5, 5], [900, 7]], np.float32)
    state = FEATURE.learn(Windows(values, np.array([0, 1, 2]), 2), NAMED)
    assert state.names == ("x", "y")
    assert state.mean == (3.0, 5.0)
    assert state.deviation == (pytest.approx(np.sqrt(8 / 3)), 0.0)
    assert (state.lowest, state.highest) == ((-3.0, 5.0), (9.0, 5.0))
    state.save(tmp_path)
    assert FEATURE.load(tmp_path) == state


def test_what_is_missing_constant_or_padding_is_zero_and_told() -> None:
    rows = Sequences.of([[[1.0, 4.0], [3.0, 4.0]], [[5.0, 4.0]]], np.float32)
    state = FEATURE.learn(rows, NAMED)
    batch = np.array([[[3.0, 4.0], [np.nan, 9.0], [np.nan, np.nan]]], np.float32)
    encoded = FEATURE.collate(tf.constant(batch), state)
    assert encoded.numpy().tolist() == [
        [[0, 0, 1, 1, 1], [0, 0, 0, 1, 1], [0, 0, 0, 0, 0]],
    ]
    ragged = FEATURE.collate(rows.to_tensor(), state)
    np.testing.assert_array_equal(ragged, FEATURE.collate(tf.constant(np.asarray(rows)), state))


def test_windows_out_of_the_training_range_are_unlike() -> None:
    state = FEATURE.learn(np.random.default_rng(0).random((20, 4, 2)), NAMED)
    rows = np.full((4, 4, 2), 0.5, np.float32)
    rows[1, :, 1] = 50.0
    rows[2, 0, 1] = 50.0
    rows[3] = np.nan
    _, unlike = FEATURE.bring(tf.constant(rows), state)
    assert unlike.numpy().tolist() == [False, True, False, True]


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("walk", "needs a JSON list of steps. Received: walk"),
        ("[[1, 2]]", "needs 4 steps. Received: 1"),
        ("[[1], [2], [3], [4]]", "needs steps of 2 channels. Received: shape (4, 1)"),
        ("[[1, Infinity]]", "needs 4 steps. Received: 1"),
    ],
)
def test_words_that_are_no_window_are_refused(word: str, message: str) -> None:
    state = FEATURE.learn(np.zeros((3, 4, 2)), NAMED)
    with pytest.raises(DataError) as error:
        list(FEATURE.parse(word, state, None))
    assert str(error.value) == message


def test_a_run_keeps_its_windows() -> None:
    state = FEATURE.learn(np.zeros((3, 4, 2)), NAMED)
    with pytest.raises(InputError) as error:
        FEATURE.extend(state, np.zeros((3, 5, 2)), NAMED)
    assert str(error.value) == "window must stay as the run has it, window=4. Received: window=5"


def test_windows_given_in_python_may_be_of_unequal_length() -> None:
    rows = np.empty(2, object)
    rows[0], rows[1] = np.zeros((3, 2)), np.ones((1, 2))
    assert FEATURE.given(rows).lengths.tolist() == [3, 1]
    assert FEATURE.given(np.zeros((2, 5))).shape == (2, 5, 1)
    rows[1] = np.ones((1, 3))
    with pytest.raises(DataError) as error:
        FEATURE.given(rows)
    assert str(error.value) == (
        "needs windows [time, channels] of equally many channels. Received: (1, 3), (3, 2)"
    )
