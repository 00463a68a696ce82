"""Scores of a series, averaged, and judged by those before them."""

from __future__ import annotations

import math
from collections import deque
from typing import Any

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


def trailing_mean(
    scores: NDArray[np.float64], series: NDArray[Any], steps: int, known: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Returns the mean of each score and those before it in its series.

    Args:
        scores: `float64[n]`, one series after the other.
        series: `[n]`, which one each is of.
        steps: How many scores are averaged; at the begin of a series fewer.
        known: `bool[n]`; other scores are averaged with none, and stay.

    >>> scores, series = np.array([1.0, 0.0, 3.0, 5.0]), np.array(["a", "a", "a", "b"])
    >>> trailing_mean(scores, series, 2, np.array([True, False, True, True])).tolist()
    [1.0, 0.0, 2.0, 5.0]
    """
    if steps == 1 or not known.any():
        return scores
    own, names = scores[known], series[known]
    places = np.arange(len(own))
    starts = np.concatenate([[True], names[1:] != names[:-1]])
    first = np.maximum.accumulate(np.where(starts, places, 0))
    begins = np.maximum(places - steps + 1, first)
    sums = np.concatenate([[0.0], np.cumsum(own)])
    mean = scores.copy()
    mean[known] = (sums[places + 1] - sums[begins]) / (places + 1 - begins)
    return mean


class SeriesScore:
    """Brings the scores of one series to where they usually are, in constant memory.

    They are averaged; then each is measured in deviations of those before it from their mean,
    which are forgotten exponentially, and told on the scale of the validation split, so that its
    threshold holds.

    Args:
        average: Steps over which scores are averaged.
        memory: Steps after which a score counts about a third; 0 judges none by others.
        usual: Mean and deviation of the scores on the validation split.

    Example:
        >>> score = SeriesScore(1, 100, (1.0, 0.5))
        >>> [round(score.step(3.0), 2) for _ in range(3)]
        [3.0, 2.47, 2.22]
    """

    def __init__(self, average: int, memory: int, usual: tuple[float, float]):
        self.memory, self.usual = memory, usual
        self._last: deque[float] = deque(maxlen=average)
        self._mean, self._variance = usual[0], usual[1] ** 2
        self._steps = BELIEVED

    def step(self, score: float) -> float:
        """Returns the next score, as it is among those before it."""
        self._last.append(score)
        averaged = sum(self._last) / len(self._last)
        return self._among_others(averaged) if self.memory else averaged

    def _among_others(self, score: float) -> float:
        mean, deviation = self.usual
        strange = (score - self._mean) / max(math.sqrt(self._variance), LEAST * deviation)
        self._steps += 1
        share = max(1.0 / self.memory, 1.0 / self._steps)
        change = score - self._mean
        self._mean += share * change
        self._variance = (1 - share) * (self._variance + share * change * change)
        return mean + deviation * strange


class SeriesAnswers:
    """Changes the answers of one series, in their order, to averaged scores.

    Args:
        average: See `SeriesScore`.
        memory: Likewise.
        usual: Likewise.
        threshold: Averaged score from which on there is an alarm.

    Example:
        >>> answers = SeriesAnswers(2, 0, (1.0, 0.5), 3.0)
        >>> [answers({"score": score})["alarm"] for score in (2.0, 3.0, 4.0)]
        [False, False, True]
    """

    def __init__(self, average: int, memory: int, usual: tuple[float, float], threshold: float):
        self.threshold = threshold
        self._score = SeriesScore(average, memory, usual)

    def __call__(self, answer: dict[str, Any]) -> dict[str, Any]:
        """Returns the answer with its score among those before; one without a score as it is."""
        if answer.get("score") is None:
            return answer
        score = float(f"{self._score.step(answer['score']):.7g}")
        return answer | {"score": score, "alarm": score >= self.threshold}
