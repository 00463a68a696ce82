"""A linear start is as sure as rows held out allow."""

from __future__ import annotations

import numpy as np

from lstm_toolkit.features.calibrated_start import SCALES, _chosen, _narrowed


def test_what_tells_nothing_of_rows_held_out_is_left_alone() -> None:
    rng = np.random.default_rng(0)
    features = rng.normal(size=(60, 200)) / 14
    truth = 2 * np.eye(2)[np.arange(60) % 2] - 1
    assert _chosen(_narrowed(features)[0], truth)[1] <= SCALES[1]
    features[:, 0] = truth[:, 0]
    assert _chosen(features, truth)[1] >= 2


def test_narrow_features_lead_back() -> None:
    features = np.random.default_rng(0).normal(size=(5, 9))
    narrow, back = _narrowed(features)
    assert narrow.shape == (5, 5)
    assert np.allclose(features @ back, narrow)
