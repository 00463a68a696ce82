"""Batches whose order is a function of the seed and the epoch, so that it can resume."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

POOL = 50
"""Batches' worth of rows that are sorted by length together."""


class Batches:
    """Rows in memory, served batch by batch as a `tf.data.Dataset`.

    Keras repeats one shuffled order in every epoch, and `tf.data`'s own shuffle cannot
    go on where it was. Here the order of an epoch depends on (seed, epoch) alone: set
    `epoch` and `first_step` before iterating, and the rest of that epoch follows.

    Rows of unequal length share batches with rows of nearly their length, so that little
    padding is computed: shuffled rows are sorted within pools of `POOL` batches, and the
    batches shuffled again; rows that are not shuffled are sorted altogether.

    Args:
        inputs: Encoded rows, first axis the examples, or `[n, (time)]` where they vary.
        targets: One row an example, or `[n, (time)]`, whose lengths then count too.
        batch_size: Rows in a batch; the last one of an epoch may hold fewer.
        seed: Shuffles anew in every epoch; None does not shuffle.
        feed: Graph function from a batch of rows and targets to the network's inputs and
            what the loss compares its outputs with.
    """

    def __init__(
        self,
        inputs: NDArray[Any] | tf.RaggedTensor,
        targets: NDArray[Any] | tf.RaggedTensor,
        *,
        batch_size: int,
        seed: int | None = None,
        feed: Callable[[tf.Tensor, tf.Tensor], tuple[Any, Any]] = lambda rows, targets: (
            rows,
            targets,
        ),
    ):
        self.inputs, self.targets = inputs, targets
        self.batch_size, self.seed, self.feed = batch_size, seed, feed
        self.size = int(inputs.shape[0])
        ragged = [part for part in (inputs, targets) if isinstance(part, tf.RaggedTensor)]
        self.lengths: NDArray[np.int64] | None = None
        if ragged:
            self.lengths = sum(part.row_lengths().numpy() for part in ragged)
        self.epoch = 0
        self.first_step = 0

    def __len__(self) -> int:
        """Returns the number of batches in an epoch."""
        return math.ceil(self.size / self.batch_size)

    def order(self, epoch: int) -> list[NDArray[np.int64]]:
        """Returns the rows of each batch of one epoch."""
        rows = np.arange(self.size)
        if self.seed is None:
            return self._cut(rows if self.lengths is None else self._by_length(rows))
        rng = np.random.default_rng([self.seed, epoch])
        rows = rng.permutation(rows)
        if self.lengths is None:
            return self._cut(rows)
        pool = POOL * self.batch_size
        pools = [self._by_length(rows[i : i + pool]) for i in range(0, len(rows), pool)]
        batches = [batch for rows in pools for batch in self._cut(rows)]
        return [batches[i] for i in rng.permutation(len(batches))]

    def _by_length(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        assert self.lengths is not None
        return rows[np.argsort(self.lengths[rows], kind="stable")]

    def _cut(self, rows: NDArray[np.int64]) -> list[NDArray[np.int64]]:
        return [rows[i : i + self.batch_size] for i in range(0, len(rows), self.batch_size)]

    def in_row_order(self, outputs: NDArray[Any]) -> NDArray[Any]:
        """Puts one output a row, as a network gave them for unshuffled batches, in order."""
        restored = np.empty_like(outputs)
        restored[np.concatenate(self.order(0))] = outputs
        return restored

    def padding(self) -> str | None:
        """Returns a line on the padding that is saved; None where all rows are equally long."""
        if self.lengths is None:
            return None
        rows = np.random.default_rng(0).permutation(len(self.lengths))
        shares = [self._padding(b) for b in (self.order(0), self._cut(rows), [rows])]
        by_length, at_random, fixed = (f"{share:.1%}" for share in shares)
        return (
            f"batched by length, {by_length} of the steps are padding "
            f"({at_random} in random batches, {fixed} at one fixed length)"
        )

    def _padding(self, batches: list[NDArray[np.int64]]) -> float:
        assert self.lengths is not None
        steps = sum(len(batch) * int(self.lengths[batch].max()) for batch in batches)
        return 1 - int(self.lengths.sum()) / steps

    def dataset(self) -> tf.data.Dataset:
        """Returns (inputs, targets) from `first_step` of `epoch` on, prefetched.

        It counts as `len(self)` batches even where fewer are left of the epoch; who sets
        `first_step` must stop in time, as `backup.Position` does.
        """

        def remaining() -> Iterator[NDArray[np.int64]]:
            yield from self.order(self.epoch)[self.first_step :]

        with tf.device("cpu"):
            inputs = tf.identity(self.inputs)
            targets = tf.identity(self.targets)

        def batch(rows: tf.Tensor) -> tuple[Any, Any]:
            return self.feed(tf.gather(inputs, rows), tf.gather(targets, rows))

        rows = tf.data.Dataset.from_generator(
            remaining, output_signature=tf.TensorSpec([None], tf.int64)
        )
        # One call at a time: under deterministic operations TensorFlow allows no more.
        dataset = rows.map(batch).prefetch(tf.data.AUTOTUNE)
        # Keras must know where an epoch ends: asking for one batch more would move the
        # random states on before TensorFlow finds that there is none.
        return dataset.apply(tf.data.experimental.assert_cardinality(len(self)))
