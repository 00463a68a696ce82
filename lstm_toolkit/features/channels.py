"""Frames of several channels, on the scale of what is usual in each."""

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
from lstm_toolkit.features.text import check_kept
from lstm_toolkit.metrics.robust_scale import robust_scale
from lstm_toolkit.settings.fields import DATA, NOT_SEARCHED, POSITIVE, READER, settings
from lstm_toolkit.settings.table_files import TableSettings
from lstm_toolkit.system.files import write_json

if TYPE_CHECKING:
    import tensorflow as tf

LEAST_CHANGE = 0.01
"""Spread of a window, relative to its mean, below which it is not looked at more closely."""


@settings()
class ChannelsSettings(TableSettings):
    """How series of channels are read and cut."""

    window: Annotated[int, POSITIVE] = 64
    """Steps from which is foretold."""
    horizon: Annotated[int, POSITIVE] = 16
    """Steps ahead that are foretold; what lasts for fewer steps stays strange as long as it
    lasts, since nothing of it was known."""
    value_columns: Annotated[str, DATA, NOT_SEARCHED] = ""
    """Channels that are watched, with commas between; empty takes all that hold numbers."""
    label_column: Annotated[str, READER] = ""
    """Says with 0 and 1 which steps are anomalies, for scores alone: nothing is learnt from it;
    empty finds a column with a name such as anomaly or label."""
    steps: Annotated[Literal["times", "rows"], READER] = "times"
    """What a step is: one of the times, which then must be equally far apart, or a row."""
    frequency: Annotated[str, DATA, NOT_SEARCHED] = ""
    """Steps of the times, as pandas writes them: min, h, D, 15min; empty finds them."""
    date_order: Annotated[Literal["auto", "month/day", "day/month"], READER] = "auto"
    """Of dates such as 1/2/2024; auto finds it in the training, and keeps it for later data."""
    scale: Annotated[Literal["training", "window"], DATA] = "training"
    """What is usual: that of the training, so that a level is strange in itself, or that of each
    window, for series of many sizes and for levels that wander."""


@dataclasses.dataclass(frozen=True)
class ChannelScale:
    """What is usual in each channel.

    Attributes:
        steps: Of a frame.
        horizon: How many of them are judged, the last ones.
        names: Of the channels.
        centers: Their medians in the training split.
        spreads: How far values lie from them.
        scale: "training" or "window", see `ChannelsSettings`.
        date_order: In which dates such as 1/2/2024 were read.
        frequency: Of the times.
        by: What a step is, see `ChannelsSettings.steps`.
    """

    steps: int
    horizon: int
    names: tuple[str, ...]
    centers: tuple[float, ...]
    spreads: tuple[float, ...]
    scale: str = "training"
    date_order: str = "auto"
    frequency: str = ""
    by: str = "times"

    @property
    def window(self) -> int:
        """Steps from which is foretold."""
        return self.steps - self.horizon

    @property
    def input_shape(self) -> tuple[int, ...]:
        """The shape of a row as the network takes it."""
        return self.steps, 2 * len(self.names)

    def save(self, folder: Path) -> None:
        """Writes `channels.json`."""
        write_json(folder / "channels.json", dataclasses.asdict(self))


