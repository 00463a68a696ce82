"""Items of sessions like the one at hand, in the graph: `metrics.session_neighbours` once more."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from lstm_toolkit.data.columns import Ragged
from lstm_toolkit.metrics.session_neighbours import NEIGHBOURS, NEWEST, SessionNeighbours

CELLS = 3_000_000
"""Numbers that are held at a time for all sessions or all items."""


class KnownSessions(tf.Module):
    """Sessions of the training split, kept in variables that an export holds.

    Args:
        sessions: `int32` numbers of items, in the order of their times.
        size: Number of items.
    """

    def __init__(self, sessions: Ragged, size: int):
        super().__init__()
        known = SessionNeighbours.of(list(sessions), size)
        self.size, self.count = size, len(sessions)
        self.members = _kept(known.values)
        self.ends = _kept(np.cumsum([0, *known.lengths]).astype(np.int32))
        self.weights = _kept(known.weights)
        self.rarity = _kept(known.rarity)
        numbers, begins = known.sessions_of
        self.numbers, self.begins = _kept(numbers), _kept(begins)

    @property
    def at_a_time(self) -> int:
        """How many sessions are looked up at a time, for each of which all known ones count."""
        return max(CELLS // max(self.size, self.count), 1)

    def chances(self, newest: tf.Tensor) -> tf.Tensor:
        """Returns `float32[n, size]` shares of items in sessions like these; zeros where none is.

        Args:
            newest: `int32[n, NEWEST]` items of the last clicks, the newest first, 0 for none.
        """
        count, size = tf.shape(newest)[0], self.at_a_time
        total = tf.maximum((count + size - 1) // size, 1)
        pieces = tf.TensorArray(
            tf.float32, total, infer_shape=False, element_shape=[None, self.size]
        )

        def step(number: tf.Tensor, pieces: tf.TensorArray) -> tuple[tf.Tensor, tf.TensorArray]:
            piece = self._chances(newest[number * size : (number + 1) * size])
            return number + 1, pieces.write(number, piece)

        _, pieces = tf.while_loop(
            lambda number, _: number < total,
            step,
            (tf.constant(0), pieces),
            parallel_iterations=1,
        )
        return tf.reshape(pieces.concat(), [count, self.size])

    def _chances(self, newest: tf.Tensor) -> tf.Tensor:
        near, numbers = (tf.reshape(each, [-1]) for each in self._nearest(newest))
        some = tf.where(near > 0)[:, 0]  # there may be fewer than are looked for
        near, numbers = tf.gather(near, some), tf.gather(numbers, some)
        ranges = tf.ragged.range(tf.gather(self.ends, numbers), tf.gather(self.ends, numbers + 1))
        which = ranges.value_rowids()
        items = tf.gather(self.members, ranges.flat_values)
        scores = tf.gather(near, which) * tf.gather(self.rarity, items)
        rows = tf.cast(tf.gather(some, which), tf.int32) // min(NEIGHBOURS, self.count)
        shape = tf.stack([tf.shape(newest)[0], self.size])
        total = tf.scatter_nd(tf.stack([rows, items], axis=1), scores, shape)
        return tf.math.divide_no_nan(total, tf.reduce_sum(total, axis=1, keepdims=True))

    def _nearest(self, newest: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns how near the nearest sessions are, and their numbers."""
        weights = tf.where(_is_newest(newest), 1.0 / tf.range(1.0, NEWEST + 1.0), 0.0)
        asked = tf.boolean_mask(tf.range(tf.size(newest)), tf.reshape(weights, [-1]) > 0)
        items = tf.gather(tf.reshape(newest, [-1]), asked)
        begins = tf.gather(self.begins, items)
        ranges = tf.ragged.range(begins, tf.gather(self.begins, items + 1))
        which = ranges.value_rowids()
        numbers = tf.gather(self.numbers, ranges.flat_values)
        rows = tf.gather(asked // NEWEST, which)
        near = tf.gather(tf.gather(tf.reshape(weights, [-1]), asked), which)
        near *= tf.gather(self.weights, numbers)
        shape = tf.stack([tf.shape(newest)[0], self.count])
        similar = tf.scatter_nd(tf.stack([rows, numbers], axis=1), near, shape)
        best = tf.math.top_k(similar, min(NEIGHBOURS, self.count), sorted=False)
        return best.values, best.indices


def newest_first(sessions: tf.Tensor, rows: tf.Tensor, places: tf.Tensor) -> tf.Tensor:
    """Returns `int32[n, NEWEST]` items before and at places of sessions, the newest first.

    Args:
        sessions: `int32[batch, time]`.
        rows: `int32[n]`, of the sessions.
        places: `int32[n]`, of the newest item of each.
    """
    steps = places[:, None] - tf.range(NEWEST)[None]
    own = tf.gather(sessions, rows)
    items = tf.gather(own, tf.maximum(steps, 0), batch_dims=1)
    return tf.where(steps >= 0, items, 0)


def _is_newest(newest: tf.Tensor) -> tf.Tensor:
    """Tells which items are real and stand nowhere before, `bool[n, NEWEST]`."""
    same = tf.equal(newest[:, :, None], newest[:, None, :])
    before = tf.constant(np.tri(NEWEST, k=-1, dtype=bool))
    return (newest > 0) & ~tf.reduce_any(same & before, axis=2)


def _kept(values: NDArray[Any]) -> tf.Variable:
    return tf.Variable(tf.constant(values), trainable=False)
