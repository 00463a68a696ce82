"""How much each setting of a search mattered to the score."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.figures.search.axes import names_in, numbers_in

if TYPE_CHECKING:
    import pandas as pd

ENOUGH = 10
"""Trials from which a forest is asked."""

_TREES, _FOLDS, _DRAWS = 50, 10, 20


@dataclasses.dataclass(frozen=True)
class Shares:
    """Shares of the variance of the scores' ranks, from 0 to 1.

    Attributes:
        each: That of each setting, NaN where it cannot be told.
        together: That of all settings; below 0 where a forest guesses worse than the mean
            does; None where none was asked.
    """

    each: dict[str, float]
    together: float | None


def shares(trials: pd.DataFrame, *, settings: Sequence[str]) -> Shares:
    """Measures how much of the variance of the scores' ranks each setting explains.

    Ranks, so that a few trials that went wrong do not decide everything, and minimising
    and maximising are one.

    From `ENOUGH` trials on, random forests learn the ranks from all settings and guess
    those of trials held out (ten folds). The share of a setting is half the growth of the
    squared error when its value is exchanged for those of other trials: half, because the
    variance of the setting then counts twice (Gregorutti, Michel and Saint-Pierre 2017,
    arXiv:1310.5726). It holds what the setting does together with others, so that shares may add up
    to more than `together`; settings that always change together divide theirs.

    With fewer trials each setting is looked at alone: the square of Spearman's
    correlation of numbers, or of the correlation ratio of names, adjusted as an adjusted R²
    for what chance would explain. A best value in the middle of a range goes unnoticed then.

    Args:
        trials: Completed trials with a `score` each and a column a setting.
        settings: Columns to measure.
    """
    ranks = _ranks(trials["score"])
    usual = [name for name in settings if len({*names_in(trials[name])}) > 1]
    each = dict.fromkeys(settings, float("nan"))
    together = None
    if np.ptp(ranks) if len(ranks) else False:
        if len(ranks) < ENOUGH:
            each |= {name: _alone(trials[name], ranks) for name in usual}
        elif usual:
            found, together = _by_forest(np.stack([_coded(trials[n]) for n in usual], 1), ranks)
            each |= dict(zip(usual, found.tolist(), strict=True))
    return Shares(each, together)


def _ranks(values: pd.Series) -> NDArray[np.float64]:
    return np.asarray(values.rank(), np.float64)


def _coded(values: pd.Series) -> NDArray[np.float64]:
    """Turns a setting into numbers that trees can divide; what is missing comes lowest."""
    numbers = numbers_in(values)
    if numbers is None:
        return np.unique(names_in(values), return_inverse=True)[1].astype(float)
    low, high = np.nanmin(numbers), np.nanmax(numbers)
    return np.nan_to_num(numbers, nan=low - (high - low) - 1)


def _by_forest(
    columns: NDArray[np.float64], ranks: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """Guesses held-out ranks with columns as they are and with each one exchanged.

    Args:
        columns: `float64[trials, settings]`.
        ranks: `float64[trials]`.
    """
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.model_selection import KFold

    rng = np.random.default_rng(0)
    errors = np.zeros(columns.shape[1] + 1)
    for known, unknown in KFold(_FOLDS, shuffle=True, random_state=0).split(columns):
        forest = RandomForestRegressor(_TREES, random_state=0).fit(columns[known], ranks[known])
        samples = np.tile(columns[unknown], (len(errors), _DRAWS, 1, 1))
        for place in range(columns.shape[1]):
            donors = rng.choice(known, samples.shape[1:3])
            samples[place, ..., place] = columns[donors, place]
        guesses = forest.predict(samples.reshape(-1, columns.shape[1])).reshape(samples.shape[:3])
        errors += ((guesses - ranks[unknown]) ** 2).mean(axis=1).sum(axis=1)
    lost = errors / ((ranks - ranks.mean()) ** 2).sum()
    return np.clip((lost[:-1] - lost[-1]) / 2, 0, 1), float(1 - lost[-1])


def _alone(values: pd.Series, ranks: NDArray[np.float64]) -> float:
    """Adjusted share of the ranks' variance that one setting explains."""
    import pandas as pd

    numbers = numbers_in(values)
    if numbers is None:
        names = names_in(values)
        guesses = pd.Series(ranks).groupby(names).transform("mean").to_numpy()
        return _adjusted(ranks, guesses, free=len({*names}))
    there = np.isfinite(numbers)
    ordered = _ranks(pd.Series(numbers[there]))
    ranks = _ranks(pd.Series(ranks[there]))
    if len(ranks) < 3 or not np.ptp(ordered):
        return float("nan")
    return _adjusted(ranks, np.polyval(np.polyfit(ordered, ranks, 1), ordered), free=2)


def _adjusted(ranks: NDArray[np.float64], guesses: NDArray[np.floating], *, free: int) -> float:
    spread, count = ((ranks - ranks.mean()) ** 2).sum(), len(ranks)
    if count <= free or not spread:
        return float("nan")
    left = ((ranks - guesses) ** 2).sum() / spread
    return max(0.0, float(1 - left * (count - 1) / (count - free)))
