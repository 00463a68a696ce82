"""Few of many combinations: for any two options, each value of one meets each of the other.

Most failures need one option, or two that meet; few need three (D. R. Kuhn, D. R. Wallace and
A. M. Gallo, "Software Fault Interactions and Implications for Software Testing", 2004,
doi:10.1109/TSE.2004.24). So `make test` runs a covering array, and `make test-all` the product.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import pytest

Pair = tuple[tuple[int, Any], tuple[int, Any]]


def pairwise(*options: Sequence[Any]) -> list[Any]:
    """Returns all combinations; those that no pair needs carry the marker `full`.

    Args:
        options: The values of each parameter, in the order of the test's parameters.

    Example:
        >>> short = [case for case in pairwise("ab", "xy", "01") if not case.marks]
        >>> ["".join(case.values) for case in short]
        ['ax0', 'ay1', 'bx1', 'by0']
    """
    cases = list(itertools.product(*options))
    needed = set(covering(cases))
    return [
        pytest.param(*case, marks=() if place in needed else pytest.mark.full)
        for place, case in enumerate(cases)
    ]


def covering(cases: Sequence[tuple[Any, ...]]) -> list[int]:
    """Returns the places of cases that hold every pair of values, found greedily."""
    pairs = [_pairs(case) for case in cases]
    missing = set().union(*pairs)
    found = []
    while missing:
        best = max(range(len(cases)), key=lambda place: len(pairs[place] & missing))
        found.append(best)
        missing -= pairs[best]
    return found


def _pairs(case: tuple[Any, ...]) -> set[Pair]:
    return set(itertools.combinations(enumerate(case), min(2, len(case))))
