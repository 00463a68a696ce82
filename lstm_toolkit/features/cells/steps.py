"""A series of numbers in each row, or none."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.columns import Ragged, Sequences
from lstm_toolkit.data.readers.mixed.decimals import as_written
from lstm_toolkit.data.readers.mixed.series_cells import series_of
from lstm_toolkit.errors import DataError
from lstm_toolkit.features.cells.numbers import clipped
from lstm_toolkit.features.feature import EncodedColumn, Feature, chunks, to_numpy
from lstm_toolkit.features.text import padded
from lstm_toolkit.metrics.robust_scale import robust_scale
from lstm_toolkit.system.files import write_json

if TYPE_CHECKING:
    import tensorflow as tf

    from lstm_toolkit.data.columns import Column

FILE = "scale.json"

CHANNELS = 4
"""What the network is given of a step."""

SMALLEST = 1e-3
"""Deviation of a series, in shares of that of the training, that counts as none."""


@dataclasses.dataclass(frozen=True)
class StepScale:
    """What the numbers of training series are like.

    Attributes:
        center: Their median.
        spread: How far they usually lie from it.
        lowest: The least of them, less the width of their range.
        highest: The greatest, more.
        max_steps: Steps kept of each series; 0 keeps all.
        decimal: "point" or "comma" before the fraction of numbers in text.
    """

    center: float
    spread: float
    lowest: float
    highest: float
    max_steps: int
    decimal: str = "point"

    def save(self, folder: Path) -> None:
        """Writes `scale.json`."""
        write_json(folder / FILE, dataclasses.asdict(self))


class SeriesCell(Feature[StepScale]):
    """Raw series `float32[batch, time]`, NaN where a value is missing and behind the last step.

    The network is given `float32[batch, time, 4]`: values on the scale of the training split,
    the same on the series' own, whether there is one, and whether the step is one, not padding.
    """

    stored_as_is = False

    def learn(self, column: Any, settings: Any) -> StepScale:
        """Learns the scale."""
        values = column.values if isinstance(column, Ragged) else np.asarray(column).ravel()
        known = np.asarray(values, np.float64)
        known = known[np.isfinite(known)]
        if not len(known):
            return StepScale(0.0, 1.0, 0.0, 0.0, settings.max_steps, settings.decimal)
        center, spread = robust_scale(known[:, None])
        low, high = float(known.min()), float(known.max())
        return StepScale(
            float(center[0]),
            float(spread[0]),
            low - (high - low),
            high + (high - low),
            settings.max_steps,
            settings.decimal,
        )

    def load(self, folder: Path) -> StepScale:
        """Reads the scale."""
        return StepScale(**json.loads((folder / FILE).read_text(encoding="utf-8")))

    def bring(
        self, values: tf.Tensor, state: StepScale, *, as_is: bool = False
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Tells which series have half of their values outside of the training's range."""
        import tensorflow as tf

        known = tf.cast(tf.math.is_finite(values), tf.float32)
        outside = tf.cast((values < state.lowest) | (values > state.highest), tf.float32)
        count = tf.reduce_sum(known, axis=1)
        return values, tf.reduce_sum(outside, axis=1) > 0.5 * tf.maximum(count, 1.0)

    def encode(self, values: tf.Tensor, state: StepScale) -> tf.RaggedTensor:
        """Returns `float32[batch, (time), 4]`, of the last steps where there are too many."""
        import tensorflow as tf

        values = tf.cast(values, tf.float32)
        there = tf.math.is_finite(values)
        lengths = _lengths(there)
        known = tf.cast(there, tf.float32)
        plain = tf.where(there, values, state.center)
        scaled = tf.asinh((plain - state.center) / state.spread)
        count = tf.maximum(tf.reduce_sum(known, axis=1, keepdims=True), 1.0)
        apart = (scaled - tf.reduce_sum(scaled * known, axis=1, keepdims=True) / count) * known
        own = tf.sqrt(tf.reduce_sum(tf.square(apart), axis=1, keepdims=True) / count)
        parts = [scaled * known, apart / (own + SMALLEST), known, tf.ones_like(known)]
        rows = tf.RaggedTensor.from_tensor(tf.stack(parts, axis=-1), lengths)
        return rows[:, -state.max_steps :] if state.max_steps else rows

    def encode_chunks(self, column: Column, state: StepScale) -> Iterator[dict[str, Column]]:
        """Counts the steps that are cut off."""
        import tensorflow as tf

        signature = [tf.TensorSpec([None, None], tf.float32)]
        encode = partial(self.encode, state=state)
        graph = tf.function(encode, signature, autograph=False).get_concrete_function()
        for chunk in chunks(column):
            values = np.asarray(chunk, np.float32)
            rows = to_numpy(graph(tf.constant(values)))
            steps = _lengths(np.isfinite(values)).numpy()
            lost = steps - rows.lengths  # type: ignore[attr-defined]
            yield {"rows": rows, "lost": np.asarray(lost, np.int64)}

    def collate(self, rows: tf.RaggedTensor, state: StepScale) -> tf.Tensor:
        """Pads on the right with zeros, to one step at least, which an LSTM needs."""
        import tensorflow as tf

        return tf.ensure_shape(padded(rows), [None, None, CHANNELS])

    def spec(self, name: str, state: StepScale) -> tf.TensorSpec:
        """Returns `float32[batch, time]`."""
        import tensorflow as tf

        return tf.TensorSpec([None, None], tf.float32, name)

    def longest(self, state: StepScale) -> int | None:
        """Returns `max_steps`."""
        return state.max_steps or None

    def word_of(self, value: Any, state: StepScale) -> str:
        """Writes one number as people of the training's tables do; lists as JSON has them."""
        word = super().word_of(value, state)
        single = isinstance(value, int | float)
        return as_written(word, state.decimal) if single else word

    def parse(
        self, word: str, state: StepScale, options: Any
    ) -> Iterator[tuple[str, NDArray[Any]]]:
        """Yields the numbers of a cell, see `series_of`; none of `null`."""
        values = series_of(None if word == "null" else word, state.decimal)
        if values is None:
            raise DataError(f"needs a series, as in [1.5, null, 2]. Received: {word[:40]}")
        yield word, np.array(values, np.float32)

    def absent(self, state: StepScale) -> NDArray[Any]:
        """Returns a series without steps."""
        return np.zeros(0, np.float32)

    def batch(self, values: Sequence[NDArray[Any]]) -> NDArray[Any]:
        """Fills series up to the longest by NaN."""
        lengths = [len(series) for series in values]
        return np.asarray(Sequences.from_lengths(np.concatenate(values), lengths))

    def data_warnings(
        self, train: EncodedColumn, validation: EncodedColumn, settings: Any, state: StepScale
    ) -> Iterator[str]:
        """Tells of series that are cut."""
        cut = int((train.counts["lost"] > 0).sum())
        if cut:
            yield (
                f"{cut:,} of {len(train.rows):,} series are longer than "
                f"max_steps={state.max_steps}; their first steps are cut off"
            )

    def simple_model(self) -> Any:
        """Returns a transformer from series to statistics."""
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import FunctionTransformer, RobustScaler

        return make_pipeline(
            FunctionTransformer(statistics),
            RobustScaler(),
            FunctionTransformer(np.arcsinh),
            FunctionTransformer(clipped),
        )


def _lengths(there: Any) -> tf.Tensor:
    """Returns `int64[batch]`: steps up to the last value of each series."""
    import tensorflow as tf

    places = tf.range(1, tf.shape(there)[1] + 1)
    last = tf.reduce_max(tf.where(there, places, 0), axis=1)
    return tf.cast(tf.maximum(last, 0), tf.int64)  # of series without steps, too


def statistics(rows: Any) -> NDArray[np.float64]:
    """Returns mean, deviation, first, last, least, greatest and slope of series; 0 of none."""
    values = np.asarray(rows, np.float64).reshape(len(rows), -1)
    return np.array([_statistics(row[np.isfinite(row)]) for row in values]).reshape(-1, 8)


def _statistics(row: NDArray[np.float64]) -> list[float]:
    if not len(row):
        return [0.0] * 8
    steps = np.arange(len(row)) - (len(row) - 1) / 2
    slope = float(steps @ row) / max(float(steps @ steps), 1.0)
    ends = [float(row[0]), float(row[-1]), float(row.min()), float(row.max())]
    return [1.0, float(row.mean()), float(row.std()), *ends, slope]
