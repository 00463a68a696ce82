"""MLflow, writing to a folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lstm_toolkit.system.reporting import Reporter
from lstm_toolkit.tracking import Facts, Tracker, open_tracker
from lstm_toolkit.tracking.following import Following

pytest.importorskip("mlflow", reason="needs lstm_toolkit[mlflow]")
pytestmark = pytest.mark.filterwarnings("default")  # it is others' code


@pytest.fixture
def tracker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tracker:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", (tmp_path / "mlruns").as_uri())
    opened = open_tracker("mlflow")
    assert opened is not None
    return opened


def facts(folder: Path, kind: Any = "run") -> Facts:
    settings = {"units": (64, 32), "dropout": 0.3}
    return Facts(folder.name, kind, "digits", folder, settings, {"data": "60 images"})


def test_settings_scores_and_files_are_there(tracker: Any, tmp_path: Path) -> None:
    figure = tmp_path / "run" / "plots" / "loss.png"
    figure.parent.mkdir(parents=True)
    figure.write_bytes(b"png")
    run = tracker.begin(facts(tmp_path / "run"), None)
    run.log_scores({"loss": 0.5, "val_loss": 0.6}, 1)
    run.log_scores({"loss": 0.4, "val_loss": 0.5}, 2)
    run.log_scores({"test/accuracy": 0.9}, None)
    run.log_files({"plots/loss.png": figure})
    run.end(completed=True)
    seen = tracker.client.get_run(run.id)
    assert seen.info.run_name == "run"
    assert seen.info.status == "FINISHED"
    assert seen.data.params == {"units": "64,32", "dropout": "0.3"}
    assert seen.data.metrics == {"loss": 0.4, "val_loss": 0.5, "test/accuracy": 0.9}
    steps = [(m.step, m.value) for m in tracker.client.get_metric_history(run.id, "loss")]
    assert steps == [(1, 0.5), (2, 0.4)]
    assert seen.data.tags["lstm_toolkit.data"] == "60 images"
    assert [f.path for f in tracker.client.list_artifacts(run.id, "plots")] == ["plots/loss.png"]
    experiment = tracker.client.get_experiment(seen.info.experiment_id)
    assert experiment.name == "digits"


def test_it_goes_on_in_the_same_run_and_nests_trials(tracker: Any, tmp_path: Path) -> None:
    search = tracker.begin(facts(tmp_path / "search", "search"), None)
    search.end(completed=False)
    assert tracker.client.get_run(search.id).info.status == "KILLED"
    again = tracker.begin(facts(tmp_path / "search", "search"), search.id)
    assert again.id == search.id
    assert tracker.client.get_run(search.id).info.status == "RUNNING"
    trial = tracker.within(search.id, "search").begin(facts(tmp_path / "search", "trial"), None)
    assert tracker.client.get_run(trial.id).data.tags["mlflow.parentRunId"] == search.id


def test_a_store_that_vanishes_is_told_and_made_up_for(tracker: Any, tmp_path: Path) -> None:
    said: list[str] = []
    run = Following(tracker, facts(tmp_path), Reporter(said.append))
    run.log_epoch(1, {"loss": 0.5})
    (tmp_path / "mlruns").rename(tmp_path / "elsewhere")
    run.log_epoch(2, {"loss": 0.4})
    run.log_epoch(3, {"loss": 0.3})
    assert len(said) == 1
    assert said[0].startswith("mlflow fails, and the training goes on without it: ")
    (tmp_path / "elsewhere").rename(tmp_path / "mlruns")
    run.finish([{"epoch": float(n), "loss": 0.5} for n in (1, 2, 3)], {}, {})
    assert said[1:] == ["mlflow answers again, and has all that it missed"]
    history = tracker.client.get_metric_history(run.id, "loss")
    assert [metric.step for metric in history] == [1, 2, 3]


@pytest.mark.slow
def test_a_server_that_is_not_there_is_refused_in_a_line(tmp_path: Path) -> None:
    code = (
        "import os; os.environ['MLFLOW_TRACKING_URI'] = 'http://127.0.0.1:9'\n"
        "from lstm_toolkit.tracking import open_tracker\n"
        "open_tracker('mlflow')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("lstm_toolkit.errors.InputError: track=mlflow cannot be reached: ")
    assert last.endswith("; start it, or leave it out")
