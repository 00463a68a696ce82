"""How sure a difference between two systems is: paired bootstrap over the rows of one test split.

P. Koehn, 2004, Statistical significance tests for machine translation evaluation (W04-3250);
intervals are percentiles of the resampled scores (B. Efron, 1979).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

DRAWS = 2000
"""Resampled test splits."""

SURE = 95
"""Per cent of them that an interval holds."""

FEWEST = 30
"""Rows or blocks of rows below which intervals come out too narrow to judge by."""

_AT_A_TIME = 4_000_000
"""Row numbers drawn at a time, which take 32 MB."""


@dataclasses.dataclass(frozen=True)
class Interval:
    """A value, and between which bounds it lies in 95 % of the resampled test splits."""

    value: float
    low: float
    high: float


@dataclasses.dataclass(frozen=True)
class Paired:
    """Two systems on the same rows.

    Attributes:
        one: The score of the first.
        other: That of the second.
        difference: The second's less the first's.
        units: Rows, or blocks of rows, that were resampled.
    """

    one: Interval
    other: Interval
    difference: Interval
    units: int


def paired_bootstrap(
    one: Floats,
    other: Floats,
    combine: Callable[[Floats], Floats],
    *,
    blocks: NDArray[np.int64] | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> Paired:
    """Scores two systems on resampled rows, the same ones for both.

    Args:
        one: `float64[rows, columns]`, what each row adds to the sums of the first system.
        other: Likewise of the second, for the same rows.
        combine: From `float64[..., columns]` sums to `float64[...]` scores.
        blocks: `int64[rows]`: rows of one number depend on each other, such as windows that
            overlap, and are drawn together; None draws each row by itself.
        draws: How often.
        seed: The same one draws the same rows.

    Raises:
        ValueError: If there are no rows, or not the same number of both.

    Example:
        >>> right = np.array([[1.0, 1.0], [0.0, 1.0]])
        >>> same = paired_bootstrap(right, right, lambda sums: sums[..., 0] / sums[..., 1])
        >>> same.one.value, same.difference
        (0.5, Interval(value=0.0, low=0.0, high=0.0))
    """
    if not len(one) or one.shape != other.shape:
        raise ValueError(
            "one and other must hold the same rows, at least one. "
            f"Received: shapes {one.shape} and {other.shape}"
        )
    both = np.stack([one, other], axis=1)
    if blocks is not None:
        _, numbers = np.unique(blocks, return_inverse=True)
        summed = np.zeros((numbers.max() + 1, *both.shape[1:]))
        np.add.at(summed, numbers, both)
        both = summed
    scores = np.concatenate([combine(sums) for sums in _resampled(both, draws, seed)])
    first, second = (float(score) for score in combine(both.sum(axis=0)))
    return Paired(
        _interval(first, scores[:, 0]),
        _interval(second, scores[:, 1]),
        _interval(second - first, scores[:, 1] - scores[:, 0]),
        len(both),
    )


def _resampled(rows: Floats, draws: int, seed: int) -> Iterator[Floats]:
    """Yields sums over drawn rows, `float64[m, systems, columns]`, some draws at a time."""
    rng = np.random.default_rng(seed)
    count = len(rows)
    flat = rows.reshape(count, -1)
    step = max(1, _AT_A_TIME // count)
    for start in range(0, draws, step):
        size = min(step, draws - start)
        drawn = rng.integers(0, count, (size, count)) + count * np.arange(size)[:, None]
        times = np.bincount(drawn.ravel(), minlength=size * count).reshape(size, count)
        yield (times.astype(np.float64) @ flat).reshape(size, *rows.shape[1:])


def _interval(value: float, drawn: Floats) -> Interval:
    low, high = np.percentile(drawn, [(100 - SURE) / 2, (100 + SURE) / 2])
    return Interval(value, float(low), float(high))
