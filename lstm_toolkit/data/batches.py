"""Batches whose order is a function of the seed and the epoch, so that it can resume."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from lstm_toolkit.data.columns import Ragged

POOL = 50
"""Batches' worth of rows that are sorted by length together."""

Columns = Any
"""A column, or a mapping of names to columns: NumPy arrays, memory maps, `Ragged`."""


class Share(NamedTuple):
    """What one of several replicas is given of a batch.

    Attributes:
        inputs: As the network takes them; at least one row.
        targets: What the loss compares its outputs with.
        weights: How much each row counts in the loss, `float32[rows]`; None if all count alike.
        real: How many rows are of the batch: 0, where it has fewer rows than there are replicas,
            or all.
    """

    inputs: Any
    targets: Any
    weights: tf.Tensor | None
    real: tf.Tensor


class Batches:
    """Rows in memory or on the disk, served batch by batch as a `tf.data.Dataset`.

    Keras repeats one shuffled order in every epoch, and `tf.data`'s own shuffle cannot
    go on where it was. Here the order of an epoch depends on (seed, epoch) alone: set
    `epoch` and `first_step` before iterating, and the rest of that epoch follows.

    Rows of unequal length share batches with rows of nearly their length, so that little
    padding is computed: shuffled rows are sorted within pools of `POOL` batches, and the
    batches shuffled again; rows that are not shuffled are sorted altogether.

    Args:
        inputs: Encoded rows: one column, or several by name.
        targets: Likewise; the lengths of both count. None where there are none.
        batch_size: Rows in a batch; the last one of an epoch may hold fewer.
        seed: Shuffles anew in every epoch, and gives columns that differ between epochs (see
            `NoisyWindows.of_epoch`) theirs; None does neither.
        training_pair: Graph function from a batch of rows and targets to the network's inputs
            and what the loss compares its outputs with.
    """

    def __init__(
        self,
        inputs: Columns,
        targets: Columns = None,
        *,
        batch_size: int,
        seed: int | None = None,
        training_pair: Callable[[Any, Any], tuple[Any, Any]] = lambda rows, targets: (
            rows,
            targets,
        ),
    ):
        self.inputs = keras.tree.map_structure(_column, inputs)
        self.targets = None if targets is None else keras.tree.map_structure(_column, targets)
        self.batch_size, self.seed, self.training_pair = batch_size, seed, training_pair
        self._columns = keras.tree.flatten([self.inputs, self.targets])
        self._columns = [column for column in self._columns if column is not None]
        self.size = len(self._columns[0])
        ragged = [c for c in self._columns if isinstance(c, Ragged) and c.by_length]
        self.lengths: NDArray[np.int64] | None = None
        if ragged:
            self.lengths = np.sum([column.lengths for column in ragged], axis=0)
        self.epoch = 0
        self.first_step = 0

    def __len__(self) -> int:
        """Returns the number of batches in an epoch."""
        return math.ceil(self.size / self.batch_size)

    @property
    def longest(self) -> int:
        """The steps of the longest row of any column; 1 where none vary."""
        ragged = [column for column in self._columns if isinstance(column, Ragged)]
        return max((int(column.lengths.max(initial=1)) for column in ragged), default=1)

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

    def _of_epoch(self, column: Any) -> Any:
        """Returns a column as this epoch of a training sees it, where epochs differ."""
        if self.seed is None or not hasattr(column, "of_epoch"):
            return column
        return column.of_epoch(self.seed, self.epoch)

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
        `first_step` must stop in time, as `Position` does.
        """
        return self._generated(lambda rows: [rows], lambda pairs, _: pairs[0])

    def shares(
        self,
        replicas: Sequence[int],
        of: int,
        weigh: Callable[[tf.Tensor], tf.Tensor] | None = None,
    ) -> tf.data.Dataset:
        """Returns a tuple of a `Share` for each of some replicas, batch by batch.

        Every row of a batch is in the share of one of them. Rows of nearly one length are dealt
        out in turn, so that shares of a batch take nearly the same time.

        Args:
            replicas: The numbers of those that are served here.
            of: How many there are everywhere.
            weigh: Graph function from the targets of rows to how much each counts in the loss.
        """

        def cut(rows: NDArray[np.int64]) -> list[NDArray[np.int64]]:
            # A network cannot run on no rows; `Share.real` leaves this one out.
            return [rows[replica::of] if replica < len(rows) else rows[:1] for replica in replicas]

        def share(replica: int, pair: tuple[Any, Any], size: tf.Tensor) -> Share:
            real = tf.maximum((size - replica + of - 1) // of, 0)
            return Share(*pair, None if weigh is None else weigh(pair[1]), real)

        return self._generated(
            cut,
            lambda pairs, size: tuple(map(share, replicas, pairs, [size] * len(pairs))),
            parts=len(replicas),
        )

    def _generated(
        self,
        cut: Callable[[NDArray[np.int64]], list[NDArray[np.int64]]],
        arrange: Callable[[list[tuple[Any, Any]], tf.Tensor], Any],
        parts: int = 1,
    ) -> tf.data.Dataset:
        """Returns what `arrange` makes of each batch.

        Args:
            cut: Divides the rows of a batch into those that are padded together.
            arrange: Graph function from their pairs of inputs and targets, and from the size of
                the whole batch, to what is served.
            parts: Into how many `cut` divides a batch.
        """
        structure = [self.inputs, self.targets]

        def remaining() -> Iterator[tuple[Any, ...]]:
            columns = [self._of_epoch(column) for column in self._columns]
            for rows in self.order(self.epoch)[self.first_step :]:
                values = (
                    value
                    for part in cut(rows)
                    for column in columns
                    for value in _parts(column[part])
                )
                yield np.int64(len(rows)), *values

        def batch(size: tf.Tensor, *values: tf.Tensor) -> Any:
            left = iter(values)
            pairs = []
            for _ in range(parts):
                inputs, targets = keras.tree.map_structure(
                    lambda column: None if column is None else _joined(column, left), structure
                )
                pairs.append(self.training_pair(inputs, targets))
            return arrange(pairs, size)

        of_part = [spec for column in self._columns for spec in _specs(column)]
        signature = (tf.TensorSpec([], tf.int64), *(of_part * parts))
        generated = tf.data.Dataset.from_generator(remaining, output_signature=signature)
        # One call at a time: under deterministic operations TensorFlow allows no more.
        plain = tf.autograph.experimental.do_not_convert(batch)
        dataset = generated.map(plain).prefetch(tf.data.AUTOTUNE)
        # Keras must know where an epoch ends: asking for one batch more would move the
        # random states on before TensorFlow finds that there is none.
        return dataset.apply(tf.data.experimental.assert_cardinality(len(self)))


def _column(column: Any) -> Any:
    if isinstance(column, tf.RaggedTensor):
        return Ragged.from_tensor(column)
    return column.numpy() if isinstance(column, tf.Tensor) else column


def _parts(column: Any) -> tuple[NDArray[Any], ...]:
    if isinstance(column, Ragged):
        return column.values, column.lengths
    return (column,)


def _specs(column: Any) -> tuple[tf.TensorSpec, ...]:
    values = column.values if isinstance(column, Ragged) else column
    # Of no rows: it tells the dtype without touching a memory map.
    like = tf.convert_to_tensor(values[:0])
    spec = tf.TensorSpec([None, *like.shape[1:]], like.dtype)
    if isinstance(column, Ragged):
        return spec, tf.TensorSpec([None], tf.int64)
    return (spec,)


def _joined(column: Any, parts: Iterator[tf.Tensor]) -> tf.Tensor | tf.RaggedTensor:
    values = next(parts)
    if not isinstance(column, Ragged):
        return values
    # What was taken by rows fits together; checking it again takes time in every batch.
    return tf.RaggedTensor.from_row_lengths(values, next(parts), validate=False)
