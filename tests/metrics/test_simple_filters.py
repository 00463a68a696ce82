"""Filters that a network is compared with."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_toolkit.metrics.signal_scores import by_noise, decibels, row_powers, signal_scores
from lstm_toolkit.metrics.simple_filters import WITH_WIDTHS, linear, methods, whole, widths

RNG = np.random.default_rng(0)
CLEAN = np.sin(np.arange(40 * 128).reshape(40, 128) / 9)
NOISY = CLEAN + 0.5 * RNG.normal(size=CLEAN.shape)


def rows(noisy: np.ndarray) -> tuple[np.ndarray, ...]:
    return noisy, CLEAN, np.zeros(len(CLEAN)), np.full(len(CLEAN), 0.7)


def test_each_method_leaves_less_noise() -> None:
    scores = {name: method()["snr"] for name, method in methods(rows(NOISY), rows(NOISY), None)}
    assert list(scores) == ["untouched", *WITH_WIDTHS, "linear"]
    assert min(scores, key=lambda name: scores[name]) == "untouched"
    assert max(scores, key=lambda name: scores[name]) == "linear"


def test_filters_see_no_farther_ahead_than_the_delay() -> None:
    assert widths(512, 0) == ()
    names = [name for name, _ in methods(rows(NOISY), rows(NOISY), 0)]
    assert names == ["untouched", "linear"]
    for delay in (0, 4):
        apply = linear(NOISY, CLEAN, delay)
        later = NOISY.copy()
        later[:, 100:] += 50
        changed = np.flatnonzero(np.abs(apply(later) - apply(NOISY)).max(axis=0) > 1e-9)
        assert changed.min() == 100 - delay


def test_the_level_of_a_signal_makes_no_difference() -> None:
    for apply in WITH_WIDTHS.values():
        np.testing.assert_allclose(apply(NOISY + 1e4, 5), apply(NOISY, 5) + 1e4, atol=0.1)


def test_the_median_takes_impulses_away() -> None:
    hit = CLEAN.copy()
    hit[RNG.random(hit.shape) < 0.03] += 5
    scores = {name: method()["snr"] for name, method in methods(rows(hit), rows(hit), None)}
    assert max(scores, key=lambda name: scores[name]) == "median"


def test_missing_samples_are_held() -> None:
    row = np.array([[np.nan, 1.0, np.nan, 3.0], [np.nan] * 4])
    np.testing.assert_array_equal(whole(row), [[1, 1, 1, 3], [0, 0, 0, 0]])


def test_powers_count_what_is_known() -> None:
    truth = np.array([[1.0, -1.0, np.nan, 1.0]])
    noisy = np.array([[2.0, -1.0, 9.0, np.nan]])
    powers = row_powers(truth, np.array([[1.0, -1.5, 7.0, 1.0]]), noisy, np.zeros(1), np.ones(1))
    assert {name: float(column[0]) for name, column in powers.items()} == {
        "signal": 3.0, "error": 0.25, "noise": 2.0, "squared_error": 0.25, "absolute_error": 0.5,
        "known": 3.0,
    }  # fmt: skip
    scores = signal_scores(powers)
    assert scores["snr"] == pytest.approx(10 * np.log10(3 / 0.25))
    assert scores["improvement"] == pytest.approx(10 * np.log10(2 / 0.25))
    table = by_noise(powers, ["white"], [5.0])
    assert list(table) == ["white"]
    assert list(table["white"]) == ["5"]


def test_decibels_are_finite() -> None:
    assert float(decibels(1.0, 0.0)) == pytest.approx(150)
    assert float(decibels(0.0, 1.0)) == pytest.approx(-150)
    assert np.isfinite(decibels(0.0, 0.0))
