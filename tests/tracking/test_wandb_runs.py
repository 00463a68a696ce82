"""Weights & Biases, offline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from lstm_toolkit.errors import InputError
from lstm_toolkit.tracking import Facts, open_tracker

wandb = pytest.importorskip("wandb", reason="needs lstm_toolkit[wandb]")
pytestmark = pytest.mark.filterwarnings("default")  # it is others' code


@pytest.fixture
def offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WANDB_MODE", "offline")
    for variable in ("WANDB_DIR", "WANDB_CACHE_DIR", "WANDB_CONFIG_DIR", "WANDB_DATA_DIR"):
        monkeypatch.setenv(variable, str(tmp_path))
    return tmp_path


def test_runs_are_kept_to_be_sent_later(offline: Path, capfd: pytest.CaptureFixture[str]) -> None:
    figure = offline / "run" / "plots" / "loss.png"
    figure.parent.mkdir(parents=True)
    Image.new("L", (2, 2)).save(figure)
    tracker: Any = open_tracker("wandb")
    settings = {"units": (64, 32)}
    run = tracker.begin(Facts("run", "search", "digits", offline / "run", settings), None)
    run.log_scores({"loss": 0.5}, 1)
    run.log_scores({"test/accuracy": 0.9}, None)
    run.log_files({"plots/loss.png": figure})
    trial = tracker.within(run.id, "run").begin(Facts("1", "trial", "digits", offline), None)
    assert (run.run.config["units"], run.run.summary["test/accuracy"]) == ("64,32", 0.9)
    assert (run.run.group, trial.run.group, trial.run.name) == ("run", "run", "run/1")
    trial.end(completed=True)
    run.end(completed=True)
    again = tracker.begin(Facts("run", "search", "digits", offline / "run", settings), run.id)
    again.end(completed=True)
    kept = sorted(path.stem for path in offline.glob("wandb/offline-run-*/*.wandb"))
    assert kept == sorted([f"run-{run.id}", f"run-{trial.id}", f"run-{run.id}"])
    assert capfd.readouterr() == ("", "")


def test_nobody_is_logged_in(offline: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WANDB_MODE")
    monkeypatch.delenv("WANDB_API_KEY", raising=False)
    monkeypatch.setenv("NETRC", str(offline / "netrc"))
    with pytest.raises(InputError) as caught:
        open_tracker("wandb")
    assert str(caught.value) == (
        "track=wandb needs a login; run `wandb login`, set WANDB_API_KEY, or WANDB_MODE=offline "
        "and send the runs later with `wandb sync`. Received: none"
    )
