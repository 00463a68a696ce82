"""Simple features of sequences of letters: counts of k-mers, or which letter stands where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray


class SequenceFeatures:
    """Counts of k-mers, their roots on one scale; of aligned sequences the letters by place.

    A transformer of scikit-learn.

    Args:
        table: `int32[128]`, the number of each ASCII character as the network reads it.
        kmer: Letters that are counted together.
        steps: Letters of every sequence where places mean something; 0 counts k-mers.
        max_letters: Letters that are read of each; 0 reads all.
    """

    def __init__(self, table: NDArray[np.int32], kmer: int, steps: int = 0, max_letters: int = 0):
        self.signs = ["-", *map(chr, range(65, 65 + int(table.max())))]
        self.table, self.kmer = table, kmer
        self.steps, self.max_letters = steps, max_letters

    def fit(self, rows: Sequence[str], _: Any = None) -> Self:
        """Learns the k-mers, or the letters of each place."""
        self.fit_transform(rows)
        return self

    def transform(self, rows: Sequence[str]) -> Any:
        """Returns a sparse matrix."""
        return self._scaled(self.encoder.transform(self._written(rows)))

    def fit_transform(self, rows: Sequence[str], _: Any = None) -> Any:
        """Does both."""
        from sklearn.feature_extraction.text import CountVectorizer
        from sklearn.preprocessing import OneHotEncoder

        k = self.kmer
        written = self._written(rows)
        if self.steps:
            self.encoder: Any = OneHotEncoder(handle_unknown="ignore")
        else:
            self.encoder = CountVectorizer(analyzer="char", ngram_range=(k, k), lowercase=False)
            if all(len(row) < k for row in written):
                written = [row.ljust(k, "-") for row in written]
        return self._scaled(self.encoder.fit_transform(written))

    def _written(self, rows: Sequence[str]) -> Any:
        """Returns the letters that a network reads: U as T in DNA, small letters as large ones."""
        large = [self._read("".join(str(row).split())) for row in rows]
        cut = [row[: self.steps or self.max_letters or None] for row in large]
        return [list(row.ljust(self.steps, "-")) for row in cut] if self.steps else cut

    def _read(self, row: str) -> str:
        numbers = self.table[np.frombuffer(row.encode("ascii", "replace"), np.uint8) & 127]
        return "".join(self.signs[number] for number in np.maximum(numbers, 0))

    def _scaled(self, counts: Any) -> Any:
        from sklearn.preprocessing import normalize

        return counts if self.steps else normalize(counts.astype(np.float64).sqrt())
