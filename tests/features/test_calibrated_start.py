"""A linear start is as sure as rows held out allow."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_toolkit.features import calibrated_start as module
from lstm_toolkit.features.calibrated_start import SCALES, _chosen, _drawn, _narrowed
from lstm_toolkit.features.feature import Encoded, EncodedColumn


def test_what_tells_nothing_of_rows_held_out_is_left_alone() -> None:
    rng = np.random.default_rng(0)
    features = rng.normal(size=(60, 200)) / 14
    truth = 2 * np.eye(2)[np.arange(60) % 2] - 1
    assert _chosen(_narrowed(features)[0], truth, np.arange(60))[1] <= SCALES[1]
    features[:, 0] = truth[:, 0]
    assert _chosen(features, truth, np.arange(60))[1] >= 2


def test_narrow_features_lead_back() -> None:
    features = np.random.default_rng(0).normal(size=(5, 9))
    narrow, back = _narrowed(features)
    assert narrow.shape == (5, 5)
    assert np.allclose(features @ back, narrow)


def test_relatives_are_held_out_together() -> None:
    rng = np.random.default_rng(0)
    families = np.repeat(np.arange(60), 4)
    features = np.repeat(rng.normal(size=(60, 200)), 4, axis=0) + 0.01 * rng.normal(size=(240, 200))
    truth = 2 * np.eye(2)[families % 2] - 1
    assert _chosen(features, truth, np.arange(240))[1] >= 2
    assert _chosen(features, truth, families)[1] <= 1.5


def test_of_many_rows_some_of_each_class_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ROWS", 10)
    classes = np.array([0, 1] * 20 + [2], np.int32)
    rows = Encoded({"x": EncodedColumn(np.arange(41))}, EncodedColumn(classes), np.arange(41))
    some = _drawn(rows, 0)
    assert len(some.inputs["x"].rows) == 10
    assert 2 in some.targets.rows
    assert np.array_equal(some.targets.rows, classes[some.inputs["x"].rows])
    assert np.array_equal(some.groups, some.inputs["x"].rows)
    assert np.array_equal(some.groups, _drawn(rows, 0).groups)
