"""A search from its plan to a finished run of the best settings."""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lstm_toolkit.errors import InputError, SearchError
from lstm_toolkit.runs import Run
from lstm_toolkit.settings.arguments import checked_names
from lstm_toolkit.settings.fields import Settings
from lstm_toolkit.system.cluster import Cluster
from lstm_toolkit.system.files import clear_drafts, exclusive_lock
from lstm_toolkit.system.reporting import PRINTING, SILENT, Reporter
from lstm_toolkit.system.runtime import keeping_random_state
from lstm_toolkit.task import Task
from lstm_toolkit.tracking.catalogue import open_tracker
from lstm_toolkit.tracking.tracker import Tracker
from lstm_toolkit.training.preparation import ROWS, prepare
from lstm_toolkit.training.training import train
from lstm_toolkit.tuning import report
from lstm_toolkit.tuning.folder import SearchFolder
from lstm_toolkit.tuning.oracles import DurableOracle
from lstm_toolkit.tuning.plan import Plan
from lstm_toolkit.tuning.planning import make_plan
from lstm_toolkit.tuning.task_tuner import OutOfTime, TaskTuner
from lstm_toolkit.tuning.tracked import followed_search
from lstm_toolkit.tuning.workers import Address, run_workers, serve

if TYPE_CHECKING:
    pass


@dataclasses.dataclass(frozen=True)
class Search:
    """What a search found.

    Attributes:
        folder: Where it is kept.
        oracle: Keras Tuner's, with all trials.
        run: The run of the best settings, trained to the end.
    """

    folder: Path
    oracle: DurableOracle
    run: Run

    @property
    def best(self) -> dict[str, Any]:
        """The searched settings of the best trial."""
        return report.values_of(self.oracle.best()[0], self.oracle.plan)

    def facts(self) -> dict[str, Any]:
        """Returns what `tune --json` prints."""
        oracle, best = self.oracle, self.oracle.best()[0]
        return {
            "task": oracle.plan.task.name,
            "tuner": oracle.plan.algorithm,
            "objective": oracle.plan.objective,
            "trials": {
                "completed": len(oracle.best()),
                "failed": sum(t.status == "FAILED" for t in oracle.trials.values()),
                "unfinished": len(oracle.trials) - len(oracle.end_order),
            },
            "seconds": round(oracle.seconds, 3),
            "best": {"trial": best.trial_id, "score": best.score, "settings": self.best},
            "run": str(self.run.path),
            "metrics": self.run.metrics,
        }


def tuner(
    task: Task | str,
    folder: str | Path,
    *,
    settings: Settings | Mapping[str, Any] | None = None,
    reporter: Reporter = PRINTING,
    **options: Any,
) -> TaskTuner:
    """Returns a `keras_tuner.Tuner` over a task; call its `search()`.

    Args:
        task: See `get_task`.
        folder: Where the search is kept; one that is there already goes on.
        settings: What is not searched; None takes the defaults.
        reporter: Is given one line a trial.
        options: Of `make_plan` and `Plan`: `space`, `fixed`, `objective`, `callbacks`,
            `optimizer`, `model`, `data`, `algorithm`, `trials`, `max_epochs`, `keep`.

    Raises:
        InputError: If something is unknown or out of range, or `folder` was begun differently.
    """
    plan, folder = make_plan(task, settings, **options), Path(folder)
    SearchFolder(folder).begin(plan)
    new_tuner = TaskTuner(plan, folder)
    new_tuner.oracle.tell = lambda trial: reporter.log(report.line(new_tuner.oracle, trial))
    return new_tuner


@checked_names()
def tune(
    plan: Plan,
    out: str | Path,
    *,
    workers: int = 1,
    chief: Address | None = None,
    budget: float | None = None,
    resume: bool = False,
    track: str | Tracker | None = None,
    reporter: Reporter = SILENT,
) -> Search:
    """Searches, reports, and trains the best settings to the end.

    The global random states of Python and NumPy are left as they were.

    Args:
        plan: See `make_plan`.
        out: The folder, new unless `resume`.
        workers: Processes on this machine that train at the same time.
        chief: Trains nothing here, but listens at this address for workers (`join`).
        budget: Seconds after which no more is tried; the trial that runs then is left to a
            search that is resumed.
        resume: Goes on where `out` was left; starts if there is nothing there.
        track: Where the search, its trials and the best run are followed, as in `train`.
        reporter: Is told how it goes; its progress is that of the last training.

    Raises:
        DataError: If the data is unfit; nothing is written then.
        InputError: If `out` exists without `resume`, or was begun differently; or if the tracker
            cannot be reached.
        SearchError: If no trial completed, with the first reason.
    """
    out = Path(out)
    folder = SearchFolder(out)
    folder.check(resume=resume)
    _check_alone(plan, workers, chief)
    tracker = open_tracker(track)
    with keeping_random_state():
        return _tune(plan, folder, workers, chief, budget, resume, tracker, reporter)


