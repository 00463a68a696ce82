"""Simple features of sequences of letters: counts of k-mers, or which letter stands where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np

DNA_KMER, OTHER_KMER = 6, 3
"""Letters of a k-mer where there are few different ones, and where there are many."""


class SequenceFeatures:
    """Counts of k-mers, their roots on one scale; of sequences of one length the letters by place.

    A transformer of scikit-learn.
    """

    def fit(self, rows: Sequence[str], _: Any = None) -> Self:
        """Learns the k-mers, or the letters of each place."""
        from sklearn.feature_extraction.text import CountVectorizer
        from sklearn.preprocessing import OneHotEncoder

        written = [str(row).upper() for row in rows]
        lengths = {len(row) for row in written}
        self.places = lengths.pop() if len(lengths) == 1 else 0
        if self.places:
            self.encoder: Any = OneHotEncoder(handle_unknown="ignore")
            self.encoder.fit([list(row) for row in written])
            return self
        common = set("ACGTUN")
        letters = "".join(written[:100])
        few = sum(letter in common for letter in letters) > 0.85 * max(len(letters), 1)
        k = DNA_KMER if few else OTHER_KMER
        self.encoder = CountVectorizer(analyzer="char", ngram_range=(k, k), lowercase=False)
        self.encoder.fit([row.ljust(k, "-") for row in written])
        return self

    def transform(self, rows: Sequence[str]) -> Any:
        """Returns a sparse matrix."""
        from sklearn.preprocessing import normalize

        written = [str(row).upper() for row in rows]
        if self.places:
            same = [list(row[: self.places].ljust(self.places, "-")) for row in written]
            return self.encoder.transform(same)
        counts = self.encoder.transform(written).astype(np.float64)
        return normalize(counts.sqrt())

    def fit_transform(self, rows: Sequence[str], _: Any = None) -> Any:
        """Does both."""
        return self.fit(rows).transform(rows)
