"""How likely each item comes next: network and neighbours together; in the graph."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import tensorflow as tf

from lstm_toolkit.builders.recommenders import RecommenderLayers
from lstm_toolkit.features.items import FIRST
from lstm_toolkit.metrics.ranks import CUTOFFS, NEVER
from lstm_toolkit.targets.item_names import ItemNames
from lstm_toolkit.targets.known_sessions import CELLS, KnownSessions, newest_first


class Recommender:
    """Asks the layers of `builders.session_recommender`, and sessions like the one at hand.

    Args:
        model: The network.
        state: What its target knows.
    """

    def __init__(self, model: Any, state: ItemNames):
        self.layers, self.state = RecommenderLayers.of(model), state
        self.size = state.size
        with tf.init_scope():
            lengths = self.layers.table.inverse_lengths()
            self.inverse_lengths = tf.Variable(lengths, trainable=False)

    @cached_property
    def known(self) -> KnownSessions | None:
        """The sessions of the training split; None where only the network recommends."""
        if not self.state.sessions or max(self.state.blends) == 0:
            return None
        with tf.init_scope():
            return KnownSessions(self.state.rows, self.size)

    def chances(
        self, sessions: tf.Tensor, rows: tf.Tensor, places: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns how likely items are by the network, and by the neighbours.

        Args:
            sessions: `int32[batch, time]`, 0 for padding on the right.
            rows: `int32[n]`, of the sessions.
            places: `int32[n]`, of the newest item of each; what stands behind is not read.

        Returns:
            Twice `float32[n, size]`; the second zeros where nobody was alike.
        """
        return self.of_states(self.read(sessions), sessions, rows, places)

    def read(self, sessions: tf.Tensor) -> tuple[tf.Tensor, ...]:
        """Returns what is reckoned once for all places of sessions."""
        states = self.layers.states(sessions)
        own = self.layers.own
        return (states,) if own is None else (states, *own.ways(states, sessions))

    def of_states(
        self, read: tuple[tf.Tensor, ...], sessions: tf.Tensor, rows: tf.Tensor, places: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns what `chances` does, of what `read` returned."""
        at = tf.stack([rows, places], axis=1)
        states, *ways = (tf.gather_nd(each, at) for each in read)
        likely = self.layers.table.probabilities(
            self.layers.to_vectors(states), self.inverse_lengths
        )
        if ways:
            again, attention = tf.sigmoid(ways[0])[:, None], ways[1]
            items = tf.gather(sessions, rows)
            likely = add_at((1 - again) * likely, items, again * attention)
        if self.known is None:
            return likely, tf.zeros_like(likely)
        return likely, self.known.chances(newest_first(sessions, rows, places))

    def blended(self, network: tf.Tensor, alike: tf.Tensor, share: float) -> tf.Tensor:
        """Returns both together; the network alone where nobody was alike."""
        there = tf.reduce_sum(alike, axis=1, keepdims=True)
        return (1 - share * there) * network + share * alike

    def last(self, sessions: tf.Tensor) -> tf.Tensor:
        """Returns `float32[batch, size]`, how likely items come behind sessions.

        Behind a session without a known item, those that are clicked most.
        """
        lengths = tf.math.count_nonzero(sessions, axis=1, dtype=tf.int32)
        places = tf.maximum(lengths - 1, 0)
        both = self.chances(sessions, tf.range(tf.shape(sessions)[0]), places)
        likely = self.blended(*both, self.state.blends[0])
        return tf.where((lengths > 0)[:, None], likely, self._usual[None])

    @property
    def _usual(self) -> tf.Tensor:
        counts = tf.cast(self.layers.table.counts, tf.float32)
        counts = tf.concat([tf.zeros([FIRST]), counts[FIRST:]], axis=0)
        return counts / tf.reduce_sum(counts)

    def judged(self, sessions: tf.Tensor, wanted: tf.Tensor) -> tf.Tensor:
        """Returns what is right of every beginning of sessions, added up by session.

        Args:
            sessions: `int32[batch, time]`, 0 for padding on the right.
            wanted: `int32[batch, time]`, what came next, 0 for nothing.

        Returns:
            `float32[batch, 1 + blends * 2 * CUTOFFS]`: how many there are, then for each blend hits
            and reciprocal ranks, see `metrics.ranks.hits`.
        """
        read = self.read(sessions)
        places = tf.cast(tf.where(wanted > 0), tf.int32)
        count, size = tf.shape(places)[0], max(CELLS // self.size, 1)
        facts = 1 + len(self.state.blends) * 2 * len(CUTOFFS)

        def step(begin: tf.Tensor, total: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            part = places[begin : begin + size]
            both = self.of_states(read, sessions, part[:, 0], part[:, 1])
            own = tf.gather_nd(wanted, part)
            some = tf.concat(
                [
                    tf.ones([tf.shape(part)[0], 1]),
                    *(hits(self.blended(*both, share), own) for share in self.state.blends),
                ],
                axis=1,
            )
            return begin + size, tf.tensor_scatter_nd_add(total, part[:, :1], some)

        first = (tf.constant(0), tf.zeros([tf.shape(sessions)[0], facts]))
        return tf.while_loop(lambda begin, _: begin < count, step, first, parallel_iterations=1)[1]


def hits(likely: tf.Tensor, wanted: tf.Tensor) -> tf.Tensor:
    """Returns `float32[n, 2 * CUTOFFS]`, as `metrics.ranks.hits` of `ranks_of`."""
    own = tf.gather(likely, wanted, batch_dims=1)[:, None]
    # Those that are greater less those that are smaller, in one pass over all.
    more = tf.reduce_sum(tf.sign(likely - own), axis=1)
    size = tf.cast(tf.shape(likely)[1], tf.float32)
    ranks = tf.where(own[:, 0] > 0, (size + more + 1) / 2, NEVER)
    inside = [tf.cast(ranks <= cutoff, tf.float32) for cutoff in CUTOFFS]
    return tf.stack([*inside, *(each / ranks for each in inside)], axis=1)


def without(likely: tf.Tensor, items: tf.Tensor, which: tf.Tensor) -> tf.Tensor:
    """Returns chances with 0 at items, `int32[n, m]`, if `which` is true."""
    rows = tf.broadcast_to(tf.range(tf.shape(items)[0])[:, None], tf.shape(items))
    most = tf.fill(tf.shape(items), tf.where(which, 0.0, 1.0))
    return tf.tensor_scatter_nd_min(likely, tf.stack([rows, items], axis=-1), most)


def add_at(likely: tf.Tensor, items: tf.Tensor, values: tf.Tensor) -> tf.Tensor:
    """Adds values to those of items, `float32[n, size]`, `int32[n, m]` and `float32[n, m]`."""
    rows = tf.broadcast_to(tf.range(tf.shape(items)[0])[:, None], tf.shape(items))
    return tf.tensor_scatter_nd_add(likely, tf.stack([rows, items], axis=-1), values)
