"""Whether a network is better than the simplest methods on the same rows."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, Literal


@dataclasses.dataclass(frozen=True)
class Simplest:
    """The best of the simplest methods, beside a network.

    Attributes:
        method: Its name.
        score: What it gets.
        gain: By how much the network is better; less than 0 where it is worse.
        standard_error: Of the network's score; 0 where none was reckoned.
    """

    method: str
    score: float
    gain: float
    standard_error: float

    @property
    def beaten(self) -> bool:
        """Whether the network is better by more than the standard error."""
        return self.gain > self.standard_error


def best_of_simplest(
    scores: Mapping[str, Any], name: str, direction: Literal["max", "min"]
) -> Simplest | None:
    """Returns the best of the simplest methods that were scored; None if none was.

    Args:
        scores: Of a test split, as `metrics.json` holds them.
        name: Of the score by which is compared.
        direction: Whether more of it is better.

    >>> scores = {"mae": 2.0, "standard_error": 0.5, "baselines": {"mean": {"mae": 2.25}}}
    >>> best_of_simplest(scores, "mae", "min")
    Simplest(method='mean', score=2.25, gain=0.25, standard_error=0.5)
    >>> best_of_simplest(scores, "mae", "min").beaten
    False
    """
    methods = scores.get("baselines")
    if not methods:
        return None
    sign = 1 if direction == "max" else -1
    best = max(methods, key=lambda method: sign * methods[method][name])
    score = methods[best][name]
    gain = sign * (scores[name] - score)
    return Simplest(best, score, gain, scores.get("standard_error", 0.0))
