"""Searches that are followed at a tracker."""

from __future__ import annotations

from pathlib import Path

import pytest

from lstm_toolkit.tuning import make_plan, search, tune
from tests.tracking.memory import MemoryTracker
from tests.tuning.conftest import Pretence
from tests.tuning.tasks import toy


class Killed(BaseException):
    pass


def test_each_trial_is_a_run_within_the_search(
    pretence: Pretence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracker, best = MemoryTracker(), []
    monkeypatch.setattr(search, "train", lambda *_, **options: best.append(options["track"]))
    plan = make_plan(toy.TASK, trials=4)

    def kill() -> None:
        if len(pretence.ran) == 3:
            raise Killed

    pretence.after = kill
    with pytest.raises(Killed):
        tune(plan, tmp_path / "search", track=tracker)
    assert tracker.runs["run 1"].states[-1] == "cut off"
    pretence.after = lambda: None
    tune(plan, tmp_path / "search", track=tracker, resume=True)
    whole, *trials = tracker.runs.values()
    assert (whole.facts.kind, whole.facts.name, whole.states[-1]) == (
        "search",
        "search",
        "completed",
    )
    assert whole.facts.settings["search.units"] == "2..12"
    assert len(trials) == 4
    assert {trial.parent for trial in trials} == {whole.id}
    assert all("learning_rate" in trial.facts.settings for trial in trials)
    assert all("val_loss" in trial.scores[-1][1] for trial in trials)
    assert [tracker.parent for tracker in best] == [whole.id]


def test_a_trial_that_failed_says_why(pretence: Pretence, tmp_path: Path) -> None:
    tracker = MemoryTracker()
    pretence.fails = lambda settings: settings.units[0] == 3
    plan = make_plan(
        toy.TASK,
        space={"units": "2,3"},
        fixed={"learning_rate": 0.01, "dropout": 0.1, "units.layers": 1},
        algorithm="grid",
    )
    tune(plan, tmp_path / "search", track=tracker)
    failed = [run for run in tracker.runs.values() if run.states[-1] == "cut off"]
    assert {run.facts.tags["reason"] for run in failed} == {"3 units are too many"}
    assert {run.facts.settings["units.1"] for run in failed} == {3}
