"""What a search by the command prints, and leaves behind."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from lstm_toolkit.cli.commands import main
from lstm_toolkit.runs import Run
from tests.tuning.tasks import toy

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str, str]]:
    """A search by the command, with what it printed."""
    out, printed, told = tmp_path_factory.mktemp("searched") / "s", io.StringIO(), io.StringIO()
    toy.READS.clear()
    words = ["tune", "toy", "--trials", "3", "--max-epochs", "2", "--set", "epochs=4", "--json"]
    with (
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(told),
        pytest.raises(SystemExit) as end,
    ):
        main([*words, "--out", str(out)])
    assert end.value.code == 0, told.getvalue()
    assert toy.READS == [None], "the data is read once for all trials and the last training"
    yield out, printed.getvalue(), told.getvalue()


def test_the_json_alone_is_printed(searched: tuple[Path, str, str]) -> None:
    out, printed, told = searched
    facts = json.loads(printed)
    assert list(facts) == [
        "task", "tuner", "objective", "trials", "seconds", "best", "run", "metrics",
    ]  # fmt: skip
    assert (facts["task"], facts["tuner"], facts["objective"]) == ("toy", "random", "val_loss")
    assert facts["trials"] == {"completed": 3, "failed": 0, "unfinished": 0}
    assert facts["run"] == str(out / "best")
    assert facts["metrics"] == json.loads((out / "best" / "metrics.json").read_text())
    assert facts["metrics"]["epochs"] == 4
    assert re.search(r"1 of 3: trial 0  val_loss [\d.]+ \(the best\)  units=4 dropout=0.1 ", told)
    assert re.search(r"^trial +val_loss +epochs +settings$", told, re.MULTILINE)
    for noise in ("Reloading", "retracing", "Traceback"):
        assert noise not in printed + told


def test_the_table_of_trials(searched: tuple[Path, str, str]) -> None:
    out, printed, _ = searched
    with (out / "trials.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == [
        "trial", "status", "score", "epochs", "seconds", "ended", "units.layers", "units.1",
        "units.2", "dropout", "learning_rate", "reason",
    ]  # fmt: skip
    assert [row["trial"] for row in rows] == ["0", "1", "2"]
    assert {row["epochs"] for row in rows} == {"2"}
    best = json.loads(printed)["best"]
    assert min(float(row["score"]) for row in rows) == best["score"]
    for row in rows:
        assert bool(row["units.2"]) == (row["units.layers"] == "2")
    names = {path.name for path in (out / "plots").iterdir()}
    assert names == {"objective.png", "parallel.png", "effects.png"}


def test_the_best_run_is_a_run(searched: tuple[Path, str, str], command: Command) -> None:
    out, printed, _ = searched
    facts = json.loads(printed)
    run = Run.open(out / "best")
    found = facts["best"]["settings"]
    assert run.settings.learning_rate == found["learning_rate"]
    assert run.settings.units == tuple(
        found[f"units.{n + 1}"] for n in range(found["units.layers"])
    )
    code, scores, _ = command("evaluate", out / "best", "--json")
    assert code == 0
    assert json.loads(scores) == facts["metrics"]["test"]
    code, answer, _ = command("predict", out / "best", "0,1,2,3,4,5", "--json")
    assert code == 0
    assert json.loads(answer)["predictions"][0]["label"] == "up"


@pytest.mark.slow
def test_the_best_run_is_exported(
    searched: tuple[Path, str, str], command: Command, tmp_path: Path
) -> None:
    code, _, err = command("export", searched[0] / "best", tmp_path / "model")
    assert code == 0, err
    assert command("predict", tmp_path / "model", "0,1,2,3,4,5")[0] == 0


@pytest.mark.slow
def test_trained_to_the_end_is_as_trained_at_once(
    searched: tuple[Path, str, str], tmp_path: Path
) -> None:
    from lstm_toolkit import train

    run = Run.open(searched[0] / "best")
    other = train(toy.TASK, run.settings, tmp_path / "run")
    for one, two in zip(run.model().weights, other.model().weights, strict=True):
        np.testing.assert_array_equal(np.asarray(one), np.asarray(two))
