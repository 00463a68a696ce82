"""Windows of signals, each brought to its own scale in the graph."""

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
from lstm_toolkit.features.series import SeriesSettings
from lstm_toolkit.features.text import check_kept
from lstm_toolkit.settings.fields import (
    DATA,
    NOT_NEGATIVE,
    NOT_SEARCHED,
    POSITIVE,
    READER,
    settings,
)
from lstm_toolkit.system.files import write_json

if TYPE_CHECKING:
    import tensorflow as tf

SMALLEST = 1e-6
"""Scale of a window, relative to its values, below which it counts as constant; and the least that
older samples count for together, however long none has followed."""
LEAST_COUNT = 1e-30
"""By what is divided where nothing is known yet."""
PART = 512
"""Samples whose levels are reckoned at a time: memory grows with the square of it."""


@settings(window=512)
class SignalSettings(SeriesSettings):
    """How signals are read and cut."""

    noisy_column: Annotated[str, READER] = ""
    """Columns of noisy signals, or the array in an .npz, with commas between; empty makes noise,
    unless there are columns noisy and clean."""
    clean_column: Annotated[str, READER] = ""
    """Columns of their clean signals, in the same order."""
    frequency: Annotated[str, DATA, NOT_SEARCHED] = ""
    """Steps of the times, as pandas writes them, such as 4ms; empty finds them."""
    stride: Annotated[int | None, POSITIVE, DATA, NOT_SEARCHED] = None
    """Samples between the beginnings of training windows; none takes an eighth of a window."""
    causal: Annotated[bool, DATA, NOT_SEARCHED] = False
    """Answer each sample by those up to it and `delay` more, so that streams can be cleaned."""
    delay: Annotated[int, NOT_NEGATIVE, DATA, NOT_SEARCHED] = 20
    """Samples that a causal network may wait for."""

    def mistakes(self) -> Iterator[str]:
        """Yields what is wrong between settings that are each right alone."""
        yield from super().mistakes()
        noisy, clean = (
            [name for name in map(str.strip, names.split(",")) if name]
            for names in (self.noisy_column, self.clean_column)
        )
        if (noisy and len(noisy) != len(clean)) or (not noisy and len(clean) > 1):
            yield (
                "noisy_column and clean_column must name equally many columns. Received: "
                f"noisy_column={self.noisy_column}, clean_column={self.clean_column}"
            )


@dataclasses.dataclass(frozen=True)
class SignalState:
    """How signals are cut and read.

    Attributes:
        steps: Samples of a window.
        causal: Whether level and scale of a sample are those of the samples up to it.
        noisy_column: The column that was cleaned in training, where it had a clean one beside it.
    """

    steps: int
    causal: bool = False
    noisy_column: str = ""

    @property
    def decay(self) -> float:
        """By which older samples count less for level and scale, a step."""
        return 1.0 - 1.0 / self.steps

    def save(self, folder: Path) -> None:
        """Writes `signal.json`."""
        write_json(folder / "signal.json", dataclasses.asdict(self))


class Signal(Feature[SignalState]):
    """Raw `float32[batch, steps, 1]`, NaN where a sample is missing; other lengths in exports.

    The network is given `float32[batch, steps, 4]`: samples on their scale (0 where there is none),
    1 where there is one, and level and scale, by which the network brings what comes out
    back. Level is the mean, scale the mean distance from it: of the window, or with `causal` of the
    samples so far, older ones counting less.
    """

    one_shape_a_batch = True

    def given(self, column: Any) -> Any:
        """Refuses what is no number, or infinite."""
        values = np.asarray(column)
        if values.dtype.kind not in "biuf" or values.ndim not in (2, 3):
            raise DataError(f"needs windows of numbers. Received: {values.dtype} {values.shape}")
        check_no_infinite(values)
        return values.reshape(*values.shape[:2], -1).astype(np.float32)

    def learn(self, column: Any, settings: Any) -> SignalState:
        """Learns how long windows are."""
        return SignalState(int(column.shape[1]), settings.causal, settings.noisy_column)

    def extend(
        self, state: SignalState, column: Any, settings: Any
    ) -> tuple[SignalState, list[str]]:
        """Keeps the length.

        Raises:
            InputError: If windows are to be of another length, or causal where they were not.
        """
        check_kept("window", state.steps, int(column.shape[1]))
        check_kept("causal", state.causal, settings.causal)
        return dataclasses.replace(state, noisy_column=settings.noisy_column), []

    def load(self, folder: Path) -> SignalState:
        """Reads the length."""
        return SignalState(**json.loads((folder / "signal.json").read_text(encoding="utf-8")))

    def collate(self, rows: tf.Tensor, state: SignalState) -> tf.Tensor:
        """Brings each window to its own scale."""
        import tensorflow as tf

        samples = tf.cast(rows, tf.float32)[..., 0]
        if not state.causal:
            return of_window(samples)
        return running(samples, state.decay, tf.zeros([tf.shape(samples)[0], 3]))[0]

    def spec(self, name: str, state: SignalState) -> tf.TensorSpec:
        """Returns `float32[batch, steps, 1]`."""
        import tensorflow as tf

        return tf.TensorSpec([None, state.steps, 1], tf.float32, name)

    def wide_spec(self, name: str, state: SignalState) -> tf.TensorSpec:
        """Returns signals of any length, and of several channels."""
        import tensorflow as tf

        return tf.TensorSpec([None, None, None], tf.float32, name)

    def parse(
        self, word: str, state: SignalState, options: Any
    ) -> Iterator[tuple[str, NDArray[Any]]]:
        """Yields a signal from numbers with commas or spaces between; `nan` is missing."""
        try:
            numbers = [float(part) for part in word.strip("[]").replace(",", " ").split()]
        except ValueError:
            raise DataError(f"needs numbers. Received: {word[:80]}") from None
        check_no_infinite(np.array(numbers))
        if len(numbers) < 2 or np.isnan(numbers).all():
            raise DataError(
                "needs a signal: numbers with commas between, at least two. "
                f"Received: {word[:80] or 'nothing'}"
            )
        yield word, np.array(numbers, np.float32)[:, None]


