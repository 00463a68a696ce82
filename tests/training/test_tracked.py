"""Trainings that are followed at a tracker."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import lstm_toolkit as lt
from lstm_toolkit import tasks
from lstm_toolkit.errors import InputError
from lstm_toolkit.system.reporting import Reporter
from tests.tracking.memory import MemoryTracker
from tests.tuning.tasks import toy

SETTINGS = {"units": (4,), "epochs": 3}


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes `toy` a task of this process."""
    monkeypatch.setattr(tasks, "__path__", [*tasks.__path__, str(Path(toy.__file__).parent)])
    monkeypatch.setitem(sys.modules, "lstm_toolkit.tasks.toy", toy)


class Each(keras.callbacks.Callback):
    """Calls something after each epoch."""

    def __init__(self, after: Any):
        super().__init__()
        self.after = after

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.after(epoch + 1)


def train(folder: Path, tracker: MemoryTracker | None, after: Any = None, **options: Any) -> Any:
    said: list[str] = []
    callbacks = [] if after is None else [Each(after)]
    run = lt.train(
        toy.TASK,
        SETTINGS,
        folder,
        track=tracker,
        callbacks=callbacks,
        reporter=Reporter(said.append),
        **options,
    )
    return run, said


class Killed(BaseException):
    pass


def kill_at(wanted: int) -> Any:
    def after(epoch: int) -> None:
        if epoch == wanted:
            raise Killed

    return after


def test_a_killed_training_goes_on_in_the_same_tracked_run(tmp_path: Path) -> None:
    tracker = MemoryTracker()
    with pytest.raises(Killed):
        train(tmp_path / "run", tracker, kill_at(2))
    assert tracker.runs["run 1"].states == ["running", "cut off"]
    run, _ = train(tmp_path / "run", tracker, resume=True)
    (told,) = tracker.runs.values()
    assert told.epochs == [1, 2, 3]
    assert told.states == ["running", "cut off", "running", "completed"]
    assert told.facts.settings["units"] == (4,)
    assert told.facts.tags["fingerprint"] == run.config["data"]["fingerprint"]
    final = told.scores[-1][1]
    assert final["test/accuracy"] == run.metrics["test"]["accuracy"]
    assert "test/baselines/most_frequent/accuracy" in final
    assert {"config.json", "model.keras", "history.csv", "plots/learning_curves.png"} <= set(
        told.files
    )
    assert not {"backup.npz", "tracked.json", ".lock"} & set(told.files)

    # A server that is gone in the middle changes nothing but what is said.
    gone = MemoryTracker()
    other, said = train(tmp_path / "other", gone, lambda epoch: gone.gone.__setitem__(0, epoch > 1))
    same = zip(run.model().get_weights(), other.model().get_weights(), strict=True)
    assert all(np.array_equal(one, another) for one, another in same)
    about = [line for line in said if "memory" in line]
    assert about == [
        "memory fails, and the training goes on without it: ConnectionError: the server is gone",
        f"{tmp_path / 'other'}: memory has not all of it; the same command with --resume sends "
        "the rest",
    ]
    _, said = train(tmp_path / "other", None, resume=True)
    assert f"{tmp_path / 'other'}: memory has not all of it; --track memory goes on there" in said
    gone.gone[0] = False
    train(tmp_path / "other", gone, resume=True)
    (told,) = gone.runs.values()
    assert told.epochs == [1, 2, 3]
    assert told.states[-1] == "completed"


def test_a_tracker_that_cannot_be_reached_is_refused_before_data_is_read(tmp_path: Path) -> None:
    tracker = MemoryTracker(ConnectionError("refused"))
    toy.READS.clear()
    with pytest.raises(InputError, match=r"^track=memory cannot be reached: "):
        lt.train(toy.TASK, out=tmp_path / "run", track=tracker)
    assert toy.READS == []
    assert not (tmp_path / "run").exists()
