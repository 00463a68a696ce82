"""Keras Tuner's four ways to choose what to try next, kept whole through kills.

Keras Tuner writes its files in place, notes a trial's end in two files one after the other,
forgets where a grid search or the random numbers of a Bayesian one stood, and takes a seed
of 0 for none. What stands here mends that, and adds what a search tells while it runs.
"""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import keras_tuner
import numpy as np
from keras_tuner.engine.trial import Trial, TrialStatus
from keras_tuner.oracles import (
    BayesianOptimizationOracle,
    GridSearchOracle,
    HyperbandOracle,
    RandomSearchOracle,
)

from lstm_toolkit.system.files import write_json
from lstm_toolkit.system.reporting import silent
from lstm_toolkit.training.fitting import BACKUP
from lstm_toolkit.tuning.plan import Plan

FAILURES = 10
"""Trials that may fail one after the other before a search gives up."""

ENDED = (TrialStatus.COMPLETED, TrialStatus.FAILED)


def keep_only(checkpoints: Iterable[Path], keep: int) -> None:
    """Removes checkpoints beyond the first `keep` that exist."""
    for path in [each for each in checkpoints if each.exists()][keep:]:
        path.unlink(missing_ok=True)


class DurableOracle(keras_tuner.Oracle):
    """What all ways of searching have in common.

    The first trial has the settings that a training without a search has, as far as the
    space holds them; so a search never ends with less than they give.

    Attributes:
        plan: What is searched.
        tell: Is given each trial that ended.
        clock: What tells the time.
        deadline: By the clock, when no further trial begins.
        ended: Seconds of searching after which each trial ended.
    """

    plan: Plan
    trials: dict[str, Any]
    _retry_queue: list[str]
    tell: Callable[[Trial], None] = staticmethod(silent)
    clock: Callable[[], float] = staticmethod(time.monotonic)
    deadline: float = math.inf
    ended: dict[str, float]

    def begin(self, plan: Plan) -> None:
        """Takes up a plan, before anything is searched."""
        self.plan, self.ended = plan, {}
        self._before, self._began = 0.0, time.monotonic()
        self.verbose = 0

    @property
    def late(self) -> bool:
        """Whether the time is up."""
        return self.clock() >= self.deadline

    @property
    def seconds(self) -> float:
        """Time spent searching, over all processes one after the other."""
        return self._before + time.monotonic() - self._began

    @keras_tuner.synchronized  # type: ignore[untyped-decorator]
    def create_trial(self, tuner_id: str) -> Trial:
        """Returns the next trial, or one that says to stop, or to wait for what others leave."""
        if self.late or self._gives_up():
            self.tuner_ids.discard(tuner_id)
            return Trial(self.get_space(), trial_id="none", status=TrialStatus.STOPPED)
        trial = super().create_trial(tuner_id)
        if trial.status == TrialStatus.STOPPED and self.ongoing_trials:
            trial.status = TrialStatus.IDLE
            self.tuner_ids.add(tuner_id)
        return trial

    @keras_tuner.synchronized  # type: ignore[untyped-decorator]
    def release(self, tuner_id: str) -> str | None:
        """Takes a worker for gone; returns its trial, which is the next to be given away."""
        self.tuner_ids.discard(tuner_id)
        trial = self.ongoing_trials.pop(tuner_id, None)
        if trial is None:
            return None
        trial.metrics = self._no_metrics()
        self._retry_queue.append(trial.trial_id)
        self.save()
        return str(trial.trial_id)

    def _gives_up(self) -> bool:
        last = [self.trials[name].status for name in self.end_order[-FAILURES:]]
        return len(last) == FAILURES and TrialStatus.COMPLETED not in last

    def _check_consecutive_failures(self) -> None:
        """Keras Tuner raises here, before the trial that failed is written down."""

    @keras_tuner.synchronized  # type: ignore[untyped-decorator]
    def end_trial(self, trial: Trial) -> None:
        """Writes down how a trial ended, once, and removes checkpoints beyond `keep`."""
        name = trial.trial_id
        if name in self.end_order:  # by another worker, while the chief was away
            return
        self._retry_queue = [waiting for waiting in self._retry_queue if waiting != name]
        self.ended[name] = round(self.seconds, 3)
        super().end_trial(trial)
        self.save()  # the first time it still counted as running
        self.prune()
        self.tell(self.trials[name])

    def prune(self) -> None:
        """Leaves the checkpoints of the best `keep` trials, and of those that may go on."""
        keep_only(map(self.checkpoint, self.ranking()), self.plan.keep)
        failed = [trial for trial in self.trials.values() if trial.status == TrialStatus.FAILED]
        keep_only(map(self.checkpoint, failed), 0)

    def ranking(self) -> list[Trial]:
        """Returns the trials whose checkpoints are worth most first."""
        return self.best()

    def best(self) -> list[Trial]:
        """Returns the completed trials, the best first."""
        sign = -1 if self.objective.direction == "max" else 1
        done = [trial for trial in self.trials.values() if trial.status == TrialStatus.COMPLETED]
        return sorted(done, key=lambda trial: sign * trial.score)

    def checkpoint(self, trial: Trial) -> Path:
        """Returns the file of a trial's weights, which may be gone."""
        return Path(self._get_trial_dir(trial.trial_id)) / BACKUP

    def save(self) -> None:
        """Writes the state atomically."""
        write_json(Path(self._get_oracle_fname()), self.get_state())

    def _save_trial(self, trial: Trial) -> None:
        folder = Path(self._get_trial_dir(trial.trial_id))
        write_json(folder / "trial.json", trial.get_state())

    def get_state(self) -> dict[str, Any]:
        """Adds how long the search took so far."""
        return {**super().get_state(), "ended": self.ended, "seconds": self.seconds}

    def set_state(self, state: dict[str, Any]) -> None:
        """Takes up a state that was written."""
        super().set_state(state)
        self.ended = dict(state["ended"])
        self._before, self._began = state["seconds"], time.monotonic()

    def reload(self) -> None:
        """Reads what was written, whenever the writing was cut off.

        A trial whose own file says that it ended has ended; one that the state does not
        know never began; what one that goes on reported so far, it reports again.
        """
        super().reload()
        self.trials = {name: self.trials[name] for name in self.start_order}
        for name, trial in self.trials.items():
            if trial.status in ENDED and name not in self.end_order:
                self.end_order.append(name)
        running = [name for name in self.start_order if name not in self.end_order]
        self._retry_queue = running[::-1]  # it is taken from its end
        for name in running:
            self.trials[name].metrics = self._no_metrics()
        self.prune()

    def _no_metrics(self) -> Any:
        return Trial(self.get_space()).metrics

    def _random_values(self) -> dict[str, Any] | None:
        return self._defaults() if not self.start_order else super()._random_values()

    def _defaults(self) -> dict[str, Any]:
        hps = keras_tuner.HyperParameters()
        for hp in self.hyperparameters.space:
            hps.merge([hp])
            if hps.is_active(hp):
                hps.values[hp.name] = hp.default
        return dict(hps.values)


