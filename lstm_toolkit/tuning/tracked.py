"""A search that is followed at a tracker: a run of its own, and one in it for each trial."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from keras_tuner.engine.trial import Trial, TrialStatus

from lstm_toolkit.runs import SEARCH, TRIALS
from lstm_toolkit.system.reporting import Reporter
from lstm_toolkit.tracking.following import EndedTrial, Following, unended
from lstm_toolkit.tracking.tracker import Facts, Tracker
from lstm_toolkit.training.fitting import HISTORY
from lstm_toolkit.training.tracked import read_history
from lstm_toolkit.tuning import report
from lstm_toolkit.tuning.oracles import DurableOracle


class FollowedSearch:
    """A search at a tracker, or at none.

    A trial is sent when it has ended, by the process that chooses what is tried: so it does not
    matter which process trained it, on which machine.

    Args:
        tracker: Where; None follows the search nowhere.
        oracle: With its plan and all trials.
        folder: Of the search.
        reporter: Is told what fails at the tracker.
    """

    def __init__(
        self, tracker: Tracker | None, oracle: DurableOracle, folder: Path, reporter: Reporter
    ):
        self.tracker, self.oracle, self.folder = tracker, oracle, folder
        facts = _facts(oracle, folder)
        self._following = None if tracker is None else Following(tracker, facts, reporter)

    def log(self, trial: Trial) -> None:
        """Sends a trial that ended, unless it arrived before."""
        if self._following is not None:
            self._following.log_trial(_ended(self.oracle, trial, self.folder))

    def nested(self) -> Tracker | None:
        """Returns the tracker for a run within the search; None if there is none, or it fails."""
        if self.tracker is None or self._following is None:
            return None
        id = self._following.id
        return None if id is None else self.tracker.within(id, self._following.facts.name)

    def finish(self) -> None:
        """Sends the best score, the table of trials and the figures."""
        if self._following is None:
            return
        best = self.oracle.best()[0]
        scores = {self.oracle.plan.objective: float(best.score), "seconds": self.oracle.seconds}
        paths = [self.folder / SEARCH, self.folder / TRIALS, *self.folder.glob("plots/*.png")]
        files = {path.relative_to(self.folder).as_posix(): path for path in paths if path.exists()}
        self._following.finish([], scores, files)

    def cut_off(self) -> None:
        """Tells the tracker that the search ended before it was finished."""
        if self._following is not None:
            self._following.cut_off()


@contextlib.contextmanager
def followed_search(
    tracker: Tracker | None, oracle: DurableOracle, folder: Path, reporter: Reporter
) -> Iterator[FollowedSearch]:
    """Yields what follows a search while the block goes on with it; see `FollowedSearch`."""
    search = FollowedSearch(tracker, oracle, folder, reporter)
    if tracker is None:
        for name in unended(folder):
            reporter.note(f"{folder}: {name} has not all of it; --track {name} goes on there")
    for name in oracle.end_order:
        search.log(oracle.trials[name])
    try:
        yield search
    except BaseException:
        search.cut_off()
        raise
    search.finish()


def _facts(oracle: DurableOracle, folder: Path) -> Facts:
    plan = oracle.plan
    searched = {f"search.{name}": str(span) for name, span in plan.space.items()}
    settings = {**plan.settings.values(), **searched, "tuner": plan.algorithm}
    tags = {"objective": plan.objective}
    return Facts(folder.resolve().name, "search", plan.task.name, folder, settings, tags)


def _ended(oracle: DurableOracle, trial: Trial, folder: Path) -> EndedTrial:
    plan, name = oracle.plan, str(trial.trial_id)
    completed = trial.status == TrialStatus.COMPLETED
    facts = Facts(
        f"trial {name}",
        "trial",
        plan.task.name,
        folder,
        report.values_of(trial, plan),
        {"status": trial.status.lower(), "reason": "" if completed else report.reason(trial)},
    )
    known = ("epochs", "seconds") if completed else ()
    scores = {each: float(trial.metrics.get_last_value(each)) for each in known}
    if completed:
        scores[plan.objective] = float(trial.score)
    rows = read_history(oracle.checkpoint(trial).parent / HISTORY)
    return EndedTrial(facts, rows, scores, completed)