class Channels(Feature[ChannelScale]):
    """Raw frames `float32[batch, steps, channels]`, NaN where a value is missing.

    The network is given `float32[batch, steps, 2 * channels]`: values on the scale of what is
    usual, missing ones as the last before them, or else the first after them within the window, or
    what is usual; and whether there is one. At the steps that are judged this is 0 everywhere if
    less than half of the window is known, and in channels of which it holds no value.
    """

    def given(self, column: Any) -> Any:
        """Refuses what is no number, or infinite."""
        values = getattr(column, "values", column)
        if np.asarray(values).dtype.kind not in "biuf":
            raise DataError(f"needs numbers. Received: {np.asarray(values).dtype}")
        if np.isinf(values).any():
            raise DataError("needs finite numbers. Received: an infinite one")
        return column

    def learn(self, column: Any, settings: Any) -> ChannelScale:
        """Learns what is usual in each channel."""
        shape = column[:1].shape
        names = tuple(filter(None, settings.value_columns.split(",")))
        names = names if len(names) == shape[2] else tuple(map(str, range(shape[2])))
        centers, spreads = robust_scale(training_values(column))
        return ChannelScale(
            shape[1],
            settings.horizon,
            names,
            tuple(map(float, centers)),
            tuple(map(float, spreads)),
            settings.scale,
            settings.date_order,
            settings.frequency,
            settings.steps,
        )

    def extend(
        self, state: ChannelScale, column: Any, settings: Any
    ) -> tuple[ChannelScale, list[str]]:
        """Keeps what is usual.

        Raises:
            InputError: If frames or channels are to be others.
        """
        check_kept("window", state.window, settings.window)
        check_kept("horizon", state.horizon, settings.horizon)
        check_kept("value_columns", ",".join(state.names), settings.value_columns)
        check_kept("scale", state.scale, settings.scale)
        check_kept("frequency", state.frequency, settings.frequency)
        return dataclasses.replace(state, date_order=settings.date_order, by=settings.steps), []

    def load(self, folder: Path) -> ChannelScale:
        """Reads what was saved."""
        facts = json.loads((folder / "channels.json").read_text(encoding="utf-8"))
        several = {name: tuple(facts[name]) for name in ("names", "centers", "spreads")}
        return ChannelScale(**(facts | several))

    def collate(self, rows: tf.Tensor, state: ChannelScale) -> tf.Tensor:
        """Brings values to the scale of what is usual, and tells which there are."""
        import tensorflow as tf

        rows = tf.cast(rows, tf.float32)
        known = tf.math.is_finite(rows)
        whole, filled = _filled(tf.where(known, rows, tf.zeros_like(rows)), known, state.window)
        center, spread = _usual(whole[:, : state.window], state)
        scaled = tf.where(filled, (whole - center) / spread, tf.zeros_like(whole))
        there = tf.cast(known, tf.float32)
        window = there[:, : state.window]
        half = tf.reduce_mean(tf.reduce_max(window, axis=2), axis=1)[:, None, None] >= 0.5
        ready = tf.logical_and(half, tf.reduce_max(window, axis=1, keepdims=True) > 0)
        judged = there[:, state.window :] * tf.cast(ready, tf.float32)
        return tf.concat([scaled, tf.concat([window, judged], axis=1)], axis=2)

    def spec(self, name: str, state: ChannelScale) -> tf.TensorSpec:
        """Returns `float32[batch, steps, channels]`."""
        import tensorflow as tf

        return tf.TensorSpec([None, state.steps, len(state.names)], tf.float32, name)

    def parse(
        self, word: str, state: ChannelScale, options: Any
    ) -> Iterator[tuple[str, NDArray[Any]]]:
        """Yields a frame from JSON: a list of steps, each a list of numbers or null."""
        needed = f"needs JSON of {state.steps} steps of {len(state.names)} numbers"
        try:
            values = np.array(json.loads(word), np.float32)
        except (ValueError, TypeError, RecursionError):
            raise DataError(f"{needed}. Received: {word[:60]}") from None
        if values.shape != (state.steps, len(state.names)) or np.isinf(values).any():
            received = "an infinite one" if np.isinf(values).any() else f"shape {values.shape}"
            raise DataError(f"{needed}. Received: {received}")
        yield f"frame of {state.steps} steps", values


def training_values(column: Any) -> NDArray[Any]:
    """Returns `[steps, channels]` of all frames, of windows over series each step once."""
    values, starts = getattr(column, "values", None), getattr(column, "starts", None)
    if values is None or starts is None:
        rows = np.asarray(column)
        return rows.reshape(-1, rows.shape[-1])
    taken = np.zeros(len(values) + 1, np.int64)
    np.add.at(taken, starts, 1)
    np.add.at(taken, np.minimum(starts + column.steps, len(values)), -1)
    return np.asarray(values[np.cumsum(taken)[:-1] > 0])


def _usual(window: tf.Tensor, state: ChannelScale) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns center and spread of each channel, of the training or of each window."""
    import tensorflow as tf

    spreads = tf.constant(state.spreads, tf.float32)
    if state.scale == "training":
        return tf.constant(state.centers, tf.float32), spreads
    mean = tf.reduce_mean(window, axis=1, keepdims=True)
    spread = 1.25 * tf.reduce_mean(tf.abs(window - mean), axis=1, keepdims=True)
    least = tf.maximum(LEAST_CHANGE * tf.abs(mean), 1e-6 * spreads)
    return mean, tf.maximum(spread, least)


def _filled(values: tf.Tensor, known: tf.Tensor, window: int) -> tuple[tf.Tensor, tf.Tensor]:
    """Puts the last value before it in place of a missing one; at the start the first after.

    The first after is looked for in the window alone: of what is judged nothing leaks into it.

    Returns:
        Values, and where there is one now.
    """
    import tensorflow as tf

    values, known = _spread(values, known, False)
    start, there = _spread(values[:, :window], known[:, :window], True)
    return (
        tf.concat([start, values[:, window:]], axis=1),
        tf.concat([there, known[:, window:]], axis=1),
    )


def _spread(values: tf.Tensor, known: tf.Tensor, backwards: bool) -> tuple[tf.Tensor, tf.Tensor]:
    """Fills gaps from one side; each round reaches twice as far."""
    import tensorflow as tf

    reach = 1
    while reach < int(values.shape[1]):
        shifted, there = _shifted(values, reach, backwards), _shifted(known, reach, backwards)
        values = tf.where(known, values, shifted)
        known = known | there
        reach *= 2
    return values, known


def _shifted(values: tf.Tensor, reach: int, backwards: bool) -> tf.Tensor:
    import tensorflow as tf

    none = tf.zeros_like(values[:, :reach])
    if backwards:
        return tf.concat([values[:, reach:], none], axis=1)
    return tf.concat([none, values[:, :-reach]], axis=1)
