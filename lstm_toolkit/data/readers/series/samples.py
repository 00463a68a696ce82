"""Made series, to try forecasting with."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.readers.series.clock import Clock
from lstm_toolkit.data.readers.series.observed import Observed, SeriesTable


def sample_values(steps: int = 2400, seed: int = 0) -> NDArray[np.float32]:
    """Returns made hourly values: a day, a week, a slow rise, and noise that lasts."""
    rng = np.random.default_rng(seed)
    hours = np.arange(steps)
    noise = np.zeros(steps)
    for hour, shock in enumerate(rng.normal(size=steps)):
        noise[hour] = 0.8 * noise[hour - 1] + shock
    day = 12 * np.sin(2 * np.pi * hours / 24) + 4 * np.sin(4 * np.pi * hours / 24 + 1)
    week = np.where(hours // 24 % 7 >= 5, -8.0, 0.0)
    values: NDArray[np.float32] = (100 + day + week + hours / 240 + noise).astype(np.float32)
    return values


def sample_series(steps: int = 2400) -> SeriesTable:
    """Returns `sample_values` as one series, its hours counted."""
    none = np.zeros((steps, 0), np.float32)
    one = Observed(sample_values(steps), np.arange(steps), none, none, none[0])
    return SeriesTable({"sample": one}, Clock(""))
