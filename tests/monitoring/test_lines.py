"""Tables that arrive line by line."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.data.inputs.rows import Row
from lstm_toolkit.errors import DataError
from lstm_toolkit.monitoring.lines import TextColumns, growing_lines, rows_of_lines

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"), max_size=12)


def read(*groups: list[str], column: str = "", trained: str = "") -> list[Row]:
    columns = TextColumns(column, trained)
    return [row for rows in rows_of_lines(iter(groups), columns) for row in rows]


def test_a_header_and_rows_in_several_groups() -> None:
    rows = read(["date;headline"], ['2024-01-31;"good; ', 'news"'], ["", "2024-02-01;more"])
    assert [row.cells for row in rows] == [
        {"date": "2024-01-31", "headline": "good; \nnews"},
        {"date": "2024-02-01", "headline": "more"},
    ]
    assert [row.value for row in rows] == ["good; \nnews", "more"]


def test_objects() -> None:
    rows = read(['{"text": "good", "date": "2024-01-31"}', "nonsense", "", '{"text": ""}'])
    assert rows[0].cells == {"text": "good", "date": "2024-01-31"}
    assert [str(row.value) for row in rows[1:]] == [
        "standard input, line 2: needs a JSON object",
        "standard input, line 4: needs a text in text",
    ]


def test_a_quote_that_is_not_closed_takes_no_other_row_with_it() -> None:
    rows = read(["date,text", 'a,"open', *(f"{n},row" for n in range(60))])
    assert str(rows[0].value) == "standard input, line 2: a quote is not closed"
    assert [row.cells["date"] for row in rows[1:]] == [str(n) for n in range(60)]
    rows = read(["date,text", 'a,"open', "1,row"])
    assert [row.value for row in rows[1:]] == ["row"]


def test_a_later_quote_does_not_close_one_that_was_left_open() -> None:
    rows = read(["date,text", 'a,"unclosed, yes', "b,next", 'c,"quoted"', "d,last"])
    assert str(rows[0].value) == "standard input, line 2: a quote is not closed"
    assert [row.value for row in rows[1:]] == ["next", "quoted", "last"]


def test_the_columns_of_the_training_are_taken_where_they_are_there() -> None:
    lines = ["date,title,body", "a,short,long"]
    assert [row.value for row in read(lines)] == ["long"]
    assert [row.value for row in read(lines, trained="title")] == ["short"]
    assert [row.value for row in read(lines, trained="lead")] == ["long"]
    assert [row.value for row in read(lines, column="title+body")] == ["short long"]


def test_an_object_without_a_text_is_wrong_alone() -> None:
    rows = read(['{"text": "a"}', '{"date": "2024-01-31"}', '{"text": "b"}'])
    assert [row.value for row in rows[::2]] == ["a", "b"]
    assert "with a column of texts" in str(rows[1].value)


def test_a_quote_inside_a_cell_is_a_quote() -> None:
    assert [row.value for row in read(["date,text", 'a,a 5" screen', "b,next"])] == [
        'a 5" screen',
        "next",
    ]


def test_rows_of_other_lengths_are_wrong_alone() -> None:
    rows = read(["date,text", "a,b,c", "d,e"])
    assert str(rows[0].value) == (
        "standard input, line 2: needs 2 cells, as the header has. Received: 3"
    )
    assert rows[1].value == "e"


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (
            ["when,what", "a,b"],
            "needs a header, or JSON objects, with a column of texts; name it by "
            "--set text_column=. Received: when, what",
        ),
        (['{"a": 1}'], "needs a header, or JSON objects, with a column of texts; name it by "),
    ],
)
def test_without_a_column_of_texts(lines: list[str], message: str) -> None:
    with pytest.raises(DataError) as error:
        read(lines)
    assert str(error.value).startswith(f"standard input: {message}")


def test_a_column_that_is_named_must_be_there() -> None:
    with pytest.raises(
        DataError, match=r"^standard input: no column `what`, choose from: date, t$"
    ):
        read(["date,t"], column="what")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6), st.data())
def test_what_csv_writes_is_read_however_it_is_cut(
    table: list[tuple[str, str]], data: st.DataObject
) -> None:
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows([("date", "text"), *table])
    lines = file.getvalue().removesuffix("\n").split("\n")
    cut = data.draw(st.integers(0, len(lines)))
    rows = read(lines[:cut], lines[cut:])
    assert len(rows) == len(table)
    for row, (_, text) in zip(rows, table, strict=True):
        if text.strip():
            assert row.value == text.strip()
        else:
            assert isinstance(row.value, DataError)


class StopError(Exception):
    """Ends what would go on for ever."""


def test_a_growing_file_is_read_by_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    path.write_text('{"text": "one"}\n{"text": "t', encoding="utf-8")
    steps = iter(['wo"}\n', ""])

    def sleep(seconds: float) -> None:
        added = next(steps)
        if not added:
            raise StopError
        with path.open("a", encoding="utf-8") as file:
            file.write(added)

    found: list[str] = []
    with pytest.raises(StopError):
        for lines in growing_lines(path, "utf-8", 1.0, sleep):
            found += lines
    assert [json.loads(line)["text"] for line in found] == ["one", "two"]


def test_a_file_that_gets_shorter_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "news.csv"
    path.write_text("date,text\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"got shorter while it was watched$"):
        for _ in growing_lines(path, "utf-8", 1.0, lambda _: path.write_text("")):
            pass
