"""Forecasting from a table to an export, better than repeating what was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


@pytest.mark.slow
def test_the_sample_is_foretold_better_than_by_the_simplest_methods(
    tmp_path: Path, command: Any
) -> None:
    run, model = tmp_path / "run", tmp_path / "model"
    short = ("--epochs", 4, "--set", "units=16", "--set", "learning_rate=0.01")
    code, out, _ = command("train", "forecasting", *short, "--out", run)
    assert code == 0, out
    test = json.loads((run / "metrics.json").read_text())["test"]
    assert list(test["baselines"]) == ["last_value", "season_ago", "linear"]
    assert (
        test["mae"]
        < test["baselines"]["season_ago"]["mae"]
        < test["baselines"]["last_value"]["mae"]
    )
    assert json.loads((run / "target" / "quantiles.json").read_text())["season"] == 24
    assert (run / "plots" / "forecasts.png").exists()
    assert command("export", run, model)[0] == 0
    numbers = ",".join(str(100 + n % 24) for n in range(100))
    code, out, _ = command("predict", model, numbers, "1,2", "1,x", "--json")
    answers = json.loads(out)["predictions"]
    assert code == 2
    assert len(answers[0]["forecast"]) == 24
    assert answers[1]["error"] == "needs the last 96 numbers. Received: 2 numbers"
    assert answers[2]["error"] == "needs numbers. Received: 1,x"
