"""The simplest methods that recommend a next item, scored on every beginning of every session."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.metrics.ranks import hits, ranks_of, score_names
from lstm_toolkit.metrics.session_neighbours import SessionNeighbours

CELLS = 4_000_000
"""Scores that are held at a time."""

_REGULARIZER = 20
"""Clicks that are added to those of an item, so that few of them prove little; as in GRU4Rec's."""

Sessions = Sequence[NDArray[Any]]
"""Numbers of the items of each session."""

Method = Callable[[Sessions], NDArray[Any]]
"""From beginnings of sessions to `float[n, size]` scores."""


def popularity(train: Sessions, size: int) -> Method:
    """Recommends the items that are clicked most, whatever the session."""
    counts = np.bincount(_values(train), minlength=size).astype(np.float32)
    return lambda prefixes: np.broadcast_to(counts, (len(prefixes), size))


def markov_chain(train: Sessions, size: int) -> Method:
    """Recommends what most often came directly after the newest item."""
    from scipy import sparse

    first, second = _neighbours(train)
    ones = np.ones(len(first), np.float32)
    follows = sparse.coo_matrix((ones, (first, second)), (size, size)).tocsr()
    return lambda prefixes: follows[_last(prefixes)].toarray()


def item_knn(train: Sessions, size: int) -> Method:
    """Recommends items that stand in the same sessions as the newest one, by their cosines."""
    from scipy import sparse

    rows = _rows(train)
    ones = np.ones(len(rows), np.float32)
    there = sparse.coo_matrix((ones, (rows, _values(train))), (len(train), size)).tocsr()
    there.data[:] = 1  # an item that comes again in a session counts once
    often = np.asarray(there.sum(axis=0)).ravel() + _REGULARIZER
    scaled = there @ sparse.diags(often**-0.5)
    columns = scaled.T.tocsr()

    def scores(prefixes: Sessions) -> NDArray[Any]:
        last = _last(prefixes)
        similar: NDArray[Any] = (columns[last] @ scaled).toarray()
        similar[np.arange(len(last)), last] = 0  # it is most like itself
        return similar

    return scores


def v_sknn(train: Sessions, size: int) -> Method:
    """Recommends items of sessions like the one at hand, see `session_neighbours`."""
    return SessionNeighbours.of(train, size).scores


METHODS: Mapping[str, Callable[[Sessions, int], Method]] = {
    "popularity": popularity,
    "markov_chain": markov_chain,
    "item_knn": item_knn,
    "v_sknn": v_sknn,
}
"""The quickest first."""


def scored(
    name: str, train: Sessions, test: Sessions, size: int, least: int = 1, steps: int | None = None
) -> dict[str, float]:
    """Fits a method on sessions and scores it on every beginning of other ones.

    Args:
        name: Of `METHODS`.
        train: `int32` numbers of items of the training sessions, in the order of their times.
        test: Likewise of sessions to score; clicks behind the first are foretold, 0 is left out.
        size: Number of items.
        least: Clicks that must stand before one that is scored.
        steps: Clicks that are foretold, those on unknown items, which are misses, counted; None
            counts what is in `test`.
    """
    recommend = METHODS[name](train, size)
    rows = max(CELLS // size, 1)
    beginnings, wanted = all_beginnings(test, least)
    parts = [np.zeros((0, len(score_names())))]
    for begin in range(0, len(wanted), rows):
        part = slice(begin, begin + rows)
        parts.append(hits(ranks_of(recommend(beginnings[part]), wanted[part])))
    found = np.concatenate(parts)
    means = found.sum(axis=0) / max(len(found) if steps is None else steps, 1)
    return dict(zip(score_names(), map(float, means), strict=True))


def all_beginnings(
    sessions: Sessions, least: int = 1
) -> tuple[list[NDArray[Any]], NDArray[np.int32]]:
    """Returns every beginning of every session of so many clicks, and what came next.

    >>> beginnings, wanted = all_beginnings([np.array([2, 3, 4])])
    >>> [row.tolist() for row in beginnings], wanted.tolist()
    ([[2], [2, 3]], [3, 4])
    """
    rows, wanted = [], []
    for session in sessions:
        for place in range(least, len(session)):
            if session[place]:
                rows.append(session[:place])
                wanted.append(session[place])
    return rows, np.array(wanted, np.int32)


def _last(prefixes: Sessions) -> NDArray[Any]:
    return np.array([row[-1] for row in prefixes])


def _values(sessions: Sessions) -> NDArray[Any]:
    return np.concatenate([np.zeros(0, np.int32), *sessions])


def _rows(sessions: Sessions) -> NDArray[np.int64]:
    return np.repeat(np.arange(len(sessions)), [len(row) for row in sessions])


def _neighbours(sessions: Sessions) -> tuple[NDArray[Any], NDArray[Any]]:
    rows, values = _rows(sessions), _values(sessions)
    same = rows[:-1] == rows[1:]
    return values[:-1][same], values[1:][same]
