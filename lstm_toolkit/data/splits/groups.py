"""Rows by groups: what belongs together stands on one side."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.dataset import Dataset, Source
from lstm_toolkit.data.splits.connected import fill
from lstm_toolkit.data.splits.splitter import Splits, assemble, count_of, published_parts
from lstm_toolkit.errors import DataError


@dataclasses.dataclass(frozen=True)
class ByGroup:
    """Splits whole groups at random: speakers, patients, series, families.

    Rows of groups that stand in a published split are left out of the others.

    Attributes:
        column: Of `Dataset.meta`, `str[n]` or numbers.
    """

    column: str = "group"

    def split(self, source: Source, *, validation: float, test: float, seed: int) -> Splits:
        """Divides the rows, see `Splitter.split`.

        Raises:
            DataError: If rows have no groups, or there are too few of them.
        """
        published = published_parts(source)
        names = self._names(source.rows)
        known = {name for part in published.values() for name in self._names(part).tolist()}
        groups: dict[object, list[int]] = {}
        for row, name in enumerate(names.tolist()):
            if name not in known:
                groups.setdefault(name, []).append(row)
        members = list(groups.values())
        left = np.random.default_rng(seed).permutation(len(members)).tolist()
        rows: dict[str, NDArray[np.int64]] = {}
        for part, size in (("test", test), ("validation", validation)):
            if part not in published:
                chosen, left = fill(members, left, count_of(size, len(names)))
                rows[part] = _positions(members, chosen or [left.pop()] if left else [])
        rows["train"] = _positions(members, left)
        return assemble(source, rows, repeated=len(names) - sum(map(len, members)))

    def _names(self, rows: Dataset) -> NDArray[np.str_]:
        if self.column not in rows.meta:
            known = ", ".join(rows.meta) or "none"
            raise DataError(f"needs rows with `{self.column}` to split by. Received: {known}")
        return np.asarray(rows.meta[self.column])


def _positions(members: list[list[int]], chosen: list[int]) -> NDArray[np.int64]:
    return np.array([row for group in chosen for row in members[group]], np.int64)
