"""Changes in the level of a daily index: robust z and CUSUM against the weeks before.

Page (1954), "Continuous inspection schemes", gives the CUSUM; Montgomery, "Introduction to
Statistical Quality Control", chapter 9, its two-sided form in standard deviations.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Literal

import numpy as np
from numpy.typing import NDArray

SIGMAS_A_MAD = 1.4826
"""Standard deviations that a median absolute deviation stands for, in a normal distribution."""


LEAST_DEVIATION = 0.01
"""Of a day's mean; an index that never moved may move so far."""

HALVINGS = 30
"""Of the range in which the variance between days is looked for."""

Floats = NDArray[np.float64]

OUTLYING = 2.0
"""Standard deviations beyond which a day says no more of what is usual (Huber's limit)."""


@dataclasses.dataclass(frozen=True)
class Rules:
    """When a day is a change.

    Attributes:
        reference: Days with texts, before the latest ones, that say what is usual.
        least: Days of them that are needed before anything is judged.
        recent: The latest days, over which the CUSUM adds up; the last of them is judged.
        z: Standard deviations of one day above or below what is usual.
        slack: What the CUSUM takes off a day, in standard deviations.
        cusum: The sum that is a change.
    """

    reference: int = 90
    least: int = 20
    recent: int = 7
    z: float = 3.5
    slack: float = 1.0
    cusum: float = 3.5


@dataclasses.dataclass(frozen=True)
class Days:
    """What the texts of one entity said, a day an entry, in the order of days.

    Attributes:
        day: `int64[days]`, since 1970-01-01.
        count: `int64[days]`, texts of a day, one or more.
        total: `float64[days]`, sum of their tones.
        squares: `float64[days]`, sum of the squares of their tones.
    """

    day: NDArray[np.int64]
    count: NDArray[np.int64]
    total: NDArray[np.float64]
    squares: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.day)

    @property
    def mean(self) -> NDArray[np.float64]:
        """`float64[days]`, the index."""
        return self.total / self.count

    def between(self, start: int, stop: int) -> Days:
        """Returns the entries from one place to before another."""
        part = slice(max(start, 0), max(stop, 0))
        return Days(self.day[part], self.count[part], self.total[part], self.squares[part])


@dataclasses.dataclass(frozen=True)
class Change:
    """A day whose level is not that of the weeks before.

    Attributes:
        method: What found it.
        direction: Where the index went.
        statistic: Standard deviations: of the day for "z", added up for "cusum".
        usual: The level of the weeks before.
        since: Place of the day at which the change began.
    """

    method: Literal["z", "cusum"]
    direction: Literal["up", "down"]
    statistic: float
    usual: float
    since: int


def changes(
    days: Days, rules: Rules, *, start: int = 0, stop: int | None = None, first: int = 0
) -> Iterator[tuple[int, Change]]:
    """Judges days one after the other; after a change, what is usual is learnt anew.

    Args:
        days: Of one entity.
        rules: See `Rules`.
        start: Place of the first day that is judged.
        stop: Place before which the last one is; None judges all.
        first: Place of the first day that may say what is usual.

    Yields:
        The place of each change with it.
    """
    for place in range(start, len(days) if stop is None else stop):
        change = change_at(days, place, rules, first)
        if change is not None:
            yield place, change
            first = place


def change_at(days: Days, place: int, rules: Rules, first: int = 0) -> Change | None:
    """Judges one day by those before it.

    Args:
        days: Of one entity.
        place: Of the day that is judged.
        rules: See `Rules`.
        first: Place of the first day that may say what is usual.

    Returns:
        The change, None if there is none or too few days say what is usual.
    """
    start = max(place - rules.recent + 1, first + rules.least)
    before = days.between(max(first, start - rules.reference), start)
    if start > place or len(before) < rules.least:
        return None
    usual, scores = _scores(before, days.between(start, place + 1))
    last = float(scores[-1])
    if abs(last) >= rules.z:
        return Change("z", "up" if last > 0 else "down", last, usual, place)
    for sign in (1.0, -1.0):
        total, since = 0.0, start
        for offset, score in enumerate(scores):
            since = start + offset if total == 0.0 else since
            total = max(0.0, total + sign * float(score) - rules.slack)
        if total >= rules.cusum:
            return Change("cusum", "up" if sign > 0 else "down", sign * total, usual, since)
    return None


def _scores(before: Days, recent: Days) -> tuple[float, NDArray[np.float64]]:
    """Returns the usual level, and how many standard deviations each recent day is from it.

    The mean of a day with n texts varies by τ² from day to day, and by σ²/n since it has only
    n of them; σ² is that within days, and τ² see `_between`.
    """
    means, counts = before.mean, before.count
    median = float(np.median(means))
    freedom = max(int((counts - 1).sum()), 1)
    within = float(np.maximum(before.squares - before.total * means, 0.0).sum()) / freedom
    between = _between(np.abs(means - median), within / counts)
    # The mean, each day weighed by how sure it is, and none further off than is usual.
    variance = np.maximum(between + within / counts, 1e-12)
    limit = OUTLYING * np.sqrt(variance)
    usual = float(np.average(np.clip(means, median - limit, median + limit), weights=1 / variance))
    own = between + within / recent.count
    level = 1.0 / float(np.sum(1.0 / variance))
    deviation = np.maximum(np.sqrt(own + level), LEAST_DEVIATION)
    scores: NDArray[np.float64] = (recent.mean - usual) / deviation
    return usual, scores


def _between(distances: Floats, chance: Floats) -> float:
    """Returns the variance between days, τ²: that with which the days are as far off as usual.

    The median of their distances in standard deviations, sqrt(τ² + chance), is then that of a
    normal distribution. Days with few texts are judged by their own chance so, and do not hide
    how much the others vary.

    Args:
        distances: `float64[days]`, of their means from the median.
        chance: `float64[days]`, variance of each mean by its number of texts.
    """

    def excess(between: float) -> float:
        deviations = np.sqrt(np.maximum(between + chance, 1e-12))
        return SIGMAS_A_MAD * float(np.median(distances / deviations)) - 1.0

    low, high = 0.0, (SIGMAS_A_MAD * float(distances.max(initial=0.0))) ** 2
    if excess(low) <= 0:
        return low
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) > 0 else (low, middle)
    return high
