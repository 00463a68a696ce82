"""Windows of series with what follows them, cut when they are asked for and never stored."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.columns import Windows
from lstm_toolkit.data.dataset import Dataset
from lstm_toolkit.data.readers.series.clock import Clock
from lstm_toolkit.data.readers.series.observed import Floats, Observed

SECOND = 1_000_000_000
VALIDATION_ORIGINS = 4
"""Of each series, where tests begin at a number of origins: a quarter of the horizon apart."""

Ints = NDArray[np.int64]


@dataclasses.dataclass(frozen=True, eq=False)
class Cut:
    """Windows of several series.

    Attributes:
        rows: All of them, in the order of the series.
        origins: `int64[n]`, how many windows of its series follow each.
        windows: `int64[series]`, how many each series has.
        empty: How many more there would be that have no value to come, or none before.
    """

    rows: Dataset
    origins: Ints
    windows: Ints
    empty: int = 0


def cut_windows(
    series: Mapping[str, Observed],
    clock: Clock,
    window: int,
    horizon: int,
    season: int,
    *,
    calendar: bool = True,
) -> Cut:
    """Cuts all windows of each series whose inputs and targets both have a value.

    Args:
        series: By their names.
        clock: Of all of them.
        window: Steps that go in.
        horizon: Steps that are to come out.
        season: After which values repeat; `scale` is reckoned over it.
        calendar: Whether to tell when windows begin.

    Returns:
        `values` (`Windows`, `float32[n, window]`, NaN where missing), `start` (`int64[n]`, seconds
        since 1970 of their first step, of dates), `past`, `known` and `static` where there are
        such, the target `forecast` (`float32[n, horizon]`), and of each row its `group`, the
        `time` of the first step to come, the `end` of the last, and the `scale` of errors.
    """
    parts = list(series.values())
    lengths = np.array([len(each.values) for each in parts])
    windows = np.maximum(lengths - window - horizon + 1, 0)
    begins = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    within = np.concatenate([np.arange(count) for count in windows]).astype(np.int64)
    which = np.repeat(np.arange(len(parts)), windows)
    starts = begins[which] + within
    values = np.concatenate([each.values for each in parts])
    filled = _any(values, starts, window) & _any(values, starts + window, horizon)
    within, which, starts = within[filled], which[filled], starts[filled]
    times = np.concatenate([each.times for each in parts])
    columns: dict[str, Any] = {"values": Windows(values, starts, window)}
    if calendar and clock.has_seasons:
        columns["start"] = times[starts] // SECOND
    columns |= _covariates(parts, lengths, which, starts, window, horizon)
    scales = np.concatenate([scale_until(each.values, season) for each in parts])
    rows = Dataset(
        columns,
        {"forecast": Windows(values, starts + window, horizon)},
        {
            "group": np.array(list(series))[which],
            "time": times[starts + window],
            "end": times[starts + window + horizon - 1],
            "scale": scales[starts + window],
        },
    )
    return Cut(rows, windows[which] - 1 - within, windows, int((~filled).sum()))


def _any(values: Floats, starts: Ints, steps: int) -> NDArray[np.bool_]:
    """Tells of each window whether a value is in it."""
    counts = np.concatenate([[0], np.cumsum(np.isfinite(values))])
    there: NDArray[np.bool_] = counts[starts + steps] > counts[starts]
    return there


def _covariates(
    parts: Sequence[Observed], lengths: Ints, which: Ints, starts: Ints, window: int, horizon: int
) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    if parts[0].past.shape[1]:
        past = np.concatenate([each.past for each in parts])
        columns["past"] = Windows(past, starts, window)
    if parts[0].known.shape[1]:
        known = [each.known[:length] for each, length in zip(parts, lengths, strict=True)]
        columns["known"] = Windows(np.concatenate(known), starts, window + horizon)
    if len(parts[0].static):
        columns["static"] = np.stack([each.static for each in parts])[which]
    return columns


def scale_until(values: Floats, season: int) -> Floats:
    """Returns how much values change over a season, on average of all steps before each.

    That is the scale of MASE (R. Hyndman and A. Koehler, 2006,
    doi:10.1016/j.ijforecast.2006.03.001), in which only the past of a forecast counts. Where
    no season has passed, or none changed anything, it is that of a step; where nothing changed
    the size of the values themselves, or 1.

    >>> scale_until(np.array([1.0, 3.0, 3.0, 7.0], np.float32), 1).tolist()
    [1.0, 1.0, 2.0, 1.0]
    >>> scale_until(np.array([1.0, 3.0, 3.0, 7.0], np.float32), 2).tolist()
    [1.0, 1.0, 2.0, 2.0]
    """
    numbers = values.astype(np.float64)
    scales = np.ones(len(numbers))
    for better in (np.abs(numbers), _changes(numbers, 1), _changes(numbers, season)):
        mean = _mean_before(better)
        scales = np.where(mean > 0, mean, scales)
    return scales.astype(np.float32)


def _changes(values: NDArray[np.float64], lag: int) -> NDArray[np.float64]:
    """Returns how far each value is from that so many steps before; NaN where there is none."""
    changes = np.full(len(values), np.nan)
    changes[lag:] = np.abs(values[lag:] - values[:-lag])
    return changes


def _mean_before(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns the mean of the values before each, NaN where there are none."""
    there = np.isfinite(values)
    sums = np.concatenate([[0.0], np.cumsum(np.where(there, values, 0.0))[:-1]])
    counts = np.concatenate([[0], np.cumsum(there)[:-1]])
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def by_origins(cut: Cut, horizon: int, tests: int) -> dict[str, Dataset]:
    """Divides windows at the end of each series, so that each has tests of its own.

    Tests begin at so many origins, a horizon apart, the last at the series' end; windows before
    them validate, and those train whose targets end before these begin.

    Args:
        cut: See `cut_windows`.
        horizon: Steps to come.
        tests: Origins of each series.

    Returns:
        `train`, `validation` and `test`.
    """
    origins, step = cut.origins, max(1, horizon // VALIDATION_ORIGINS)
    test = (origins % horizon == 0) & (origins < tests * horizon)
    first = tests * horizon
    last = first + step * min(VALIDATION_ORIGINS - 1, horizon - 1)
    validation = (origins >= first) & (origins <= last) & ((origins - first) % step == 0)
    train = origins >= last + horizon
    parts = {"train": train, "validation": validation, "test": test}
    return {name: cut.rows.take(np.flatnonzero(rows)) for name, rows in parts.items()}
