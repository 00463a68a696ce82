"""A tracker that remembers what it was told, and fails when it should."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path

from lstm_toolkit.tracking import Facts, TrackedRun, Tracker


@dataclasses.dataclass
class Remembered(TrackedRun):
    """What one run was told."""

    id: str
    facts: Facts
    parent: str | None
    fails: Callable[[], bool]
    scores: list[tuple[int | None, dict[str, float]]] = dataclasses.field(default_factory=list)
    files: dict[str, Path] = dataclasses.field(default_factory=dict)
    states: list[str] = dataclasses.field(default_factory=list)

    def log_scores(self, scores: Mapping[str, float], epoch: int | None) -> None:
        if self.fails():
            raise ConnectionError("the server is gone")
        self.scores.append((epoch, dict(scores)))

    def log_files(self, files: Mapping[str, Path]) -> None:
        self.files |= files

    def end(self, *, completed: bool) -> None:
        self.states.append("completed" if completed else "cut off")

    @property
    def epochs(self) -> list[int]:
        return [epoch for epoch, _ in self.scores if epoch is not None]


class MemoryTracker(Tracker):
    """Keeps runs by their ids.

    Args:
        unreachable: What `check` raises.
    """

    name = "memory"

    def __init__(self, unreachable: Exception | None = None):
        self.runs: dict[str, Remembered] = {}
        self.unreachable, self.gone = unreachable, [False]

    def check(self) -> None:
        if self.unreachable is not None:
            raise self.unreachable

    def begin(self, facts: Facts, id: str | None) -> TrackedRun:
        if self.gone[0]:
            raise ConnectionError("the server is gone")
        if id is None:
            id = f"run {len(self.runs) + 1}"
            self.runs[id] = Remembered(id, facts, self.parent, lambda: self.gone[0])
        self.runs[id].states.append("running")
        return self.runs[id]
