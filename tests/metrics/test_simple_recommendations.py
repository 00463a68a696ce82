"""The simplest recommenders, by hand and against the graph."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit.data.columns import Ragged
from lstm_toolkit.metrics.ranks import hits, ranks_of
from lstm_toolkit.metrics.session_neighbours import SessionNeighbours
from lstm_toolkit.metrics.simple_recommendations import METHODS, scored
from lstm_toolkit.targets.known_sessions import KnownSessions, newest_first
from lstm_toolkit.targets.recommender import hits as hits_in_graph

TRAIN = [np.array(row, np.int32) for row in ([2, 3, 4], [2, 3], [5, 3, 4], [4, 2])]


@pytest.mark.parametrize(
    ("method", "best"), [("popularity", 2), ("markov_chain", 4), ("item_knn", 4), ("v_sknn", 4)]
)
def test_what_comes_behind_items_five_and_three(method: str, best: int) -> None:
    scores = METHODS[method](TRAIN, 6)([np.array([5, 3], np.int32)])[0]
    others = [item for item in (2, 4) if item != best]  # 3 and 5 are seen
    assert scores[best] >= scores[others].max()
    assert scores[best] > 0
    assert scores[:2].tolist() == [0, 0]


def test_every_beginning_counts_and_unknown_items_do_not() -> None:
    found = scored("markov_chain", TRAIN, [np.array([2, 3, 4, 0])], 6)
    assert (found["recall_at_1"], found["mrr_at_20"]) == (1.0, 1.0)
    assert scored("popularity", TRAIN, [np.array([2, 5])], 6, least=2)["recall_at_20"] == 0


def test_ranks_in_the_graph() -> None:
    rng = np.random.default_rng(0)
    scores = rng.integers(0, 4, (40, 30)).astype(np.float32)
    wanted = rng.integers(0, 30, 40).astype(np.int32)
    expected = hits(ranks_of(scores, wanted))
    np.testing.assert_allclose(hits_in_graph(tf.constant(scores), tf.constant(wanted)), expected)


def test_neighbours_in_the_graph() -> None:
    rng = np.random.default_rng(0)
    sessions = [rng.integers(2, 30, rng.integers(2, 9)).astype(np.int32) for _ in range(50)]
    asked = [rng.integers(2, 30, length).astype(np.int32) for length in (1, 3, 25, 30)]
    expected = SessionNeighbours.of(sessions, 30).scores(asked)
    padded = Ragged.of(asked, np.int32).to_tensor().to_tensor()
    places = tf.constant([len(row) - 1 for row in asked])
    newest = newest_first(padded, tf.range(4), places)
    shares = KnownSessions(Ragged.of(sessions, np.int32), 30).chances(newest).numpy()
    np.testing.assert_allclose(shares, expected / expected.sum(1, keepdims=True), rtol=1e-4)
