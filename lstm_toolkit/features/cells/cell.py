"""One column among others, which a row may lack."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from lstm_toolkit.data.readers.mixed.names import input_name, kind_of, split_names
from lstm_toolkit.errors import DataError
from lstm_toolkit.features.feature import EncodedColumn, Feature
from lstm_toolkit.system.files import write_json

if TYPE_CHECKING:
    import tensorflow as tf

    from lstm_toolkit.data.columns import Column

FILE = "column.json"


@dataclasses.dataclass(frozen=True)
class CellState:
    """What was learnt of a column.

    Attributes:
        heading: As people call the column.
        inner: What the feature of its kind learnt.
    """

    heading: str
    inner: Any

    def save(self, folder: Path) -> None:
        """Writes `column.json` beside what the feature of its kind writes."""
        write_json(folder / FILE, {"heading": self.heading})
        self.inner.save(folder)


class Cell(Feature[CellState]):
    """A column of a table: the feature of its kind, and what people call it.

    Rows may lack it. Then `absent` stands in the raw values, and the network is given zeros.

    Args:
        name: Of the input, see `data.readers.mixed.names`.
        inner: The feature of its kind.
    """

    portable = False
    may_lack = True

    def __init__(self, name: str, inner: Feature[Any]):
        self.name, self.inner = name, inner
        self.stored_as_is = inner.stored_as_is  # type: ignore[misc]  # as its kind has it
        self.one_shape_a_batch = inner.one_shape_a_batch  # type: ignore[misc]

    def learn(self, column: Column, settings: Any) -> CellState:
        """Learns what the feature of its kind does, and the heading from the settings.

        Raises:
            DataError: If the settings do not name the column.
        """
        kind = kind_of(self.name)
        named = split_names(getattr(settings, f"{kind}_columns"))
        heading = next((each for each in named if input_name(kind, each) == self.name), None)
        if heading is None:
            received = str(named)[:200]
            raise DataError(f"needs {kind}_columns to name {self.name}. Received: {received}")
        return CellState(heading, self.inner.learn(column, settings))

    def extend(
        self, state: CellState, column: Column, settings: Any
    ) -> tuple[CellState, list[str]]:
        """Adds what is new in other data, as the feature of its kind does."""
        inner, news = self.inner.extend(state.inner, column, settings)
        return CellState(state.heading, inner), [f"{state.heading}: {line}" for line in news]

    def load(self, folder: Path) -> CellState:
        """Reads what `CellState.save` wrote."""
        heading = json.loads((folder / FILE).read_text(encoding="utf-8"))["heading"]
        return CellState(heading, self.inner.load(folder))

    def bring(
        self, values: tf.Tensor, state: CellState, *, as_is: bool = False
    ) -> tuple[tf.Tensor, tf.Tensor | None]:
        """Does as the feature of its kind."""
        return self.inner.bring(values, state.inner, as_is=as_is)

    def bring_rows(self, column: Column, state: CellState, options: Any) -> Column:
        """Does as the feature of its kind."""
        return self.inner.bring_rows(column, state.inner, options)

    def encode(self, values: tf.Tensor, state: CellState) -> tf.Tensor | tf.RaggedTensor:
        """Does as the feature of its kind."""
        return self.inner.encode(values, state.inner)

    def encode_chunks(self, column: Column, state: CellState) -> Iterator[dict[str, Column]]:
        """Does as the feature of its kind."""
        yield from self.inner.encode_chunks(column, state.inner)

    def collate(self, rows: tf.Tensor | tf.RaggedTensor, state: CellState) -> tf.Tensor:
        """Does as the feature of its kind."""
        return self.inner.collate(rows, state.inner)

    def spec(self, name: str, state: CellState) -> tf.TensorSpec:
        """Returns that of the feature of its kind."""
        return self.inner.spec(name, state.inner)

    def longest(self, state: CellState) -> int | None:
        """Returns how many steps an encoded row has at most."""
        return self.inner.longest(state.inner)

    def parse(
        self, word: str, state: CellState, options: Any
    ) -> Iterator[tuple[str, NDArray[Any] | DataError]]:
        """Yields what the feature of its kind makes of a word; errors name the column."""
        try:
            yield from self.inner.parse(word, state.inner, options)
        except DataError as error:
            raise DataError(f"column {state.heading}: {error}") from None

    def word_of(self, value: Any, state: CellState) -> str:
        """Does as the feature of its kind."""
        return self.inner.word_of(value, state.inner)

    def heading(self, name: str, state: CellState) -> str:
        """Returns what people call the column."""
        return state.heading

    def absent(self, state: CellState) -> NDArray[Any]:
        """Returns the raw value of a row without it."""
        return self.inner.absent(state.inner)

    def batch(self, values: Sequence[NDArray[Any]]) -> NDArray[Any]:
        """Does as the feature of its kind."""
        return self.inner.batch(values)

    def resources(self, state: CellState) -> list[Any]:
        """Returns the tables of the feature of its kind."""
        return self.inner.resources(state.inner)

    def data_warnings(
        self, train: EncodedColumn, validation: EncodedColumn, settings: Any, state: CellState
    ) -> Iterator[str]:
        """Yields the lines of the feature of its kind, with the column's heading."""
        for line in self.inner.data_warnings(train, validation, settings, state.inner):
            yield f"{state.heading}: {line}"

    def with_state(self, state: CellState) -> Cell:
        """Returns the same for a feature whose `simple_model` needs the state."""
        return Cell(self.name, self.inner.with_state(state.inner))

    def simple_model(self) -> Any:
        """Returns that of the feature of its kind."""
        return self.inner.simple_model()
