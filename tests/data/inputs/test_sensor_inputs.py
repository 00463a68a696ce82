"""Windows to be answered, of tables, folders and arrays."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lstm_toolkit import get_task, prepare
from lstm_toolkit.data.inputs.rows import Inputs, ReadingContext
from lstm_toolkit.errors import DataError

TASK = get_task("sensors")
VALUES = {"window": 8, "units": (4,)}


def table(people: int = 3, steps: int = 20, step: float = 0.02) -> pd.DataFrame:
    rows = [
        (f"p{person}", round(place * step, 3), ("walk", "run")[place // 10 % 2], place, -person)
        for person in range(people)
        for place in range(steps)
    ]
    return pd.DataFrame(rows, columns=["person", "seconds", "label", "x", "z"])


@pytest.fixture(scope="module")
def context() -> ReadingContext:
    prepared = prepare("sensors", VALUES, table())
    return ReadingContext(prepared.settings, prepared.states, None)


def asked(frame: pd.DataFrame, folder: Path, context: ReadingContext) -> Inputs:
    path = folder / "new.csv"
    frame.to_csv(path, index=False)
    return TASK.read_inputs(path, context)


def test_every_step_is_in_a_window_that_says_where_it_is(
    tmp_path: Path, context: ReadingContext
) -> None:
    inputs = asked(table(people=1)[["z", "seconds", "x"]], tmp_path, context)
    rows = list(inputs.rows)
    assert [row.cells for row in rows] == [
        {"recording": "", "start": start, "end": end}
        for start, end in ((0, 0.14), (0.08, 0.22), (0.16, 0.3), (0.24, 0.38))
    ]
    assert rows[-1].value["values"][:, 0].tolist() == list(range(12, 20))
    assert inputs.note.startswith("4 windows of 1 recording in ")


def test_what_is_shorter_than_a_window_is_a_row_with_an_error(
    tmp_path: Path, context: ReadingContext
) -> None:
    frame = pd.concat([table(1, 5), table(2)[20:]])
    first, *others = asked(frame, tmp_path, context).rows
    assert str(first.value) == "needs 8 steps. Received: 5"
    assert first.cells == {"recording": "p0", "start": 0, "end": 0.08}
    assert [row.cells["recording"] for row in others] == ["p1"] * 4


def test_a_window_without_a_value_is_a_row_with_an_error(
    tmp_path: Path, context: ReadingContext
) -> None:
    frame = table(1).drop(columns="seconds")
    frame.loc[3:13, ["x", "z"]] = np.nan
    rows = list(asked(frame, tmp_path, context).rows)
    assert [row.cells["start"] for row in rows] == [0, 4, 8, 12]
    errors = [row for row in rows if isinstance(row.value, DataError)]
    assert [str(row.value) for row in errors] == ["needs a value in the window. Received: none"]
    assert errors[0].cells == {"recording": "p0", "start": 4, "end": 11}


def test_a_recording_of_any_length_without_a_value_is_a_row_with_an_error(tmp_path: Path) -> None:
    frame = table(8, 10).assign(label=lambda rows: rows["person"].isin(["p0", "p1", "p2", "p3"]))
    frame = frame[(frame["person"] != "p0") | (frame["seconds"] < 0.1)]
    prepared = prepare("sensors", {"units": (4,)}, frame)
    frame.loc[frame["person"] == "p2", ["x", "z"]] = np.nan
    rows = [*asked(frame, tmp_path, ReadingContext(prepared.settings, prepared.states, None)).rows]
    values = [row.value for row in rows]
    assert str(values.pop(2)) == "needs a value in the window. Received: none"
    assert [len(value["values"]) for value in values] == [5, *[10] * 6]


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (table().drop(columns="x"), "needs a column `x`, choose from: person, seconds, label, z"),
        (
            table(step=0.05),
            "line 3: needs recordings at one rate, a step every 0.02. Received: every 0.05 of "
            "recording p0; bring them to one, as with pandas' resample",
        ),
    ],
)
def test_other_channels_and_rates_are_refused(
    tmp_path: Path, context: ReadingContext, frame: pd.DataFrame, message: str
) -> None:
    with pytest.raises(DataError) as error:
        asked(frame, tmp_path, context)
    sign = ", " if message.startswith("line") else ": "
    assert str(error.value) == f"{tmp_path / 'new.csv'}{sign}{message}"


def test_overlap_may_be_another(tmp_path: Path, context: ReadingContext) -> None:
    settings = dataclasses.replace(context.settings, overlap=0.0)
    other = dataclasses.replace(context, settings=settings)
    assert len(list(asked(table(1), tmp_path, other).rows)) == 3


def test_windows_in_arrays_are_answered_row_by_row(tmp_path: Path, context: ReadingContext) -> None:
    windows = np.zeros((3, 9, 2), np.float32)
    np.savez(tmp_path / "a.npz", x=windows)
    rows = list(TASK.read_inputs(tmp_path / "a.npz", context).rows)
    assert [row.name for row in rows] == ["row 1", "row 2", "row 3"]
    assert rows[0].value["values"].shape == (8, 2)
    np.savez(tmp_path / "b.npz", x=windows[..., :1])
    values: list[Any] = [row.value for row in TASK.read_inputs(tmp_path / "b.npz", context).rows]
    assert {str(value) for value in values} == {"needs steps of 2 channels. Received: shape (9, 1)"}
