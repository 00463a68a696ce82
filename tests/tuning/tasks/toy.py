"""Tells upward series of numbers from downward ones, with a network that traces at once."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import numpy as np

from lstm_toolkit import data
from lstm_toolkit.classification import STACK, Classification, ClassifierSettings
from lstm_toolkit.errors import DataError
from lstm_toolkit.settings.fields import POSITIVE, SHARE

TRAINED: list[tuple[int, int]] = []
"""Epoch and step of each training step that this process took."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ToySettings(ClassifierSettings):
    """Few of everything."""

    units: Annotated[tuple[int, ...], POSITIVE] = (4,)
    """Width of each layer."""
    dropout: Annotated[float, SHARE] = 0.1
    """Share dropped."""
    cell: Literal["lstm", "gru"] = "lstm"
    """Not used."""
    clipnorm: float = 0.0
    """Left alone, so that a learning rate can be too great."""
    batch_size: Annotated[int, POSITIVE] = 16
    """Examples in one training step."""
    epochs: Annotated[int, POSITIVE] = 3
    """Passes over the training split, at most."""
    learning_rate: float = 0.01
    """Learning rate."""

    def mistakes(self) -> Iterator[str]:
        """Yields one of its own."""
        yield from super().mistakes()
        if self.units[0] == 13:
            yield "units must not be 13. Received: units=13"


@dataclasses.dataclass(frozen=True)
class ToyAssets:
    """The two classes."""

    labels: data.Labels

    def save(self, folder: Path) -> None:
        """Writes `labels.txt`."""
        self.labels.save(folder / "labels.txt")

    @classmethod
    def load(cls, folder: Path) -> ToyAssets:
        """Reads it."""
        return cls(data.Labels.load(folder / "labels.txt"))


class Toy(Classification[ToySettings, ToyAssets]):
    """`float32[batch, 6]` to "up" or "down"."""

    summary = "series of numbers to their direction"
    settings = ToySettings
    assets = ToyAssets
    search: ClassVar[Mapping[str, str]] = {
        "units": "2..12",
        "units.layers": "1..2",
        "dropout": "0..0.5",
        "learning_rate": "0.001..0.1:log",
    }
    network = STACK

    def read(self, path: Any, settings: ToySettings, assets: ToyAssets | None = None) -> Any:
        """Makes 80 series, or as many as a file says."""
        rows = 80 if path is None else int(path.read_text())
        rng = np.random.default_rng(0)
        names = np.where(np.arange(rows) % 2, "up", "down")
        slope = np.where(np.arange(rows) % 2, 1.0, -1.0)[:, None]
        series = slope * np.arange(6) * 0.3 + rng.normal(size=(rows, 6))
        return data.Source(data.Examples(series.astype(np.float32), names), None, f"{rows} series")

    def learn(self, train: data.Examples, settings: ToySettings) -> ToyAssets:
        """Learns the classes."""
        return ToyAssets(data.Labels.learn(train.labels))

    def build(self, settings: ToySettings, assets: ToyAssets) -> Any:
        """Builds dense layers."""
        import keras

        inputs = values = keras.Input((6,))
        for width in settings.units:
            values = keras.layers.Dense(width, "tanh")(values)
            values = keras.layers.Dropout(settings.dropout, seed=settings.seed)(values)
        classes = len(assets.labels.names)
        outputs = keras.layers.Dense(classes, "softmax", dtype="float32")(values)
        return keras.Model(inputs, outputs)

    def collate(self, rows: Any, assets: ToyAssets) -> Any:
        """Takes rows as they are."""
        return rows

    def input_spec(self, assets: ToyAssets) -> Any:
        """Returns `series: float32[batch, 6]`."""
        import tensorflow as tf

        return tf.TensorSpec([None, 6], tf.float32, "series")

    def read_inputs(self, text: str, assets: Any, options: Any) -> Iterator[tuple[str, Any]]:
        """Reads numbers between commas."""
        try:
            yield text, np.array([float(v) for v in text.split(",")], np.float32)
        except ValueError:
            raise DataError(f"needs numbers. Received: {text}") from None


TASK = Toy()
