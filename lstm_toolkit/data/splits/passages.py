"""Passages of documents: whole documents where there are many, or else the ends of each."""

from __future__ import annotations

import dataclasses
from functools import partial

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.dataset import Source
from lstm_toolkit.data.splits.splitter import Splits, assemble, count_of, published_parts

DOCUMENT, LAST = "document", "last"
"""Of `Dataset.meta`: the number of a passage's document, and whether it ends it."""

MANY = 20
"""Documents from which whole ones are held out."""


@dataclasses.dataclass(frozen=True)
class ByDocument:
    """Holds out whole documents at random; of a few long ones, the end of each.

    What comes later in a text is never learnt from where earlier passages of it are scored.
    """

    def split(self, source: Source, *, validation: float, test: float, seed: int) -> Splits:
        """Divides the rows, see `Splitter.split`.

        Raises:
            DataError: If there is not enough text for every split.
        """
        numbers = np.asarray(source.rows.meta.get(DOCUMENT, np.arange(len(source.rows))))
        choose = _ends if len(np.unique(numbers)) < MANY else partial(_wholes, seed=seed)
        return assemble(source, choose(numbers, source, validation, test))


def _wholes(
    numbers: NDArray[np.int64], source: Source, validation: float, test: float, *, seed: int
) -> dict[str, NDArray[np.int64]]:
    """Returns positions: whole documents, drawn at random, for each split that is not published."""
    documents = np.random.default_rng(seed).permutation(np.unique(numbers))
    many, published = len(documents), published_parts(source)
    rows: dict[str, NDArray[np.int64]] = {}
    for name, size in (("test", test), ("validation", validation)):
        if name not in published:
            count = count_of(size, many)
            rows[name] = np.flatnonzero(np.isin(numbers, documents[:count]))
            documents = documents[count:]
    return rows | {"train": np.flatnonzero(np.isin(numbers, documents))}


def _ends(
    numbers: NDArray[np.int64], source: Source, validation: float, test: float
) -> dict[str, NDArray[np.int64]]:
    """Returns positions: of each document the first passages train, the last ones test."""
    published = published_parts(source)
    rows: dict[str, list[NDArray[np.int64]]] = {"train": []}
    due: dict[str, float] = {}  # what documents too short for a passage still owe
    for number in np.unique(numbers):
        left = np.flatnonzero(numbers == number)
        whole = len(left)
        for name, size in (("test", test), ("validation", validation)):
            if name in published:
                continue
            share = size if size < 1 else size / len(numbers)
            due[name] = due.get(name, 0.0) + share * whole
            # One stays to learn from. A third passage is enough for a split that has none yet.
            first = not sum(map(len, rows.get(name, [])))
            count = min(max(round(due[name]), int(first and whole > 2)), len(left) - 1)
            due[name] -= count
            rows.setdefault(name, []).append(left[len(left) - count :])
            left = left[: len(left) - count]
        rows["train"].append(left)
    return {name: np.concatenate(parts) for name, parts in rows.items()}
