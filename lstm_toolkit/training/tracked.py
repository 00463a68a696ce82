"""A training that is followed at a tracker, beside its run folder."""

from __future__ import annotations

import contextlib
import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import keras

from lstm_toolkit.runs import Run
from lstm_toolkit.system.files import is_draft
from lstm_toolkit.system.reporting import Reporter
from lstm_toolkit.tracking.following import RECORD, Following, unended
from lstm_toolkit.tracking.tracker import Facts, Tracker
from lstm_toolkit.training.fitting import BACKUP, HISTORY
from lstm_toolkit.training.preparation import ROWS

LEFT_OUT = (BACKUP, RECORD, ROWS, "tensorboard")
"""What of a run folder no tracker is given: what is for the training alone, and its own curves."""


class EpochScores(keras.callbacks.Callback):
    """Sends the scores of each epoch."""

    def __init__(self, following: Following):
        super().__init__()
        self.following = following

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Sends them; what fails there is told and does not raise."""
        scores = {name: float(value) for name, value in (logs or {}).items()}
        self.following.log_epoch(epoch + 1, scores)


@contextlib.contextmanager
def followed(
    tracker: Tracker | None, run: Run, reporter: Reporter
) -> Iterator[list[keras.callbacks.Callback]]:
    """Yields the callbacks with which a run is followed while the block trains it.

    Args:
        tracker: Where; None follows it nowhere.
        run: That was just begun, or goes on, or is finished.
        reporter: Is told what fails at the tracker.
    """
    if tracker is None:
        for name in unended(run.path):
            reporter.note(f"{run.path}: {name} has not all of it; --track {name} goes on there")
        yield []
        return
    following = Following(tracker, _facts(run), reporter)
    _ = following.id  # begun before anything is seeded, since trackers draw names at random
    try:
        yield [EpochScores(following)]
    except BaseException:
        following.cut_off()
        raise
    following.finish(read_history(run.path / HISTORY), _final_scores(run.metrics), _files(run.path))


def read_history(path: Path) -> list[dict[str, float]]:
    """Returns the rows of a `history.csv`; none if there is none."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [{name: float(text) for name, text in row.items()} for row in csv.DictReader(file)]


def _facts(run: Run) -> Facts:
    config, data = run.config, run.config["data"]
    tags = {"data": data["note"], "fingerprint": data["fingerprint"]}
    tags |= {"precision": config["precision"], **config.get("versions", {})}
    return Facts(run.path.resolve().name, "run", config["task"], run.path, config["settings"], tags)


def _final_scores(metrics: Mapping[str, Any]) -> dict[str, float]:
    """Returns the scores of validation and test, those of the simplest methods among them."""
    scores = {"train_seconds": float(metrics["train_seconds"])}
    for split in ("validation", "test"):
        scores |= _numbers(split, metrics[split])
        for method, found in metrics[split].get("baselines", {}).items():
            scores |= _numbers(f"{split}/baselines/{method}", found)
    return scores


def _numbers(prefix: str, scores: Mapping[str, Any]) -> dict[str, float]:
    return {
        f"{prefix}/{name}": float(score)
        for name, score in scores.items()
        if isinstance(score, int | float) and not isinstance(score, bool)
    }


def _files(folder: Path) -> dict[str, Path]:
    """Returns what trackers are given of a run folder, by paths in it."""
    # What links point to is not the run's.
    own = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())
    files = {path.relative_to(folder): path for path in own}
    return {
        name.as_posix(): path
        for name, path in files.items()
        if name.parts[0] not in LEFT_OUT and not is_draft(path)
    }
