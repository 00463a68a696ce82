"""Series from tables, and their windows."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lstm_toolkit.data import ByTime, read_series
from lstm_toolkit.errors import DataError


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_every_window_and_what_follows_it(tmp_path: Path) -> None:
    path = write(tmp_path / "one.csv", "y\n" + "".join(f"{n}\n" for n in range(6)))
    source = read_series(path, window=3, horizon=2)
    assert np.asarray(source.rows.columns["values"]).tolist() == [[0, 1, 2], [1, 2, 3]]
    assert np.asarray(source.rows.targets["forecast"]).tolist() == [[3, 4], [4, 5]]
    assert source.rows.meta["time"].tolist() == [3, 4]
    assert source.rows.meta["end"].tolist() == [4, 5]
    assert source.note == f"2 windows of one series of 6 steps, of {path}"


def test_wide_tables_hold_a_series_a_column(tmp_path: Path) -> None:
    rows = "".join(f"2024-01-0{n + 1},{n},{10 * n}\n" for n in range(4))
    source = read_series(write(tmp_path / "wide.csv", "date,a,b\n" + rows), window=2, horizon=1)
    assert np.asarray(source.rows.columns["values"]).tolist() == [[0, 1], [1, 2], [0, 10], [10, 20]]
    assert source.rows.meta["group"].tolist() == ["a", "a", "b", "b"]


def test_long_tables_hold_one_series_after_the_other_and_short_ones_are_told() -> None:
    frame = pd.DataFrame(
        {"unique_id": ["a"] * 4 + ["b"] * 2, "ds": [1, 2, 3, 4, 1, 2], "y": [1, 2, 3, 4, 8, 9]}
    )
    source = read_series(frame, window=2, horizon=1)
    assert np.asarray(source.rows.columns["values"]).tolist() == [[1, 2], [2, 3]]
    assert source.note.endswith("; 1 series too short left out")


def test_windows_of_several_splits_share_no_value_to_foretell() -> None:
    source = read_series(None, window=24, horizon=6)
    splits = ByTime().split(source, validation=0.1, test=0.2, seed=0)
    parts = list(splits.parts.values())
    for earlier, later in itertools.pairwise(parts):
        assert earlier.meta["end"].max() < later.meta["time"].min()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("y\n1\n2\nx\n4\n", "line 4: needs a number in column y. Received: x"),
        ("a,y\n1,1\n2,\n", "line 3: needs a number in column y. Received: an empty cell"),
        (
            "name,town\na,b\n",
            ": needs a column of numbers; name it with --set value_column=. "
            "Received columns: name, town",
        ),
        (
            "y\n1\n2\n",
            "needs a series of at least 5 steps, window and horizon. Received: 2 in the longest, "
            "of PATH",
        ),
    ],
)
def test_bad_tables_are_told_in_a_line(tmp_path: Path, text: str, message: str) -> None:
    path = write(tmp_path / "bad.csv", text)
    with pytest.raises(DataError) as error:
        read_series(path, window=3, horizon=2)
    place = ", " if message.startswith("line") else ""
    told = message.replace("PATH", str(path))
    assert str(error.value) in (told, f"{path}{place}{told}")


def test_a_column_that_is_not_there_is_told_with_the_nearest(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", "load,rain\n1,2\n")
    with pytest.raises(DataError, match=r"needs a column `lod`, did you mean `load`\?"):
        read_series(path, window=1, horizon=1, value_column="lod")


def test_summer_time_changes_the_offset_within_a_series(tmp_path: Path) -> None:
    times = ["2024-03-31T01:30+01:00", "2024-03-31T03:00+02:00", "2024-03-31T03:30+02:00"]
    rows = "".join(f"{each},{n}\n" for n, each in enumerate(times))
    source = read_series(write(tmp_path / "s.csv", "ds,y\n" + rows), window=2, horizon=1)
    assert np.asarray(source.rows.targets["forecast"]).tolist() == [[2]]


def test_times_are_those_of_the_calendar(tmp_path: Path) -> None:
    early = "".join(f"a,2024-01-{day:02},{day}\n" for day in range(1, 11))
    late = "".join(f"b,2024-03-{day:02},{day}\n" for day in range(1, 11))
    path = write(tmp_path / "long.csv", "unique_id,ds,y\n" + early + late)
    source = read_series(path, window=3, horizon=1)
    splits = ByTime().split(source, validation=0.2, test=0.3, seed=0)
    assert set(splits.train.meta["group"]) == {"a"}
    assert set(splits.test.meta["group"]) == {"b"}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("2024-01-02,1\n2024-01-01,2\n", "a time later than the one before it"),
        ("2024-01-01,1\n2024-01-01,2\n", "a time later than the one before it"),
        ("2024-01-01,1\nsoon,2\n", "a time"),
    ],
)
def test_times_have_to_rise(tmp_path: Path, rows: str, message: str) -> None:
    path = write(tmp_path / "t.csv", "date,y\n" + rows)
    with pytest.raises(DataError) as error:
        read_series(path, window=1, horizon=1)
    got = rows.splitlines()[1].partition(",")[0]
    assert str(error.value) == f"{path}, line 3: needs {message} in column date. Received: {got}"


def test_an_index_is_no_series_and_other_columns_are_told(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", ",load,town\n" + "".join(f"{n},{n * 2},x\n" for n in range(5)))
    source = read_series(path, window=2, horizon=1)
    assert np.asarray(source.rows.columns["values"])[0].tolist() == [0, 2]
    assert source.note.endswith("columns ignored: 1, town")


def test_windows_of_a_split_lie_in_memory_once() -> None:
    source = read_series(None, window=24, horizon=6)
    train = ByTime().split(source, validation=0.1, test=0.2, seed=0).train
    assert train.columns["values"].values is source.rows.columns["values"].values
