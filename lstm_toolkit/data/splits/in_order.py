"""Rows in their order or by their time: what comes later is never learnt from."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.dataset import Dataset, Source
from lstm_toolkit.data.splits.splitter import Splits, assemble, count_of, published_parts
from lstm_toolkit.errors import DataError

END = "end"
"""Of `Dataset.meta`: when the targets of a row end."""


@dataclasses.dataclass(frozen=True)
class InOrder:
    """The first rows train, the next validate, the last test, as they stand in the file.

    Attributes:
        gap: Rows left out before validation and test, so that windows do not overlap.
    """

    gap: int = 0

    def split(self, source: Source, *, validation: float, test: float, seed: int) -> Splits:
        """Divides the rows, see `Splitter.split`; the seed changes nothing."""
        places = np.arange(len(source.rows))
        return _cut(source, places, places, self.gap, validation, test)


@dataclasses.dataclass(frozen=True)
class ByTime:
    """The earliest rows train, later ones validate, the latest test.

    Rows of the same time stay on one side. Where rows have an `end` too, as windows have whose
    targets reach on in time, those are left out that end in the next split.

    Attributes:
        gap: Length of time left out before validation and test, in the units of the column.
        column: Of `Dataset.meta`: numbers or `datetime64`.
        or_in_order: Whether rows without that column are divided as they stand.
    """

    gap: Any = 0
    column: str = "time"
    or_in_order: bool = False

    def split(self, source: Source, *, validation: float, test: float, seed: int) -> Splits:
        """Divides the rows, see `Splitter.split`; the seed changes nothing.

        Raises:
            DataError: If rows have no times, or too few are left for a split.
        """
        if self.or_in_order and self.column not in source.rows.meta:
            in_order = InOrder()
            return in_order.split(source, validation=validation, test=test, seed=seed)
        return _cut(source, *_spans(source.rows, self.column), self.gap, validation, test)


@dataclasses.dataclass(frozen=True)
class RollingOrigin:
    """Several splits by time, each with a later test, for scores that do not hang on one end.

    L. Tashman, "Out-of-sample tests of forecasting accuracy", 2000
    (doi:10.1016/S0169-2070(00)00065-0).

    Attributes:
        folds: How many; `split` gives the last.
        gap: See `ByTime`.
        column: Likewise.
    """

    folds: int = 5
    gap: Any = 0
    column: str = "time"

    def split(self, source: Source, *, validation: float, test: float, seed: int) -> Splits:
        """Returns the last fold, which is what `ByTime.split` gives."""
        by_time = ByTime(self.gap, self.column)
        return by_time.split(source, validation=validation, test=test, seed=seed)

    def splits(self, source: Source, *, validation: float, test: float) -> Iterator[Splits]:
        """Yields the folds, the earliest first; their tests follow each other.

        Published splits are not used.

        Raises:
            DataError: If too few rows are left for a fold.
        """
        times = _times(source.rows, self.column)
        ordered = np.argsort(times, kind="stable")
        size, held = count_of(test, len(times)), count_of(validation, len(times))
        left, ends = ordered, []
        for _ in range(self.folds):
            ends.append(left)
            # Rows of the same time belong to one test.
            begin = times[left[max(len(left) - size, 0)]] if len(left) else None
            left = left[times[left] < begin] if len(left) else left
        for rows in reversed(ends):
            part = source.rows.take(np.sort(rows))
            spans = _spans(part, self.column)
            yield _cut(Source(part, None, source.note), *spans, self.gap, held, size)


def _times(rows: Dataset, column: str) -> NDArray[Any]:
    if column not in rows.meta:
        known = ", ".join(rows.meta) or "none"
        raise DataError(f"needs rows with `{column}` to split by. Received: {known}")
    times = np.asarray(rows.meta[column])
    gone = {"M": np.isnat, "f": np.isnan}.get(times.dtype.kind)
    if gone is not None and gone(times).any():
        missing = int(gone(times).sum())
        raise DataError(
            f"needs a time in every row. Received: none in {missing:,} of {len(times):,}"
        )
    return times


def _spans(rows: Dataset, column: str) -> tuple[NDArray[Any], NDArray[Any]]:
    """Returns when each row begins and when its targets end."""
    times = _times(rows, column)
    return times, np.asarray(rows.meta.get(END, times))


def _cut(
    source: Source,
    times: NDArray[Any],
    ends: NDArray[Any],
    gap: Any,
    validation: float,
    test: float,
) -> Splits:
    """Divides rows at two points in time, from the end."""
    published = published_parts(source)
    rows: dict[str, NDArray[np.int64]] = {}
    left = np.argsort(times, kind="stable")
    for name, size in (("test", test), ("validation", validation)):
        if name in published:
            continue
        count = min(count_of(size, len(times)), len(left))
        begin = times[left[len(left) - count]] if count else None
        rows[name] = left[times[left] >= begin]
        left = left[ends[left] + gap < begin]
    return assemble(source, rows | {"train": left})
