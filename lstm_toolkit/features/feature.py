"""What a feature is: one column of what goes in, from raw values to the network's inputs."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.columns import Column, Ragged
from lstm_toolkit.errors import DataError
from lstm_toolkit.settings.options import PredictOptions

if TYPE_CHECKING:
    import tensorflow as tf

CHUNK = 256
"""Rows encoded at a time: one by one is many times slower."""


class State(Protocol):
    """What was learnt from the training split for one feature or target."""

    def save(self, folder: Path) -> None:
        """Writes files into `folder` that people can read."""


S = TypeVar("S", bound=State)


@dataclasses.dataclass(frozen=True, eq=False)
class EncodedColumn:
    """A column as it is kept for training.

    Attributes:
        rows: What `Feature.encode` made of it.
        counts: Facts on each row that were counted in the same pass, `int64[n]` by name.
    """

    rows: Column
    counts: Mapping[str, NDArray[np.int64]] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, eq=False)
class Encoded:
    """Rows as they are kept for training.

    Attributes:
        inputs: By the names of the features.
        targets: What the loss compares with.
        groups: `str[n]` of rows that may not be fitted on and held out at once; None for none.
    """

    inputs: Mapping[str, EncodedColumn]
    targets: EncodedColumn
    groups: NDArray[Any] | None = None


class Feature(Generic[S]):
    """One column of what goes in.

    The functions that are marked so run inside graphs: training, evaluation, `predict` and
    the export share them, so they cannot drift apart.
    """

    options: ClassVar[type[PredictOptions]] = PredictOptions
    """What `predict` can be told about this input."""
    stored_as_is: ClassVar[bool] = True
    """Whether raw rows are kept for training; if not, what `encode` makes of them."""
    also_as: ClassVar[tuple[str, ...]] = ()
    """Further dtypes that exports take, each in a signature of that name."""

    portable: ClassVar[bool] = True
    """Whether what stands between raw values and the network can be told by `tokenizer`."""
    may_lack: ClassVar[bool] = False
    """Whether a row may be without it: of several inputs in one object it may be left out, and
    `absent` stands for it."""
    one_shape_a_batch: ClassVar[bool] = False
    """Whether values that go into one batch must have one shape; `batch` pads the others'."""

    def given(self, column: Any) -> Any:
        """Returns raw values that are given in Python, checked as readers check those of files.

        Raises:
            DataError: If they are unfit.
        """
        return column

    def given_row(self, value: Any) -> NDArray[Any] | None:
        """Returns one raw value that is given in Python and is no word.

        None leaves it to the dtype and the shape that signatures take.

        Raises:
            DataError: If it is unfit.
        """
        return None

    def learn(self, column: Column, settings: Any) -> S:
        """Learns from the training split what the network's shape and the answers need."""
        raise NotImplementedError

    def extend(self, state: S, column: Column, settings: Any) -> tuple[S, list[str]]:
        """Adds what is new in other data to a state, behind what it knows.

        Args:
            state: Of a network that is trained further.
            column: The training split of the other data.
            settings: As in `learn`.

        Returns:
            The state, and what was added, such as "12 new tokens".

        Raises:
            InputError: If the settings ask for what the state cannot become.
        """
        return state, []

    def load(self, folder: Path) -> S:
        """Reads what `State.save` wrote."""
        raise NotImplementedError

    def bring(
        self, values: tf.Tensor, state: S, *, as_is: bool = False
    ) -> tuple[tf.Tensor, tf.Tensor | None]:
        """Brings raw values that people give to what training rows look like; in the graph.

        Args:
            values: Raw.
            state: What was learnt.
            as_is: Whether values stay as they are, and are judged alone.

        Returns:
            Raw values again, and which are unlike the training rows, `bool[batch]`; None
            where that cannot be told.
        """
        return values, None

    def bring_rows(self, column: Column, state: S, options: Any) -> Column:
        """Brings raw rows of other data, which are scored, to what `predict` makes of them.

        Args:
            column: Raw, as people give it.
            state: What was learnt.
            options: An instance of the task's `input_options`.
        """
        return column

    def encode(self, values: tf.Tensor, state: S) -> tf.Tensor | tf.RaggedTensor:
        """Turns a batch of raw values into rows that are kept in training; in the graph.

        Rows of unequal length are `[batch, (time)]`; batches then hold similar lengths.
        """
        return values

    def encode_chunks(self, column: Column, state: S) -> Iterator[dict[str, Column]]:
        """Yields `rows` as `encode` gives them, and counts on them, chunk by chunk.

        Rows pass once: what is to be told of them is counted here.
        """
        import tensorflow as tf

        graph = tf.function(lambda values: self.encode(values, state), reduce_retracing=True)
        for chunk in chunks(column):
            yield {"rows": to_numpy(graph(tf.constant(chunk)))}

    def collate(self, rows: tf.Tensor | tf.RaggedTensor, state: S) -> tf.Tensor:
        """Turns a batch of encoded rows into what the network takes; in the graph."""
        return rows

    def spec(self, name: str, state: S) -> tf.TensorSpec:
        """Returns name, dtype and shape of a batch of raw values, the batch first."""
        raise NotImplementedError

    def longest(self, state: S) -> int | None:
        """Returns how many steps an encoded row has at most; None if there is no limit."""
        return None

    def limited(self, state: S, steps: int) -> S:
        """Returns a state with which rows have at most so many steps, where rows can be cut."""
        return state

    def tokenizer(self, state: S) -> dict[str, Any]:
        """Returns how raw texts become what `encode` gives, for programs without TensorFlow.

        Facts for `tokenizer.json` of an export; the files that they name are those of
        `State.save`. Empty where raw values are numbers already.
        """
        return {}

    def wide_spec(self, name: str, state: S) -> tf.TensorSpec | None:
        """Returns what `bring` takes beyond `spec`, None if nothing."""
        return None

    def parse(
        self, word: str, state: S, options: Any
    ) -> Iterator[tuple[str, NDArray[Any] | DataError]]:
        """Yields (name, raw value) for a word of the command line or a line of stdin.

        Of several values in one word, those that cannot be read come as their error.

        Raises:
            DataError: If there is nothing to be read.
        """
        raise NotImplementedError

    def heading(self, name: str, state: S) -> str:
        """Returns what people call this input; by default the feature's name."""
        return name

    def word_of(self, value: Any, state: S) -> str:
        """Returns a value of a JSON object as a word for `parse`."""
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    def absent(self, state: S) -> NDArray[Any]:
        """Returns the raw value of a row without it; asked only where it `may_lack`."""
        raise NotImplementedError

    def batch(self, values: Sequence[NDArray[Any]]) -> NDArray[Any]:
        """Puts raw values that were parsed into one batch."""
        return np.stack(values)

    def resources(self, state: S) -> list[Any]:
        """Returns the layers that hold tables, which an export must keep."""
        return []

    def data_warnings(
        self, train: EncodedColumn, validation: EncodedColumn, settings: Any, state: S
    ) -> Iterator[str]:
        """Yields lines on what is lost on the way from raw rows to the network."""
        yield from ()

    def scores(self, encoded: EncodedColumn) -> dict[str, Any]:
        """Returns what was lost of rows that are scored, for `metrics.json`."""
        return {}

    def report(self, scores: Mapping[str, Any]) -> str:
        """Returns that for people to read; "" if there is nothing."""
        return ""

    def with_state(self, state: S) -> Feature[S]:
        """Returns the feature whose `simple_model` reads rows as a network with this state does."""
        return self

    def simple_model(self) -> Any:
        """Returns a scikit-learn transformer from raw rows to numbers, for the baselines."""
        from sklearn.preprocessing import FunctionTransformer

        return FunctionTransformer(flat)


def flat(rows: Any) -> NDArray[np.float32]:
    """Returns rows of numbers as `float32[n, values]`, without what is missing."""
    numbers = np.asarray(rows, np.float32).reshape(len(rows), -1)
    return np.nan_to_num(numbers)


def chunks(column: Column) -> Iterator[Any]:
    """Yields `CHUNK` rows at a time; one empty chunk of a column without rows."""
    for start in range(0, max(len(column), 1), CHUNK):
        yield column[start : start + CHUNK]


def to_numpy(rows: Any) -> Column:
    """Returns what a graph gave as a column."""
    if hasattr(rows, "row_splits"):
        return Ragged.from_tensor(rows)
    column: Column = rows.numpy()
    return column
