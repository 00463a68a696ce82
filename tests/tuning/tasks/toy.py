"""Tells upward series of numbers from downward ones, with a network that traces at once."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np

from lstm_toolkit import data
from lstm_toolkit.errors import DataError
from lstm_toolkit.features import States
from lstm_toolkit.features.feature import Feature
from lstm_toolkit.settings.fields import MODEL, POSITIVE, SHARE, Settings, settings
from lstm_toolkit.system.files import write_json
from lstm_toolkit.targets import Classes, ClassesSettings
from lstm_toolkit.task import Task

READS: list[Any] = []
"""What this process read, in order."""


@settings(clipnorm=0.0, batch_size=16, epochs=3, learning_rate=0.01)
class ToySettings(ClassesSettings, Settings):
    """Few of everything; unclipped, so that a learning rate can be too great."""

    units: Annotated[tuple[int, ...], POSITIVE, MODEL] = (4,)
    """Width of each layer."""
    dropout: Annotated[float, SHARE, MODEL] = 0.1
    """Share dropped."""
    cell: Literal["lstm", "gru"] = "lstm"
    """Not used; as it is said to concern the data, another value makes it be read anew."""

    def mistakes(self) -> Iterator[str]:
        """Yields one of its own."""
        yield from super().mistakes()
        if self.units[0] == 13:
            yield "units must not be 13. Received: units=13"


@dataclasses.dataclass(frozen=True)
class Steps:
    """How long the series are."""

    count: int

    def save(self, folder: Path) -> None:
        """Writes `steps.json`."""
        write_json(folder / "steps.json", dataclasses.asdict(self))


class Series(Feature[Steps]):
    """`float32[batch, steps]`, taken as it is."""

    def learn(self, column: Any, settings: Any) -> Steps:
        """Learns the number of steps."""
        return Steps(column.shape[1])

    def load(self, folder: Path) -> Steps:
        """Reads `steps.json`."""
        return Steps(**json.loads((folder / "steps.json").read_text(encoding="utf-8")))

    def spec(self, name: str, state: Steps) -> Any:
        """Returns `float32[batch, steps]`."""
        import tensorflow as tf

        return tf.TensorSpec([None, state.count], tf.float32, name)

    def parse(self, word: str, state: Steps, options: Any) -> Iterator[tuple[str, Any]]:
        """Reads numbers between commas."""
        try:
            yield word, np.array([float(v) for v in word.split(",")], np.float32)
        except ValueError:
            raise DataError(f"needs numbers. Received: {word}") from None


def read(path: Any, settings: ToySettings, states: States | None = None) -> data.Source:
    """Makes 80 series, or as many as a file says."""
    READS.append(path)
    rows = 80 if path is None else int(path.read_text())
    rng = np.random.default_rng(0)
    upward = np.arange(rows) % 2
    slope = np.where(upward, 1.0, -1.0)[:, None]
    series = slope * np.arange(6) * 0.3 + rng.normal(size=(rows, 6))
    found = data.Dataset(
        {"series": series.astype(np.float32)}, {"label": np.where(upward, "up", "down")}
    )
    return data.Source(found, None, f"{rows} series")


def build(settings: ToySettings, states: States, train: Any = None) -> Any:
    """Builds dense layers."""
    import keras

    inputs = values = keras.Input((states["series"].count,))
    for width in settings.units:
        values = keras.layers.Dense(width, "tanh")(values)
        values = keras.layers.Dropout(settings.dropout, seed=settings.seed)(values)
    classes = len(states.target.names)
    return keras.Model(inputs, keras.layers.Dense(classes, "softmax", dtype="float32")(values))


TASK = Task(
    name="toy",
    summary="series of numbers to their direction",
    settings=ToySettings,
    read=read,
    features={"series": Series()},
    target=Classes(),
    build=build,
    search={
        "units": "2..12",
        "units.layers": "1..2",
        "dropout": "0..0.5",
        "learning_rate": "0.001..0.1:log",
    },
)
