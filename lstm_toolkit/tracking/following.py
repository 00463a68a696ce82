"""A run followed at a tracker, whatever happens to it: told once, made up for, never in the way."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from lstm_toolkit.errors import foreign_error
from lstm_toolkit.system.files import write_json
from lstm_toolkit.system.reporting import Reporter
from lstm_toolkit.tracking.tracker import Facts, TrackedRun, Tracker

RECORD = "tracked.json"
"""In the folder of a run or a search: under which ids trackers know it, and what they have."""


@dataclasses.dataclass
class Record:
    """What a tracker has of a run.

    Attributes:
        path: The file.
        tracker: Its name.
        id: Of the run there; None before it is begun.
        epochs: Those whose scores arrived.
        trials: Of a search, those that arrived.
        ended: Whether all has arrived.
    """

    path: Path
    tracker: str
    id: str | None = None
    epochs: list[int] = dataclasses.field(default_factory=list)
    trials: list[str] = dataclasses.field(default_factory=list)
    ended: bool = False

    @classmethod
    def load(cls, folder: Path, tracker: str) -> Record:
        """Reads what is known; a damaged file is taken for none, so that a new run begins."""
        return cls(folder / RECORD, tracker, **_records(folder).get(tracker, {}))

    def save(self) -> None:
        """Writes it beside what is known of other trackers."""
        own = dataclasses.asdict(self)
        name = own.pop("tracker")
        del own["path"]
        write_json(self.path, _records(self.path.parent) | {name: own})


@dataclasses.dataclass(frozen=True)
class EndedTrial:
    """A trial of a search that ended.

    Attributes:
        facts: What was tried.
        rows: Scores of its epochs, `epoch` among them.
        scores: By which it was judged.
        completed: Whether it could be trained.
    """

    facts: Facts
    rows: Sequence[Mapping[str, float]]
    scores: Mapping[str, float]
    completed: bool

    def send(self, tracker: Tracker) -> None:
        """Sends it as a run of its own."""
        run = tracker.begin(self.facts, None)
        for row in self.rows:
            run.log_scores(_scores(row), int(row["epoch"]))
        run.log_scores(self.scores, None)
        run.end(completed=self.completed)


def unended(folder: Path) -> list[str]:
    """Returns the trackers that wait for more of a run."""
    return [name for name, record in _records(folder).items() if not record["ended"]]


def _scores(row: Mapping[str, float]) -> dict[str, float]:
    return {name: score for name, score in row.items() if name != "epoch"}


def _records(folder: Path) -> dict[str, dict[str, Any]]:
    names = {field.name for field in dataclasses.fields(Record)} - {"path", "tracker"}
    try:
        records = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        return {
            name: record
            for name, record in records.items()
            if set(record) == names
            and isinstance(record["epochs"], list)
            and isinstance(record["trials"], list)
        }
    except (OSError, ValueError, AttributeError, TypeError, RecursionError):
        return {}


class Following:
    """Follows one run or search at a tracker.

    If something fails there, a line tells it, once; the training goes on. What did not arrive
    is sent again at the end, and after that by the same command with `--resume`.

    Args:
        tracker: Where.
        facts: What is followed; its folder holds `tracked.json`.
        reporter: Is told what fails.
    """

    def __init__(self, tracker: Tracker, facts: Facts, reporter: Reporter):
        self.tracker, self.facts, self.reporter = tracker, facts, reporter
        self.record = Record.load(facts.folder, tracker.name)
        self.failing = False
        self._run: TrackedRun | None = None
        self._waiting: dict[int, dict[str, float]] = {}
        self._trials: dict[str, EndedTrial] = {}

    @property
    def id(self) -> str | None:
        """Of the run at the tracker, which is begun if need be; None if that fails."""
        return self.record.id if self._try(self._open) else None

    def log_epoch(self, epoch: int, scores: Mapping[str, float]) -> None:
        """Sends the scores of an epoch, counted from 1, unless they arrived before."""
        if epoch not in self.record.epochs:
            self._waiting[epoch] = dict(scores)
        if not self.failing:
            self._try(self._send_waiting)

    def log_trial(self, trial: EndedTrial) -> None:
        """Sends a trial that ended as a run within this search, unless it arrived before."""
        if trial.facts.name not in self.record.trials:
            self._trials[trial.facts.name] = trial
            self.record.ended = False
        if not self.failing:
            self._try(self._send_waiting)

    def finish(
        self,
        rows: Iterable[Mapping[str, float]],
        scores: Mapping[str, float],
        files: Mapping[str, Path],
    ) -> None:
        """Sends what did not arrive yet, scores and files of the finished run, and ends it."""
        if self.record.ended:
            if self._run is not None:  # asking for it has begun it again
                self._try(lambda: self._open().end(completed=True))
            return
        for row in rows:
            epoch = int(row["epoch"])
            if epoch not in self.record.epochs:
                self._waiting[epoch] = _scores(row)

        def send() -> None:
            self._send_waiting()
            run = self._open()
            run.log_scores(scores, None)
            run.log_files(files)
            run.end(completed=True)
            self.record.ended = True
            self.record.save()

        before = self.failing
        if not self._try(send):
            self.reporter.note(
                f"{self.facts.folder}: {self.tracker.name} has not all of it; the same command "
                "with --resume sends the rest"
            )
        elif before:
            self.reporter.note(f"{self.tracker.name} answers again, and has all that it missed")

    def cut_off(self) -> None:
        """Tells the tracker that a run ended before it was finished."""
        if self._run is not None and not self.failing:
            self._try(lambda: self._open().end(completed=False))

    def _open(self) -> TrackedRun:
        if self._run is None:
            self._run = self.tracker.begin(self.facts, self.record.id)
            if self.record.id != self._run.id:
                self.record.id = self._run.id
                self.record.save()
        return self._run

    def _send_waiting(self) -> None:
        run = self._open()
        for epoch, scores in sorted(self._waiting.items()):
            run.log_scores(scores, epoch)
            self.record.epochs.append(epoch)
            self.record.save()
            del self._waiting[epoch]
        tracker = self.tracker.within(run.id, self.facts.name)
        for name, trial in list(self._trials.items()):
            trial.send(tracker)
            self.record.trials.append(name)
            self.record.save()
            del self._trials[name]

    def _try(self, send: Callable[[], object]) -> bool:
        """Tells whether `send` ended well; if not, what was wrong is told, the first time."""
        try:
            send()
        except Exception as error:  # whatever libraries and servers of others raise
            if not self.failing:
                self.reporter.note(
                    f"{self.tracker.name} fails, and the training goes on without it: "
                    f"{foreign_error(error, 150)}"
                )
            self.failing = True
            return False
        self.failing = False
        return True
