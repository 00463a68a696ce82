"""The scores of the Numenta Anomaly Benchmark.

A. Lavin and S. Ahmad, 2015 (arXiv:1510.03336), as version 1.1 of its code has them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.metrics.runs import runs_of

Floats = NDArray[np.float64]

PROBATION, LONGEST = 0.15, 750
"""Share of a series at its begin that is not scored, and how many steps that are at most."""


@dataclasses.dataclass(frozen=True)
class Profile:
    """What a hit, a false alarm and a miss count."""

    hit: float = 1.0
    false_alarm: float = 0.11
    miss: float = 1.0


PROFILES = {
    "standard": Profile(),
    "reward_low_fp": Profile(false_alarm=0.22),
    "reward_low_fn": Profile(miss=2.0),
}


@dataclasses.dataclass(frozen=True, eq=False)
class Scored:
    """One series.

    Attributes:
        scores: `float64[n]`, the greater the stranger.
        inside: `bool[n]`, which steps lie in a window around an anomaly.
    """

    scores: Floats
    inside: NDArray[np.bool_]

    @property
    def probation(self) -> int:
        """Steps at the begin that are not scored."""
        return min(int(PROBATION * len(self.scores)), LONGEST)

    @property
    def windows(self) -> NDArray[np.int64]:
        """`int64[windows, 2]`, first and last steps."""
        return runs_of(self.inside) - np.array([0, 1], np.int64)


def nab_scores(series: Sequence[Scored]) -> dict[str, float]:
    """Returns the score of each profile, at the threshold that is best for it over all series.

    0 is what a detector without any alarm gets, 100 a perfect one.
    """
    return {name: _best(series, profile) for name, profile in PROFILES.items()}


def _best(series: Sequence[Scored], profile: Profile) -> float:
    """Lowers the threshold step by step, and returns the best score on the way."""
    scores, gains = zip(*(_gains(each, profile) for each in series), strict=True)
    every, gain = np.concatenate(scores), np.concatenate(gains)
    order = np.argsort(-every, kind="stable")
    totals = np.concatenate([[0.0], np.cumsum(gain[order])])
    ordered = every[order]
    # Steps of the same score are on one side of every threshold.
    whole = np.concatenate([[True], np.append(ordered[1:] != ordered[:-1], True)])
    windows = sum(len(each.windows) for each in series)
    return float(100 * totals[whole].max() / (windows * (profile.hit + profile.miss)))


def _gains(one: Scored, profile: Profile) -> tuple[Floats, Floats]:
    """Returns scores, and what each step adds once the threshold has fallen to its score."""
    worth = _worth(one)
    gains = np.where(one.inside, 0.0, worth * profile.false_alarm)
    for first, last in one.windows:
        part = slice(first, last + 1)
        best = -profile.miss
        # Of a window, the hit that is worth most counts: among steps above the threshold.
        for step in first + np.argsort(-one.scores[part], kind="stable"):
            hit = worth[step] * profile.hit
            if hit > best:
                gains[step] = hit - best
                best = hit
    return one.scores[one.probation :], gains[one.probation :]


def _worth(one: Scored) -> Floats:
    """Returns what an alarm at each step is worth: near 1 early in a window, down to -1 after."""
    steps = np.arange(len(one.scores))
    worth = np.full(len(steps), -1.0)
    windows = one.windows
    for place, (first, last) in enumerate(windows):
        width = last - first + 1
        until = windows[place + 1][0] if place + 1 < len(windows) else len(steps)
        inside, after = steps[first : last + 1], steps[last + 1 : until]
        worth[inside] = sigmoid(-(last - inside + 1) / width) / sigmoid(np.array(-1.0))
        worth[after] = sigmoid((after - last) / max(width - 1, 1))
    return worth


def sigmoid(position: Floats) -> Floats:
    """Returns what a position is worth: -1 at the left end of a window, 0 at its right one.

    >>> sigmoid(np.array([-1.0, 0.0, 4.0])).round(3).tolist()
    [0.987, 0.0, -1.0]
    """
    falling = 2.0 / (1.0 + np.exp(5.0 * np.minimum(position, 3.0))) - 1.0
    return np.where(position > 3.0, -1.0, falling)
