"""From a path to tensors: reads, splits, learns from the training split, encodes once."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from lstm_toolkit.data.row_store import as_chunks, gather
from lstm_toolkit.errors import DataError
from lstm_toolkit.features.feature import CHUNK, Encoded, EncodedColumn
from lstm_toolkit.features.states import States
from lstm_toolkit.settings.arguments import checked_names
from lstm_toolkit.settings.fields import Settings, changed
from lstm_toolkit.task import Task
from lstm_toolkit.tasks import get_task

if TYPE_CHECKING:
    import keras

    from lstm_toolkit.data.batches import Batches
    from lstm_toolkit.data.dataset import Dataset
    from lstm_toolkit.data.splits.splitter import Splits

ROWS = "rows"
"""The folder of encoded rows, where they lie on the disk."""


class FirstWeights(Protocol):
    """Where a network and its first weights come from, if not from the task's builder alone."""

    @property
    def known(self) -> States | None:
        """What the weights were trained with; None if with nothing."""

    def learn(self, task: Task, train: Dataset, settings: Any) -> States:
        """Learns what the network's shape and the answers need."""

    def check(self, prepared: Prepared) -> None:
        """Raises `InputError` if they do not go with this data and these settings."""

    def build(self, prepared: Prepared) -> keras.Model:
        """Returns an uncompiled network with these weights."""

    def facts(self) -> dict[str, str]:
        """Returns what has to be given again for a training to go on, by the argument's name."""

    def remarks(self) -> Iterator[str]:
        """Yields lines on what they are."""


@dataclasses.dataclass(frozen=True, eq=False)
class Prepared:
    """Data that a task is ready to train on.

    Each split is encoded when it is first asked for, and once.

    Attributes:
        task: What it is prepared for.
        settings: With these, and what the reader found where they left a choice.
        states: What was learnt from the training split.
        splits: Raw rows.
        note: What was read.
        fingerprint: Changes when the data does.
        folder: Where encoded rows lie; None keeps them in memory.
        first_weights: Where the network comes from; None builds a new one.
    """

    task: Task
    settings: Any
    states: States
    splits: Splits
    note: str
    fingerprint: str
    folder: Path | None = None
    first_weights: FirstWeights | None = None
    _inputs: dict[str, dict[str, EncodedColumn]] = dataclasses.field(
        default_factory=dict, repr=False
    )
    _targets: dict[str, EncodedColumn] = dataclasses.field(default_factory=dict, repr=False)
    _to_encode: dict[str, Dataset] = dataclasses.field(default_factory=dict, repr=False)

    def __repr__(self) -> str:
        return f"<Prepared for {self.task.name}: {self.note}>"

    def facts(self) -> dict[str, str]:
        """Returns what searches compare: `note`, for people, and `fingerprint`."""
        return {"note": self.note, "fingerprint": self.fingerprint}

    def encoded(self, rows: Dataset) -> Encoded:
        """Returns rows as they are kept for training; those of the splits are remembered."""
        name = self._name(rows)
        if name is None:
            return encode(self.task, rows, self.settings, self.states)
        if name not in self._inputs:
            folder = None if self.folder is None else self.folder / ROWS / name
            shown = self._rows_to_encode(name)
            self._inputs[name] = encode_inputs(self.task, shown, self.states, folder)
        return Encoded(self._inputs[name], self.encoded_targets(rows), rows.meta.get("group"))

    def _rows_to_encode(self, name: str) -> Dataset:
        """Returns the rows of a split as the network and the loss see them."""
        if name not in self._to_encode:
            rows, training = self.splits.parts[name], name == "train"
            self._to_encode[name] = self.task.target.rows_to_encode(
                rows, self.states, self.settings, training=training
            )
        return self._to_encode[name]

    def _name(self, rows: Dataset) -> str | None:
        """Returns the name of a split, None for other rows."""
        return next((name for name, part in self.splits.parts.items() if part is rows), None)

    def encoded_targets(self, rows: Dataset) -> EncodedColumn:
        """Returns the targets of rows; those of the splits are remembered.

        Raises:
            DataError: If a row asks for what the network cannot give.
        """
        name = self._name(rows)
        known = None if name is None else self._targets.get(name)
        if known is not None:
            return known
        target, states = self.task.target, self.states
        if name is None:
            shown = target.rows_to_encode(rows, states, self.settings)
            return target.encode(shown, states.target, self.settings)
        shown = self._rows_to_encode(name)
        self._targets[name] = target.encode(shown, states.target, self.settings)
        return self._targets[name]

    def batches(self, rows: Dataset, *, shuffled: bool = False) -> Batches:
        """Returns batches of (inputs, targets), in the rows' order unless `shuffled`."""
        encoded = self.encoded(rows)
        return make_batches(self.task, encoded, self.settings, self.states, shuffled=shuffled)

    def data_warnings(self) -> Iterator[str]:
        """Yields lines on what is lost on the way from raw rows to the network."""
        sides = [self.encoded(part) for part in (self.splits.train, self.splits.validation)]
        for name, feature in self.task.features.items():
            train, validation = (side.inputs[name] for side in sides)
            state = self.states[name]
            yield from feature.data_warnings(train, validation, self.settings, state)
        train, validation = (side.targets for side in sides)
        target, state = self.task.target, self.states.target
        yield from target.data_warnings(train, validation, self.settings, state)

    def build(self) -> keras.Model:
        """Builds the network for this data, with the weights that it is to begin with."""
        return self.build_new() if self.first_weights is None else self.first_weights.build(self)

    def build_new(self) -> keras.Model:
        """Builds a new network for this data by the task's builder."""
        train = self.encoded(self.splits.train)
        return self.task.build(self.settings, self.states, train)

    def with_settings(self, settings: Any) -> Prepared:
        """Returns the same data for settings that leave it as it is, see `Task.same_data`."""
        differing = {field.name for field in changed(self.settings, settings)}
        same = differing.isdisjoint(self.task.target.encoded_by)
        targets = self._targets if same else {}
        return dataclasses.replace(self, settings=settings, _targets=targets)


