"""Windows of several channels: accelerometers, gyroscopes, electrodes, and what is missing."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.columns import Ragged, Sequences, Windows
from lstm_toolkit.errors import DataError
from lstm_toolkit.features.feature import Feature
from lstm_toolkit.features.text import check_kept
from lstm_toolkit.settings.fields import (
    DATA,
    NOT_NEGATIVE,
    NOT_SEARCHED,
    POSITIVE,
    READER,
    Bounds,
    settings,
)
from lstm_toolkit.settings.table_files import TableSettings
from lstm_toolkit.system.files import write_json

if TYPE_CHECKING:
    import tensorflow as tf

Floats = NDArray[np.float64]

STRANGE = 0.5
"""Share of the values of a channel outside of the training's range from which a window is
unlike."""


@settings()
class SensorWindowsSettings(TableSettings):
    """How recordings are read and cut into windows."""

    window: Annotated[int | None, POSITIVE, DATA] = None
    """Steps of a window; none takes short recordings of one label as they are, else 100."""
    overlap: Annotated[float, Bounds(0, 0.99), READER] = 0.5
    """Share of a window that the next one repeats."""
    mixed_windows: Annotated[Literal["majority", "drop"], DATA, NOT_SEARCHED] = "majority"
    """Windows with several labels: that of most steps counts, or they are left out."""
    label_column: Annotated[str, READER] = ""
    """The column of labels; empty finds it."""
    group_column: Annotated[str, READER] = ""
    """The column of people or devices, between which windows are split; empty finds it."""
    recording_column: Annotated[str, READER] = ""
    """The column that tells recordings apart; empty finds it."""
    time_column: Annotated[str, READER] = ""
    """The column of times; empty finds it."""
    channel_columns: Annotated[str, DATA, NOT_SEARCHED] = ""
    """Columns of numbers that are read, with commas between; empty takes all others."""
    step: Annotated[float | None, NOT_NEGATIVE, DATA, NOT_SEARCHED] = None
    """Time between two steps, in seconds of dates; none finds it."""
    axes: Annotated[Literal["auto", "time_first", "channels_first"], READER] = "auto"
    """Order of the axes of windows in arrays; auto refuses more channels than steps."""


@dataclasses.dataclass(frozen=True)
class WindowScales:
    """What training windows are like.

    Attributes:
        names: Of the channels.
        steps: Of every window, or of the longest one where they vary.
        varies: Whether windows are of unequal length.
        mean: Of each channel.
        deviation: Likewise; 0 of a channel that never changes, which is left out of account.
        lowest: Of each channel, less the width of its range.
        highest: Likewise, more.
        step: Between steps, in seconds where times were dates; 0 if it is not known.
    """

    names: tuple[str, ...]
    steps: int
    varies: bool
    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    lowest: tuple[float, ...]
    highest: tuple[float, ...]
    step: float = 0.0

    @property
    def factors(self) -> tuple[float, ...]:
        """By what each channel is multiplied."""
        return tuple(1.0 / each if each > 0 else 0.0 for each in self.deviation)

    @property
    def reading(self) -> dict[str, Any]:
        """By which settings of the reader other data is read as the training's was."""
        numbered = self.names == numbers_of(len(self.names))
        return {
            "window": None if self.varies else self.steps,
            "whole": self.varies,
            "channel_columns": "" if numbered else ",".join(self.names),
        }

    def save(self, folder: Path) -> None:
        """Writes `channels.json`."""
        write_json(folder / "channels.json", dataclasses.asdict(self))


