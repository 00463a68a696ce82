"""Sorts notes on machines, with the last numbers that they showed: two inputs, one answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from lstm_toolkit import data
from lstm_toolkit.data.columns import texts
from lstm_toolkit.features import Text, TextSettings
from lstm_toolkit.settings.fields import Settings, settings
from lstm_toolkit.settings.recurrent import RecurrentSettings
from lstm_toolkit.targets import Classes, ClassesSettings
from lstm_toolkit.task import Task
from tests.tasks.toys.tones import Numbers

STEPS = 6
NOTES = ("the {} hums", "{} as ever", "a look at the {} again")


@settings(
    units=(8,),
    batch_size=4,
    learning_rate=0.02,
    epochs=5,
    min_count=1,
    bigrams=0,
)
class ReadingsSettings(TextSettings, RecurrentSettings, ClassesSettings, Settings):
    """A small network."""


def read(path: Any, settings: Any, states: Any = None) -> data.Source:
    """Makes 96 notes with numbers that rise or fall; neither tells the class alone."""
    rng = np.random.default_rng(0)
    notes, series, labels = [], [], []
    for row in range(96):
        machine, rises = ("pump", "fan")[row % 2], row // 2 % 2
        slope = np.linspace(-1, 1, STEPS) * (1 if rises else -1)
        notes.append(NOTES[row % 3].format(machine))
        series.append(slope + rng.normal(size=STEPS) * 0.1)
        labels.append(f"{machine} {'rises' if rises else 'falls'}")
    columns = {"note": texts(notes), "series": np.array(series, np.float32)}
    return data.Source(data.Dataset(columns, {"label": np.array(labels)}), None, "96 made notes")


def build(settings: ReadingsSettings, states: Any, train: Any = None) -> Any:
    """Builds a layer for each input, and one for both."""
    import keras

    note = keras.Input((None,), dtype="int32", name="note")
    series = keras.Input((states["series"].steps, 1), name="series")
    tokens = keras.layers.Embedding(len(states["note"].vocabulary), 8, mask_zero=True)(note)
    width = settings.units[0]
    both = [keras.layers.LSTM(width)(tokens), keras.layers.LSTM(width)(series)]
    joined = keras.layers.Concatenate()(both)
    classes = keras.layers.Dense(len(states.target.names), "softmax", dtype="float32")(joined)
    return keras.Model({"note": note, "series": series}, classes)


def sample(folder: Path) -> tuple[None, dict[str, str]]:
    """Needs no file."""
    return None, {"epochs": "2"}


TASK = Task(
    name="readings",
    summary="notes and numbers to classes",
    settings=ReadingsSettings,
    read=read,
    features={"note": Text(), "series": Numbers()},
    target=Classes(),
    build=build,
    sample=sample,
)
