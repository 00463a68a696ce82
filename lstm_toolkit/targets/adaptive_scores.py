"""Scores that are judged by those before them, in series whose habits change."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

LEAST = 0.1
"""Deviation of scores at least, in that of the validation split."""
BELIEVED = 20
"""Steps for which those of the validation split stand at the begin."""


def usual_scores(scores: NDArray[np.float64]) -> tuple[float, float]:
    """Returns mean and deviation of scores, `float64[n]`, without the highest tenth."""
    usual = scores[scores <= np.quantile(scores, 0.9)]
    return float(usual.mean()), max(float(usual.std()), 1e-3)


class AdaptiveScore:
    """Brings the scores of one series to where they usually are, in constant memory.

    A score is measured in deviations of those before it from their mean, which are forgotten
    exponentially, and told on the scale of the validation split, so that its threshold holds.

    Args:
        memory: Steps after which a score counts about a third.
        usual: Mean and deviation of the scores on the validation split.

    Example:
        >>> score = AdaptiveScore(100, (1.0, 0.5))
        >>> [round(score.step(3.0), 2) for _ in range(3)]
        [3.0, 2.65, 2.42]
    """

    def __init__(self, memory: int, usual: tuple[float, float]):
        self.memory, self.usual = memory, usual
        self._mean, self._variance = usual[0], usual[1] ** 2
        self._steps = BELIEVED

    def step(self, score: float) -> float:
        """Returns the next score, as it is among those before it."""
        mean, deviation = self.usual
        spread = max(math.sqrt(self._variance), LEAST * deviation)
        strange = (score - self._mean) / spread
        self._steps += 1
        share = max(1.0 / self.memory, 1.0 / self._steps)
        change = score - self._mean
        self._mean += share * change
        self._variance = (1 - share) * (self._variance + share * change * change)
        return mean + deviation * strange
