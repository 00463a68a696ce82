"""Questions at random, so that each answer can still be found."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.dataset import Dataset, Source
from lstm_toolkit.data.splits.splitter import Splits, assemble, count_of, published_parts
from lstm_toolkit.data.splits.text_keys import text_key
from lstm_toolkit.errors import DataError


@dataclasses.dataclass(frozen=True)
class Paraphrases:
    """Splits questions at random; rows of another kind all stay to be learnt from.

    Questions that read alike stand on one side. A published split is used as it is; then its size
    is not, and questions that stand in it are left out of the others.

    Attributes:
        column: With the texts.
        kind: In `Dataset.meta`: what a row is.
        divided: The kind that is divided.
    """

    column: str = "text"
    kind: str = "kind"
    divided: str = "question"

    def split(self, source: Source, *, validation: float, test: float, seed: int) -> Splits:
        """Divides the rows, see `Splitter.split`.

        Raises:
            DataError: If there are too few questions for every split.
        """
        parts = published_parts(source)
        known = {key for part in parts.values() for key in self._keys(part)}
        kinds = np.asarray(source.rows.meta[self.kind])
        groups: dict[str, list[int]] = {}
        repeated = 0
        for row, key in enumerate(self._keys(source.rows)):
            if kinds[row] != self.divided:
                continue
            if key in known:
                repeated += 1
            else:
                groups.setdefault(key, []).append(row)
        order = np.random.default_rng(seed).permutation(len(groups))
        sizes = {"test": test, "validation": validation}
        sizes = {name: size for name, size in sizes.items() if name not in parts}
        counts = {name: count_of(size, len(groups)) for name, size in sizes.items()}
        if sum(counts.values()) >= len(groups):
            raise DataError(
                "needs different questions for each split. "
                f"Received: {len(groups)} beside the published splits"
                if parts
                else f"needs different questions for each split. Received: {len(groups)}"
            )
        return self._assembled(source, list(groups.values()), order, counts, repeated)

    def _assembled(
        self,
        source: Source,
        groups: list[list[int]],
        order: NDArray[np.int64],
        counts: dict[str, int],
        repeated: int,
    ) -> Splits:
        chosen: dict[str, NDArray[np.int64]] = {}
        begin = 0
        for name, count in counts.items():
            chosen[name] = _rows(groups, order[begin : begin + count])
            begin += count
        others = np.flatnonzero(np.asarray(source.rows.meta[self.kind]) != self.divided)
        chosen["train"] = np.concatenate([_rows(groups, order[begin:]), others])
        return assemble(source, chosen, repeated=repeated)

    def _keys(self, rows: Dataset) -> list[str]:
        return [text_key(str(text)) for text in rows.columns[self.column]]


def _rows(groups: list[list[int]], chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.array([row for group in chosen for row in groups[group]], np.int64)
