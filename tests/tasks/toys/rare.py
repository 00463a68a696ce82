"""Finds what is rare, with the weights that have the best F1 on the validation split."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

import numpy as np

from lstm_toolkit import data
from lstm_toolkit.settings.fields import NOT_SEARCHED, TRAINING, settings
from lstm_toolkit.targets import Classes
from lstm_toolkit.targets.target import Direction
from lstm_toolkit.task import Task
from tests.tasks.toys.tones import Numbers, TonesSettings, build


@settings(label_format="one_hot", epochs=4, learning_rate=0.02)
class RareSettings(TonesSettings):
    """Chooses by a score that only this task has."""

    monitor: Annotated[Literal["val_f1", "val_loss"], TRAINING, NOT_SEARCHED] = "val_f1"
    """Which score on the validation split chooses the best weights."""


class RareClasses(Classes):
    """Classes of which F1 is shown in training."""

    directions: ClassVar[Mapping[str, Direction]] = {**Classes.directions, "f1": "max"}

    def metrics(self, settings: Any) -> list[Any]:
        """Returns macro F1."""
        import keras

        return [keras.metrics.F1Score(average="macro", name="f1")]


def read(path: Any, settings: Any, states: Any = None) -> data.Source:
    """Makes 120 series, a sixth of which begin high."""
    series = np.random.default_rng(0).normal(size=(120, 5)).astype(np.float32)
    rare = np.arange(120) % 6 == 0
    series[rare, 0] += 4
    rows = data.Dataset({"series": series}, {"label": np.where(rare, "rare", "usual")})
    return data.Source(rows, None, "120 made series")


def sample(folder: Any) -> tuple[Any, dict[str, str]]:
    """Returns no data, since `read` makes its rows, and settings for the checks."""
    return None, {"epochs": "2"}


TASK = Task(
    name="rare",
    summary="series of numbers to what is rare",
    settings=RareSettings,
    read=read,
    features={"series": Numbers()},
    target=RareClasses(),
    build=build,
    search={"units": "4..8", "learning_rate": "0.001..0.1:log"},
    sample=sample,
)
