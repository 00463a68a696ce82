"""Windows of series of numbers."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.errors import DataError
from lstm_toolkit.features.feature import Feature
from lstm_toolkit.features.text import check_kept
from lstm_toolkit.settings.fields import POSITIVE, READER, settings
from lstm_toolkit.settings.table_files import TableSettings
from lstm_toolkit.system.files import write_json

if TYPE_CHECKING:
    import tensorflow as tf


@settings()
class SeriesSettings(TableSettings):
    """How series are read and cut."""

    window: Annotated[int, POSITIVE] = 96
    """Steps that go in."""
    value_column: Annotated[str, READER] = ""
    """The one column of numbers to read; empty takes `y`, or all that hold numbers."""


@dataclasses.dataclass(frozen=True)
class Scale:
    """Brings numbers to a mean of 0 and a deviation of 1, by what the training split has.

    Attributes:
        steps: How many numbers there are in a row.
        mean: Of all of them.
        deviation: Likewise; 1 where all numbers are the same.
    """

    steps: int
    mean: float
    deviation: float

    @classmethod
    def learn(cls, rows: Any) -> Scale:
        """Learns it from `float32[n, steps]`."""
        values = np.asarray(rows, np.float64)
        deviation = float(values.std())
        return cls(values.shape[1], float(values.mean()), deviation if deviation > 0 else 1.0)

    def save(self, folder: Path) -> None:
        """Writes `scale.json`."""
        write_json(folder / "scale.json", dataclasses.asdict(self))

    @classmethod
    def load(cls, folder: Path) -> Scale:
        """Reads what `save` wrote."""
        return cls(**json.loads((folder / "scale.json").read_text(encoding="utf-8")))


class Series(Feature[Scale]):
    """Raw windows `float32[batch, steps]` to the same on the scale of the training split."""

    def given(self, column: Any) -> Any:
        """Refuses what is no finite number."""
        from lstm_toolkit.data.given import finite

        return finite(column)

    def learn(self, column: Any, settings: Any) -> Scale:
        """Learns the scale."""
        return Scale.learn(column)

    def extend(self, state: Scale, column: Any, settings: Any) -> tuple[Scale, list[str]]:
        """Keeps the scale.

        Raises:
            InputError: If windows are to be of another length.
        """
        check_kept("window", state.steps, np.asarray(column).shape[1])
        return state, []

    def load(self, folder: Path) -> Scale:
        """Reads the scale."""
        return Scale.load(folder)

    def collate(self, rows: tf.Tensor, state: Scale) -> tf.Tensor:
        """Brings numbers to the scale of the training split."""
        return (rows - state.mean) / state.deviation

    def spec(self, name: str, state: Scale) -> tf.TensorSpec:
        """Returns `float32[batch, steps]`."""
        import tensorflow as tf

        return tf.TensorSpec([None, state.steps], tf.float32, name)

    def parse(self, word: str, state: Scale, options: Any) -> Iterator[tuple[str, NDArray[Any]]]:
        """Yields the last steps of numbers with commas or spaces between them."""
        try:
            numbers = [float(part) for part in word.replace(",", " ").split()]
        except ValueError:
            raise DataError(f"needs numbers. Received: {word[:80]}") from None
        if len(numbers) < state.steps or not np.isfinite(numbers).all():
            got = f"{len(numbers)} numbers" if np.isfinite(numbers).all() else "not finite ones"
            raise DataError(f"needs the last {state.steps} numbers. Received: {got}")
        yield word, np.array(numbers[-state.steps :], np.float32)
