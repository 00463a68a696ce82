"""Numbers that go with a series: known of the past, of the steps to come, or of all of it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.errors import DataError
from lstm_toolkit.features.feature import Feature
from lstm_toolkit.features.text import check_kept
from lstm_toolkit.system.files import write_json

if TYPE_CHECKING:
    import tensorflow as tf

LOOKED_AT = 5000
"""Rows from which mean and deviation are learnt, at most."""


@dataclasses.dataclass(frozen=True)
class Standard:
    """What covariates are called, and how large they are.

    Attributes:
        names: Of the columns.
        shape: Of a row: steps and columns, or columns alone.
        mean: Of each column in the training split.
        deviation: Likewise; 1 where all values are the same.
    """

    names: tuple[str, ...]
    shape: tuple[int, ...]
    mean: tuple[float, ...]
    deviation: tuple[float, ...]

    @property
    def input_shape(self) -> tuple[int, ...]:
        """The shape of a row as the network takes it."""
        return self.shape

    def save(self, folder: Path) -> None:
        """Writes `covariates.json`."""
        write_json(folder / "covariates.json", dataclasses.asdict(self))


class CovariateColumns(Feature[Standard]):
    """Raw `float32[batch, (steps,) columns]` to the same on the scale of the training split.

    Missing values are the mean.

    Args:
        setting: The setting that names the columns.
    """

    def __init__(self, setting: str):
        self.setting = setting

    def learn(self, column: Any, settings: Any) -> Standard:
        """Learns mean and deviation of each column."""
        every = max(1, len(column) // LOOKED_AT)
        values = np.asarray(column[np.arange(0, len(column), every)], np.float64)
        flat = values.reshape(-1, values.shape[-1])
        counts = np.maximum(np.isfinite(flat).sum(axis=0), 1)
        mean = np.nansum(flat, axis=0) / counts
        deviation = np.sqrt(np.nansum(np.square(flat - mean), axis=0) / counts)
        return Standard(
            self._names(settings),
            values.shape[1:],
            tuple(map(float, mean)),
            tuple(float(each) if each > 0 else 1.0 for each in deviation),
        )

    def extend(self, state: Standard, column: Any, settings: Any) -> tuple[Standard, list[str]]:
        """Keeps names and scale.

        Raises:
            InputError: If there are to be other columns.
        """
        check_kept(self.setting, *map(",".join, (state.names, self._names(settings))))
        return state, []

    def _names(self, settings: Any) -> tuple[str, ...]:
        from lstm_toolkit.data.readers.series.columns import covariate_names

        return covariate_names(getattr(settings, self.setting))

    def load(self, folder: Path) -> Standard:
        """Reads names and scale."""
        facts = json.loads((folder / "covariates.json").read_text(encoding="utf-8"))
        return Standard(**{name: tuple(value) for name, value in facts.items()})

    def collate(self, rows: tf.Tensor, state: Standard) -> tf.Tensor:
        """Brings numbers to the scale of the training split."""
        import tensorflow as tf

        mean, deviation = (tf.constant(each, tf.float32) for each in (state.mean, state.deviation))
        scaled = (tf.cast(rows, tf.float32) - mean) / deviation
        return tf.where(tf.math.is_finite(scaled), scaled, tf.zeros_like(scaled))

    def spec(self, name: str, state: Standard) -> tf.TensorSpec:
        """Returns `float32[batch, (steps,) columns]`."""
        import tensorflow as tf

        return tf.TensorSpec([None, *state.shape], tf.float32, name)

    def parse(self, word: str, state: Standard, options: Any) -> Iterator[tuple[str, NDArray[Any]]]:
        """Yields numbers as JSON writes them."""
        try:
            values = np.array(json.loads(word), np.float32)
        except (ValueError, TypeError, RecursionError):
            raise DataError(f"needs numbers. Received: {word[:80]}") from None
        if values.shape != state.shape:
            raise DataError(f"needs numbers of shape {state.shape}. Received: {values.shape}")
        yield word, values
