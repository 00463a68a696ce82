"""Tells which of two tones a series of numbers holds."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from lstm_toolkit import builders, data
from lstm_toolkit.errors import DataError
from lstm_toolkit.features import Feature
from lstm_toolkit.settings.fields import Settings, settings
from lstm_toolkit.settings.recurrent import RecurrentSettings
from lstm_toolkit.system.files import write_json
from lstm_toolkit.targets import Classes, ClassesSettings
from lstm_toolkit.task import Task


@settings(units=(8,), bidirectional=False, dropout=0.0, batch_size=16)
class TonesSettings(RecurrentSettings, ClassesSettings, Settings):
    """A small network."""


@dataclasses.dataclass(frozen=True)
class Length:
    """How many numbers a series has."""

    steps: int

    def save(self, folder: Path) -> None:
        """Writes `series.json`."""
        write_json(folder / "series.json", dataclasses.asdict(self))


class Numbers(Feature[Length]):
    """Raw numbers `float32[batch, time]` to `float32[batch, time, 1]`."""

    def learn(self, column: Any, settings: Any) -> Length:
        """Learns the length."""
        return Length(column.shape[1])

    def load(self, folder: Path) -> Length:
        """Reads `series.json`."""
        return Length(**json.loads((folder / "series.json").read_text(encoding="utf-8")))

    def collate(self, rows: Any, state: Length) -> Any:
        """Makes each number a step of one feature."""
        return rows[..., None]

    def spec(self, name: str, state: Length) -> Any:
        """Returns `float32[batch, time]`."""
        import tensorflow as tf

        return tf.TensorSpec([None, state.steps], tf.float32, name)

    def parse(self, word: str, state: Length, options: Any) -> Iterator[tuple[str, Any]]:
        """Yields the numbers between commas, or those of a JSON list."""
        try:
            yield word, np.array([float(v) for v in word.strip("[]").split(",")], np.float32)
        except ValueError:
            raise DataError(f"needs numbers. Received: {word}") from None


def read(path: Any, settings: Any, states: Any = None) -> data.Source:
    """Makes 90 series."""
    rng = np.random.default_rng(0)
    high = np.arange(90) % 2
    phase = np.arange(20) + rng.random((90, 1))
    series = np.sin(phase * (0.5 + high[:, None])).astype(np.float32)
    rows = data.Dataset({"series": series}, {"label": np.where(high == 1, "high", "low")})
    return data.Source(rows, None, "90 made series")


def build(settings: TonesSettings, states: Any, train: Any = None) -> Any:
    """Builds a stacked classifier."""
    shape, classes = (states["series"].steps, 1), len(states.target.names)
    return builders.lstm_classifier(shape, classes=classes, **settings.model_settings())


def sample(folder: Any) -> tuple[Any, dict[str, str]]:
    """Returns no data, since `read` makes its rows, and settings for the checks."""
    return None, {"epochs": "2"}


TASK = Task(
    name="tones",
    summary="series of numbers to tones",
    settings=TonesSettings,
    read=read,
    features={"series": Numbers()},
    target=Classes(),
    build=build,
    sample=sample,
)