def _check_alone(plan: Plan, workers: int, chief: Address | None) -> None:
    if Cluster.read() is not None:
        raise InputError(
            "a search gives each machine trials of its own: unset TF_CONFIG, and begin one with "
            "--serve and the others with --join"
        )
    if plan.own.given and (workers > 1 or chief is not None):
        raise InputError(
            "callbacks, an optimizer or a model of your own stay in this process; search with "
            f"workers=1 and without a chief. Received: workers={workers}"
        )


def _tune(
    plan: Plan,
    folder: SearchFolder,
    workers: int,
    chief: Address | None,
    budget: float | None,
    resume: bool,
    tracker: Tracker | None,
    reporter: Reporter,
) -> Search:
    out = folder.path
    prepared = prepare(
        plan.task, plan.settings, plan.data, folder=out, first_weights=plan.own.network
    )
    with exclusive_lock(out):
        folder.check(resume=resume)
        clear_drafts(out)
        folder.begin(plan, prepared.facts())
        reporter.note(prepared.note)
        task_tuner = TaskTuner(plan, out)
        task_tuner.hypermodel.take(prepared, plan.settings)
        del prepared  # so that trials with other data need not keep it
        oracle: DurableOracle = task_tuner.oracle
        with followed_search(tracker, oracle, out, reporter) as followed:

            def tell(trial: Any) -> None:
                reporter.log(report.line(oracle, trial))
                followed.log(trial)

            oracle.tell = tell
            _search(task_tuner, out, workers, chief, budget, reporter)
            report.write(oracle, out)
            if not oracle.best():
                raise SearchError(f"{out}: no trial completed. {_first_reason(oracle)}")
            reporter.log(report.table(oracle))
            best = _finish(task_tuner, folder, followed.nested(), reporter)
        shutil.rmtree(out / ROWS, ignore_errors=True)
        return Search(out, oracle, best)


def _search(
    task_tuner: TaskTuner,
    out: Path,
    workers: int,
    chief: Address | None,
    budget: float | None,
    reporter: Reporter,
) -> None:
    oracle = task_tuner.oracle
    if budget is not None:
        task_tuner.limit(budget)
    if oracle.start_order:
        reporter.log(f"going on after {len(oracle.end_order)} trials")
    task_tuner.save()  # a chief that is killed would otherwise begin anew
    if chief is not None:
        serve(oracle, chief, SearchFolder(out).read(), reporter)
    elif workers > 1:
        run_workers(oracle, task_tuner.plan, out, workers, reporter)
    else:
        with contextlib.suppress(OutOfTime):
            task_tuner.search()
    oracle.save()
    if oracle.late:
        reporter.log(f"the time is up; add --resume to go on after {len(oracle.end_order)} trials")


def _first_reason(oracle: DurableOracle) -> str:
    failed = [oracle.trials[name] for name in oracle.end_order]
    return f"The first: {report.reason(failed[0])}" if failed else "The time was up before."


def _finish(
    task_tuner: TaskTuner,
    folder: SearchFolder,
    tracker: Tracker | None,
    reporter: Reporter,
) -> Run:
    """Trains the best settings to the end, from the trial's checkpoint where it fits."""
    plan, best = task_tuner.plan, task_tuner.oracle.best()[0]
    settings: Settings = plan.task.space(best.hyperparameters, plan.settings, plan.space)
    folder.make_way(settings, plan.searched)
    checkpoint = task_tuner.oracle.checkpoint(best)
    usable = checkpoint.exists() and settings.epochs == plan.max_epochs
    reporter.log(f"training the settings of trial {best.trial_id} to the end")
    return train(
        plan.task,
        settings,
        folder.best,
        data=plan.data,
        prepared=task_tuner.hypermodel.prepared(settings),
        resume=True,
        start=checkpoint if usable else None,
        callbacks=plan.own.callbacks,
        optimizer=plan.own.optimizer,
        model=plan.own.model,
        track=tracker,
        reporter=reporter,
    )
