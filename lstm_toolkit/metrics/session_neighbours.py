"""Items of sessions like the one at hand: V-SKNN, nearest neighbours that are hard to beat.

M. Ludewig and D. Jannach, "Evaluation of session-based recommendation algorithms", 2018
(arXiv:1803.09587). Items of the session count the more the newer they are; sessions that share
them count by these weights, the longer and the older they are the less; and of these the items are
added up, rare ones more.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

NEIGHBOURS = 500
"""Sessions that are added up, the nearest ones."""

NEWEST = 20
"""Clicks of a session that look for neighbours, the last ones."""

MOST_SESSIONS = 5_000
"""Sessions with an item that are looked at, the latest ones."""

MOST_ITEMS = 50
"""Different items of a neighbour that are added up, the last ones."""

_LENGTH, _RARE = 0.5, 0.5
"""Powers by which long sessions count less, and logarithms of how rare items are count."""


@dataclasses.dataclass(frozen=True, eq=False)
class SessionNeighbours:
    """Sessions of the training split, in the order of their times.

    Attributes:
        items: `int32` numbers of the different items of each session.
        size: Number of items.
    """

    items: Sequence[NDArray[np.int32]]
    size: int

    @classmethod
    def of(cls, sessions: Sequence[NDArray[Any]], size: int) -> SessionNeighbours:
        """Takes the different items of sessions, each where it stands last."""
        return cls([different(np.asarray(row, np.int32)) for row in sessions], size)

    @cached_property
    def values(self) -> NDArray[np.int32]:
        """All items, a session after the other."""
        return np.concatenate([np.zeros(0, np.int32), *self.items])

    @cached_property
    def lengths(self) -> NDArray[np.int64]:
        """`int64[sessions]`, different items of each."""
        return np.array([len(row) for row in self.items], np.int64)

    @cached_property
    def weights(self) -> NDArray[np.float32]:
        """`float32[sessions]`: long and old ones count less."""
        count = len(self.items)
        age = (count - 1 - np.arange(count)) / max(count, 1)
        lengths = np.maximum(self.lengths, 1).astype(np.float64)
        return (np.exp(-age) * lengths**-_LENGTH).astype(np.float32)

    @cached_property
    def rarity(self) -> NDArray[np.float32]:
        """`float32[size]`: how much an item of a neighbour counts."""
        often = np.bincount(self.values, minlength=self.size)
        known = np.log((1 + len(self.items)) / np.maximum(often, 1)) ** _RARE
        return np.where(often > 0, known, 0.0).astype(np.float32)

    @cached_property
    def sessions_of(self) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Numbers of the latest sessions with each item, ascending, and where each item's begin."""
        order = np.argsort(self.values, kind="stable")
        numbers = np.repeat(np.arange(len(self.items), dtype=np.int32), self.lengths)[order]
        counts = np.bincount(self.values, minlength=self.size)
        ends = np.cumsum(counts)
        kept = np.arange(len(numbers)) >= np.repeat(ends - MOST_SESSIONS, counts)
        begins = np.concatenate([[0], np.cumsum(np.minimum(counts, MOST_SESSIONS))])
        return numbers[kept], begins

    def scores(self, prefixes: Sequence[NDArray[Any]]) -> NDArray[np.float32]:
        """Returns `float32[n, size]` scores of items behind the beginnings of sessions."""
        from scipy import sparse

        numbers, begins = self.sessions_of
        shape = (self.size, len(self.items))
        with_item = sparse.csr_matrix((self.weights[numbers], numbers, begins), shape)
        rows = [newest_weights(row) for row in prefixes]
        asked = sparse.csr_matrix(
            (
                np.concatenate([np.zeros(0, np.float32), *(weights for _, weights in rows)]),
                np.concatenate([np.zeros(0, np.int32), *(items for items, _ in rows)]),
                np.cumsum([0, *(len(items) for items, _ in rows)]),
            ),
            (len(rows), self.size),
        )
        nearest = _nearest((asked @ with_item).tocsr())
        ones, ends = np.ones(len(self.values), np.float32), np.cumsum([0, *self.lengths])
        members = sparse.csr_matrix((ones, self.values, ends), (len(self.items), self.size))
        scores: NDArray[np.float32] = (nearest @ members).toarray() * self.rarity
        return scores


def different(session: NDArray[Any]) -> NDArray[Any]:
    """Returns the different items of a session in the order in which each was last clicked.

    >>> different(np.array([2, 3, 2])).tolist()
    [3, 2]
    """
    backwards = session[::-1]
    _, first = np.unique(backwards, return_index=True)
    return backwards[np.sort(first)[:MOST_ITEMS]][::-1]


def newest_weights(session: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.float32]]:
    """Returns the different items of the last clicks, and how much each counts.

    The newest counts 1, the click before a half, then a third; an item counts where it is newest.

    >>> items, weights = newest_weights(np.array([4, 5, 4]))
    >>> items.tolist(), weights.tolist()
    ([4, 5], [1.0, 0.5])
    """
    backwards = session[::-1][:NEWEST]
    _, first = np.unique(backwards, return_index=True)
    places = np.sort(first)
    return backwards[places], (1 / (1 + places)).astype(np.float32)


def _nearest(similar: Any) -> Any:
    """Returns a sparse matrix with the largest `NEIGHBOURS` of each row alone."""
    from scipy import sparse

    places, values, counts = [], [], [0]
    for begin, end in zip(similar.indptr, similar.indptr[1:], strict=False):
        row, numbers = similar.data[begin:end], similar.indices[begin:end]
        if len(row) > NEIGHBOURS:
            best = np.argpartition(-row, NEIGHBOURS)[:NEIGHBOURS]
            row, numbers = row[best], numbers[best]
        places.append(numbers)
        values.append(row)
        counts.append(counts[-1] + len(row))
    parts = np.concatenate([np.zeros(0, np.float32), *values])
    where = np.concatenate([np.zeros(0, np.int32), *places])
    return sparse.csr_matrix((parts, where, counts), similar.shape)
