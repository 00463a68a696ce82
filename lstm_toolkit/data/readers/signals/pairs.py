"""Signals as they were read: clean ones, and noisy ones where there are such."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.readers.series.clock import Clock
from lstm_toolkit.data.readers.series.columns import Covariates, covariate_names
from lstm_toolkit.data.readers.series.observed import observed_series
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.errors import DataError

Floats = NDArray[np.float32]

SECOND = 1e9
"""Nanoseconds."""
SAME_RATE = 0.01
"""Share by which samples a second may differ, as clocks do, before that is told."""
CLEAN, NOISY = "clean", "noisy"
"""Columns of these names are a pair, where none is stated."""


@dataclasses.dataclass(frozen=True, eq=False)
class Pair:
    """One signal.

    Attributes:
        clean: `float32[steps]`, NaN where a sample is missing.
        noisy: Likewise; None where noise is to be made.
    """

    clean: Floats
    noisy: Floats | None = None


@dataclasses.dataclass(frozen=True, eq=False)
class Signals:
    """The signals of a file.

    Attributes:
        pairs: By their names.
        rate: Samples a second; None if that is not known.
        remarks: What is to be told.
        noisy_column: Where the noisy ones stood; "" without such.
        clean_column: Likewise.
    """

    pairs: Mapping[str, Pair]
    rate: float | None = None
    remarks: tuple[str, ...] = ()
    noisy_column: str = ""
    clean_column: str = ""


def signals_of_table(
    table: Table,
    *,
    value_column: str = "",
    noisy_column: str = "",
    clean_column: str = "",
    frequency: str = "",
) -> Signals:
    """Returns the signals of a long or wide table, see `observed_series`.

    Args:
        table: What was read.
        value_column: The one column of clean signals; "" finds them.
        noisy_column: Columns of noisy ones, with commas between.
        clean_column: Columns of their clean ones, in the same order.
        frequency: Of the times, as pandas writes it; "" finds it.

    Raises:
        DataError: If a cell is no number or a time does not fit, with its line.
    """
    if not noisy_column and not clean_column and {NOISY, CLEAN} <= table.columns.keys():
        noisy_column, clean_column = NOISY, CLEAN
    noisy, clean = covariate_names(noisy_column), covariate_names(clean_column)
    if not noisy:
        read = observed_series(table, clean[0] if clean else value_column, frequency=frequency)
        alone = {name: Pair(one.values) for name, one in read.series.items()}
        return Signals(alone, rate_of(read.clock), read.remarks)
    pairs: dict[str, Pair] = {}
    remarks: list[str] = []
    rate = None
    for one, other in zip(noisy, clean, strict=True):
        read = observed_series(table, other, Covariates(past=(one,)), frequency)
        remarks += read.remarks
        rate = rate_of(read.clock)
        for name, found in read.series.items():
            shown = name if len(clean) == 1 or name == other else f"{name} {other}"
            pairs[shown] = Pair(found.values, found.past[:, 0])
    told = tuple(dict.fromkeys(remark for remark in remarks if not _of_others(remark, noisy)))
    told += tuple(_lost(pairs))
    return Signals(pairs, rate, told, noisy_column, clean_column)


def _of_others(remark: str, noisy: Sequence[str]) -> bool:
    """Tells whether a remark counts the columns of further pairs as not used."""
    return len(noisy) > 1 and remark.startswith("columns ignored")


def _lost(pairs: Mapping[str, Pair]) -> Iterator[str]:
    lost = sum(int(np.isnan(p.noisy).sum()) for p in pairs.values() if p.noisy is not None)
    if lost:
        yield f"{lost:,} noisy samples missing"


def rate_of(clock: Clock) -> float | None:
    """Returns samples a second, where times are dates."""
    return SECOND / clock.length if clock.dated else None


def other_rate(rate: float | None, expected: float | None) -> list[str]:
    """Returns a remark if samples come faster or slower than expected; none if one is not known.

    >>> other_rate(500.0, 250.0), other_rate(250.0, 250.1), other_rate(None, 250.0)
    (['500 samples a second, where rate=250: resample them, or answers are worse'], [], [])
    """
    if rate is None or expected is None or abs(rate / expected - 1) < SAME_RATE:
        return []
    return [
        f"{rate:g} samples a second, where rate={expected:g}: resample them, or answers are worse"
    ]


def check_pairs(pairs: Mapping[str, Pair], path: Path | None) -> None:
    """Raises `DataError` if nothing can be learnt, since no signal changes."""
    if not any(_changes(pair.clean) for pair in pairs.values()):
        raise DataError(
            "needs a signal that changes. Received: the same value, or none, at every step",
            path=path,
        )


def _changes(samples: Floats) -> bool:
    known = samples[np.isfinite(samples)]
    return bool(len(known)) and bool(known.min() < known.max())
