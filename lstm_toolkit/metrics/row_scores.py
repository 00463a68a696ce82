"""Scores that follow from sums over rows, so that any choice of rows can be scored anew.

Corpus scores such as BLEU are no means of rows: their counts are added up first, then divided.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ROWS = "rows"
"""The column that is 1 in every row: its sum is the number of rows."""

CHRF_ORDER, BLEU_ORDER = 6, 4
"""Longest n-grams: of characters in chrF, of words in BLEU."""


@dataclasses.dataclass(frozen=True)
class RowScore:
    """A score as a function of sums over rows.

    Attributes:
        name: As `metrics.json` has it.
        columns: Of what each row adds; the sums are given in this order.
        combine: From `float64[..., columns]` sums to `float64[...]` scores.
        points: How many points a difference of 1 is, where people count in points: 100 for
            shares, 1 for scores from 0 to 100. None leaves the score's own unit.
        none_is_right: Whether a row that adds nothing is right, as no label where none was due.
    """

    name: str
    columns: tuple[str, ...]
    combine: Callable[[Floats], Floats]
    points: float | None = None
    none_is_right: bool = False

    def of_rows(self, sums: Floats) -> Floats:
        """Returns the score of each row alone, `float64[rows]`."""
        scores = self.combine(sums)
        return np.where((sums == 0).all(axis=-1), 1.0, scores) if self.none_is_right else scores


def mean(name: str, column: str, *, points: float | None = None) -> RowScore:
    """Returns the mean of a column over rows."""
    return RowScore(name, (column, ROWS), _quotient, points)


def share(name: str, column: str) -> RowScore:
    """Returns the share of rows that a column of 0 and 1 counts."""
    return mean(name, column, points=100.0)


def quotient(name: str, above: str, below: str, *, points: float | None = None) -> RowScore:
    """Returns the sum of a column divided by that of another."""
    return RowScore(name, (above, below), _quotient, points)


def f1(name: str, hits: str, given: str, wanted: str) -> RowScore:
    """Returns 2 hits / (given + wanted), each added up over rows."""
    return RowScore(name, (hits, given, wanted), _f1, 100.0, none_is_right=True)


def root_mean(name: str, column: str) -> RowScore:
    """Returns the root of a column's mean."""
    return RowScore(name, (column, ROWS), lambda sums: np.sqrt(_quotient(sums)))


def chrf(name: str) -> RowScore:
    """Returns corpus chrF from 0 to 100 (M. Popović, 2015, doi:10.18653/v1/W15-3049)."""
    return RowScore(name, chrf_columns(), _chrf, 1.0)


def bleu(name: str) -> RowScore:
    """Returns corpus BLEU from 0 to 100 (K. Papineni et al., 2002, doi:10.3115/1073083.1073135)."""
    return RowScore(name, bleu_columns(), _bleu, 1.0)


def chrf_columns() -> tuple[str, ...]:
    """Returns the names of counts of n-grams: given, wanted and in both, by their length."""
    kinds = ("given", "wanted", "both")
    return tuple(f"chrf_{kind}_{n}" for kind in kinds for n in range(1, CHRF_ORDER + 1))


def bleu_columns() -> tuple[str, ...]:
    """Returns the names of counts of n-grams, right and given, and of the two lengths."""
    counts = [f"bleu_{kind}_{n}" for kind in ("right", "given") for n in range(1, BLEU_ORDER + 1)]
    return (*counts, "bleu_length", "bleu_wanted_length")


def _quotient(sums: Floats) -> Floats:
    return _divided(sums[..., 0], sums[..., 1])


def _divided(above: Floats, below: Floats) -> Floats:
    """Divides; 0 where nothing is there to be divided by."""
    return np.divide(above, below, out=np.zeros(np.shape(above)), where=below > 0)


def _f1(sums: Floats) -> Floats:
    return _divided(2 * sums[..., 0], sums[..., 1] + sums[..., 2])


def _chrf(sums: Floats) -> Floats:
    """Returns F2 of precision and recall, each averaged over the n-grams that both sides have."""
    given, wanted, both = (
        sums[..., start : start + CHRF_ORDER] for start in range(0, 3 * CHRF_ORDER, CHRF_ORDER)
    )
    counted = (given > 0) & (wanted > 0)
    orders = counted.sum(axis=-1).astype(np.float64)
    precision, recall = (
        _divided((_divided(both, side) * counted).sum(axis=-1), orders) for side in (given, wanted)
    )
    return 100 * _divided(5 * precision * recall, 4 * precision + recall)


def _bleu(sums: Floats) -> Floats:
    """Averages logarithms of precisions, those without a hit smoothed as sacreBLEU does ("exp")."""
    right, given = sums[..., :BLEU_ORDER], sums[..., BLEU_ORDER : 2 * BLEU_ORDER]
    length, wanted = sums[..., -2], sums[..., -1]
    misses = np.cumsum((right == 0) & (given > 0), axis=-1)
    precisions = np.where(right > 0, _divided(right, given), _divided(0.5**misses, given))
    with np.errstate(divide="ignore"):
        averaged = np.exp(np.log(precisions).mean(axis=-1))
    brevity = np.exp(np.minimum(0.0, 1 - _divided(wanted, length)))
    return 100 * np.where(right[..., 0] > 0, brevity * averaged, 0.0)
