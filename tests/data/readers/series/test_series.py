"""Series from tables, and their windows."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
    assert source.note.endswith("2 series = 1 used + 1 left out (1 too short, as b)")


def test_windows_of_several_splits_share_no_value_to_foretell() -> None:
    source = read_series(None, window=24, horizon=6)
    splits = ByTime().split(source, validation=0.1, test=0.2, seed=0)
    parts = list(splits.parts.values())
    for earlier, later in itertools.pairwise(parts):
        assert earlier.meta["end"].max() < later.meta["time"].min()


LONG = "unique_id,ds,y\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("y\n1\n2\nx\n4\n", "line 4: needs a number in column y. Received: x"),
        (
            'unique_id,ds,y\na,1,1\nb,1,"1,234.5"\n',
            "line 3: needs a number in column y of series b. Received: 1,234.5; write numbers "
            "plainly, as in 1234.5",
        ),
        (
            "y\n1\ninf\n",
            "line 3: needs a number in column y. Received: inf; leave the cell empty if the value "
            "is not known",
        ),
        (
            LONG + "a,2024-01-01T00:00+01:00,1\na,2024-01-01T05:00-05:00,2\n",
            "line 3: needs times of one zone in column ds of series a. "
            "Received: 2024-01-01T00:00+01:00 and 2024-01-01T05:00-05:00",
        ),
        (
            LONG + "a,2024-01-01T00:00Z,1\na,2024-01-01T05:00,2\n",
            "line 3: needs times of one zone in column ds of series a. "
            "Received: 2024-01-01T00:00Z and 2024-01-01T05:00",
        ),
        (
            LONG
            + "".join(f"a,2024-01-0{day},{day}\n" for day in (1, 2, 3))
            + "a,2024-01-03T07,4\n",
            "line 5: needs times at equal steps in column ds of series a: most are 1 day apart. "
            "Received: 07:00:00 before row 4; bring them to a grid, as with pandas' resample, or "
            "name it with --set frequency=",
        ),
        (
            LONG + "a,1,1\n,2,2\n",
            "line 3: needs the name of a series in column unique_id. Received: an empty cell",
        ),
        ("ds,y\n1,\n2,NA\n", ": needs at least one value. Received: none in any series"),
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


def test_an_index_is_no_series_and_other_columns_are_told(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", ",load,town\n" + "".join(f"{n},{n * 2},x\n" for n in range(5)))
    source = read_series(path, window=2, horizon=1)
    assert np.asarray(source.rows.columns["values"])[0].tolist() == [0, 2]
    assert source.note.endswith("columns ignored: 1, town")


def test_windows_of_a_split_lie_in_memory_once() -> None:
    source = read_series(None, window=24, horizon=6)
    train = ByTime().split(source, validation=0.1, test=0.2, seed=0).train
    assert train.columns["values"].values is source.rows.columns["values"].values


def test_missing_values_and_times_are_told_and_kept_apart(tmp_path: Path) -> None:
    rows = "2024-01-01,1\n2024-01-02,NA\n2024-01-03,3\n2024-01-06,6\n2024-01-07,7\n"
    source = read_series(write(tmp_path / "t.csv", "ds,y\n" + rows), window=4, horizon=1)
    windows = np.asarray(source.rows.columns["values"])
    # What follows is known of these two windows; of the first one it is missing.
    np.testing.assert_array_equal(windows, [[np.nan, 3, np.nan, np.nan], [3, np.nan, np.nan, 6]])
    assert np.asarray(source.rows.targets["forecast"]).tolist() == [[6], [7]]
    told = "3 values missing (NA; times left out in 1 series); every D"
    assert source.note.endswith(f"{told}; windows left out without a value before or after: 1")


def test_empty_cells_at_both_ends_are_told() -> None:
    frame = pd.DataFrame({"y": [None, 1, 2, None, 4, 5, None, None]})
    note = read_series(frame, window=2, horizon=1).note
    assert "1 value missing (an empty cell)" in note
    assert "3 cells are empty before or after all values" in note


def test_windows_begin_at_their_time(tmp_path: Path) -> None:
    rows = "".join(f"1970-01-0{day},{day}\n" for day in range(1, 6))
    path = write(tmp_path / "t.csv", "ds,y\n" + rows)
    source = read_series(path, window=2, horizon=1)
    assert source.rows.columns["start"].tolist() == [0, 86400, 2 * 86400]
    assert source.found == {"season": 1, "frequency": "D", "date_order": "auto"}
    assert "start" not in read_series(path, window=2, horizon=1, calendar=False).rows.columns


def test_covariates_stand_beside_the_values() -> None:
    frame = pd.DataFrame(
        {
            "unique_id": ["a"] * 4 + ["b"] * 4,
            "ds": [1, 2, 3, 4] * 2,
            "y": range(8),
            "rain": range(10, 18),
            "holiday": [0, 0, 1, 0] * 2,
            "size": [5] * 4 + [6] * 4,
        }
    )
    source = read_series(
        frame,
        window=2,
        horizon=1,
        past_columns="rain",
        known_columns="holiday",
        static_columns="size",
    )
    columns = source.rows.columns
    assert columns["past"][2:3].tolist() == [[[14], [15]]]
    assert columns["known"][0:2].tolist() == [[[0], [0], [1]], [[0], [1], [0]]]
    assert columns["static"].tolist() == [[5], [5], [6], [6]]
    with pytest.raises(DataError) as error:
        read_series(frame, window=2, horizon=1, static_columns="rain")
    assert str(error.value) == (
        "needs one value a series in static column rain. Received: 10 and 11 in series a"
    )


def test_static_cells_that_are_empty_say_nothing() -> None:
    frame = pd.DataFrame({"unique_id": list("aaabbb"), "y": range(6)})
    frame["size"] = [None, 5, 5, None, None, None]
    columns = read_series(frame, window=2, horizon=1, static_columns="size, ").rows.columns
    np.testing.assert_array_equal(columns["static"], [[5], [np.nan]])
    frame["size"] = [None, 5, 5, 6, None, 7]
    with pytest.raises(DataError) as error:
        read_series(frame, window=2, horizon=1, static_columns="size")
    assert str(error.value) == (
        "needs one value a series in static column size. Received: 6.0 and 7.0 in series b"
    )


def test_empty_and_constant_series_are_told() -> None:
    names = ["a"] * 5 + ["b"] * 5 + ["c"] * 5
    values = [*range(5), *[None] * 5, *[3] * 5]
    frame = pd.DataFrame({"unique_id": names, "ds": [1, 2, 3, 4, 5] * 3, "y": values})
    source = read_series(frame, window=2, horizon=1)
    assert set(source.rows.meta["group"]) == {"a", "c"}
    assert "the same value at every step of series c" in source.note
    assert source.note.endswith("3 series = 2 used + 1 left out (1 without a value, as b)")


def test_scales_know_only_the_past() -> None:
    source = read_series(pd.DataFrame({"y": [0.0, 1.0, 3.0, 3.0, 9.0]}), window=2, horizon=1)
    assert source.rows.meta["scale"].tolist() == [1.0, 1.5, 1.0]


def test_scales_are_those_of_steps_before_a_season_has_passed() -> None:
    frame = pd.DataFrame({"y": [100.0, 101.0, 103.0, 100.0, 102.0]})
    source = read_series(frame, window=2, horizon=1, season=3)
    np.testing.assert_allclose(source.rows.meta["scale"], [1.0, 1.5, 2.0])


def test_tests_from_several_origins_are_a_horizon_apart() -> None:
    frame = pd.DataFrame(
        {"unique_id": ["a"] * 30 + ["b"] * 40, "ds": [*range(30), *range(40)], "y": range(70)}
    )
    source = read_series(frame, window=4, horizon=3, backtest=2, season=1)
    assert source.test is not None
    assert source.validation is not None
    assert source.test.meta["time"].tolist() == [24, 27, 34, 37]
    for name, tests in (("a", 24), ("b", 34)):
        parts = [part.meta for part in (source.rows, source.validation)]
        train, validation = (
            (m["time"][m["group"] == name], m["end"][m["group"] == name]) for m in parts
        )
        assert train[1].max() < validation[0].min()
        assert validation[1].max() < tests
    with pytest.raises(DataError) as error:
        read_series(frame, window=4, horizon=3, backtest=11)
    assert str(error.value) == (
        "needs longer series for backtest=11: window, and 14 horizons. Received: none left for "
        "train, of a data frame"
    )


@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_every_value_comes_into_windows_as_it_was(data: st.DataObject) -> None:
    lengths = data.draw(st.lists(st.integers(1, 12), min_size=1, max_size=4))
    window, horizon = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 3))
    series = {
        f"s{n}": data.draw(
            st.lists(st.one_of(st.none(), st.integers(-99, 99)), min_size=length, max_size=length)
        )
        for n, length in enumerate(lengths)
    }
    rows = [(name, n, y) for name, values in series.items() for n, y in enumerate(values)]
    frame = pd.DataFrame(rows, columns=["unique_id", "ds", "y"]).astype({"y": object})
    expected = []
    for values in series.values():
        there = [n for n, y in enumerate(values) if y is not None]
        trimmed = values[there[0] : there[-1] + 1] if there else []
        for begin in range(len(trimmed) - window - horizon + 1):
            one = trimmed[begin : begin + window]
            other = trimmed[begin + window : begin + window + horizon]
            if set(one) != {None} and set(other) != {None}:
                expected.append([*one, *other])
    try:
        source = read_series(frame, window=window, horizon=horizon)
    except DataError:
        assert not expected
        return
    found = np.concatenate(
        [source.rows.columns["values"][:], source.rows.targets["forecast"][:]], axis=1
    )
    np.testing.assert_array_equal(found, np.array(expected, np.float32))
