"""Files of signals to be cleaned: every row comes back in its place, whatever stands around it."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lstm_toolkit import get_task
from lstm_toolkit.data.inputs.rows import Inputs, ReadingContext
from lstm_toolkit.errors import DataError
from lstm_toolkit.features.signal import SignalState
from lstm_toolkit.features.states import States
from lstm_toolkit.serving.answer_tables import write_answers

WAVE = np.sin(np.arange(60) / 7).round(3)


def read(path: Path, noisy_column: str = "", rate: float | None = None, **stated: str) -> Inputs:
    task = get_task("denoising")
    settings = task.reader_settings(task.settings(rate=rate), stated)
    states = States({"values": SignalState(32, noisy_column=noisy_column)}, None)
    return task.read_inputs(path, ReadingContext(settings, states, None, frozenset(stated)))


def answered(inputs: Inputs, out: Path) -> list[dict[str, str]]:
    """Writes answers that are what went in, negated, as a network would give them."""
    target = get_task("denoising").target

    def answers() -> Any:
        for row in inputs.rows:
            if isinstance(row.value, DataError):
                yield row, {"error": str(row.value)}
                continue
            outputs = {"clean": -np.nan_to_num(row.value, nan=99.0)[None]}
            yield row, target.to_json(outputs)[0]

    write_answers(out, answers(), inputs.columns, target.answer_columns(), target.table_rows)
    with out.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_channels_stand_beside_each_other(tmp_path: Path) -> None:
    table = pd.DataFrame({"time": range(60), "a": WAVE, "b": 2 * WAVE, "note": ["x"] * 60})
    table.loc[7, "a"] = np.nan
    table.loc[[0, 59], "b"] = np.nan
    table.to_csv(tmp_path / "wide.csv", index=False)
    inputs = read(tmp_path / "wide.csv")
    assert "60 rows of" in inputs.note
    assert "1 value missing (an empty cell, most in a: 1)" in inputs.note
    rows = answered(inputs, tmp_path / "out.csv")
    assert [row["time"] for row in rows] == [str(row) for row in range(60)]
    assert [float(row["a_clean"]) for row in rows[8:]] == pytest.approx(-WAVE[8:], abs=1e-6)
    assert float(rows[7]["a_clean"]) == -99
    assert rows[3]["note"] == "x"


@pytest.mark.parametrize("seed", range(3))
def test_series_that_are_mixed_up_come_back_in_their_places(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    names = rng.choice(["a", "b", "c"], 50)
    values = rng.normal(size=50).round(3)
    table = pd.DataFrame({"unique_id": names, "y": values, "extra": range(50)})
    table.loc[names == "c", "y"] = np.nan
    table.loc[[0, 20, 49], "y"] = np.nan
    table.to_csv(tmp_path / "long.csv", index=False)
    rows = answered(read(tmp_path / "long.csv"), tmp_path / "out.csv")
    assert [int(row["extra"]) for row in rows] == list(range(50))
    known = table.y.notna().to_numpy()
    for row, own in zip(rows, known, strict=True):
        if own:
            assert float(row["clean"]) == pytest.approx(-float(row["y"]))
        elif row["unique_id"] == "c":
            assert row["error"] == "needs at least one value. Received: none"
        else:
            assert row["clean"] in ("", "-99")  # outside of the samples, or between them


def test_times_that_are_left_out_give_no_row(tmp_path: Path) -> None:
    times = pd.date_range("2024-01-01", periods=60, freq="s").delete([10, 11])
    pd.DataFrame({"ds": times, "y": np.delete(WAVE, [10, 11])}).to_csv(
        tmp_path / "gaps.csv", index=False
    )
    inputs = read(tmp_path / "gaps.csv")
    (row,) = inputs.rows
    assert row.value.shape == (60, 1)
    assert np.isnan(row.value[[10, 11]]).all()
    rows = answered(read(tmp_path / "gaps.csv"), tmp_path / "out.csv")
    assert len(rows) == 58
    assert float(rows[10]["clean"]) == pytest.approx(-WAVE[12])


def test_the_noisy_column_is_that_of_the_training_unless_stated(tmp_path: Path) -> None:
    table = pd.DataFrame({"p": WAVE, "q": 2 * WAVE, "noisy": 3 * WAVE})
    table.to_csv(tmp_path / "t.csv", index=False)
    for given, stated, times in (("p", {}, 1), ("gone", {}, 3), ("p", {"value_column": "q"}, 2)):
        (row,) = read(tmp_path / "t.csv", given, **stated).rows
        np.testing.assert_allclose(row.value[:, 0], times * WAVE, rtol=1e-5)


@pytest.mark.parametrize("long", [False, True])
def test_columns_that_are_stated_are_channels_of_one_row(tmp_path: Path, long: bool) -> None:
    table = pd.DataFrame({"time": range(60), "a": WAVE, "b": 2 * WAVE, "c": 3 * WAVE})
    table.loc[:4, ["a", "b"]] = np.nan
    table.loc[7, "b"] = np.nan
    table.loc[50:, "a"] = np.nan
    if long:
        other = table.assign(unique_id="v", b=np.nan)
        table = pd.concat([table.assign(unique_id="u"), other], ignore_index=True)
    table.to_csv(tmp_path / "t.csv", index=False)
    rows = answered(read(tmp_path / "t.csv", noisy_column="a,b"), tmp_path / "out.csv")
    assert len(rows) == len(table)
    assert "clean" not in rows[0]
    for row, one in zip(rows, table.to_dict("records"), strict=True):
        assert row["time"] == str(one["time"])
        for column in ("a", "b"):
            if np.isfinite(one[column]):
                assert float(row[f"{column}_clean"]) == pytest.approx(-one[column], abs=1e-6)
            else:
                assert row[f"{column}_clean"] in ("", "-99")


def test_channels_that_share_no_time_have_all_times_between_them(tmp_path: Path) -> None:
    table = pd.DataFrame({"time": range(60), "a": WAVE, "b": WAVE})
    table.loc[10:, "a"] = np.nan
    table.loc[:49, "b"] = np.nan
    table.to_csv(tmp_path / "t.csv", index=False)
    (row,) = read(tmp_path / "t.csv").rows
    assert row.value.shape == (60, 2)


@pytest.mark.parametrize("shape", [(60,), (60, 2), (3, 60, 2)])
def test_arrays_come_back_as_tables(tmp_path: Path, shape: tuple[int, ...]) -> None:
    values = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    np.savez(tmp_path / "a.npz", noisy=values, clean=0 * values, fs=9)
    rows = answered(read(tmp_path / "a.npz"), tmp_path / "out.csv")
    assert len(rows) == values.size // (shape[-1] if len(shape) > 1 else 1)
    name = "clean" if len(shape) == 1 else "channel_2_clean"
    wanted = values.reshape(-1, 1 if len(shape) == 1 else 2)[:, -1]
    assert [float(row[name]) for row in rows] == pytest.approx(-wanted, rel=1e-5)
    assert [row.get("signal") for row in rows][-1] == ("3" if len(shape) == 3 else None)


@pytest.mark.parametrize("form", ["t.csv", "a.npz"])
@pytest.mark.parametrize(("rate", "told"), [(250.0, True), (502.0, False), (None, False)])
def test_another_rate_than_that_of_the_training_is_told(
    tmp_path: Path, form: str, rate: float | None, told: bool
) -> None:
    times = pd.date_range("2024-01-01", periods=60, freq="2ms")
    pd.DataFrame({"time": times, "y": WAVE}).to_csv(tmp_path / "t.csv", index=False)
    np.savez(tmp_path / "a.npz", y=WAVE, fs=500)
    remark = "500 samples a second, where rate=250: resample them, or answers are worse"
    assert (remark in read(tmp_path / form, rate=rate).note) == told
    assert ("a second" in read(tmp_path / form, rate=rate).note) == told


def test_a_folder_is_no_signal(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"needs a file\. Received: a folder; needs "):
        read(tmp_path)