def encode(task: Task, rows: Dataset, settings: Any, states: States) -> Encoded:
    """Encodes rows in memory, each value once.

    Raises:
        DataError: If a row asks for what the network cannot give.
    """
    rows = task.target.rows_to_encode(rows, states, settings)
    return Encoded(
        encode_inputs(task, rows, states), task.target.encode(rows, states.target, settings)
    )


def encode_inputs(
    task: Task, rows: Dataset, states: States, folder: Path | None = None
) -> dict[str, EncodedColumn]:
    """Encodes what goes in, each value once.

    Args:
        task: Encodes.
        rows: Raw.
        states: What was learnt from the training split.
        folder: Where encoded rows are kept; None keeps them in memory.

    Raises:
        DataError: If rows lack a feature.
    """
    task.check_columns(rows)
    inputs = {}
    for name, feature in task.features.items():
        column, store = rows.columns[name], None if folder is None else folder / name
        differs = hasattr(column, "of_epoch")  # and cannot be stored
        if feature.stored_as_is and (store is None or differs):
            inputs[name] = EncodedColumn(column)
            continue
        as_is = as_chunks(column, CHUNK)
        chunks = as_is if feature.stored_as_is else feature.encode_chunks(column, states[name])
        columns = gather(chunks, store)
        inputs[name] = EncodedColumn(columns.pop("rows"), columns)
    return inputs


def make_batches(
    task: Task, encoded: Encoded, settings: Any, states: States, *, shuffled: bool = False
) -> Batches:
    """Returns batches of encoded rows as the task's network and loss take them."""
    from lstm_toolkit.data.batches import Batches

    return Batches(
        {name: column.rows for name, column in encoded.inputs.items()},
        encoded.targets.rows,
        batch_size=settings.batch_size,
        seed=settings.seed if shuffled else None,
        training_pair=partial(task.training_pair, states=states),
    )


@checked_names(lambda task: get_task(task).settings)
def prepare(
    task: Task | str,
    settings: Settings | Mapping[str, Any] | None = None,
    data: Any = None,
    *,
    folder: str | Path | None = None,
    first_weights: FirstWeights | None = None,
) -> Prepared:
    """Reads the data, splits it, and learns what the task needs from the training split.

    Args:
        task: A task or its name.
        settings: An instance of `task.settings`, or values by name; None takes the defaults.
        data: See `Task.source`: a path, a DataFrame, arrays …; None takes the sample data.
        folder: Where encoded rows are kept with row_store=disk.
        first_weights: Where the network comes from; None builds a new one.

    Raises:
        DataError: If the data is missing or unfit.
        InputError: If first weights do not go with it.
    """
    task = get_task(task)
    chosen: Any = task.settings_of(settings)
    source = task.source(data, chosen, first_weights.known if first_weights else None)
    task = task.having([*source.rows.columns, *source.rows.targets])
    chosen_by_reader: dict[str, Any] = dict(source.found)
    chosen = dataclasses.replace(chosen, **chosen_by_reader)
    rows = Path(folder) if folder is not None and chosen.row_store == "disk" else None
    try:
        splits = task.split(source, chosen)
        learn = task.learn if first_weights is None else partial(first_weights.learn, task)
        states = learn(splits.train, chosen)
        prepared = Prepared(
            task, chosen, states, splits, source.note, source.fingerprint(), rows, first_weights
        )
        for part in splits.parts.values():
            prepared.encoded_targets(part)
    except DataError as error:
        if error.path is None and isinstance(data, str | Path):
            raise DataError(str(error), path=Path(data)) from error
        raise
    if first_weights is not None:
        first_weights.check(prepared)
    return prepared
