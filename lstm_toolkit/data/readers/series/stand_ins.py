"""Numbers such as -999 that loggers write where they know no value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

STAND_INS = (
    *(sign * whole for whole in (99, 999, 9999, 99999, 999999) for sign in (-1, 1)),
    *(-99.9, -999.9, -9999.9, -99.99, -999.99, -9999.99, -999.25, -32768, 32767, -2147483648),
    *(-1e10, -1e20, 1e20, -1e30, 1e30),
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
    if not len(known):
        return
    for extreme in {float(known.min()), float(known.max())}:
        number = next((n for n in STAND_INS if np.isclose(extreme, n, rtol=1e-6)), None)
        others = known[known != extreme]
        if number is None or len(np.unique(others)) < 2:
            continue
        low, high = float(others.min()), float(others.max())
        # As far as the others are from each other, and as far as they are from 0.
        if min(abs(extreme - low), abs(extreme - high)) > max(high - low, abs(low), abs(high)):
            count = len(known) - len(others)
            yield (
                f"warning: {number:g} in column {name[:40]} {count:,} time{'s'[: count > 1]}, far "
                f"from its other values ({low:g} to {high:g}); if it means that none is known, "
                "leave these cells empty"
            )
