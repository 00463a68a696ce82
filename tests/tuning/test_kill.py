"""Kills searches at every write, and for real, and holds what they find against ones left alone."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from lstm_toolkit.training.fitting import BACKUP
from lstm_toolkit.tuning import Plan, make_plan, tune
from lstm_toolkit.tuning.search import Search
from tests.tuning.conftest import Pretence
from tests.tuning.processes import epochs, finish, kill_when, start, trials
from tests.tuning.processes import ranking as ranking_of
from tests.tuning.tasks import toy


class Killed(BaseException):
    """Stands for a kill at a chosen moment; nothing catches it."""


@contextmanager
def killed_at(moment: int) -> Iterator[list[int]]:
    """Kills before a file is moved into place (even moments) and after it (odd ones)."""
    replace, count = Path.replace, [0]

    def cut(self: Path, target: Path) -> Path:
        count[0] += 1
        if count[0] * 2 - 2 == moment:
            raise Killed
        found = replace(self, target)
        if count[0] * 2 - 1 == moment:
            raise Killed
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "replace", cut)
        yield count


def some_fail(settings: Any) -> bool:
    return settings.units[0] % 2 == 1 or settings.units[0] > 11


PLANS: dict[str, dict[str, Any]] = {
    "random": {"trials": 4, "max_epochs": 2},
    "hyperband": {"max_epochs": 3},
    "bayesian": {"trials": 5, "max_epochs": 1, "space": {"dropout": "0..0.9"}},
    "grid": {"max_epochs": 1, "space": {"units": "2..4", "dropout": "0.1,0.5"}},
}
SOME = {"random": 5, "hyperband": 11, "bayesian": 31, "grid": 17}
"""Every how many moments a kill is tried where time is short."""
CASES = [
    *(pytest.param(name, every, id=name) for name, every in SOME.items()),
    *(pytest.param(name, 1, id=f"{name}-all", marks=pytest.mark.slow) for name in SOME),
]


def plan_of(algorithm: str) -> Plan:
    options = dict(PLANS[algorithm])
    fixed = {"learning_rate": 0.01, "units": (4,)} if "space" in options else {}
    space = options.pop("space", {})
    return make_plan(toy.TASK, space=space, fixed=fixed, algorithm=algorithm, keep=2, **options)


Ranking = list[tuple[str, float, dict[str, Any]]]


def ranking(found: Search) -> Ranking:
    trials = found.oracle.best()
    return [(each.trial_id, each.score, each.hyperparameters.values) for each in trials]


def ends(found: Search) -> dict[str, tuple[str, str]]:
    return {
        name: (trial.status, (trial.message or "").strip().rpartition("\n")[2])
        for name, trial in found.oracle.trials.items()
    }


def backups(out: Path) -> list[str]:
    return sorted(path.parent.name for path in out.rglob(BACKUP))


@pytest.mark.parametrize(("algorithm", "every"), CASES)
def test_killed_at_any_write_it_ends_as_if_left_alone(
    algorithm: str, every: int, pretence: Pretence, tmp_path: Path
) -> None:
    pretence.fails = some_fail
    with killed_at(-1) as writes:
        alone = tune(plan_of(algorithm), tmp_path / "alone")
    wanted, epochs, final = ranking(alone), Counter(pretence.epochs), pretence.final[-1]
    assert len(wanted) >= 2
    assert any(s == "FAILED" for s, _ in ends(alone).values()) == (algorithm != "bayesian")
    for moment in range(0, 2 * writes[0], every):
        out = tmp_path / f"killed-{moment}"
        pretence.epochs.clear()
        with killed_at(moment), pytest.raises(Killed):
            tune(plan_of(algorithm), out)
        found = tune(plan_of(algorithm), out, resume=True)
        assert ranking(found) == wanted, moment
        assert ends(found) == ends(alone), moment
        assert found.oracle.start_order == alone.oracle.start_order
        assert pretence.final[-1][0] == final[0]
        twice = Counter(pretence.epochs) - epochs
        # An epoch whose backup was not moved into place yet is trained again.
        assert sum(twice.values()) <= 1, (moment, twice)
        assert not epochs - Counter(pretence.epochs)
        assert backups(out) == backups(tmp_path / "alone"), moment


SEARCH = ("--trials", 3, "--set", "epochs=6", "--set", "batch_size=4", "--set", "save_every=5")


@pytest.mark.slow
@pytest.mark.parametrize("tuner", ["random", "hyperband"])
def test_killed_for_real_it_ends_as_if_left_alone(tuner: str, tmp_path: Path) -> None:
    words = (*SEARCH, "--tuner", tuner, "--resume")
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    alone, killed = tmp_path / "a" / "s", tmp_path / "b" / "s"
    said = [finish(start(alone, *words))]
    names = sorted(trials(alone))
    moments = {
        "first trial": lambda: epochs(killed, names[0]) >= 1,
        "second trial": lambda: epochs(killed, names[1]) >= 1,
        "final run": (killed / "best" / "config.json").exists,
    }
    for moment in ("first trial", "second trial", "final run")[:: 1 if tuner == "random" else 2]:
        before = {name: epochs(killed, name) for name in names}
        kill_when(start(killed, *words), moments[moment])
        assert all(epochs(killed, name) >= count for name, count in before.items())
    said.append(finish(start(killed, *words)))
    assert ranking_of(alone) == ranking_of(killed)
    tables = [text[text.index("\ntrial  ") : text.index("training the")] for text in said]
    assert tables[0] == tables[1]
    scores = [json.loads((out / "best" / "metrics.json").read_text()) for out in (alone, killed)]
    assert [s["test"] for s in scores[:1]] == [s["test"] for s in scores[1:]]
    assert "going on after 3 trials" in said[1]
