"""From a path to tensors: reads, splits, and learns from the training split alone."""

from __future__ import annotations

import dataclasses
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lstm_toolkit.data.examples import Examples
from lstm_toolkit.errors import DataError
from lstm_toolkit.settings import Settings
from lstm_toolkit.task import Task

if TYPE_CHECKING:
    from lstm_toolkit.data.batches import Batches
    from lstm_toolkit.data.splits import Splits


@dataclasses.dataclass(frozen=True)
class Prepared:
    """Data that a task is ready to train on.

    Attributes:
        task: What it is prepared for.
        settings: With these.
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
        examples.inputs,
        task.targets(examples, settings, assets),
        batch_size=settings.batch_size,
        seed=settings.seed if shuffled else None,
        preprocess=partial(task.preprocess, assets=assets),
    )


def prepare(task: Task[Any, Any], settings: Settings, data: Path | None = None) -> Prepared:
    """Reads the data, splits it, and learns what the task needs from the training split.

    Args:
        task: See `get_task`.
        settings: An instance of `task.settings`.
        data: A file or folder; None takes the sample data.

    Raises:
        DataError: If the data is missing or unfit.
    """
    source = task.read(data, settings)
    try:
        splits = task.split(source, settings)
        assets = task.learn(splits.train, settings)
        for part in (splits.validation, splits.test):
            task.targets(part, settings, assets)
    except DataError as error:
        raise error if error.path else DataError(str(error), path=data) from error
    return Prepared(task, settings, assets, splits, source.note, source.fingerprint())
