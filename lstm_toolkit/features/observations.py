"""Windows of series whose next values are wanted; values may be missing."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.errors import DataError
from lstm_toolkit.features.feature import Feature
from lstm_toolkit.features.series import SeriesSettings
from lstm_toolkit.features.text import check_kept
from lstm_toolkit.settings.fields import DATA, NOT_SEARCHED, READER, Bounds, settings
from lstm_toolkit.system.files import write_json

if TYPE_CHECKING:
    import tensorflow as tf


@settings()
class ObservationsSettings(SeriesSettings):
    """How series with times and covariates are read and cut."""

    frequency: Annotated[str, DATA, NOT_SEARCHED] = ""
    """Steps of the times, as pandas writes them: h, D, W, MS, 15min; empty finds them."""
    date_order: Annotated[Literal["auto", "month/day", "day/month"], READER] = "auto"
    """Of dates such as 1/2/2024; auto finds it in the training, and keeps it for later data."""
    calendar: Annotated[bool, DATA] = True
    """Tell the network the hour, the day and the season of every step, where times are dates."""
    past_columns: Annotated[str, DATA, NOT_SEARCHED] = ""
    """Columns that are known up to the last value, such as weather, with commas between."""
    known_columns: Annotated[str, DATA, NOT_SEARCHED] = ""
    """Columns that are known for the steps to come too, such as holidays or prices."""
    static_columns: Annotated[str, DATA, NOT_SEARCHED] = ""
    """Columns that stay the same in a series, such as a size."""
    backtest: Annotated[int, Bounds(0, 1000), DATA, NOT_SEARCHED] = 0
    """Test from so many origins at the end of each series, a horizon apart; 0 tests on the
    latest share of all windows."""


@dataclasses.dataclass(frozen=True)
class Steps:
    """How long windows are.

    Attributes:
        steps: Of each.
        date_order: In which dates such as 1/2/2024 were read; "auto" if there were none.
    """

    steps: int
    date_order: str = "auto"

    @property
    def input_shape(self) -> tuple[int, ...]:
        """The shape of a row as the network takes it."""
        return self.steps, 2

    def save(self, folder: Path) -> None:
        """Writes `window.json`."""
        write_json(folder / "window.json", dataclasses.asdict(self))


class Observations(Feature[Steps]):
    """Raw windows `float32[batch, steps]`, NaN where a value is missing.

    The network is given `float32[batch, steps, 2]`: values, 0 where there is none, and whether
    there is one. It brings them to a scale itself, each window to its own.
    """

    def given(self, column: Any) -> Any:
        """Refuses what is no number, or infinite."""
        values = np.asarray(column)
        if values.dtype.kind not in "biuf":
            raise DataError(f"needs numbers. Received: {values.dtype}")
        _check_no_infinite(values)
        return column

    def learn(self, column: Any, settings: Any) -> Steps:
        """Learns how long windows are."""
        return Steps(int(column.shape[1]), getattr(settings, "date_order", "auto"))

    def extend(self, state: Steps, column: Any, settings: Any) -> tuple[Steps, list[str]]:
        """Keeps the length.

        Raises:
            InputError: If windows are to be of another length.
        """
        check_kept("window", state.steps, int(column.shape[1]))
        return dataclasses.replace(state, date_order=settings.date_order), []

    def load(self, folder: Path) -> Steps:
        """Reads the length."""
        return Steps(**json.loads((folder / "window.json").read_text(encoding="utf-8")))

    def collate(self, rows: tf.Tensor, state: Steps) -> tf.Tensor:
        """Puts beside each value whether it is one."""
        import tensorflow as tf

        rows = tf.cast(rows, tf.float32)  # given in Python, they may be any numbers
        known = tf.math.is_finite(rows)
        values = tf.where(known, rows, tf.zeros_like(rows))
        return tf.stack([values, tf.cast(known, tf.float32)], axis=-1)

    def spec(self, name: str, state: Steps) -> tf.TensorSpec:
        """Returns `float32[batch, steps]`."""
        import tensorflow as tf

        return tf.TensorSpec([None, state.steps], tf.float32, name)

    def parse(self, word: str, state: Steps, options: Any) -> Iterator[tuple[str, NDArray[Any]]]:
        """Yields the last steps of numbers with commas or spaces between them; `nan` is missing."""
        try:
            numbers = [float(part) for part in word.strip("[]").replace(",", " ").split()]
        except ValueError:
            raise DataError(f"needs numbers. Received: {word[:80]}") from None
        _check_no_infinite(np.array(numbers))
        yield word, last_steps(np.array(numbers, np.float32), state.steps)


def _check_no_infinite(values: NDArray[Any]) -> None:
    infinite = values[np.isinf(values)]
    if len(infinite):
        raise DataError(f"needs finite numbers. Received: {infinite[0]}")


def last_steps(values: NDArray[Any], steps: int) -> NDArray[np.float32]:
    """Returns the last values of a series, as many as go in.

    Raises:
        DataError: If there are fewer, or none of them is known.
    """
    if len(values) < steps:
        raise DataError(f"needs the last {steps} numbers. Received: {len(values)} numbers")
    last: NDArray[np.float32] = np.asarray(values[-steps:], np.float32)
    if not np.isfinite(last).any():
        raise DataError(f"needs a value among the last {steps}. Received: none")
    return last
