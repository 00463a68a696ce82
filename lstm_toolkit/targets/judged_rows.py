"""What became of each row that was scored, small enough to be kept."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

BLOCK = 2
"""Horizons of rows that are resampled together, since the targets of neighbours overlap."""


@dataclasses.dataclass(frozen=True, eq=False)
class JudgedRows:
    """Rows beside what was answered, and what each adds to the scores.

    Attributes:
        truth: What was right, for people to read.
        answers: What was answered, likewise.
        columns: `float64[n]` by the names that `Target.row_scores` ask for.
        rows: `int64[n]`, which rows these are; None if all, in their order. Of sentences that
            come again only the first is scored.
        blocks: `int64[n]`: rows of one number depend on each other, such as windows that
            overlap; None if none do.
    """

    truth: Sequence[str]
    answers: Sequence[str]
    columns: Mapping[str, NDArray[np.float64]]
    rows: NDArray[np.int64] | None = None
    blocks: NDArray[np.int64] | None = None


def window_blocks(count: int, steps: int) -> NDArray[np.int64] | None:
    """Returns the blocks of consecutive windows, whose targets overlap; None of one step."""
    return None if steps == 1 else np.arange(count) // (BLOCK * steps)


def line_of_numbers(numbers: NDArray[Any]) -> str:
    """Returns numbers for people to read, with commas between them."""
    return ",".join(f"{number:.4g}" for number in numbers)
