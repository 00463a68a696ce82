"""A number in each row, or none."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.readers.mixed.decimals import as_written, number_of
from lstm_toolkit.errors import DataError
from lstm_toolkit.features.feature import Feature
from lstm_toolkit.metrics.robust_scale import robust_scale
from lstm_toolkit.system.files import write_json

if TYPE_CHECKING:
    import tensorflow as tf

FILE = "scale.json"

MARGIN = 0.1
"""Share of the training's range by which a number may lie outside of it and is not unlike."""

WIDEST = 3.0
"""Scaled values from which numbers are alike to the simplest models."""


@dataclasses.dataclass(frozen=True)
class NumberScale:
    """What training numbers are like.

    Attributes:
        center: Their median.
        spread: How far they usually lie from it.
        edges: Between ranges with equally many training rows, the least and the greatest
            number among them.
        decimal: "point" or "comma" before the fraction of numbers in text.
    """

    center: float
    spread: float
    edges: tuple[float, ...]
    decimal: str = "point"

    def save(self, folder: Path) -> None:
        """Writes `scale.json`."""
        write_json(folder / FILE, dataclasses.asdict(self))


class NumberCell(Feature[NumberScale]):
    """Raw numbers `float32[batch]`, NaN where there is none.

    The network is given `float32[batch, ranges + 2]`: the number on the scale of the training
    split, how much of each range lies below it (Y. Gorishniy et al., 2022, arXiv:2203.05556), and
    whether there is one.
    """

    def learn(self, column: Any, settings: Any) -> NumberScale:
        """Learns scale and ranges."""
        values = np.asarray(column, np.float64)
        known = values[np.isfinite(values)]
        if not len(known):
            return NumberScale(0.0, 1.0, (0.0, 1.0), settings.decimal)
        center, spread = robust_scale(known[:, None])
        edges = np.unique(np.quantile(known, np.linspace(0, 1, settings.bins + 1)))
        if len(edges) < 2:
            edges = np.array([edges[0], edges[0] + float(spread[0])])
        ranges = tuple(map(float, edges))
        return NumberScale(float(center[0]), float(spread[0]), ranges, settings.decimal)

    def load(self, folder: Path) -> NumberScale:
        """Reads the scale."""
        facts = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return NumberScale(**{**facts, "edges": tuple(facts["edges"])})

    def bring(
        self, values: tf.Tensor, state: NumberScale, *, as_is: bool = False
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Tells which numbers lie beyond the training's range."""
        margin = MARGIN * (state.edges[-1] - state.edges[0])
        return values, (values < state.edges[0] - margin) | (values > state.edges[-1] + margin)

    def collate(self, rows: tf.Tensor, state: NumberScale) -> tf.Tensor:
        """Brings numbers to their scale and into ranges, and tells which are there."""
        import tensorflow as tf

        values = tf.cast(rows, tf.float32)[:, None]
        there = tf.math.is_finite(values)
        known = tf.where(there, values, state.center)
        edges = np.array(state.edges, np.float32)
        widths = np.maximum(np.diff(edges), np.finfo(np.float32).tiny)
        filled = tf.clip_by_value((known - edges[:-1]) / widths, 0.0, 1.0)
        scaled = tf.asinh((known - state.center) / state.spread)
        parts = tf.concat([scaled, filled, tf.ones_like(known)], axis=1)
        return tf.where(there, parts, 0.0)

    def spec(self, name: str, state: NumberScale) -> tf.TensorSpec:
        """Returns `float32[batch]`."""
        import tensorflow as tf

        return tf.TensorSpec([None], tf.float32, name)

    def word_of(self, value: Any, state: NumberScale) -> str:
        """Writes numbers as people of the training's tables do."""
        word = super().word_of(value, state)
        return word if isinstance(value, str) else as_written(word, state.decimal)

    def parse(
        self, word: str, state: NumberScale, options: Any
    ) -> Iterator[tuple[str, NDArray[Any]]]:
        """Yields the number, NaN of words that stand for none."""
        value = number_of(word, state.decimal)
        if value is None:
            raise DataError(f"needs a number, as in 1234.5. Received: {word[:40]}")
        yield word, np.array(value, np.float32)

    def absent(self, state: NumberScale) -> NDArray[Any]:
        """Returns NaN."""
        return np.array(np.nan, np.float32)

    def simple_model(self) -> Any:
        """Returns numbers on a scale that few great ones do not stretch, and which are there."""
        from sklearn.impute import SimpleImputer
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import FunctionTransformer, RobustScaler

        return make_pipeline(
            FunctionTransformer(_column),
            SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True),
            RobustScaler(),
            FunctionTransformer(np.arcsinh),
            FunctionTransformer(clipped),
        )


def _column(rows: Any) -> NDArray[np.float64]:
    return np.asarray(rows, np.float64).reshape(len(rows), 1)


def clipped(scaled: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns shares of `WIDEST`, -1 to 1."""
    return np.clip(scaled / WIDEST, -1.0, 1.0)
