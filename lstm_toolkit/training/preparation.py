"""From a path to tensors: reads, splits, and learns from the training split alone."""

from __future__ import annotations

import dataclasses
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lstm_toolkit.data.examples import Examples
from lstm_toolkit.errors import DataError
from lstm_toolkit.settings.fields import Settings
from lstm_toolkit.task import Task

if TYPE_CHECKING:
    import tensorflow as tf
    from numpy.typing import NDArray

    from lstm_toolkit.data.batches import Batches
    from lstm_toolkit.data.splits.classes import Splits


CHUNK = 256
"""Rows encoded at a time."""


@dataclasses.dataclass(frozen=True)
class Prepared:
    """Data that a task is ready to train on.

    Attributes:
        task: What it is prepared for.
        settings: With these, and what the reader found where they left a choice.
        assets: What was learnt from the training split.
        splits: Raw rows.
        note: What was read.
        fingerprint: Changes when the data does.
    """

    task: Task[Any, Any]
    settings: Settings
    assets: Any
    splits: Splits
    note: str
    fingerprint: str

    def facts(self) -> dict[str, str]:
        """Returns what searches compare: `note`, for people, and `fingerprint`."""
        return {"note": self.note, "fingerprint": self.fingerprint}

    def batches(self, examples: Examples, *, shuffled: bool = False) -> Batches:
        """Returns batches of (inputs, targets), in the rows' order unless `shuffled`."""
        return make_batches(self.task, examples, self.settings, self.assets, shuffled=shuffled)


def make_batches(
    task: Task[Any, Any],
    examples: Examples,
    settings: Settings,
    assets: Any,
    *,
    shuffled: bool = False,
) -> Batches:
    """Returns batches of examples as the task's network and loss take them."""
    from lstm_toolkit.data.batches import Batches

    return Batches(
        encode_all(task, examples.inputs, assets),
        task.targets(examples, settings, assets),
        batch_size=settings.batch_size,
        seed=settings.seed if shuffled else None,
        feed=partial(task.feed, assets=assets),
    )


def encode_all(
    task: Task[Any, Any], inputs: NDArray[Any], assets: Any
) -> NDArray[Any] | tf.RaggedTensor:
    """Encodes raw rows, `CHUNK` at a time: one by one is many times slower."""
    if type(task).encode is Task.encode:
        return inputs
    import tensorflow as tf

    encode = tf.function(partial(task.encode, assets=assets), reduce_retracing=True)
    with tf.device("cpu"):
        starts = range(0, max(len(inputs), 1), CHUNK)
        return tf.concat([encode(tf.constant(inputs[i : i + CHUNK])) for i in starts], axis=0)


def prepare(task: Task[Any, Any], settings: Settings, data: Any = None) -> Prepared:
    """Reads the data, splits it, and learns what the task needs from the training split.

    Args:
        task: See `get_task`.
        settings: An instance of `task.settings`.
        data: The path of a file or folder, or a DataFrame where the task takes one; None
            takes the sample data.

    Raises:
        DataError: If the data is missing or unfit.
    """
    source = task.read(data, settings)
    found: dict[str, Any] = dict(source.found)
    settings = dataclasses.replace(settings, **found)
    try:
        splits = task.split(source, settings)
        assets = task.learn(splits.train, settings)
        for part in (splits.validation, splits.test):
            task.targets(part, settings, assets)
    except DataError as error:
        if error.path is None and isinstance(data, Path):
            raise DataError(str(error), path=data) from error
        raise
    return Prepared(task, settings, assets, splits, source.note, source.fingerprint())