class RandomOracle(DurableOracle, RandomSearchOracle):
    """Values at random, independent of each other."""


class BayesianOracle(DurableOracle, BayesianOptimizationOracle):
    """Values that a Gaussian process expects most of."""

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """Draws with random numbers that follow from the seed and the trial alone."""
        self._random_state = np.random.RandomState(self.seed + len(self.start_order))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a process fitted to a handful of points
            return super().populate_space(trial_id)


class HalvingOracle(DurableOracle, HyperbandOracle):
    """Many values for few epochs, the best third of them for three times as many."""

    def ranking(self) -> list[Trial]:
        """Puts first the trials that may still be promoted, and go on from where they are."""
        waiting = set()
        for bracket in self._brackets:
            for earlier, later in zip(bracket["rounds"], bracket["rounds"][1:], strict=False):
                promoted = {entry["past_id"] for entry in later}
                waiting |= {entry["id"] for entry in earlier} - promoted
        return sorted(self.best(), key=lambda trial: trial.trial_id not in waiting)


class GridOracle(DurableOracle, GridSearchOracle):
    """Every combination, the last setting changing fastest."""

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """Returns the combination that follows that of the last trial begun."""
        if not self.start_order:
            return {"status": TrialStatus.RUNNING, "values": self._defaults()}
        last = self.trials[self.start_order[-1]].hyperparameters.values
        values = self._get_next_combination(last)
        status = TrialStatus.STOPPED if values is None else TrialStatus.RUNNING
        return {"status": status, "values": values}


def make_oracle(plan: Plan) -> DurableOracle:
    """Returns the oracle of a plan, with its whole space in it."""
    space = plan.registered()
    direction = "max" if plan.maximise else "min"
    options: dict[str, Any] = {
        "objective": keras_tuner.Objective(plan.objective, direction),
        "seed": plan.settings.seed + 1,  # 0 would be taken for none
        "hyperparameters": space,
    }
    if plan.algorithm == "hyperband":
        sweeps = 1 if plan.trials is None else 1000
        oracle: DurableOracle = HalvingOracle(
            max_epochs=plan.max_epochs, hyperband_iterations=sweeps, **options
        )
        oracle.max_trials = plan.trials
    elif plan.algorithm == "bayesian":
        points = min(3 * len(space.space), max(3, (plan.trials or 0) // 3))
        oracle = BayesianOracle(max_trials=plan.trials, num_initial_points=points, **options)
    elif plan.algorithm == "grid":
        oracle = GridOracle(max_trials=plan.trials, **options)
    else:
        oracle = RandomOracle(max_trials=plan.trials, **options)
    oracle.begin(plan)
    return oracle
