"""Recordings of sensors from tables, folders and arrays, and their windows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.data import read_sensors
from lstm_toolkit.data.columns import Sequences
from lstm_toolkit.errors import DataError


def activities(people: int = 4, turns: int = 4, steps: int = 10) -> pd.DataFrame:
    """Returns a long table: people who walk and run in turn, 20 ms a step."""
    rows = [
        (f"p{person}", 20 * place, ("walk", "run")[place // steps % 2], person + place, -place)
        for person in range(people)
        for place in range(turns * steps)
    ]
    return pd.DataFrame(rows, columns=["person", "ms", "activity", "x", "y"])


def write(frame: pd.DataFrame, path: Path) -> Path:
    frame.to_csv(path, index=False)
    return path


def test_windows_of_a_long_table_overlap_and_have_the_label_of_most_steps(tmp_path: Path) -> None:
    path = write(activities(people=3), tmp_path / "a.csv")
    source = read_sensors(path, window=8, overlap=0.5)
    values = np.asarray(source.rows.columns["values"])
    assert values.shape == (27, 8, 2)
    assert values[1, :, 0].tolist() == list(range(4, 12))
    assert source.rows.labels[:9].tolist() == (
        ["walk", "walk", "run", "run", "run", "walk", "walk", "run", "run"]
    )
    assert source.rows.meta["group"][:9].tolist() == ["p0"] * 9
    assert source.note == (
        f"27 windows of 8 steps, 2 channels, of 3 recordings of 3 people or devices in {path}; "
        "split between 3 people or devices; people or devices in column person; times in column "
        "ms; labels in column activity; a step every 20; 15 windows hold several labels: that of "
        "most steps counts"
    )
    assert dict(source.found) == {"window": 8, "channel_columns": "x,y", "step": 20.0}


def test_windows_with_several_labels_may_be_left_out() -> None:
    source = read_sensors(activities(), window=8, overlap=0.5, mixed_windows="drop")
    assert len(source.rows) == 16
    assert source.note.endswith(
        "36 windows = 16 used + 20 left out (20 windows with several labels (mixed_windows=drop))"
    )


def test_short_recordings_of_one_label_are_windows_as_they_are() -> None:
    frame = activities(people=1)
    frame["beat"] = np.arange(len(frame)) // 10
    frame = frame.drop(index=[0, 1]).drop(columns="person")
    source = read_sensors(frame)
    windows = source.rows.columns["values"]
    assert isinstance(windows, Sequences)
    assert windows.lengths.tolist() == [8, 10, 10, 10]
    assert np.isnan(np.asarray(windows)[0, 8:]).all()
    assert source.rows.labels.tolist() == ["walk", "run", "walk", "run"]


def test_steps_that_are_left_out_are_missing_and_long_gaps_part_recordings() -> None:
    frame = activities(people=3).drop(index=[3, 4, *range(60, 72)])
    source = read_sensors(frame, window=8, overlap=0)
    assert np.isnan(np.asarray(source.rows.columns["values"])[0, 3:5]).all()
    assert "2 steps left out, and taken as missing; recordings parted at 1 long gap" in source.note
    assert "recordings shorter than a window" not in source.note


def test_what_fills_no_window_is_told() -> None:
    frame = pd.concat([activities(), activities(people=1, turns=1, steps=5).assign(person="p9")])
    source = read_sensors(frame, window=12, overlap=0)
    assert "16 steps at the ends of recordings fill no window" in source.note
    assert source.note.endswith(
        "13 windows = 12 used + 1 left out (1 recordings shorter than a window of 12, as p9)"
    )


@pytest.mark.parametrize(
    ("people", "said"),
    [
        (1, "1 person or device can not be held apart, so scores tell nothing of others; split by"),
        (2, "2 people or devices can not be held apart, so scores tell nothing of others; split "),
        (3, "split between 3 people or devices"),
    ],
)
def test_what_is_held_apart_is_told(people: int, said: str) -> None:
    assert said in read_sensors(activities(people), window=8).note


@pytest.mark.parametrize("name", ["split", "sample"])
def test_published_splits_of_a_table_are_kept(name: str) -> None:
    frame = activities(6)
    frame[name] = np.where(frame["person"].isin(["p4", "p5"]), "test", "train")
    source = read_sensors(frame, window=8, overlap=0)
    assert source.test is not None
    assert (len(source.rows), len(source.test)) == (20, 10)
    assert set(source.rows.meta["group"]) == {"p0", "p1", "p2", "p3"}


def changed(row: int, column: str, value: Any) -> pd.DataFrame:
    frame = activities().astype({"x": object, "ms": object, "activity": object})
    frame.loc[row, column] = value
    return frame


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (
            changed(7, "ms", 100),
            "line 9: needs a time later than the one before it in column ms of recording p0. "
            "Received: 100; a column that tells recordings apart is recording_column",
        ),
        (
            changed(7, "ms", 120),
            "line 9: needs a time later than the one before it in column ms of recording p0. "
            "Received: 120, which is the same; a column that tells recordings apart is "
            "recording_column",
        ),
        (
            changed(41, "x", "1,234.5"),
            "line 43: needs a number in column x of recording p1. Received: 1,234.5; write numbers "
            "plainly, as in 1234.5",
        ),
        (
            changed(41, "x", "inf"),
            "line 43: needs a number in column x of recording p1. Received: inf; leave the cell "
            "empty if the value is not known",
        ),
        (
            changed(41, "x", "high"),
            "line 43: needs a number in column x of recording p1. Received: high",
        ),
        (
            activities().assign(person=["p1", *[""] * 159]),
            "line 3: needs a name in every row of column person. Received: an empty cell",
        ),
        (
            activities().drop(columns="activity"),
            " needs a column of labels; name it with --set label_column=. Received columns: "
            "person, ms, x, y",
        ),
        (
            activities()[["person", "ms", "activity"]],
            " needs columns of numbers, one a channel; name them with --set channel_columns=. "
            "Received columns: person, ms, activity",
        ),
        (
            activities().rename(columns={"x": "a,b"}),
            " needs names of channels without commas. Received: a,b",
        ),
        (
            pd.concat([activities(), activities(1)[::2].assign(person="p9")]),
            "line 163: needs recordings at one rate, a step every 20. Received: every 40 of "
            "recording p9; bring them to one, as with pandas' resample",
        ),
    ],
    ids=[
        *("falls", "repeats", "grouped", "infinite", "text", "no name"),
        *("no label", "no channel", "comma", "rates"),
    ],
)
def test_what_is_wrong_is_refused_with_its_line(
    tmp_path: Path, frame: pd.DataFrame, message: str
) -> None:
    path = write(frame, tmp_path / "a.csv")
    with pytest.raises(DataError) as error:
        read_sensors(path, window=8)
    sign = "" if message.startswith(" ") else ", "
    assert str(error.value) == f"{path}{sign if sign else ':'}{message}"


def test_a_column_that_is_not_there_is_refused() -> None:
    with pytest.raises(DataError) as error:
        read_sensors(activities(), label_column="activty")
    assert str(error.value) == "needs a column `activty`, did you mean `activity`?"


def test_empty_cells_and_channels_that_never_change_are_told(tmp_path: Path) -> None:
    frame = changed(5, "x", "n/a").assign(flat=3.5)
    note = read_sensors(write(frame, tmp_path / "a.csv"), window=8).note
    assert "1 value missing (n/a; most in x: 0.6%)" in note
    assert "no change in channel flat: left out of account" in note


def test_rows_of_empty_cells_are_steps_where_no_time_tells_their_place(tmp_path: Path) -> None:
    lines = [f"{'ab'[step // 20]},{step},{-step}" for step in range(40)]
    lines[25:27] = [",,"] * 2
    path = tmp_path / "a.csv"
    path.write_text("\n".join(["label,x,z", *lines, ",,", ",,"]) + "\n")
    source = read_sensors(path, window=10, overlap=0)
    values = np.asarray(source.rows.columns["values"])
    assert np.isnan(values[2, 5:7]).all()
    assert values[3, :, 0].tolist() == list(range(30, 40))
    assert "2 rows of empty cells left out" in source.note


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_a_blank_row_between_rows_is_a_step_without_values(tmp_path: Path, name: str) -> None:
    frame = activities(3).drop(columns="ms").astype(object)
    frame.loc[[5, 6]] = None
    frame.loc[[5, 6], "person"] = ""
    frame = frame.drop(columns="person")
    path = tmp_path / name
    frame.to_excel(path, index=False) if name == "a.xlsx" else frame.to_csv(path, index=False)
    source = read_sensors(path, window=8, overlap=0)
    assert np.isnan(np.asarray(source.rows.columns["values"])[0, 5:7]).all()


def test_rows_of_empty_cells_are_left_out_beside_times(tmp_path: Path) -> None:
    frame = activities(3).astype(object)
    frame.loc[[5, 6]] = None
    source = read_sensors(write(frame, tmp_path / "a.csv"), window=8, overlap=0)
    assert np.isnan(np.asarray(source.rows.columns["values"])[0, 5:7]).all()
    assert "2 rows of empty cells left out" in source.note
    assert "2 steps left out, and taken as missing" in source.note


def test_steps_without_a_label_count_for_none() -> None:
    frame = activities(3)
    frame.loc[:29, "activity"] = None
    source = read_sensors(frame, window=10, overlap=0)
    assert source.note.endswith("12 windows = 9 used + 3 left out (3 windows without a label)")


def test_writings_of_a_label_that_are_one_class_are_told() -> None:
    frame = activities(4).replace({"activity": {"walk": "01", "run": "2"}})
    frame.loc[:4, "activity"] = "1"
    source = read_sensors(frame, window=10, overlap=0)
    assert set(source.rows.labels.tolist()) == {"01", "2"}
    assert "label '1' merged into '01'" in source.note


def test_a_folder_holds_a_recording_a_file(tmp_path: Path) -> None:
    for number, each in activities(6).groupby("person"):
        folder = tmp_path / ("walk", "run")[int(str(number)[1]) % 2]
        folder.mkdir(exist_ok=True)
        write(each[["ms", "x", "y"]], folder / f"{number}.csv")
    (tmp_path / "walk" / "notes.txt").write_text("none")
    source = read_sensors(tmp_path)
    assert source.rows.columns["values"].shape == (6, 40, 2)
    assert sorted(source.rows.labels.tolist()) == ["run"] * 3 + ["walk"] * 3
    assert "labels in the names of folders; 1 files of another kind left out" in source.note


def test_tables_of_other_channels_are_refused(tmp_path: Path) -> None:
    for label, names in (("walk", ["x", "y"]), ("run", ["x"])):
        (tmp_path / label).mkdir()
        write(activities(1)[names], tmp_path / label / f"{label}.csv")
    with pytest.raises(DataError) as error:
        read_sensors(tmp_path)
    assert str(error.value) == (
        f"{tmp_path / 'walk' / 'walk.csv'}: needs the channels of run.csv, x. Received: also y; "
        "name those to be read with --set channel_columns="
    )


def saved(path: Path, **arrays: Any) -> Path:
    np.savez(path, **arrays)
    return path


def test_arrays_by_split_with_people_and_names(tmp_path: Path) -> None:
    x = np.arange(120, dtype=np.float32).reshape(10, 6, 2)
    path = saved(
        tmp_path / "a.npz",
        x_train=x[:6],
        y_train=[0, 1] * 3,
        subject_train=[1, 1, 2, 2, 3, 3],
        x_test=x[6:],
        y_test=[0, 1, 0, 1],
        channels=["left", "right"],
        classes=["still", "moves"],
        other=[1],
    )
    source = read_sensors(path)
    assert source.rows.labels.tolist() == ["still", "moves"] * 3
    assert source.rows.meta["group"].tolist() == ["1", "1", "2", "2", "3", "3"]
    assert dict(source.found) == {"channel_columns": "left,right"}
    assert source.note == (
        f"6 windows of 6 steps, 2 channels, 4 for the test in {path}; arrays ignored: other; "
        "split between 3 people or devices"
    )


def test_arrays_end_to_end_with_lengths_and_padded_ones_are_the_same(tmp_path: Path) -> None:
    steps = np.arange(12, dtype=np.float32).reshape(6, 2)
    padded = np.full((2, 4, 2), np.nan, np.float32)
    padded[0, :4], padded[1, :2] = steps[:4], steps[4:]
    ends = saved(tmp_path / "a.npz", x_train=steps, len_train=[4, 2], y_train=["a", "b"])
    filled = saved(tmp_path / "b.npz", x_train=padded, y_train=["a", "b"])
    for path in (ends, filled):
        windows = read_sensors(path).rows.columns["values"]
        assert windows.lengths.tolist() == [4, 2]
        np.testing.assert_array_equal(np.asarray(windows), padded)


ROWS = np.zeros((4, 5, 2), np.float32)
THIRD = np.arange(4)[:, None, None] == 2


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        (
            {"x_train": ROWS.swapaxes(1, 2), "y_train": [0, 1, 0, 1]},
            "x_train: needs windows [n, time, channels]. Received: shape (4, 2, 5), of more "
            "channels than steps; if that is so, say --set axes=time_first, else "
            "axes=channels_first",
        ),
        (
            {"x_train": ROWS, "y_train": [0, 1]},
            "needs one of y_train a window. Received: 2 for 4 of x_train",
        ),
        (
            {"x_train": ROWS},
            "needs an array of labels beside x_train, such as y_train. Received: x_train",
        ),
        (
            {"x_train": ROWS, "y_train": [0, 1, np.nan, 1]},
            "needs a label in every row of y_train. Received: none in row 3",
        ),
        (
            {
                "x_train": np.where(THIRD, np.inf, ROWS),
                "y_train": "abab",
            },
            "x_train: needs finite numbers. Received: an infinite one in row 3",
        ),
        (
            {
                "x_train": np.where(THIRD, np.nan, ROWS),
                "y_train": "abab",
            },
            "x_train: needs a value in every window. Received: none in row 3",
        ),
        (
            {"x_train": ROWS[0], "len_train": [3, 3], "y_train": [0, 1]},
            "x_train: needs lengths from 1 that add up to 5 steps. Received: 6, the least 3",
        ),
        (
            {"x_train": ROWS, "y_train": [0, 1] * 2, "x_test": ROWS[..., :1], "y_test": [0, 1] * 2},
            "needs equally many channels in every split. Received: [1, 2]",
        ),
        (
            {"x_train": ROWS, "y_train": [0, 1] * 2, "x_test": ROWS[:, :3], "y_test": [0, 1] * 2},
            "needs windows of 5 steps in every split, as in training. Received: 3 in the test",
        ),
        (
            {"x_train": ROWS.astype(str), "y_train": [0, 1] * 2},
            "x_train: needs numbers. Received: <U32",
        ),
    ],
    ids=[
        "axes",
        "labels",
        "none",
        "nan",
        "infinite",
        "empty",
        "lengths",
        "widths",
        "steps",
        "texts",
    ],
)
def test_arrays_that_do_not_fit_are_refused(
    tmp_path: Path, arrays: dict[str, Any], message: str
) -> None:
    arrays = {name: list(a) if isinstance(a, str) else a for name, a in arrays.items()}
    path = saved(tmp_path / "a.npz", **arrays)
    with pytest.raises(DataError) as error:
        read_sensors(path)
    assert str(error.value) == f"{path}: {message}"


@settings(max_examples=25, deadline=None)
@given(
    lengths=st.lists(st.integers(1, 30), min_size=1, max_size=6).filter(lambda all: max(all) > 1),
    window=st.integers(1, 12),
    overlap=st.sampled_from([0.0, 0.3, 0.5, 0.9]),
)
def test_every_step_is_in_a_window_or_counted(
    lengths: list[int], window: int, overlap: float
) -> None:
    frame = pd.concat(
        pd.DataFrame({"id": str(number), "label": ["a", "b"][number % 2], "x": np.arange(length)})
        for number, length in enumerate(lengths)
    )
    long = [length for length in lengths if length >= window]
    if not long:
        with pytest.raises(DataError, match=r"^needs a window with a label"):
            read_sensors(frame, window=window, overlap=overlap)
        return
    source = read_sensors(frame, window=window, overlap=overlap)
    hop = max(1, round(window * (1 - overlap)))
    counts = [(length - window) // hop + 1 for length in long]
    assert len(source.rows) == sum(counts)
    tails = sum(
        length - (count - 1) * hop - window for length, count in zip(long, counts, strict=True)
    )
    assert (f"{tails:,} steps at the ends" in source.note) == (tails > 0)
    short = len(lengths) - len(long)
    assert (f"{short} recordings shorter than a window" in source.note) == (short > 0)


@settings(max_examples=25, deadline=None)
@given(
    name=st.sampled_from(["sample", "Sequence_ID", "trial", "case", "window", "run", "index"]),
    people=st.integers(1, 4),
    first=st.integers(0, 5),
    by=st.sampled_from([1, 2, 10]),
    timed=st.booleans(),
    sessions=st.booleans(),
)
def test_what_counts_steps_is_no_recording_and_no_channel(
    name: str, people: int, first: int, by: int, timed: bool, sessions: bool
) -> None:
    frame = activities(people)
    step = frame.groupby("person").cumcount()
    frame[name] = first + by * step
    if sessions:
        frame["session"] = step // 20
    frame = frame if timed else frame.drop(columns="ms")
    source = read_sensors(frame.drop(columns="person") if people == 1 else frame, window=8)
    used = "ignored" if timed or name == "index" else "times in"
    assert dict(source.found)["channel_columns"] == "x,y"
    assert f" of {people * (2 if sessions else 1)} recording" in source.note
    assert f"columns ignored: {name}" in source.note or used == "times in"
    assert f"times in column {name}" in source.note or used == "ignored"


def test_recordings_that_stand_in_turn_are_told_apart() -> None:
    rows = [(name, step, "ab"[name % 2], name * step) for step in range(20) for name in range(9)]
    frame = pd.DataFrame(rows, columns=["recording", "time", "label", "x"])
    assert " of 9 recordings in " in read_sensors(frame).note


@pytest.mark.parametrize(
    ("people", "message"),
    [
        (
            1,
            "needs a time later than the one before it in column sample. Received: 0; a column "
            "that tells recordings apart is recording_column",
        ),
        (
            0,
            "needs recordings of several steps, as recording_column tells them apart. Received: "
            "40 of 40 of one step in a data frame",
        ),
    ],
    ids=["begins anew", "one step each"],
)
def test_steps_of_recordings_that_are_not_told_apart_are_refused(people: int, message: str) -> None:
    frame = activities(2, 4, 20 if people else 5)
    step = frame.groupby("person").cumcount()
    frame = frame.assign(sample=step if people else step.map(lambda n: f"s{n * 7 % 80}"))
    with pytest.raises(DataError) as error:
        read_sensors(frame.drop(columns=["ms", "person"] if people else "ms"))
    assert str(error.value) == message
