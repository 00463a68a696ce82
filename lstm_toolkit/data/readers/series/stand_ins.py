"""Numbers such as -999 that loggers write where they know no value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

STAND_INS = (
    *(sign * whole for whole in (99, 999, 9999, 99999, 999999) for sign in (-1, 1)),
    *(-99.9, -999.9, -9999.9, -99.99, -999.99, -9999.99, -999.25, -32768, 32767, -2147483648),
    *(65535, -1e10, -1e20, 1e20, -1e30, 1e30, 9.96921e36),
)
"""Numbers that usually mean that nothing was measured."""


def stand_in_remarks(columns: Iterable[tuple[str, NDArray[Any]]]) -> list[str]:
    """Returns a remark on each column in which such a number lies apart from all others.

    Args:
        columns: Names, and `float[rows]`, NaN where a value is missing.
    """
    return [remark for name, values in columns for remark in _in_column(name, values)]


def _in_column(name: str, values: NDArray[Any]) -> Iterable[str]:
    known = values[np.isfinite(values)]
    numbers = [number for number in STAND_INS if np.isclose(known, number, rtol=1e-6).any()]
    others = known[~np.isclose(known[:, None], numbers, rtol=1e-6).any(axis=1)]
    if not len(others):
        return
    low, high = float(others.min()), float(others.max())
    for number in numbers:
        # Numbers below 0 are seldom measured where the others are above it; great ones often.
        usual = high - low if number < 0 <= low else 2 * max(high - low, abs(low), abs(high))
        if min(abs(number - low), abs(number - high)) > usual:
            count = int(np.isclose(known, number, rtol=1e-6).sum())
            yield (
                f"warning: {number:g} in column {name[:40]} {count:,} time{'s'[: count > 1]}, far "
                f"from its other values ({low:g} to {high:g}); if it means that none is known, "
                "leave these cells empty"
            )
