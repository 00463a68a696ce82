"""What the simplest methods see of windows."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_toolkit.data.columns import Sequences
from lstm_toolkit.metrics.random_kernels import random_kernels
from lstm_toolkit.metrics.window_statistics import window_statistics


def test_statistics_of_a_window_by_hand() -> None:
    window = np.array([[[1.0], [np.nan], [4.0], [1.0]]], np.float32)
    mean, deviation, least, greatest, first, last, change, turns = window_statistics(window)[0]
    assert (least, greatest, first, last) == (1, 4, 1, 1)
    assert (mean, change, turns) == (2, 3, 1)
    assert deviation == pytest.approx(np.sqrt(2))


def test_channels_without_a_value_are_zeros() -> None:
    windows = np.full((2, 3, 2), np.nan, np.float32)
    windows[:, :, 0] = 1.0
    statistics = window_statistics(windows).reshape(2, 8, 2)
    assert (statistics[:, :, 1] == 0).all()


def test_random_kernels_tell_waves_apart_of_any_length() -> None:
    rng = np.random.default_rng(0)
    fast = np.arange(40) % 2
    rows = [
        np.sin(np.arange(20 + n % 9) * (0.4 + 0.8 * fast[n]) + rng.random())[:, None]
        for n in range(40)
    ]
    windows = Sequences.of([row.tolist() for row in rows], np.float32)
    train, test = windows[np.arange(30)], windows[np.arange(30, 40)]
    scores = random_kernels(train, test, fast[:30].astype(np.int32), fast[30:].astype(np.int32))
    assert scores == {"accuracy": 1.0, "macro_f1": 1.0}