class SensorWindows(Feature[WindowScales]):
    """Raw windows `float32[batch, time, channels]`, NaN where a value is missing.

    Windows of unequal length are filled up by NaN on the right. The network is given
    `float32[batch, time, 2 channels + 1]`: values on the scale of the training split, 0 where
    there is none; whether there is one; and whether the step is one, not padding.
    """

    def given(self, column: Any) -> Any:
        """Returns windows that are given in Python, checked as those of files are."""
        from lstm_toolkit.data.readers.sensors.arrays import given_windows

        return given_windows(column)

    def learn(self, column: Any, settings: Any) -> WindowScales:
        """Learns the scale of each channel from its values in training windows, each once."""
        values = _values_once(column)
        known = np.isfinite(values)
        counts = np.maximum(known.sum(axis=0), 1)
        mean = np.where(known, values, 0.0).sum(axis=0, dtype=np.float64) / counts
        apart = np.where(known, values - mean, 0.0)
        deviation = np.sqrt(np.square(apart, dtype=np.float64).sum(axis=0) / counts)
        # What rounding leaves of a constant is no change.
        deviation = np.where(deviation > 1e-6 * np.maximum(np.abs(mean), 1e-30), deviation, 0.0)
        low = np.where(known.any(axis=0), np.nanmin(np.where(known, values, np.inf), axis=0), 0.0)
        high = np.where(known.any(axis=0), np.nanmax(np.where(known, values, -np.inf), axis=0), 0.0)
        width = high - low
        return WindowScales(
            channel_names(settings, values.shape[1]),
            steps_of(column),
            isinstance(column, Ragged),
            _floats(mean),
            _floats(deviation),
            _floats(low - width),
            _floats(high + width),
            float(getattr(settings, "step", None) or 0.0),
        )

    def extend(
        self, state: WindowScales, column: Any, settings: Any
    ) -> tuple[WindowScales, list[str]]:
        """Keeps the scales.

        Raises:
            InputError: If there are to be other channels, or windows of another length.
        """
        check_kept("channels", len(state.names), _width(column))
        if not state.varies:
            check_kept("window", state.steps, steps_of(column))
        return state, []

    def load(self, folder: Path) -> WindowScales:
        """Reads the scales."""
        facts = json.loads((folder / "channels.json").read_text(encoding="utf-8"))
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in facts.items()
        }
        return WindowScales(**values)

    def bring(
        self, values: tf.Tensor, state: WindowScales, *, as_is: bool = False
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Tells which windows lie outside of the training's range, or hold nothing."""
        import tensorflow as tf

        known = tf.math.is_finite(values)
        outside = known & ((values < state.lowest) | (values > state.highest))
        count = tf.reduce_sum(tf.cast(known, tf.float32), axis=1)
        share = tf.reduce_sum(tf.cast(outside, tf.float32), axis=1) / tf.maximum(count, 1.0)
        strange = tf.reduce_any(share > STRANGE, axis=1)
        return values, strange | tf.reduce_all(count <= 0, axis=1)

    def collate(self, rows: tf.Tensor | tf.RaggedTensor, state: WindowScales) -> tf.Tensor:
        """Brings channels to their scales, and puts beside them what is known."""
        import tensorflow as tf

        if isinstance(rows, tf.RaggedTensor):
            rows = rows.to_tensor(np.nan, shape=[None, None, len(state.names)])
        rows = tf.cast(rows, tf.float32)
        known = tf.math.is_finite(rows)
        mean, factors = (tf.constant(each, tf.float32) for each in (state.mean, state.factors))
        values = tf.where(known, (rows - mean) * factors, tf.zeros_like(rows))
        parts = [values, tf.cast(known, tf.float32), self._real(known, state)]
        return tf.concat(parts, axis=-1)

    def _real(self, known: tf.Tensor, state: WindowScales) -> tf.Tensor:
        """Returns `float32[batch, time, 1]`: whether a step is not padding; the first never is."""
        import tensorflow as tf

        if not state.varies:
            return tf.ones_like(known[..., :1], tf.float32)
        later = tf.cumsum(tf.cast(tf.reduce_any(known, axis=-1), tf.int32), axis=1, reverse=True)
        first = tf.range(tf.shape(later)[1]) == 0
        return tf.cast((later > 0) | first, tf.float32)[..., None]

    def spec(self, name: str, state: WindowScales) -> tf.TensorSpec:
        """Returns `float32[batch, time, channels]`; time is None where it varies."""
        import tensorflow as tf

        steps = None if state.varies else state.steps
        return tf.TensorSpec([None, steps, len(state.names)], tf.float32, name)

    def parse(
        self, word: str, state: WindowScales, options: Any
    ) -> Iterator[tuple[str, NDArray[Any]]]:
        """Yields a window as JSON writes it: a list of steps, each a list of channels."""
        from lstm_toolkit.data.readers.sensors.arrays import fitting_window

        try:
            steps = json.loads(word)
            window = np.array(steps, np.float32)
        except (ValueError, TypeError, RecursionError):
            raise DataError(f"needs a JSON list of steps. Received: {word[:80]}") from None
        yield word, fitting_window(window, len(state.names), None if state.varies else state.steps)

    def batch(self, values: Sequence[NDArray[Any]]) -> NDArray[Any]:
        """Fills windows up to the longest, and puts them into one batch."""
        lengths = [len(window) for window in values]
        if len(set(lengths)) == 1:
            return np.stack(values)
        return np.asarray(Sequences.from_lengths(np.concatenate(values), lengths))

    def simple_model(self) -> Any:
        """Returns a transformer from windows to statistics of each channel."""
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import FunctionTransformer, StandardScaler

        from lstm_toolkit.metrics.window_statistics import window_statistics

        return make_pipeline(FunctionTransformer(window_statistics), StandardScaler())


def steps_of(column: Any) -> int:
    """Returns how many steps windows have, or the longest of them."""
    if isinstance(column, Ragged):
        return int(column.lengths.max(initial=1))
    return int(column.shape[1])


def channel_names(settings: Any, count: int) -> tuple[str, ...]:
    """Returns the names that the reader found, or numbers."""
    from lstm_toolkit.data.readers.series.columns import covariate_names

    names = covariate_names(getattr(settings, "channel_columns", ""))
    return names if len(names) == count else numbers_of(count)


def numbers_of(count: int) -> tuple[str, ...]:
    """Returns names of channels that have none."""
    return tuple(f"channel {number}" for number in range(1, count + 1))


def _floats(values: Floats) -> tuple[float, ...]:
    return tuple(map(float, values))


def _width(column: Any) -> int:
    values = column.values if isinstance(column, Ragged | Windows) else column
    return int(values.shape[-1])


def _values_once(column: Any) -> NDArray[np.float32]:
    """Returns `float32[total, channels]`, each step of some row once."""
    if isinstance(column, Ragged):
        return np.asarray(column.values, np.float32)
    if not isinstance(column, Windows):
        return np.asarray(column, np.float32).reshape(-1, column.shape[-1])
    covered = np.zeros(len(column.values) + 1, np.int64)
    np.add.at(covered, column.starts, 1)
    np.add.at(covered, column.starts + column.steps, -1)
    return np.asarray(column.values[np.cumsum(covered)[:-1] > 0], np.float32)
