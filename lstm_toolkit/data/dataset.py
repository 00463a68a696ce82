"""Rows as every reader hands them on: named columns, what is to be predicted, and more."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.account import Account
from lstm_toolkit.data.columns import digest_column


@dataclasses.dataclass(frozen=True, eq=False)
class Dataset:
    """Rows of several columns, each a `Column`, as raw as the export takes them.

    Attributes:
        columns: What goes in, by the names of features: images are `uint8|uint16|float32[n,
            height, width]`, texts `object[n]` of `str`, series `Ragged` rows of numbers.
        targets: What is to come out, by name: `label` is `str[n]`, `tags` are `Ragged` rows of
            texts, `numbers` are `float32[n, horizon]`; empty where nothing is.
        meta: What rows are split or weighted by: `group`, `time`, `weight`.

    Raises:
        ValueError: If the columns are of different lengths, or there are none.
    """

    columns: Mapping[str, Any]
    targets: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    meta: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        lengths = {name: len(column) for name, column in self._every()}
        if not self.columns or len(set(lengths.values())) > 1:
            raise ValueError(f"columns must be equally long, at least one. Received: {lengths}")

    def _every(self) -> list[tuple[str, Any]]:
        return [*self.columns.items(), *self.targets.items(), *self.meta.items()]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def take(self, rows: NDArray[np.int64]) -> Dataset:
        """Returns the rows at `int64[m]` positions, in that order."""

        def taken(part: Mapping[str, Any]) -> dict[str, Any]:
            return {
                name: column.subset(rows) if hasattr(column, "subset") else column[rows]
                for name, column in part.items()
            }

        return Dataset(taken(self.columns), taken(self.targets), taken(self.meta))

    def replace(self, **columns: Any) -> Dataset:
        """Returns the same rows with other values in some columns."""
        return dataclasses.replace(self, columns={**self.columns, **columns})

    @property
    def inputs(self) -> Any:
        """The column that goes in, where there is one alone."""
        (column,) = self.columns.values()
        return column

    @property
    def labels(self) -> Any:
        """The column that is to come out, where there is one alone."""
        (column,) = self.targets.values()
        return column

    def digest(self, digest: hashlib._Hash) -> None:
        """Feeds all rows to a hash."""
        for part in (self.columns, self.targets, self.meta):
            for name, column in sorted(part.items()):
                digest.update(f"{name}:{len(column)}\0".encode())
                digest_column(digest, column)


@dataclasses.dataclass(frozen=True)
class Source:
    """What a reader found.

    Attributes:
        rows: The rows to learn from.
        test: The published test split, where the data has one.
        note: One line that says what was read and what was chosen.
        found: Settings by which the same is chosen again, such as columns.
        validation: The published validation split, likewise.
        account: What became of every row that was there; None where nothing can be left out.
    """

    rows: Dataset
    test: Dataset | None
    note: str
    found: Mapping[str, str] = dataclasses.field(default_factory=dict)
    validation: Dataset | None = dataclasses.field(default=None, kw_only=True)
    account: Account | None = dataclasses.field(default=None, kw_only=True)

    @property
    def scored(self) -> Dataset:
        """The rows a score is asked for: the test split if there is one, else all."""
        return self.rows if self.test is None else self.test

    @property
    def published(self) -> tuple[Dataset, ...]:
        """The splits that come with the data: validation, test, both or none."""
        return tuple(part for part in (self.validation, self.test) if part is not None)

    def fingerprint(self) -> str:
        """Returns 16 hexadecimal digits that change when any row does."""
        digest = hashlib.sha256()
        for name, part in (("rows", self.rows), ("test", self.test), ("val", self.validation)):
            if part is not None:
                digest.update(f"{name}\0".encode())
                part.digest(digest)
        return digest.hexdigest()[:16]
