"""Batches whose order is a function of the seed and the epoch, so that it can resume."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray


class Batches:
    """Rows in memory, served batch by batch as a `tf.data.Dataset`.

    Keras repeats one shuffled order in every epoch, and `tf.data`'s own shuffle cannot
    go on where it was. Here the order of an epoch depends on (seed, epoch) alone: set
    `epoch` and `first_step` before iterating, and the rest of that epoch follows.

    Args:
        inputs: Raw rows, first axis the examples.
        targets: One row an example, as the loss takes them.
        batch_size: Rows in a batch; the last one of an epoch may hold fewer.
        seed: Shuffles anew in every epoch; None keeps the order of the rows.
        preprocess: Graph function from a batch of raw rows to what the network takes.
    """

    def __init__(
        self,
        inputs: NDArray[Any],
        targets: NDArray[Any],
        *,
        batch_size: int,
        seed: int | None = None,
        preprocess: Callable[[tf.Tensor], tf.Tensor] = tf.identity,
    ):
        self.inputs, self.targets = inputs, targets
        self.batch_size, self.seed, self.preprocess = batch_size, seed, preprocess
        self.epoch = 0
        self.first_step = 0

    def __len__(self) -> int:
        """Returns the number of batches in an epoch."""
        return math.ceil(len(self.inputs) / self.batch_size)

    def order(self, epoch: int) -> list[NDArray[np.int64]]:
        """Returns the rows of each batch of one epoch."""
        rows = np.arange(len(self.inputs))
        if self.seed is not None:
            rows = np.random.default_rng([self.seed, epoch]).permutation(rows)
        return [rows[i : i + self.batch_size] for i in range(0, len(rows), self.batch_size)]

    def dataset(self) -> tf.data.Dataset:
        """Returns (inputs, targets) from `first_step` of `epoch` on, prefetched.

        It counts as `len(self)` batches even where fewer are left of the epoch; who sets
        `first_step` must stop in time, as `backup.Position` does.
        """

        def remaining() -> Iterator[NDArray[np.int64]]:
            yield from self.order(self.epoch)[self.first_step :]

        with tf.device("cpu"):
            inputs, targets = tf.constant(self.inputs), tf.constant(self.targets)

        def batch(rows: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            return self.preprocess(tf.gather(inputs, rows)), tf.gather(targets, rows)

        rows = tf.data.Dataset.from_generator(
            remaining, output_signature=tf.TensorSpec([None], tf.int64)
        )
        # One call at a time: under deterministic operations TensorFlow allows no more.
        dataset = rows.map(batch).prefetch(tf.data.AUTOTUNE)
        # Keras must know where an epoch ends: asking for one batch more would move the
        # random states on before TensorFlow finds that there is none.
        return dataset.apply(tf.data.experimental.assert_cardinality(len(self)))
