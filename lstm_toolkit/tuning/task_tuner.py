"""A `keras_tuner.Tuner` whose trials are trainings of a task."""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import io
import logging
import math
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras
import keras_tuner
from keras_tuner.engine.trial import TrialStatus

from lstm_toolkit.errors import RunError
from lstm_toolkit.runs import SEARCH
from lstm_toolkit.settings.fields import Settings
from lstm_toolkit.system.files import write_json
from lstm_toolkit.system.reporting import silent
from lstm_toolkit.system.runtime import dtype_policy, forgetting_graphs, resolve_precision
from lstm_toolkit.training.backup import Progress
from lstm_toolkit.training.fitting import BACKUP, compile_model, fit
from lstm_toolkit.training.preparation import Prepared, prepare
from lstm_toolkit.tuning import report
from lstm_toolkit.tuning.failures import error_summary
from lstm_toolkit.tuning.memory import check_memory
from lstm_toolkit.tuning.oracles import keep_only, make_oracle
from lstm_toolkit.tuning.plan import Plan

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

TRIALS_FOLDER = "trials"
"""Keras Tuner's project in the folder of a search."""
ASK_EVERY = 0.5
"""Seconds between two questions for a trial, at least."""
ALL_TRIALS = 1_000_000
"""More trials than there are."""


