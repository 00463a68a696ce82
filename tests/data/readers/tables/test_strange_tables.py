"""Tables as other programs leave them: marks in names, days, indexes, pages of HTML."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lstm_toolkit.data.inputs.rows import Inputs, ReadingContext
from lstm_toolkit.data.inputs.tables import text_inputs
from lstm_toolkit.data.readers.tables.table import as_text
from lstm_toolkit.data.readers.texts.texts import read_texts
from lstm_toolkit.errors import DataError
from lstm_toolkit.tasks import get_task

TEXTS = [f"a fine day {n}" for n in range(8)]
LABELS = ["good", "bad"] * 4
FRAME = pd.DataFrame({"text": TEXTS, "label": LABELS})


def save(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def asked(path: Path) -> Inputs:
    settings = get_task("sentiment").settings()
    return text_inputs(path, ReadingContext(settings, SimpleNamespace(), None))


@pytest.mark.parametrize("mark", ["\ufeff\ufeff", "\u200b", "\ufeff"])
def test_marks_that_are_not_seen_are_no_part_of_a_name(mark: str, tmp_path: Path) -> None:
    path = save(tmp_path / "a.csv", mark + FRAME.to_csv(index=False))
    assert list(read_texts(path, text_column="text").rows.inputs) == TEXTS
    assert list(asked(path).columns) == ["text", "label"]


@pytest.mark.parametrize("page", ["<!DOCTYPE html>\n<p>none</p>", "  <HTML><body>x</body></HTML>"])
def test_a_page_is_no_table_whatever_it_is_called(page: str, tmp_path: Path) -> None:
    path = save(tmp_path / "a.csv", page)
    message = "is a page of HTML or XML; save it as .xlsx or .csv. Received: first sign <"
    for read in (read_texts, asked):
        with pytest.raises(DataError) as error:
            read(path)
        assert str(error.value) == f"{path}: {message}"


@pytest.mark.parametrize("name", ["a.txt", "a.csv"])
@pytest.mark.parametrize(
    ("content", "kind"), [(b"PK\x03\x04abc", "zip or Excel"), (b"{\\rtf1 a day}", "RTF")]
)
def test_files_of_programs_are_no_text(
    content: bytes, kind: str, name: str, tmp_path: Path
) -> None:
    path = save(tmp_path / name, content)
    with pytest.raises(DataError) as error:
        asked(path)
    expected = f"{path}: needs text. Received: what begins like a {kind} file; save it under a "
    if kind == "RTF" or name == "a.txt":
        assert str(error.value) == f"{expected}name that says so, and give that file"


def test_texts_by_class_are_read_alike_at_every_door(tmp_path: Path) -> None:
    classes = {"good": TEXTS[:5], "bad": TEXTS[5:]}
    for texts in (classes, {"good": TEXTS[:4], "bad": TEXTS[4:]}):
        path = save(tmp_path / "a.json", json.dumps(texts))
        source, inputs = read_texts(path), asked(path)
        assert list(source.rows.inputs) == TEXTS
        assert [row.value for row in inputs.rows] == TEXTS
        assert source.note.endswith("; texts by class")
        assert inputs.note.endswith("; texts by class")


def test_columns_of_one_name_are_not_lost(tmp_path: Path) -> None:
    rows = [[text, label, "x"] for text, label in zip(TEXTS, LABELS, strict=True)]
    split = {"columns": ["text", "label", "label"], "data": rows}
    path = save(tmp_path / "a.json", json.dumps(split))
    with pytest.raises(DataError) as error:
        read_texts(path)
    assert str(error.value) == f"{path}: needs each column once. Received: label twice"


def test_a_column_may_be_called_columns(tmp_path: Path) -> None:
    columns = {"columns": LABELS, "text": TEXTS}
    path = save(tmp_path / "a.json", json.dumps(columns))
    assert list(read_texts(path, label_column="columns").rows.labels) == LABELS


def test_a_table_whose_sign_was_not_seen_is_not_answered_as_one_column(tmp_path: Path) -> None:
    path = save(tmp_path / "a.csv", FRAME.to_csv(index=False).replace(",", "，"))
    with pytest.raises(DataError) as error:
        asked(path)
    assert str(error.value) == (
        f"{path}: needs one column of texts, named `text` or by the setting text_column; or the "
        "sign between cells, as in --set separator=，. Received: text，label"
    )
    plain = save(tmp_path / "b.csv", "text: raw\n" + "\n".join(TEXTS))
    assert [row.value for row in asked(plain).rows][-len(TEXTS) :] == TEXTS


@pytest.mark.parametrize("levels", [["text"], ["label", "text"]])
def test_levels_of_an_index_that_have_names_are_columns(levels: list[str], tmp_path: Path) -> None:
    frame = FRAME.assign(shop=1).set_index(levels)
    frame.to_parquet(tmp_path / "a.parquet")
    for data in (frame, tmp_path / "a.parquet"):
        source = read_texts(data)
        assert list(source.rows.inputs) == TEXTS
        assert list(source.rows.labels) == LABELS
    assert [row.value for row in asked(tmp_path / "a.parquet").rows] == TEXTS


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (datetime(2026, 1, 2), "2026-01-02"),
        (pd.Timestamp("2026-01-02"), "2026-01-02"),
        (date(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2, 3), "2026-01-02 03:00:00"),
        (np.float32(2), "2"),
    ],
)
def test_days_are_written_as_in_files_of_text(cell: Any, text: str) -> None:
    assert as_text(cell) == text


@pytest.mark.parametrize("end", ["", "\r"])
def test_lines_of_old_macintoshes_are_lines(end: str, tmp_path: Path) -> None:
    path = save(tmp_path / "a.txt", "\r".join(TEXTS) + end)
    assert [row.value for row in asked(path).rows] == TEXTS
    path = save(tmp_path / "b.txt", "one\rtwo\rthree\n" + "\n".join(TEXTS))
    assert len(list(asked(path).rows)) == 1 + len(TEXTS)
