"""What a search tries, keeps, reports and leaves behind."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from lstm_toolkit.errors import InputError, SearchError
from lstm_toolkit.system.reporting import Reporter
from lstm_toolkit.training.fitting import BACKUP
from lstm_toolkit.tuning import Search, make_plan, memory, report, tune
from lstm_toolkit.tuning.oracles import DurableOracle
from lstm_toolkit.tuning.task_tuner import TaskTuner
from tests.tuning.conftest import Pretence
from tests.tuning.tasks import toy

Command = Callable[..., tuple[int, str, str]]
ALGORITHMS = {
    "random": {"trials": 6},
    "hyperband": {"max_epochs": 3},
    "bayesian": {"trials": 4, "fixed": {"units": (4,), "learning_rate": 0.01}},
    "grid": {"trials": 8},
}


def tried(found: Search) -> list[tuple[str, dict[str, Any], float | None]]:
    trials = [found.oracle.trials[name] for name in found.oracle.start_order]
    return [(each.trial_id, each.hyperparameters.values, each.score) for each in trials]


@pytest.mark.parametrize("algorithm", list(ALGORITHMS))
def test_same_seed_same_search(algorithm: str, pretence: Pretence, tmp_path: Path) -> None:
    found = []
    for seed in ("0", "0", "1"):
        settings = toy.TASK.configure({"seed": seed})
        plan = make_plan(toy.TASK, settings, algorithm=algorithm, **ALGORITHMS[algorithm])
        found.append(tried(tune(plan, tmp_path / str(len(found)))))
    assert found[0] == found[1]
    assert len(found[0]) >= 4
    assert (found[0] == found[2]) == (algorithm == "grid")


@pytest.mark.parametrize(
    ("trials", "budget", "left"),
    [
        (2, 80.0, "about 80 s left"),
        (2, 1e9, "about 60 min left"),
        (2, np.inf, "about 60 min left"),
        (None, 80.0, "at most 80 s left"),
        (None, np.inf, "3 epochs, 0.0 s"),
    ],
)
def test_the_time_that_is_left_is_that_of_the_budget_at_most(
    trials: int | None,
    budget: float,
    left: str,
    pretence: Pretence,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    fixed = {"learning_rate": 0.01, "units": (4,), "dropout": 0.1}
    plan = make_plan(toy.TASK, space={"units": "2,3"}, fixed=fixed, algorithm="grid", trials=trials)
    found, said = TaskTuner(plan, tmp_path / "s"), list[str]()
    monkeypatch.setattr(DurableOracle, "seconds", 3600.0)  # of the first trial
    found.limit(budget, lambda: 0.0)
    found.oracle.tell = lambda trial: said.append(report.line(found.oracle, trial))
    found.search()
    assert said[0].endswith(left)
    assert said[1].endswith(" left") == left.startswith("at most")


@pytest.mark.parametrize("algorithm", list(ALGORITHMS))
def test_the_first_trial_is_the_training_without_a_search(
    algorithm: str, pretence: Pretence, tmp_path: Path
) -> None:
    settings = toy.TASK.configure({"units": "5,6", "dropout": "0.2", "learning_rate": "0.03"})
    tune(make_plan(toy.TASK, settings, algorithm=algorithm, trials=1), tmp_path / "s")
    assert pretence.ran == [("trial_0", settings)]
    assert pretence.final[0][0] == settings


def test_no_two_trials_are_alike(pretence: Pretence, tmp_path: Path) -> None:
    space = {"units": "2..4", "dropout": "0.1,0.2"}
    fixed = {"learning_rate": 0.01, "units": (4,)}
    for algorithm in ("random", "grid"):
        plan = make_plan(toy.TASK, space=space, fixed=fixed, algorithm=algorithm, trials=50)
        pretence.ran.clear()
        tune(plan, tmp_path / algorithm)
        assert len({(s.units, s.dropout) for _, s in pretence.ran}) == len(pretence.ran)
    assert len(pretence.ran) == 6


@pytest.mark.parametrize("algorithm", list(ALGORITHMS))
def test_the_disk_holds_the_best_checkpoints_alone(
    algorithm: str, pretence: Pretence, tmp_path: Path
) -> None:
    keep, most = 2, [0]

    def count() -> int:
        return len(list(tmp_path.rglob(BACKUP)))

    def running() -> None:
        most.append(count())
        assert count() <= keep + 1

    def ended(line: str) -> None:
        assert not line.startswith("trial ") or count() <= keep

    pretence.after = running
    pretence.fails = lambda settings: settings.units[0] % 2 == 1
    plan = make_plan(toy.TASK, algorithm=algorithm, keep=keep, **ALGORITHMS[algorithm])
    found = tune(plan, tmp_path / "s", reporter=Reporter(log=ended))
    assert max(most) == keep + 1
    best = [found.oracle.checkpoint(trial).exists() for trial in found.oracle.best()]
    assert sum(best) == count()
    assert algorithm == "hyperband" or best == [i < keep for i in range(len(best))]


def test_a_promoted_trial_goes_on_where_it_was(pretence: Pretence, tmp_path: Path) -> None:
    rankings = []
    for keep in (1, 50):
        pretence.epochs.clear()
        plan = make_plan(toy.TASK, algorithm="hyperband", max_epochs=9, keep=keep)
        found = tune(plan, tmp_path / str(keep))
        rankings.append(tried(found))
    promoted = [trial for trial in rankings[1] if "tuner/trial_id" in trial[1]]
    assert len(promoted) >= 3
    for name, values, _ in promoted:
        epochs = [epoch for trial, epoch in pretence.epochs if trial == f"trial_{name}"]
        assert epochs == list(range(values["tuner/initial_epoch"] + 1, values["tuner/epochs"] + 1))
    assert rankings[0] == rankings[1]  # without its checkpoint it starts anew, to the same end


def test_trials_that_fail_are_told_and_passed_over(pretence: Pretence, tmp_path: Path) -> None:
    pretence.fails = lambda settings: settings.learning_rate > 1
    said: list[str] = []
    plan = make_plan(
        toy.TASK,
        space={"units": "4,13", "learning_rate": "0.01,1e39"},
        fixed={"dropout": 0.1, "units": (4,)},
        algorithm="grid",
        max_epochs=1,
    )
    found = tune(plan, tmp_path / "s", reporter=Reporter(log=said.append))
    reasons = [
        "",
        "units must not be 13. Received: units=13",
        "4 units are too many",
        "units must not be 13. Received: units=13",
    ]
    frame = report.frame(found.oracle)
    assert list(frame["reason"]) == reasons
    assert list(frame["status"]) == ["COMPLETED", "FAILED", "FAILED", "FAILED"]
    assert list(frame["units.1"]) == [4, 13, 4, 13]
    assert list(frame["learning_rate"]) == [0.01, 0.01, 1e39, 1e39]
    lines = [line for line in said if ": trial " in line]
    assert lines[1] == f"2: trial 0001 failed: {reasons[1]}  (learning_rate=0.01 units=13)"
    assert lines[2] == f"3: trial 0002 failed: {reasons[2]}  (learning_rate=1e+39 units=4)"
    assert found.facts()["trials"] == {"completed": 1, "failed": 3, "unfinished": 0}


def test_what_does_not_fit_into_memory_is_refused_before_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Command
) -> None:
    monkeypatch.setattr(memory, "free_bytes", lambda: 1000)
    monkeypatch.setattr(report, "write", lambda oracle, folder: None)
    reason = (
        "needs about 0.0 GiB of memory, more than the 0.0 GiB that are free; search smaller "
        "networks or batches"
    )
    out = tmp_path / "s"
    code, printed, err = command("tune", "toy", "--trials", 2, "--out", out)
    assert (code, printed) == (1, "")
    assert err.splitlines()[-1] == (f"lstm-toolkit: {out}: no trial completed. The first: {reason}")
    assert "Traceback" not in err
    assert not list(out.rglob(BACKUP))


def test_a_search_gives_up_when_nothing_can_be_trained(pretence: Pretence, tmp_path: Path) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise ValueError(
            "Exception encountered when calling LSTM.call().\n\n\x1b[1mneeds 3 axes\x1b[0m\n\n"
            "Arguments received by LSTM.call():\n  • mask=None"
        )

    pretence.fails = broken
    message = f"{tmp_path / 's'}: no trial completed. The first: ValueError: needs 3 axes"
    with pytest.raises(SearchError, match=f"^{re.escape(message)}$"):
        tune(make_plan(toy.TASK, trials=40), tmp_path / "s")
    assert len(pretence.ran) == 10
    assert not pretence.final


@pytest.mark.parametrize(
    ("caller", "trial"), [("float32", "mixed_bfloat16"), ("mixed_bfloat16", "float32")]
)
def test_the_policy_of_a_trial_stays_in_it(
    caller: str, trial: str, pretence: Pretence, tmp_path: Path
) -> None:
    seen: list[str] = []

    def look(settings: Any) -> bool:
        seen.append(keras.config.dtype_policy().name)
        return len(seen) == 2

    pretence.fails = look
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(caller)
    try:
        settings = toy.TASK.configure({"precision": trial})
        tune(make_plan(toy.TASK, settings, trials=3), tmp_path / "s")
        assert keras.config.dtype_policy().name == caller
    finally:
        keras.config.set_dtype_policy(before)
    assert seen == [trial] * 3


def test_the_time_is_kept(pretence: Pretence, tmp_path: Path) -> None:
    out, said = tmp_path / "s", list[str]()
    plan = make_plan(toy.TASK, trials=5)
    with pytest.raises(SearchError, match=r"no trial completed\. The time was up before\.$"):
        tune(plan, out, budget=1e-9, reporter=Reporter(log=said.append))
    assert said[-1] == "the time is up; add --resume to go on after 0 trials"
    assert len(tune(plan, out, resume=True).oracle.best()) == 5


def test_the_data_is_read_again_where_a_trial_has_other_settings_of_it(
    pretence: Pretence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(toy, "READS", [])
    fixed = {"learning_rate": 0.01, "units": (4,), "dropout": 0.1}
    plan = make_plan(toy.TASK, space={"cell": "lstm,gru"}, fixed=fixed, algorithm="grid")
    found = tune(plan, tmp_path / "s")
    assert [settings.cell for _, settings in pretence.ran] == ["lstm", "gru"]
    assert found.best == {"cell": "lstm"}
    assert len(toy.READS) == 3  # for the first trial, for the second, and for the best again


@pytest.mark.slow
def test_going_on_with_more_trials_leaves_the_better_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "write", lambda oracle, folder: None)
    out = tmp_path / "s"
    settings = toy.TASK.configure({"learning_rate": "1e-6", "epochs": "2"})
    options: dict[str, Any] = {
        "space": {"learning_rate": "0.000001,0.05"},
        "fixed": {"units": (4,), "dropout": 0.1},
        "algorithm": "grid",
    }
    first = tune(make_plan(toy.TASK, settings, trials=1, **options), out)
    assert first.run.settings.learning_rate == 1e-6
    second = tune(make_plan(toy.TASK, settings, trials=2, **options), out, resume=True)
    assert second.run.settings.learning_rate == 0.05
    assert second.run.finished
    assert not [path for path in out.iterdir() if path.name.startswith(".draft")]
    trained = (out / "best" / "model.keras").stat().st_mtime_ns
    third = tune(make_plan(toy.TASK, settings, trials=2, **options), out, resume=True)
    assert (out / "best" / "model.keras").stat().st_mtime_ns == trained
    assert third.facts()["best"] == second.facts()["best"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"algorithm": "x"}, "unknown tuner `x`, choose from: random, hyperband, bayesian, grid"),
        ({"trials": 0}, "trials must be at least 1. Received: trials=0"),
        ({"keep": 0}, "keep must be at least 1. Received: keep=0"),
        ({"objective": "val_f1"},
         "unknown objective `val_f1`, choose from: val_loss, val_accuracy"),
        ({"fixed": dict.fromkeys(["units", "dropout", "learning_rate"])},
         "a search needs at least one setting to search. Received: none"),
    ],
)  # fmt: skip
def test_plans_that_cannot_be(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        make_plan(toy.TASK, **options)
