"""What every way of splitting rows has in common."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.dataset import Dataset, Source
from lstm_toolkit.errors import DataError


@dataclasses.dataclass(frozen=True)
class Splits:
    """The three parts of a data set."""

    train: Dataset
    validation: Dataset
    test: Dataset
    repeated: int = 0
    """Rows left out of training because they stand in a published split too."""
    shared: int = 0
    """Rows left out because they overlap with those of another split."""

    @property
    def parts(self) -> dict[str, Dataset]:
        """The three by name."""
        return {"train": self.train, "validation": self.validation, "test": self.test}


class Splitter(Protocol):
    """A way to divide rows into training, validation and test."""

    def split(self, source: Source, *, validation: float, test: float, seed: int) -> Splits:
        """Divides the rows; a published split is used as it is, and its size then is not.

        Args:
            source: What a reader returned.
            validation: Share of the rows in (0, 1), or their number from 1.
            test: Likewise.
            seed: Same seed, same rows in each split.

        Raises:
            DataError: If there is not enough of something for every split.
        """


def count_of(size: float, rows: int) -> int:
    """Returns how many of so many rows a size is: a share in (0, 1), or a number from 1."""
    return max(1, round(size * rows)) if size < 1 else int(size)


def published_parts(source: Source) -> dict[str, Dataset]:
    """Returns the splits that come with the data, by name."""
    parts = {"validation": source.validation, "test": source.test}
    return {name: part for name, part in parts.items() if part is not None}


def assemble(source: Source, rows: Mapping[str, NDArray[np.int64]], *, repeated: int = 0) -> Splits:
    """Returns published splits, and the others from positions in `source.rows`.

    Raises:
        DataError: If a split is empty.
    """
    parts = {name: source.rows.take(np.sort(places)) for name, places in rows.items()}
    parts |= published_parts(source)
    empty = [name for name in ("train", "validation", "test") if not len(parts[name])]
    if empty:
        raise DataError(
            f"needs rows for each of train, validation and test. Received: {len(source.rows):,} "
            f"rows, none left for {empty[0]}"
        )
    return Splits(parts["train"], parts["validation"], parts["test"], repeated)
