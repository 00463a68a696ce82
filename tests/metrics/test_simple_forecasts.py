"""The simplest forecasts, and their scores."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_toolkit.data.readers.series.season import find_season
from lstm_toolkit.metrics.forecast_scores import ForecastScores, number_scores
from lstm_toolkit.metrics.simple_forecasts import (
    filled,
    last_change,
    linear,
    linear_weights,
    normalised,
    seasonal,
)


def test_scores_by_hand() -> None:
    scores = number_scores(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, 3.0], [0.0, 4.0]]))
    assert scores["mae"] == 1.0
    assert scores["mse"] == 2.5
    assert scores["rmse"] == pytest.approx(2.5**0.5)
    assert scores["standard_error"] == pytest.approx(0.5 / 2**0.5)


def test_what_is_not_known_is_not_scored() -> None:
    scores = ForecastScores()
    scores.add(np.array([[1.0, np.nan]]), np.array([[2.0, 9.0]]), np.array([0.5]))
    scores.add(np.array([[3.0, 3.0]]), np.array([[3.0, 6.0]]), np.array([3.0]))
    result = scores.result()
    assert result["mae"] == 1.25  # the mean of 1 and 1.5
    assert result["mase"] == 1.25  # the mean of 2 and 0.5
    assert scores.by_step()["mae"] == [0.5, 3.0]


def test_the_last_season_goes_on() -> None:
    windows, ones = np.array([[0.0, 1.0, 2.0, 3.0]]), np.ones(1)
    assert seasonal(windows, np.array([[3.0, 3.0]]), ones, season=1)["mae"] == 0
    assert seasonal(windows, np.array([[2.0, 3.0, 2.0]]), ones, season=2)["mae"] == 0


def test_the_last_change_goes_on() -> None:
    windows, ones = np.array([[1.0, 2.0, 3.0], [9.0, 8.0, 7.0]]), np.ones(2)
    scores = last_change(windows, np.array([[4.0], [8.0]]), ones)
    assert scores["mae"] == 1.0
    assert scores["accuracy"] == 0.5
    assert "accuracy" not in seasonal(windows, np.array([[4.0, 5.0], [8.0, 9.0]]), ones, season=1)


def test_missing_values_are_those_before_them() -> None:
    windows = np.array([[np.nan, 1.0, np.nan, 3.0], [5.0, np.nan, np.nan, 6.0]])
    assert filled(windows).tolist() == [[1, 1, 1, 3], [5, 5, 5, 6]]


def test_a_line_is_found() -> None:
    numbers = np.arange(3000, dtype=float)
    windows = np.lib.stride_tricks.sliding_window_view(numbers, 6)
    known = windows[:2500, :4], windows[:2500, 4:]
    found = linear(*known, np.ones(2500), windows[2500:, :4], windows[2500:, 4:], np.ones(495))
    assert found["mae"] < 0.01
    weights, bias = linear_weights(*known, most=100)
    assert weights.shape == (4, 2)
    assert bias.shape == (2,)


def test_constant_windows_are_not_divided_by_what_rounding_leaves() -> None:
    windows = np.full((3, 7), 0.1)
    windows[0, 0] += 1e-16
    changes, _, spread = normalised(windows)
    assert np.abs(changes).max() < 1e-9
    assert spread.tolist() == [[1.0]] * 3


def test_rows_of_small_scales_count_by_their_weights() -> None:
    rng = np.random.default_rng(0)
    windows = rng.normal(size=(400, 4))
    truth = np.where(np.arange(400)[:, None] % 2, windows[:, :1], windows[:, 1:2])
    weights = np.where(np.arange(400) % 2, 1.0, 1e-6)
    kernel, _ = linear_weights(windows, truth, weights)
    np.testing.assert_allclose(kernel[:, 0], [1, 0, 0, 0], atol=0.05)


@pytest.mark.parametrize("season", [3, 7, 24])
def test_the_season_is_found_in_noise(season: int) -> None:
    rng = np.random.default_rng(0)
    values = np.tile(rng.normal(size=season), 40) + 0.2 * rng.normal(size=40 * season)
    assert find_season(values) == season


def test_noise_and_constants_have_no_season() -> None:
    assert find_season(np.random.default_rng(0).normal(size=500).cumsum()) == 1
    assert find_season(np.ones(50)) == 1
    assert find_season(np.arange(3.0)) == 1
