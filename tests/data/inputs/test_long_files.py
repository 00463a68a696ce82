"""Long files are read a part at a time, and give the rows and the words of a whole reading."""

from __future__ import annotations

import csv
import io
import json
import random
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from lstm_toolkit.data.inputs import long_files
from lstm_toolkit.data.inputs.pairs import sentence_inputs
from lstm_toolkit.data.inputs.rows import Inputs, ReadingContext
from lstm_toolkit.data.inputs.tables import text_inputs
from lstm_toolkit.data.readers.tables import parts
from lstm_toolkit.errors import DataError
from lstm_toolkit.serving.answer_tables import write_answers
from lstm_toolkit.tasks import get_task

WORDS = [
    "fine",
    "dull",
    "don’t",
    "好看",
    "naïve",
    "so, so",
    'the "end"',
    "two\nlines",
    " ",
    "7",
]
READERS = {"sentiment": text_inputs, "translation": sentence_inputs}


@pytest.fixture(autouse=True)
def short_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "PART", 5)
    monkeypatch.setattr(long_files, "PART", 5)
    monkeypatch.setattr(parts, "HEAD", 12)


def read(path: Path, task: str = "sentiment", **settings: Any) -> Inputs:
    stated = frozenset(settings)
    context = ReadingContext(get_task(task).settings(**settings), SimpleNamespace(), None, stated)
    return READERS[task](path, context)


def outcome(path: Path, task: str, out: Path) -> Any:
    """Returns all that a reading gives: rows, what is told, and the table that is written."""
    try:
        inputs = read(path, task)
        rows = list(inputs.rows)
    except DataError as error:
        return str(error)
    for suffix in (".csv", ".parquet"):
        write_answers(out.with_suffix(suffix), ((row, {}) for row in rows), inputs.columns, {})
    schema = pd.read_parquet(out.with_suffix(".parquet")).dtypes.astype(str).to_dict()
    written = out.with_suffix(".csv").read_text("utf-8")
    return [(row.name, row.value, row.cells) for row in rows], inputs.note, schema, written


def text(rng: random.Random) -> str:
    return " ".join(rng.choices(WORDS, k=rng.randint(1, 6)))


def records(rng: random.Random, count: int) -> list[dict[str, Any]]:
    return [
        {"id": number, "text": text(rng), "score": rng.choice([1, 2.5]), "topic": "a"}
        for number in range(count)
    ]


def delimited(rows: list[dict[str, Any]], separator: str, *, again: bool) -> str:
    file = io.StringIO()
    table = csv.DictWriter(file, [*rows[0]], delimiter=separator, lineterminator="\n")
    for place, row in enumerate(rows):
        if place == 0 or (again and place % 17 == 0):
            table.writeheader()
        table.writerow(row)
    return file.getvalue()


FAULTS = {
    "": lambda content: content,
    "short row": lambda content: content + "9\n",
    "open quote": lambda content: content + '9,"so\n',
    "control": lambda content: content.replace("dull", "du\x93ll"),
    "blank lines": lambda content: content.replace("\n9", "\n\n\n9"),
    "header turned": lambda content: content + "text,id,score,topic\n",
    "no header": lambda content: content.partition("\n")[2],
    "title": lambda content: "Report 2026\n" + content,
    "marked": lambda content: "\ufeff" + content,
    "named": lambda content: "sep=,\n" + content,
    "backslash": lambda content: content + '99,"a \\"b\\" c",1,a\n',
}


@pytest.mark.parametrize("task", READERS)
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("form", [".csv", ".tsv", ".txt", ".jsonl", "again.csv"])
def test_parts_give_what_a_whole_gives(
    form: str, fault: str, task: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(f"{form}{fault}")
    rows = records(rng, 40)
    if form == ".txt":
        content = "".join(f"{row['text']}\n" for row in rows)
    elif form == ".jsonl":
        content = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
    else:
        separator = "\t" if form == ".tsv" else ","
        content = delimited(rows, separator, again=form == "again.csv")
    path = tmp_path / f"a{form}"
    path.write_text(FAULTS[fault](content), encoding="utf-8")
    whole = outcome(path, task, tmp_path / "whole")
    monkeypatch.setattr(long_files, "LONG", 0)
    assert outcome(path, task, tmp_path / "parts") == whole


def test_parquet_gives_what_a_whole_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = records(random.Random(0), 40)
    for row in rows[20:]:
        row |= {"id": None, "tags": ["a", "b"]}
    pd.DataFrame(rows).astype({"id": "Int64"}).to_parquet(tmp_path / "a.parquet", row_group_size=7)
    whole = outcome(tmp_path / "a.parquet", "sentiment", tmp_path / "whole")
    monkeypatch.setattr(long_files, "LONG", 0)
    parted = outcome(tmp_path / "a.parquet", "sentiment", tmp_path / "parts")
    assert str(parted) == str(whole)  # arrays in cells are compared by what is in them
    assert {len(cells) for cells in read(tmp_path / "a.parquet").columns.values()} < {0, 1, 2, 3}


@pytest.mark.parametrize("form", [".csv", ".txt", ".jsonl"])
def test_long_files_are_not_held(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(long_files, "LONG", 0)
    path = tmp_path / f"a{form}"
    lines = ["text\n"] * (form == ".csv") + [f"a fine day {n}\n" for n in range(50)]
    if form == ".jsonl":
        lines = [json.dumps({"text": line.strip()}) + "\n" for line in lines]
    path.write_text("".join(lines))
    inputs = read(path)
    assert [len(cells) for cells in inputs.columns.values()] == [1]
    first = next(inputs.rows)
    path.write_text("".join(lines[:20]) + '"' + "".join(lines[20:]))
    assert first.name == "a fine day 0"


def test_a_file_that_changes_meanwhile_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(long_files, "LONG", 0)
    path = tmp_path / "a.csv"
    path.write_text("text,label\n" + "a fine day,x\n" * 50)
    inputs = read(path)
    path.write_text("text,label\n" + "a fine day,x\n" * 20 + "short\n")
    message = rf"^{path}: was changed while it was read; try again$"
    with pytest.raises(DataError, match=message):
        list(inputs.rows)
