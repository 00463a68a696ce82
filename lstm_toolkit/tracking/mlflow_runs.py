"""Runs at an MLflow server, or in a folder of MLflow's.

`MLFLOW_TRACKING_URI` says where, as everywhere with MLflow; without it MLflow's database
`mlflow.db`, or the folder `mlruns` where MLflow's small client is alone, which has no database. The
experiment is `MLFLOW_EXPERIMENT_NAME`, or has the name of the task.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from lstm_toolkit.tracking.tracker import Facts, TrackedRun, Tracker, plain

_QUICK = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "15",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ALLOW_FILE_STORE": "true",
}
"""Left to itself MLflow tries for minutes before it gives a server up, with the training waiting;
prints to standard output; reports home; and refuses folders, which it keeps as they are."""

LONGEST = 500
"""Characters of a parameter that every store takes."""


class MlflowTracker(Tracker):
    """MLflow's tracking."""

    name = "mlflow"

    def __init__(self) -> None:
        for variable, value in _QUICK.items():
            os.environ.setdefault(variable, value)
        import mlflow

        where = mlflow.get_tracking_uri()
        if not mlflow.is_tracking_uri_set() and find_spec("sqlalchemy") is None:
            where = Path("mlruns").absolute().as_uri()
        self.client: Any = mlflow.MlflowClient(where)

    def check(self) -> None:
        """Asks for an experiment."""
        self.client.search_experiments(max_results=1)

    def begin(self, facts: Facts, id: str | None) -> TrackedRun:
        """Begins a run; one within a search is nested in it."""
        if id is not None:
            self.client.update_run(id, status="RUNNING")
            return MlflowRun(self.client, id)
        tags = {f"lstm_toolkit.{name}": text for name, text in facts.tags.items()}
        tags |= {"lstm_toolkit.kind": facts.kind, "lstm_toolkit.folder": str(facts.folder)}
        if self.parent is not None:
            tags["mlflow.parentRunId"] = self.parent
        experiment = self._experiment(facts.task)
        begun = self.client.create_run(experiment, tags=tags, run_name=facts.name)
        run = MlflowRun(self.client, begun.info.run_id)
        run.log_settings(facts.settings)
        return run

    def _experiment(self, task: str) -> str:
        if known := os.environ.get("MLFLOW_EXPERIMENT_ID"):
            return known
        name = os.environ.get("MLFLOW_EXPERIMENT_NAME") or task
        experiment = self.client.get_experiment_by_name(name)
        return str(experiment.experiment_id if experiment else self.client.create_experiment(name))


class MlflowRun(TrackedRun):
    """One run at MLflow."""

    def __init__(self, client: Any, id: str):
        self.client, self.id = client, id

    def log_settings(self, settings: Mapping[str, Any]) -> None:
        """Adds settings as parameters, which cannot be changed later."""
        from mlflow.entities import Param

        texts = {name: str(plain(value))[:LONGEST] for name, value in settings.items()}
        params = [Param(name, text) for name, text in texts.items()]
        for start in range(0, len(params), 100):  # what one request may hold
            self.client.log_batch(self.id, params=params[start : start + 100])

    def log_scores(self, scores: Mapping[str, float], epoch: int | None) -> None:
        """Adds metrics; the step is the epoch."""
        from mlflow.entities import Metric

        now = int(time.time() * 1000)
        metrics = [Metric(name, value, now, epoch or 0) for name, value in scores.items()]
        for start in range(0, len(metrics), 1000):
            self.client.log_batch(self.id, metrics=metrics[start : start + 1000])

    def log_files(self, files: Mapping[str, Path]) -> None:
        """Adds artifacts, in the folders that they have in the run's."""
        for name, path in files.items():
            folder = str(Path(name).parent)
            self.client.log_artifact(self.id, str(path), None if folder == "." else folder)

    def end(self, *, completed: bool) -> None:
        """Tells whether the run is finished."""
        self.client.set_terminated(self.id, "FINISHED" if completed else "KILLED")
