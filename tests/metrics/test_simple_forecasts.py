"""The simplest forecasts."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_toolkit.metrics.simple_forecasts import find_season, forecast_scores, linear, seasonal


def test_scores_by_hand() -> None:
    scores = forecast_scores(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, 3.0], [0.0, 4.0]]))
    assert scores["mae"] == 1.0
    assert scores["mse"] == 2.5
    assert scores["rmse"] == pytest.approx(2.5**0.5)
    assert scores["standard_error"] == pytest.approx(0.5 / 2**0.5)


def test_the_last_season_goes_on() -> None:
    windows = np.array([[0.0, 1.0, 2.0, 3.0]])
    assert seasonal(windows, np.array([[3.0, 3.0]]), season=1)["mae"] == 0
    assert seasonal(windows, np.array([[2.0, 3.0, 2.0]]), season=2)["mae"] == 0


def test_a_line_is_found() -> None:
    numbers = np.arange(60, dtype=float)
    windows = np.lib.stride_tricks.sliding_window_view(numbers, 6)
    found = linear(windows[:40, :4], windows[:40, 4:], windows[40:, :4], windows[40:, 4:])
    assert found["mae"] < 0.1


@pytest.mark.parametrize("season", [3, 7, 24])
def test_the_season_is_found_in_noise(season: int) -> None:
    rng = np.random.default_rng(0)
    values = np.tile(rng.normal(size=season), 40) + 0.2 * rng.normal(size=40 * season)
    assert find_season(values) == season


def test_noise_and_constants_have_no_season() -> None:
    assert find_season(np.random.default_rng(0).normal(size=500).cumsum()) == 1
    assert find_season(np.ones(50)) == 1
    assert find_season(np.arange(3.0)) == 1