def check_no_infinite(values: NDArray[Any]) -> None:
    """Raises `DataError` if a number is infinite."""
    infinite = values[np.isinf(values)]
    if len(infinite):
        raise DataError(f"needs finite numbers. Received: {infinite[0]}")


def of_window(samples: tf.Tensor) -> tf.Tensor:
    """Brings windows to their own level and scale; in the graph.

    Args:
        samples: `float32[batch, steps]`, NaN where one is missing.

    Returns:
        `float32[batch, steps, 4]`, see `Signal`.
    """
    import tensorflow as tf

    known, numbers = _known(samples)
    count = tf.maximum(tf.reduce_sum(known, axis=1, keepdims=True), 1.0)
    level = tf.reduce_sum(numbers, axis=1, keepdims=True) / count
    distance = tf.reduce_sum(tf.abs(numbers - level) * known, axis=1, keepdims=True) / count
    whole = tf.zeros_like(samples)
    return _scaled(numbers, known, level + whole, distance + whole)


def running(samples: tf.Tensor, decay: float, before: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Brings samples to the level and scale of those up to each; in the graph.

    Args:
        samples: `float32[batch, time]`, NaN where one is missing.
        decay: By which older samples count less, a step.
        before: `float32[batch, 3]`, sums over the samples before these: of values, of distances,
            and how many they count for; zeros at the beginning.

    Returns:
        `float32[batch, time, 4]`, and the sums after them.
    """
    import tensorflow as tf

    if samples.shape[1] is not None and samples.shape[1] <= PART:
        return _running_part(samples, decay, before, samples.shape[1])
    count, time = tf.unstack(tf.shape(samples))
    parts = tf.maximum(1, (time + PART - 1) // PART)
    padded = tf.pad(samples, [[0, 0], [0, parts * PART - time]], constant_values=float("nan"))
    cut = tf.transpose(tf.reshape(padded, [count, parts, PART]), [1, 0, 2])
    lengths = tf.clip_by_value(time - PART * tf.range(parts), 1, PART)

    def step(earlier: Any, part: Any) -> Any:
        return _running_part(part[0], decay, earlier[1], part[1])

    scaled, sums = tf.scan(step, (cut, lengths), (tf.zeros([count, PART, 4]), before))
    whole = tf.reshape(tf.transpose(scaled, [1, 0, 2, 3]), [count, parts * PART, 4])
    return whole[:, :time], sums[-1]


def _running_part(
    samples: tf.Tensor, decay: float, before: tf.Tensor, length: int | tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns what `running` does, of a part of which so many samples at its beginning are real."""
    import tensorflow as tf

    known, numbers = _known(samples)
    steps = tf.range(tf.shape(samples)[1])
    age = tf.cast(steps[:, None] - steps[None, :], tf.float32)
    weights = tf.where(age >= 0, tf.pow(decay, tf.maximum(age, 0.0)), 0.0)
    past = tf.pow(decay, tf.cast(steps + 1, tf.float32))

    def sums(values: tf.Tensor, column: int) -> tf.Tensor:
        return tf.matmul(values, weights, transpose_b=True) + before[:, column, None] * past

    counts = sums(known, 2)
    count = tf.maximum(counts, LEAST_COUNT)
    totals = sums(numbers, 0)
    level = totals / count
    distances = sums(tf.abs(numbers - level) * known, 1)
    after = tf.stack([each[:, length - 1] for each in (totals, distances, counts)], axis=1)
    # All three alike, so that neither level nor scale is lost where samples are long missing.
    after *= tf.maximum(1.0, SMALLEST / tf.maximum(after[:, 2:], LEAST_COUNT))
    return _scaled(numbers, known, level, distances / count), after


def _known(samples: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    import tensorflow as tf

    there = tf.math.is_finite(samples)
    return tf.cast(there, tf.float32), tf.where(there, samples, tf.zeros_like(samples))


def _scaled(
    numbers: tf.Tensor, known: tf.Tensor, level: tf.Tensor, distance: tf.Tensor
) -> tf.Tensor:
    """Puts samples on their scale beside it; a scale of 0 is that of constant ones."""
    import tensorflow as tf

    constant = distance <= SMALLEST * tf.maximum(tf.abs(level), 1e-30)
    scale = tf.where(constant, tf.zeros_like(distance), distance)
    divisor = tf.where(constant, tf.ones_like(distance), distance)
    samples = tf.where(constant, tf.zeros_like(numbers), (numbers - level) / divisor) * known
    return tf.stack([samples, known, level, scale], axis=-1)
