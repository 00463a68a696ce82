"""Where the settings of a search lie on an axis: numbers, logarithms, names, nothing."""

from __future__ import annotations

import dataclasses
import re
from numbers import Real
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

MISSING = -0.17
"""Where a value lies that does not exist; those that do lie from 0 to 1."""

NOTHING = "–"


@dataclasses.dataclass(frozen=True)
class Scale:
    """Places of values on an axis from 0 to 1.

    Attributes:
        places: `float64[n]`, one a value; `MISSING` for those that do not exist.
        ticks: Places and labels of the ticks, upwards.
        steps: Whether all values lie on ticks, as names do.
    """

    places: NDArray[np.float64]
    ticks: list[tuple[float, str]]
    steps: bool


def numbers_in(values: pd.Series) -> NDArray[np.float64] | None:
    """Reads a setting as numbers, NaN where it does not exist; None where it holds anything else.

    Args:
        values: `[n]` of one setting. Truth values and infinities are no numbers here.
    """
    for value in values.dropna():
        if isinstance(value, (bool, np.bool_)) or not isinstance(value, Real):
            return None
    numbers = values.to_numpy(dtype=float, na_value=np.nan)
    return None if np.isinf(numbers).any() else numbers


def names_in(values: pd.Series) -> NDArray[np.str_]:
    """Reads a setting as names, `NOTHING` where it does not exist."""
    return np.array(
        [NOTHING if gone else str(v) for v, gone in zip(values, values.isna(), strict=True)]
    )


def scale(values: pd.Series, *, log: bool = False, room: int = 8, even: int = 0) -> Scale:
    """Finds places and ticks for the values of a setting.

    Args:
        values: `[n]`; numbers, or anything else as names in their order.
        log: Whether numbers lie on a logarithmic scale; not where any is 0 or less.
        room: How many labels fit beside one another.
        even: Numbers of at most that many values lie at even distances, as names do.
    """
    numbers = numbers_in(values)
    if numbers is None:
        names = names_in(values)
        return _even(names, sorted({*names} - {NOTHING}), room)
    there = np.isfinite(numbers)
    known = np.unique(numbers[there])
    if not len(known):
        return _even(names_in(values), [], room)
    if len(known) <= max(1, even):
        labels = dict(zip(known.tolist(), _labels(known), strict=True))
        names = np.array([labels.get(number, NOTHING) for number in numbers.tolist()])
        return _even(names, list(labels.values()), room)
    log = log and known[0] > 0
    ends = np.log(known[[0, -1]]) if log else known[[0, -1]]
    ticks, steps = _ticks(known, log=log, room=room)

    def place(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
        return ((np.log(numbers) if log else numbers) - ends[0]) / (ends[1] - ends[0])

    places = np.full(len(numbers), MISSING)
    places[there] = place(numbers[there])
    return Scale(places, list(zip(place(ticks).tolist(), _labels(ticks), strict=True)), steps)


def short(number: float) -> str:
    """Writes a number in few characters.

    >>> [short(number) for number in (64.0, 0.30000000000000004, 0.00012345, 2e-05, 1500000.0)]
    ['64', '0.3', '0.000123', '2e-5', '1.5e6']
    """
    if float(number).is_integer() and abs(number) < 1e6:
        return f"{number:.0f}"
    return re.sub(r"e\+?(-?)0*", r"e\1", f"{float(f'{number:.3g}'):.6g}")


def _labels(numbers: NDArray[np.float64]) -> list[str]:
    """Writes numbers in few characters, or in as many as tell them apart."""
    labels = [short(number) for number in numbers.tolist()]
    if len({*labels}) < len(labels):
        labels = [f"{number:.12g}" for number in numbers.tolist()]
    return labels


def _even(names: NDArray[np.str_], order: list[str], room: int) -> Scale:
    """Puts names at even distances; where they are too many, only some are written."""
    spots = np.linspace(0, 1, len(order)) if len(order) > 1 else np.full(len(order), 0.5)
    spot_of_trial = dict(zip(order, spots.tolist(), strict=True))
    places = np.array([spot_of_trial.get(name, MISSING) for name in names], np.float64)
    written = -(-len(order) // (2 * room))
    return Scale(
        places, [(spot_of_trial[name], name) for name in order[:: written or 1]], steps=True
    )


def _ticks(known: NDArray[np.float64], *, log: bool, room: int) -> tuple[NDArray[np.float64], bool]:
    """Chooses ticks: the values themselves if there is room, or else round numbers."""
    from matplotlib.ticker import MaxNLocator

    spots = np.log(known) if log else known
    gaps = np.diff(spots) / (spots[-1] - spots[0])
    if len(known) <= room and gaps.min() >= 0.5 / room and len({*map(short, known)}) == len(known):
        return known, True
    if log:
        powers = np.arange(np.floor(np.log10(known[0])), np.log10(known[-1]) + 1)
        for steps, every in (((1, 2, 5), 1), ((1, 3), 1), ((1,), 1), ((1,), 2), ((1,), 4)):
            round_ = np.outer(10.0 ** powers[::every], steps).ravel()
            round_ = round_[(round_ >= known[0] * 0.999) & (round_ <= known[-1] * 1.001)]
            if 2 <= len(round_) <= room:
                return round_, False
    whole = bool((known == known.round()).all())
    locator = MaxNLocator(nbins=room - 1, integer=whole, steps=[1, 2, 5, 10])
    round_ = np.array(locator.tick_values(known[0], known[-1]))
    slack = 1e-9 * (known[-1] - known[0])
    return round_[(round_ >= known[0] - slack) & (round_ <= known[-1] + slack)], False
