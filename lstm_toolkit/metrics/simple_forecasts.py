"""The simplest forecasts, to compare a network with, and how forecasts are scored."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

LONGEST_SEASON = 400
"""Steps; longer seasons are not looked for."""
CLEAR = 0.3
"""Autocorrelation from which a season counts as one."""


def forecast_scores(truth: NDArray[Any], numbers: NDArray[Any]) -> dict[str, float]:
    """Scores `float64[n, steps]` numbers.

    Returns:
        `mae`, `mse`, `rmse`; the `standard_error` of `mae` over rows, which is too small where
        windows overlap; `examples`.
    """
    errors = numbers.astype(np.float64) - truth
    each = np.abs(errors).mean(axis=1)
    mse = float(np.square(errors).mean())
    return {
        "mae": float(each.mean()),
        "mse": mse,
        "rmse": float(np.sqrt(mse)),
        "standard_error": float(each.std() / np.sqrt(len(each))),
        "examples": len(truth),
    }


def seasonal(windows: Any, truth: NDArray[Any], *, season: int) -> dict[str, float]:
    """Scores repeating the last season of each window; with season=1 the last value."""
    places = -season + np.arange(truth.shape[1]) % season
    return forecast_scores(truth, np.asarray(windows)[:, places])


def linear(
    windows: Any, truth: NDArray[Any], test_windows: Any, test_truth: NDArray[Any]
) -> dict[str, float]:
    """Scores ridge regression from each window, less its last value, to what follows."""
    from sklearn.linear_model import Ridge

    trained, tested = (np.asarray(part, np.float64) for part in (windows, test_windows))
    model = Ridge(alpha=1.0).fit(trained - trained[:, -1:], truth - trained[:, -1:])
    return forecast_scores(test_truth, model.predict(tested - tested[:, -1:]) + tested[:, -1:])


def find_season(values: NDArray[Any]) -> int:
    """Returns the steps after which values repeat best, 1 where they do not.

    That is the first high peak of the autocorrelation of their differences.

    >>> find_season(np.tile([0.0, 1.0, 5.0, 2.0], 20))
    4
    """
    steps = np.diff(np.asarray(values, np.float64))
    steps = steps - steps.mean()
    longest = min(LONGEST_SEASON, len(steps) // 3)
    if longest < 2 or not steps.any():
        return 1
    padded = np.fft.rfft(steps, 2 * len(steps))
    correlation = np.fft.irfft(padded * np.conj(padded))[: longest + 1]
    correlation = correlation / correlation[0] * len(steps) / (len(steps) - np.arange(longest + 1))
    inner = correlation[1:-1]
    peaks = 1 + np.flatnonzero((inner >= correlation[:-2]) & (inner > correlation[2:]))
    peaks = peaks[peaks > 1]
    if not len(peaks) or correlation[peaks].max() < CLEAR:
        return 1
    high = peaks[correlation[peaks] >= 0.9 * correlation[peaks].max()]
    return int(high[0])
