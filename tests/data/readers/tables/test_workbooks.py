"""Workbooks of several sheets, under any name, and names of classes in Parquet."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from lstm_toolkit.data.inputs.rows import ReadingContext
from lstm_toolkit.data.readers.texts.texts import read_texts
from lstm_toolkit.errors import DataError
from lstm_toolkit.features.observations import Steps
from lstm_toolkit.features.states import States
from lstm_toolkit.tasks import get_task

pytest.importorskip("openpyxl")

FRAME = pd.DataFrame({"text": [f"text {row}" for row in range(12)], "label": ["good", "bad"] * 6})


def workbook(path: Path, skip: int = 0, **sheets: pd.DataFrame) -> Path:
    with pd.ExcelWriter(path, engine="openpyxl") as book:
        for name, frame in sheets.items():
            frame.to_excel(book, sheet_name=name, index=False, startrow=skip)
            if skip:
                book.sheets[name].cell(1, 1, "Report 2026")
    return path


NOTES = pd.DataFrame({"Read me": ["by ACME", "see next sheet"]})


def test_the_sheet_of_the_table_is_found(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", README=NOTES, data=FRAME)
    source = read_texts(path)
    assert list(source.rows.inputs) == list(FRAME.text)
    assert source.note.endswith(
        f"of {path}; sheet data; 15 rows = 12 used + 3 left out (3 in other sheets (README))"
    )


def test_several_tables_are_asked_for(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", one=FRAME, two=FRAME[:6])
    with pytest.raises(DataError) as error:
        read_texts(path)
    assert str(error.value) == (
        f"{path}: needs one sheet with a table; name it, as in --set sheet=NAME, or save "
        "it as a file of its own. Received: one, two"
    )
    for sheet in ("two", "TWO", "2"):
        assert len(read_texts(path, sheet=sheet).rows) == 6
    with pytest.raises(DataError) as error:
        read_texts(path, sheet="too")
    assert str(error.value) == f"{path}: no sheet `too` that holds rows, did you mean `two`?"


def test_sheets_may_be_published_splits(tmp_path: Path) -> None:
    parts = {"Training": FRAME[:6], "dev": FRAME[6:8], "Test": FRAME[8:], "Notes": NOTES}
    source = read_texts(workbook(tmp_path / "a.xlsx", **parts))
    assert source.validation is not None
    assert source.test is not None
    assert [len(part) for part in (source.rows, source.validation, source.test)] == [6, 2, 4]
    assert source.note.endswith("; 15 rows = 12 used + 3 left out (3 in other sheets (Notes))")


def test_titles_stand_above_the_header(tmp_path: Path) -> None:
    source = read_texts(workbook(tmp_path / "a.xlsx", skip=2, data=FRAME))
    assert list(source.rows.inputs) == list(FRAME.text)
    assert source.note.endswith("13 rows = 12 used + 1 left out (1 above the header (line 1))")


def test_what_a_file_holds_counts_more_than_its_name(tmp_path: Path) -> None:
    workbook(tmp_path / "a.xlsx", data=FRAME).rename(tmp_path / "a.csv")
    source = read_texts(tmp_path / "a.csv")
    assert list(source.rows.inputs) == list(FRAME.text)
    assert source.note.endswith("; read as a workbook of Excel")
    FRAME.to_csv(tmp_path / "b.xls", index=False)
    assert list(read_texts(tmp_path / "b.xls").rows.inputs) == list(FRAME.text)
    page = tmp_path / "c.xls"
    page.write_text(FRAME.to_html())
    with pytest.raises(DataError) as error:
        read_texts(page)
    assert str(error.value) == (
        f"{page}: is a page of HTML or XML; save it as .xlsx or .csv. Received: first sign <"
    )


def test_names_of_classes_stand_in_the_schema(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    feature = {"_type": "ClassLabel", "names": ["neg", "pos"]}
    info = json.dumps({"info": {"features": {"label": feature, "text": {"_type": "Value"}}}})
    labels = [0, 1] * 12 + [-1]
    table = pa.table({"text": [f"text {row}" for row in range(25)], "label": labels})
    pq.write_table(table.replace_schema_metadata({"huggingface": info}), tmp_path / "a.parquet")
    source = read_texts(tmp_path / "a.parquet")
    assert list(source.rows.labels) == ["neg", "pos"] * 12
    assert source.note.endswith("25 rows = 24 used + 1 left out (1 without a label)")


PAIRS = pd.DataFrame(
    {"en": [f"line {n}" for n in range(9)], "de": [f"Zeile {n}" for n in range(9)]}
)
NUMBERS = pd.DataFrame({"y": [float(n) for n in range(9)]})
SMALL = {"window": 2, "horizon": 1, "segment": 1}


@pytest.mark.parametrize(
    ("task", "frame", "settings"),
    [("translation", PAIRS, {}), ("forecasting", NUMBERS, SMALL), ("sentiment", FRAME, {})],
)
def test_every_task_of_tables_takes_sheets_and_separators(
    tmp_path: Path, task: str, frame: pd.DataFrame, settings: dict[str, Any]
) -> None:
    chosen = get_task(task)
    path = workbook(tmp_path / "a.xlsx", one=frame, two=frame[:-1])
    with pytest.raises(DataError, match=r"needs one sheet with a table; name it, as in --set"):
        chosen.source(path, chosen.settings(**settings))
    (tmp_path / "a.csv").write_text(frame[:-1].to_csv(sep="^", index=False))
    sheet = chosen.source(path, chosen.settings(**settings, sheet="two"))
    signs = chosen.source(tmp_path / "a.csv", chosen.settings(**settings, separator="^"))
    assert sheet.fingerprint() == signs.fingerprint()
    states = States({"values": Steps(2)}, SimpleNamespace(horizon=1))
    for file, told in ((path, {"sheet": "two"}), (tmp_path / "a.csv", {"separator": "^"})):
        for stated in (frozenset(told), frozenset[str]()):  # as stated, or as in the training
            context = ReadingContext(chosen.settings(**settings, **told), states, None, stated)
            rows = list(chosen.read_inputs(file, context).rows)
            assert len(rows) == (1 if task == "forecasting" else len(frame) - 1)
