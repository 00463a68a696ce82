"""Sessions from tables of clicks and from lines: order, what is left out, and no leak."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit import get_task
from lstm_toolkit.data import ByTime, read_sessions
from lstm_toolkit.data.inputs.rows import ReadingContext
from lstm_toolkit.data.text.item_lists import read_items, split_items
from lstm_toolkit.errors import DataError

CLICK = st.tuples(
    st.sampled_from(["s", "t", "u", ""]), st.sampled_from(["1", "2", "03", ""]), st.integers(0, 9)
)


def whole(source: object) -> list[list[str]]:
    rows = source.rows  # type: ignore[attr-defined]
    pairs = zip(rows.columns["session"], rows.targets["next"], strict=True)
    return [[*split_items(before), last] for before, last in pairs]


@settings(max_examples=30, deadline=None)
@given(st.lists(CLICK, min_size=1, max_size=25), st.randoms())
def test_every_click_is_in_its_session_by_time_or_counted(
    clicks: list[tuple[str, str, int]], random: object
) -> None:
    frame = pd.DataFrame(clicks, columns=["session", "item", "time"])
    expected: dict[str, list[tuple[int, str]]] = {}
    for session, item, time in dict.fromkeys(clicks):
        if session and item:
            expected.setdefault(session, []).append((time, item))
    sorted_items = [[i for _, i in sorted(e, key=lambda p: p[0])] for e in expected.values()]
    long = [items for items in sorted_items if len(items) > 1]
    if not long:
        with pytest.raises(DataError, match="needs sessions of two clicks or more"):
            read_sessions(frame)
        return
    source = read_sessions(frame)
    assert sorted(whole(source)) == sorted(long)
    assert source.account is not None
    assert (source.account.seen, source.account.used) == (len(clicks), sum(map(len, long)))
    assert (np.diff(source.rows.meta["time"]) >= 0).all()


def test_what_is_told_of_a_table(tmp_path: Path) -> None:
    path = tmp_path / "clicks.csv"
    path.write_text(
        "visitorid,itemid,timestamp,event\n"
        "a,7.0,30,view\na,8.0,10,view\na,8.0,10,view\na,9.0,10,view\n"
        ",7.0,11,view\nb,7.0,5,view\nc,8.0,6,view\nc,8.0,7,view\n",
        encoding="utf-8",
    )
    source = read_sessions(path, repeated_clicks="drop")
    assert whole(source) == [["8", "9", "7"]]
    assert source.note == (
        "1 sessions, items in column itemid, sessions in visitorid, times in timestamp, of "
        f"{path}; 8 clicks = 3 used + 5 left out (1 without a session, 1 equal to another in "
        "session, item and time, 1 on the item before, 2 of a session of one click); 8 items with "
        "a fraction of zero, such as 12.0, read as 12; 1 click behind a later one of its session, "
        "sorted by time; 1 click at the time of the one before, in the order of the rows; 1 other "
        "column ignored"
    )


def test_lines_lists_and_published_splits(tmp_path: Path) -> None:
    (tmp_path / "train.txt").write_text("a b c\nd\na c\n", encoding="utf-8")
    (tmp_path / "test.txt").write_text("c b\n", encoding="utf-8")
    source = read_sessions(tmp_path)
    assert whole(source) == [["a", "b", "c"], ["a", "c"]]
    assert source.test is not None
    assert source.test.columns["session"].tolist() == ["c"]
    rows = [{"items": ["red shirt", 12]}, {"items": ["12", "x"]}]
    lists = tmp_path / "lists.jsonl"
    lists.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert whole(read_sessions(lists)) == [["red shirt", "12"], ["12", "x"]]


def test_days_and_long_sessions(tmp_path: Path) -> None:
    """Within a day an item may be clicked twice; a long session is cut, and nothing is lost."""
    day = pd.DataFrame({"session": list("aab"), "item": list("xxy"), "date": ["2026-01-02"] * 3})
    source = read_sessions(pd.concat([day, day.assign(session="c")]))
    assert whole(source) == [["x", "x"], ["x", "x", "y"]] or len(whole(source)) == 2
    path = tmp_path / "long.txt"
    path.write_text(" ".join(map(str, range(100))) + "\na b\n" * 9, encoding="utf-8")
    source = read_sessions(path, max_clicks=10)
    pieces = whole(source)
    assert [int(item) for items in pieces[:10] for item in items[1:]] == list(range(1, 100))
    assert "1 session longer than max_clicks=10, cut into 10 pieces" in source.note
    splits = ByTime().split(source, validation=0.1, test=0.1, seed=0)
    ends = [splits.parts[name].meta["time"] for name in ("train", "validation", "test")]
    assert ends[0].max() < ends[1].min() <= ends[1].max() < ends[2].min()


def test_days_and_times_of_day_are_times_together() -> None:
    frame = pd.DataFrame({"session": list("abab"), "item": list("1234")})
    frame["time"] = ["23:00:00", "1:00 am", "09:00:00", "0:30"]
    for column, days in (
        ("date", ["2026-03-01", "2026-03-02", "2026-03-01", "2026-03-02"]),
        ("eventdate", [20260301, 20260302, 20260301, 20260302]),
    ):
        source = read_sessions(frame.assign(**{column: days}))
        assert whole(source) == [["3", "1"], ["4", "2"]]
        assert source.rows.meta["time"].astype("M8[ns]")[0] == np.datetime64("2026-03-01T23:00")
        assert f"times in {column} and time" in source.note


def test_days_in_digits_are_days() -> None:
    frame = pd.DataFrame({"session": list("aaa"), "item": list("xxy"), "date": [20260301] * 3})
    assert whole(read_sessions(frame)) == [["x", "x", "y"]]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (
            {"session": ["a"], "when": [1]},
            "needs sessions of two clicks or more, see --set session_column= and item_column=. "
            "Received: 1 of one click, items in column session, a session a row, times in when",
        ),
        (
            {"item": ["a"], "time": [1]},
            "needs a column of sessions, named `session` or by the setting session_column. "
            "Received: item, time",
        ),
        (
            {"price": ["a"], "time": [1]},
            "needs a column of items, named `item` or by the setting item_column; or one of whole "
            "sessions, named `items`. Received: price, time",
        ),
        (
            {"session": ["a", "a"], "item": ["x", "y"], "time": ["2026-01-01", "soon"]},
            "needs a time in column time. Received: soon",
        ),
        (
            {"session": ["a", "a"], "item": ["x", "y"], "time": ["23:00", "9:15:01 am"]},
            "needs days beside the times of day in column time, in a column `date`, or another "
            "column by the setting time_column. Received: 23:00",
        ),
    ],
)
def test_refusals(columns: dict[str, list[object]], message: str) -> None:
    with pytest.raises(DataError) as error:
        read_sessions(pd.DataFrame(columns))
    assert str(error.value) == message


def test_rows_without_times_are_divided_as_they_stand() -> None:
    task = get_task("recommendation")
    source = task.source((["a b", "b", "c", "a"], ["c", "a", "b", "b"]), task.settings())
    splits = task.split(source, task.settings())
    assert splits.test.columns["session"].tolist() == ["a"]


def test_rows_to_be_answered_stay_in_the_order_of_the_file(tmp_path: Path) -> None:
    task = get_task("recommendation")
    context = ReadingContext(task.settings(), None, None)
    lines = tmp_path / "asked.txt"
    lines.write_text("b c\n\na\n", encoding="utf-8")
    assert [row.value for row in task.read_inputs(lines, context).rows] == ["b c", "", "a"]
    clicks = tmp_path / "asked.csv"
    clicks.write_text("session,item,time\nz,1,9\ny,2,5\nz,3,8\n,4,1\nx,,2\n", encoding="utf-8")
    inputs = task.read_inputs(clicks, context)
    assert [(row.name, row.value) for row in inputs.rows] == [("z", "3 1"), ("y", "2"), ("x", "")]
    told = "5 clicks = 3 used + 2 left out (1 without a session, 1 without an item)"
    assert told in inputs.note
    rows = tmp_path / "rows.csv"
    rows.write_text("items,time,note\na b,9,x\n,1,y\nc,5,z\n", encoding="utf-8")
    inputs = task.read_inputs(rows, context)
    assert [(row.value, row.cells["note"]) for row in inputs.rows] == [
        ("a b", "x"),
        ("", "y"),
        ("c", "z"),
    ]


def test_a_bad_row_is_its_own_error_and_refused_in_training(tmp_path: Path) -> None:
    task = get_task("recommendation")
    context = ReadingContext(task.settings(), None, None)
    path = tmp_path / "lists.jsonl"
    cells = [["[0]"], None, ["a", None, 7.0], [{"id": 1}], {"id": 1}, "b c", [2.0**53]]
    path.write_text("".join(json.dumps({"items": cell}) + "\n" for cell in cells), "utf-8")
    inputs = task.read_inputs(path, context)
    assert [read_items(v) if isinstance(v := r.value, str) else str(v) for r in inputs.rows] == [
        ["[0]"],
        [],
        ["a", "7"],
        "needs a list of items. Received: [{'id': 1}]",
        "needs a list of items. Received: {'id': 1}",
        ["b", "c"],
        "needs items as texts or whole numbers: floats from 2^53 on lose digits. "
        "Received: 9007199254740992.0",
    ]
    assert "2 items with a fraction of zero, such as 12.0, read as 12" in inputs.note
    with pytest.raises(DataError) as error:
        read_sessions(path)
    assert str(error.value) == f"{path}, line 4: needs a list of items. Received: [{{'id': 1}}]"


def test_sessions_in_several_splits_are_told() -> None:
    split = ["train", "train", "test", "test"]
    frame = pd.DataFrame({"session": ["a"] * 4, "item": list("wxyz"), "split": split})
    told = "1 session with clicks in several published splits, cut into a part for each"
    assert told in read_sessions(frame).note
