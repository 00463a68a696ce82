"""A toy task, and trainings that are only pretended, so that searches take no time."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lstm_toolkit import tasks
from lstm_toolkit.errors import TrainingError
from lstm_toolkit.training.backup import Progress
from lstm_toolkit.training.fitting import BACKUP
from lstm_toolkit.training.preparation import Prepared
from lstm_toolkit.tuning import report, search, task_tuner
from tests.tuning import processes
from tests.tuning.tasks import toy


@pytest.fixture(scope="package", autouse=True)
def installed() -> Iterator[None]:
    """Makes `toy` a task of this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tasks, "__path__", [*tasks.__path__, str(Path(toy.__file__).parent)])
        patch.setitem(sys.modules, "lstm_toolkit.tasks.toy", toy)
        yield


@pytest.fixture(autouse=True)
def nothing_left_running() -> Iterator[None]:
    """Ends the processes that a failed test left."""
    yield
    while processes.STARTED:
        process = processes.STARTED.pop()
        if process.poll() is None:
            process.kill()
            process.communicate()


@dataclasses.dataclass
class Pretence:
    """Stands for `fit`: writes backups as it does, with scores that follow from the settings.

    Attributes:
        epochs: Trial and number of each epoch that was trained.
        ran: The same in the order of the trials, with their settings.
        fails: Tells of settings whether they cannot be trained.
        after: Is called after each epoch.
        final: The settings and start of each final training.
    """

    epochs: list[tuple[str, int]] = dataclasses.field(default_factory=list)
    ran: list[tuple[str, Any]] = dataclasses.field(default_factory=list)
    fails: Callable[[Any], bool] = lambda settings: False
    after: Callable[[], None] = lambda: None
    final: list[tuple[Any, Path | None]] = dataclasses.field(default_factory=list)

    def fit(
        self, prepared: Prepared, folder: Path, *, until: int | None = None, **_: Any
    ) -> tuple[None, Progress]:
        settings, progress = prepared.settings, Progress.load(folder / BACKUP)
        self.ran.append((folder.name, settings))
        if self.fails(settings):
            raise TrainingError(f"{settings.units[0]} units are too many")
        while progress.epoch < min(until or settings.epochs, settings.epochs):
            progress.epoch += 1
            self.epochs.append((folder.name, progress.epoch))
            progress.rows.append({"epoch": progress.epoch, **scores(settings, progress.epoch)})
            progress.arrays = {"best_00000": np.zeros(2)}
            progress.save(folder / BACKUP)
            self.after()
        return None, progress

    def train(
        self, task: Any, settings: Any, out: Path, *, start: Path | None = None, **_: Any
    ) -> Any:
        self.final.append((settings, start))
        return types.SimpleNamespace(path=out, metrics={})


def scores(settings: Any, epoch: int) -> dict[str, float]:
    distance = abs(np.log(settings.learning_rate / 0.02)) + settings.dropout
    loss = float(distance + sum(settings.units) / 100 + 1 / epoch)
    return {"val_loss": loss, "val_accuracy": 1 / (1 + loss)}


@pytest.fixture
def pretence(monkeypatch: pytest.MonkeyPatch) -> Pretence:
    """Takes the place of trainings and figures in searches of this process."""
    found = Pretence()
    monkeypatch.setattr(task_tuner, "fit", found.fit)
    monkeypatch.setattr(search, "train", found.train)
    monkeypatch.setattr(report, "write", lambda oracle, folder: None)
    monkeypatch.setattr(task_tuner, "forgetting_graphs", contextlib.nullcontext)
    monkeypatch.setattr(os, "fsync", lambda file: None)
    return found
