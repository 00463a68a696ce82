"""Forecasting from a table to an export, better than repeating what was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lstm_toolkit import get_task, prepare
from lstm_toolkit.data.inputs.rows import ReadingContext
from lstm_toolkit.errors import DataError, InputError
from lstm_toolkit.features.states import trained_with
from lstm_toolkit.runs import Run
from lstm_toolkit.training.continued import continued

WINDOW, HORIZON = 12, 4
SETTINGS = {
    "window": WINDOW,
    "horizon": HORIZON,
    "units": (4,),
    "past_columns": "rain",
    "known_columns": "offer",
    "static_columns": "size",
}


def shops(steps: int = 80) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    parts = []
    for name, size in (("a", 1), ("b", 3)):
        offer = rng.integers(0, 2, steps)
        values = np.arange(steps) % 6 + 5 * offer + rng.normal(size=steps)
        parts.append(
            pd.DataFrame(
                {
                    "unique_id": name,
                    "ds": pd.date_range("2024-01-01", periods=steps, freq="h"),
                    "y": values,
                    "rain": rng.normal(size=steps),
                    "offer": offer,
                    "size": size,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def test_times_and_covariates_are_features_where_there_are_such(tmp_path: Path) -> None:
    prepared = prepare("forecasting", SETTINGS, shops())
    task, states = prepared.task, prepared.states
    assert list(task.features) == ["values", "start", "past", "known", "static"]
    signatures = task.signatures(prepared.build(), states)
    assert set(signatures) == {"serving_default", "series"}  # what is past would have to be kept
    assert [spec.name for spec in signatures["serving_default"].specs] == [
        *("values", "mask", "start", "past", "known", "static"),
    ]
    states.save(tmp_path)
    again = get_task("forecasting").having(trained_with(tmp_path))
    assert list(again.features) == list(task.features)
    assert again.load(tmp_path) == states

    table = shops(80)
    last = table.groupby("unique_id").cumcount() >= 80 - HORIZON
    table.loc[last, ["y", "rain"]] = np.nan
    path = tmp_path / "now.csv"
    table[~((table.unique_id == "b") & (table.ds > table.ds[78]))].to_csv(path, index=False)
    one, other = again.read_inputs(path, ReadingContext(prepared.settings, states, None)).rows
    assert {name: np.shape(value) for name, value in one.value.items()} == {
        "values": (WINDOW,),
        "start": (),
        "past": (WINDOW, 1),
        "known": (WINDOW + HORIZON, 1),
        "static": (1,),
    }
    assert one.cells["ds"][0] == "2024-01-04 04:00:00"
    assert one.value["known"][-HORIZON:, 0].tolist() == table.offer[80 - HORIZON : 80].tolist()
    assert str(other.value) == (
        "needs offer for the 4 steps after the last value, in rows without one. "
        "Received: 3 such rows"
    )


def test_a_training_begins_with_a_run_that_knows_times_and_covariates(tmp_path: Path) -> None:
    prepared = prepare("forecasting", SETTINGS, shops())
    run = Run.create(tmp_path, prepared, None, "float32")
    prepared.build().save(tmp_path / "model.keras")
    first = continued(get_task("forecasting"), run)
    same = {**SETTINGS, "past_columns": " rain,"}
    again = prepare("forecasting", same, shops(90), first_weights=first)
    assert again.states == prepared.states
    fewer = {**SETTINGS, "past_columns": "", "calendar": False}
    with pytest.raises(InputError) as error:
        prepare("forecasting", fewer, shops(), first_weights=first)
    assert str(error.value) == (
        f"{tmp_path}: was trained with values, start, past, known, static; needs data with the "
        "same. Received: values, known, static"
    )


def test_rows_to_score_have_what_the_training_had() -> None:
    prepared = prepare("forecasting", SETTINGS, shops())
    others = prepare("forecasting", {**SETTINGS, "calendar": False}, shops()).splits.test
    for use in (
        lambda: prepared.task.bring_rows(others, prepared.states, None),
        lambda: prepared.encoded(others),
    ):
        with pytest.raises(DataError) as error:
            use()
        assert str(error.value) == (
            "needs rows with `start`, as in the training. Received: values, past, known, static"
        )


@pytest.mark.parametrize("kind", ["int64", "float64", "uint8", "float32"])
def test_numbers_given_in_python_may_be_of_any_kind(kind: str) -> None:
    numbers = np.arange(40 * (WINDOW + HORIZON)).reshape(40, -1) % 7
    given = numbers[:, :WINDOW].astype(kind), numbers[:, WINDOW:].astype(kind)
    chosen = {"window": WINDOW, "horizon": HORIZON, "units": (4,)}
    prepared = prepare("forecasting", chosen, shops()[["y"]])
    rows = prepared.task.source(given, prepared.settings, prepared.states, scored=True).scored
    rows = prepared.task.bring_rows(rows, prepared.states, None)
    inputs, wanted = next(iter(prepared.batches(rows).dataset()))
    assert inputs.dtype == wanted.dtype == "float32"
    np.testing.assert_array_equal(inputs[..., 0], numbers[:, :WINDOW])
    np.testing.assert_array_equal(wanted[..., :-1], numbers[:, WINDOW:])


def test_data_without_times_has_one_feature() -> None:
    prepared = prepare("forecasting", {"window": 12, "horizon": 4, "units": (4,)}, shops()[["y"]])
    assert prepared.task is get_task("forecasting")
    assert list(prepared.task.features) == ["values"]


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
        < test["baselines"]["linear"]["mae"]
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
    assert len(answers[0]["forecast"]) == len(answers[0]["q90"]) == 24
    assert answers[1]["error"] == "needs the last 96 numbers. Received: 2 numbers"
    assert answers[2]["error"] == "needs numbers. Received: 1,x"
    pd.DataFrame({"ds": range(100), "y": range(100)}).to_csv(tmp_path / "now.csv", index=False)
    assert command("predict", model, tmp_path / "now.csv", "--out", tmp_path / "f.csv")[0] == 0
    table = pd.read_csv(tmp_path / "f.csv")
    assert list(table.columns[:4]) == ["unique_id", "ds", "mean", "q10"]
    assert table.ds.tolist() == list(range(100, 124))
    assert (table.q10 <= table.q90).all()
