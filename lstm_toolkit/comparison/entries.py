"""One run or search as a table of runs shows it, whatever state it is in."""

from __future__ import annotations

import csv
import dataclasses
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from lstm_toolkit.errors import RunError
from lstm_toolkit.runs import BEST, CONFIG, SEARCH, TRIALS, Run
from lstm_toolkit.targets.target import Direction

Status = Literal["finished", "unfinished", "unreadable"]

WRONG_SHAPE = (KeyError, TypeError, AttributeError, ValueError, IndexError, RecursionError, OSError)
"""What reading files raises whose content is not what this version writes."""


@dataclasses.dataclass(frozen=True)
class Entry:
    """A run or a search.

    Attributes:
        path: Its folder.
        kind: Which of the two.
        status: Whether its scores can be shown.
        reason: Why not, in a line; "" if they can.
        task: What was trained; None if that cannot be told.
        data: What it was trained on: the name of a file, or what the reader said.
        fingerprint: Of the data.
        score: The name of the score that the target compares by.
        direction: Whether more of it is better.
        value: That score on the test split.
        standard_error: Of it.
        simplest: The best of the simplest methods.
        simplest_value: Its score on the same rows.
        seconds: Of training; of a search, of all its trials.
        epochs: That were trained.
        trials: Of a search.
        settings: By name; those of a search's best run.
        defaults: Of the task.
    """

    path: Path
    kind: Literal["run", "search"]
    status: Status
    reason: str = ""
    task: str | None = None
    data: str | None = None
    fingerprint: str | None = None
    score: str | None = None
    direction: Direction = "max"
    value: float | None = None
    standard_error: float | None = None
    simplest: str | None = None
    simplest_value: float | None = None
    seconds: float | None = None
    epochs: int | None = None
    trials: int | None = None
    settings: Mapping[str, Any] = dataclasses.field(default_factory=dict, repr=False)
    defaults: Mapping[str, Any] = dataclasses.field(default_factory=dict, repr=False)

    @property
    def run(self) -> Path:
        """The run folder: of a search, that of the best settings."""
        return self.path / BEST if self.kind == "search" else self.path

    def facts(self) -> dict[str, Any]:
        """Returns what `runs --json` prints of it."""
        facts = dataclasses.asdict(self)
        del facts["defaults"]
        return facts | {"path": str(self.path)}


def read_run(path: Path) -> Entry:
    """Reads a run folder in any state; raises nothing for what is in it."""
    try:
        run = Run.open_unfinished(path)
        facts = _facts(run)
    except RunError as error:
        return Entry(path, "run", "unreadable", _without(path, str(error)))
    except WRONG_SHAPE as error:
        return Entry(path, "run", "unreadable", f"{CONFIG} is damaged: {_kind(error)}")
    if not run.finished:
        epochs = facts["epochs"] = _epochs(path)
        return Entry(path, "run", "unfinished", f"{epochs} epochs are done", **facts)
    try:
        return Entry(path, "run", "finished", **facts, **_scores(run))
    except WRONG_SHAPE as error:
        return Entry(path, "run", "unreadable", f"its scores are damaged: {_kind(error)}", **facts)


def read_search(path: Path) -> Entry:
    """Reads the folder of a search in any state; its scores are those of its best run."""
    trials, seconds = _trials(path)
    if (path / BEST / CONFIG).exists():
        best = read_run(path / BEST)
        return dataclasses.replace(
            best, path=path, kind="search", trials=trials, seconds=seconds or best.seconds
        )
    try:
        begun = json.loads((path / SEARCH).read_text(encoding="utf-8"))
        note = (begun.get("data") or {}).get("note", "").partition(":")[0]
        facts = {"task": str(begun["task"]), "data": note, "trials": trials, "seconds": seconds}
    except WRONG_SHAPE as error:
        return Entry(path, "search", "unreadable", f"{SEARCH} is damaged: {_kind(error)}")
    return Entry(path, "search", "unfinished", f"{trials} trials have ended", **facts)


def read_history(path: Path) -> list[dict[str, float]]:
    """Returns the rows of a run's `history.csv`, none if there is none or it is damaged."""
    try:
        with (path / "history.csv").open(encoding="utf-8", newline="") as file:
            return [{k: float(v) for k, v in row.items()} for row in csv.DictReader(file)]
    except (*WRONG_SHAPE, csv.Error):
        return []


def _facts(run: Run) -> dict[str, Any]:
    data = run.config["data"]
    path, task = data["path"], run.task
    return {
        "task": task.name,
        "data": str(data["note"]).partition(":")[0] if path is None else Path(path).name,
        "fingerprint": str(data["fingerprint"]),
        "score": task.target.main_score,
        "direction": task.direction(task.target.main_score),
        "settings": dict(run.config["settings"]),
        "defaults": json.loads(json.dumps(task.settings().values())),
    }


def _scores(run: Run) -> dict[str, Any]:
    metrics, score = run.metrics, run.task.target.main_score
    test = metrics["test"]
    error, simplest = test.get("standard_error"), run.task.simplest(test)
    return {
        "value": _number(test[score]),
        "standard_error": None if error is None else _number(error),
        "simplest": None if simplest is None else simplest.method,
        "simplest_value": None if simplest is None else _number(simplest.score),
        "seconds": _number(metrics["train_seconds"]),
        "epochs": int(metrics["epochs"]),
    }


def _number(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"a score must be a finite number. Received: {number}")
    return number


def _epochs(path: Path) -> int:
    return len(read_history(path))


def _trials(path: Path) -> tuple[int, float | None]:
    """Returns how many trials of a search have ended, and their seconds."""
    try:
        with (path / TRIALS).open(encoding="utf-8", newline="") as file:
            seconds = [row["seconds"] for row in csv.DictReader(file) if row["ended"]]
        return len(seconds), sum(float(one) for one in seconds if one)
    except (*WRONG_SHAPE, csv.Error):
        return 0, None


def _without(path: Path, message: str) -> str:
    """Leaves out the folder's name, beside which the message stands."""
    rest = message.removeprefix(str(path)).lstrip("/:\\ ")
    return rest or message


def _kind(error: Exception) -> str:
    return " ".join(f"{type(error).__name__} {error}".split())[:80]
