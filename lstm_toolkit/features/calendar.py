"""The hour, the weekday and the season of steps, from the time at which a window begins."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.features.feature import Feature
from lstm_toolkit.features.text import check_kept
from lstm_toolkit.system.files import write_json

if TYPE_CHECKING:
    import tensorflow as tf

HOUR, DAY, WEEK, YEAR = 3600.0, 86400.0, 604800.0, 31556952.0
"""Seconds; a year is that of the Gregorian calendar on average."""

SECOND = 1_000_000_000
"""Nanoseconds."""

THURSDAY = 3
"""The weekday on which 1970 began, Monday being 0."""


@dataclasses.dataclass(frozen=True)
class Steps:
    """The steps of a window and of what follows it.

    Attributes:
        frequency: As pandas writes it.
        step: Seconds between two steps, of months and years on average.
        steps: Of the window and the horizon together.
    """

    frequency: str
    step: float
    steps: int

    @property
    def business(self) -> bool:
        """Whether steps leave weekends out."""
        return self.frequency == "B"

    @property
    def periods(self) -> list[float]:
        """Seconds after which what is told repeats, of all that several steps make up."""
        return [period for period in (HOUR, DAY, WEEK, YEAR) if period >= 2 * self.step]

    @property
    def input_shape(self) -> tuple[int, ...]:
        """The shape of a row as the network takes it."""
        return self.steps, 2 * len(self.periods)

    def save(self, folder: Path) -> None:
        """Writes `calendar.json`."""
        write_json(folder / "calendar.json", dataclasses.asdict(self))


class Calendar(Feature[Steps]):
    """When a window begins, `int64[batch]` seconds since 1970, to `float32[batch, steps, 2 n]`.

    Sine and cosine of hour, day, week and year, of each step of the window and the horizon, so
    far as steps are shorter. Business days count as a fifth of a week.
    """

    def learn(self, column: Any, settings: Any) -> Steps:
        """Learns which periods there are; `settings.frequency` is what the reader found."""
        return Steps(
            settings.frequency, seconds(settings.frequency), settings.window + settings.horizon
        )

    def extend(self, state: Steps, column: Any, settings: Any) -> tuple[Steps, list[str]]:
        """Keeps the steps.

        Raises:
            InputError: If they are others.
        """
        check_kept("frequency", state.frequency, settings.frequency)
        return state, []

    def load(self, folder: Path) -> Steps:
        """Reads the steps."""
        return Steps(**json.loads((folder / "calendar.json").read_text(encoding="utf-8")))

    def collate(self, rows: tf.Tensor, state: Steps) -> tf.Tensor:
        """Returns sine and cosine of each period at each step."""
        import tensorflow as tf

        # In float64: float32 knows seconds since 1970 to two minutes.
        begin = tf.cast(rows, tf.float64)
        if state.business:
            begin = _business(begin)
        times = begin[:, None] + state.step * tf.range(state.steps, dtype=tf.float64)
        waves = []
        for period in state.periods:
            angle = 2 * np.pi * tf.math.floormod(times, period) / period
            waves += [tf.sin(angle), tf.cos(angle)]
        return tf.cast(tf.stack(waves, axis=-1), tf.float32)

    def spec(self, name: str, state: Steps) -> tf.TensorSpec:
        """Returns `int64[batch]`."""
        import tensorflow as tf

        return tf.TensorSpec([None], tf.int64, name)

    def parse(self, word: str, state: Steps, options: Any) -> Iterator[tuple[str, NDArray[Any]]]:
        """Yields when a date is, or seconds since 1970, written as the reader takes them."""
        from lstm_toolkit.data.readers.series.times import read_time

        yield word, read_time(word) // SECOND


def _business(times: tf.Tensor) -> tf.Tensor:
    """Returns times on a clock on which a week of five business days takes as long as one."""
    import tensorflow as tf

    days = tf.floor(times / DAY) + THURSDAY
    weeks, weekday = tf.floor(days / 7), tf.math.floormod(days, 7.0)
    return (weeks * 5 + tf.minimum(weekday, 4.0)) * (WEEK / 5)


def seconds(frequency: str) -> float:
    """Returns how long a step is, of those that are not equally long on average.

    >>> seconds("h"), seconds("B"), round(seconds("MS") / 86400, 2)
    (3600.0, 120960.0, 30.44)
    """
    if frequency == "B":
        return WEEK / 5
    import pandas as pd

    dates = pd.date_range("2001-01-01", periods=49, freq=frequency)
    return float((dates[-1] - dates[0]).total_seconds() / (len(dates) - 1))