class TaskHyperModel(keras_tuner.HyperModel):
    """Builds the network of a task from hyperparameters, by the task's own `build`.

    Args:
        plan: What is searched.
        rows: The folder for encoded rows, with row_store=disk.
    """

    def __init__(self, plan: Plan, rows: Path):
        super().__init__()
        self.plan, self.rows = plan, rows
        self._prepared: Prepared | None = None
        self._asked: Settings | None = None

    def build(self, hp: keras_tuner.HyperParameters) -> keras.Model:
        """Returns the compiled network of these hyperparameters."""
        prepared = self.prepared(self.plan.settings_of(hp))
        model = prepared.build()
        steps = -(-len(prepared.splits.train) // prepared.settings.batch_size)
        steps *= prepared.settings.epochs
        return compile_model(
            model,
            prepared.task,
            prepared.settings,
            steps=steps,
            own_optimizer=self.plan.own.new_optimizer(),
        )

    def take(self, prepared: Prepared, settings: Settings) -> None:
        """Takes over data that was prepared with these settings."""
        self._prepared, self._asked = prepared, settings

    def prepared(self, settings: Settings) -> Prepared:
        """Returns data for these settings, the last one's where it fits them as well."""
        last, asked, task = self._prepared, self._asked, self.plan.task
        if last is None or asked is None or not task.same_data(asked, settings):
            self._prepared = None  # not both in memory
            first = self.plan.own.network
            self._prepared = prepare(
                task, settings, self.plan.data, folder=self.rows, first_weights=first
            )
            self._asked = settings
            return self._prepared
        chosen_by_reader = {
            field.name: getattr(last.settings, field.name)
            for field in dataclasses.fields(asked)
            if getattr(last.settings, field.name) != getattr(asked, field.name)
        }
        return last.with_settings(dataclasses.replace(settings, **chosen_by_reader))


class TaskTuner(keras_tuner.Tuner):
    """Trains each trial as `train` would, and goes on with one that was cut off.

    Args:
        plan: What is searched.
        folder: Where the search is kept. One that is there already goes on.
        rows: Where encoded rows lie with row_store=disk; None takes `folder`.
    """

    def __init__(self, plan: Plan, folder: Path, *, rows: Path | None = None):
        self.plan = plan
        with _quiet():  # Keras Tuner prints that it reads its files
            super().__init__(
                make_oracle(plan),
                TaskHyperModel(plan, rows or folder),
                directory=str(folder),
                project_name=TRIALS_FOLDER,
            )
        self.timer = Timer()
        self.tell: Callable[[str], None] = silent
        self._asked = -math.inf

    def pre_create_trial(self) -> None:
        """Lets a worker wait before it asks again; Keras Tuner would ask an idle chief for ever."""
        if not self._is_worker():
            return
        time.sleep(max(0.0, self._asked + ASK_EVERY - time.monotonic()))
        self._asked = time.monotonic()

    def on_trial_end(self, trial: Any) -> None:
        """Removes checkpoints beyond the best `keep` from a worker's own folder, too."""
        super().on_trial_end(trial)
        if not self._is_worker():
            return
        self.tell(f"trial {trial.trial_id} {trial.status.lower()}")
        if not (Path(self.directory) / SEARCH).exists():  # there the chief does it
            ranked = self.oracle.get_best_trials(ALL_TRIALS)
            folders = (Path(self.get_trial_dir(each.trial_id)) for each in ranked)
            keep_only((folder / BACKUP for folder in folders), self.plan.keep)

    def _populate_initial_space(self) -> None:
        """The oracle has the space already; Keras Tuner would build networks to find it."""

    def limit(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Ends the search after so many seconds from now, by this clock."""
        self.oracle.clock = self.timer.clock = clock
        self.oracle.deadline = self.timer.deadline = clock() + seconds

    def search(self, *args: Any, **kwargs: Any) -> None:
        """Tries what the plan says, or what is left of it; `verbose=1` shows Keras Tuner's tables.

        Raises:
            TypeError: If something else is given: the plan says what is trained, and how long.
        """
        given = [*map(repr, args), *(name for name in kwargs if name != "verbose")]
        if given:
            raise TypeError(
                f"search() takes `verbose` alone; the rest is in the plan. Received: {given[0]}"
            )
        super().search(**kwargs)

    def trials(self) -> pd.DataFrame:
        """Returns a row a trial, see `report.frame`."""
        return report.frame(self.oracle)

    def figures(self) -> dict[str, Figure]:
        """Returns `objective`, `parallel` and `effects`, see `search_plots`."""
        return report.figures(self.oracle)

    def on_search_begin(self) -> None:
        """Writes the state down before the first trial, so that a kill in it is no new start."""
        self.save()

    def save(self) -> None:
        """Writes the state atomically."""
        if not self._is_worker():
            self.oracle.save()
        write_json(Path(self._get_tuner_fname()), self.get_state())

    def run_trial(self, trial: Any, *args: Any, **kwargs: Any) -> dict[str, float]:
        """Trains one trial, from where it was cut off or promoted.

        Returns:
            The objective at the best epoch, `epochs` and `seconds` of training.

        Raises:
            ToolkitError: If it cannot be trained.
        """
        values = trial.hyperparameters.values
        folder = Path(self.get_trial_dir(trial.trial_id))
        if parent := values.get("tuner/trial_id"):
            _take_over(Path(self.get_trial_dir(parent)), folder)
        settings = self.plan.settings_of(trial.hyperparameters)
        with _cleared(settings):
            _, progress = fit(
                self.hypermodel.prepared(settings),
                folder,
                until=values.get("tuner/epochs"),
                check=check_memory,
                callbacks=[*copy.deepcopy(self.plan.own.callbacks), self.timer],
                new_optimizer=self.plan.own.new_optimizer,
            )
        rows = [row[self.plan.objective] for row in progress.rows]
        best = max(rows) if self.plan.maximise else min(rows)
        return {
            self.plan.objective: best,
            "epochs": float(len(rows)),
            "seconds": round(progress.seconds, 3),
        }

    def _try_run_and_update_trial(self, trial: Any, *args: Any, **kwargs: Any) -> None:
        """Writes down why a trial failed; Keras Tuner would print where."""
        try:
            self._run_and_update_trial(trial, *args, **kwargs)
            trial.status = TrialStatus.COMPLETED
        except keras_tuner.errors.FatalError:
            raise
        except Exception as error:
            trial.status = TrialStatus.FAILED
            trial.message = f"{traceback.format_exc()}\n{error_summary(error)}"

    def load_model(self, trial: Any) -> keras.Model:
        """Returns the network of a trial with its best weights.

        Raises:
            RunError: If they were removed, since `keep` trials are better.
        """
        path = Path(self.get_trial_dir(trial.trial_id)) / BACKUP
        if not path.exists():
            raise RunError(
                f"{path}: is gone, as there are {self.plan.keep} better ones; train its "
                "settings anew, or search with a larger keep"
            )
        with dtype_policy(resolve_precision(self.plan.settings.precision)):
            model = self.hypermodel.build(trial.hyperparameters)
        model.set_weights(Progress.load(path).named("best"))
        return model


class Timer(keras.callbacks.Callback):
    """Leaves a search when its time is up, in the middle of an epoch.

    Attributes:
        deadline: By the clock.
        clock: What tells the time.
    """

    def __init__(self) -> None:
        super().__init__()
        self.deadline = math.inf
        self.clock: Callable[[], float] = time.monotonic

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Looks at the clock."""
        if self.clock() > self.deadline:
            raise OutOfTime("the time is up")


class OutOfTime(keras_tuner.errors.FatalError):
    """The trial that runs is left as it is; a search that is resumed goes on with it."""


@contextlib.contextmanager
def _cleared(settings: Settings) -> Iterator[None]:
    """Sets the arithmetic for one trial, and lets go of its graphs after it."""
    logger = logging.getLogger("tensorflow")
    with dtype_policy(resolve_precision(settings.precision)), forgetting_graphs():
        logger.addFilter(_worth_telling)
        try:
            yield
        finally:
            logger.removeFilter(_worth_telling)


def _worth_telling(record: logging.LogRecord) -> bool:
    """TensorFlow warns of many graphs; here each trial is another network."""
    return "triggered tf.function retracing" not in record.getMessage()


def _take_over(parent: Path, folder: Path) -> None:
    """Moves the backup of the trial that was promoted; where it is gone, training starts anew."""
    if not (folder / BACKUP).exists():
        with contextlib.suppress(FileNotFoundError):
            (parent / BACKUP).replace(folder / BACKUP)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    with contextlib.redirect_stdout(io.StringIO()):
        yield
