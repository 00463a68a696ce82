"""Long files are read a part at a time, and give the rows and the words of a whole reading."""

from __future__ import annotations

import csv
import io
import json
import random
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from lstm_toolkit.data.inputs import long_files
from lstm_toolkit.data.inputs.images import image_inputs
from lstm_toolkit.data.inputs.pairs import sentence_inputs
from lstm_toolkit.data.inputs.rows import Inputs, ReadingContext
from lstm_toolkit.data.inputs.sentences import tokens_inputs
from lstm_toolkit.data.inputs.tables import text_inputs
from lstm_toolkit.data.readers.tables.parts import contract, json_stream
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
READERS = {"sentiment": text_inputs, "translation": sentence_inputs, "tagging": tokens_inputs}


@pytest.fixture(autouse=True)
def short_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contract, "PART", 5)
    monkeypatch.setattr(contract, "HEAD", 12)
    monkeypatch.setattr(json_stream, "PIECE", 50)


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


@pytest.mark.parametrize("task", ["sentiment", "translation"])
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


def both_ways(
    path: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    parted: bool = True,
    task: str = "sentiment",
) -> Any:
    """Returns what parts give, after seeing that a whole gives the same.

    Args:
        path: The file or folder.
        tmp_path: For tables that are written.
        monkeypatch: Makes all files long.
        parted: Whether it is read so, and not left to the whole reader.
        task: What reads it.
    """
    whole = outcome(path, task, tmp_path / "whole")
    monkeypatch.setattr(long_files, "LONG", 0)
    parts = outcome(path, task, tmp_path / "parts")
    assert parts == whole
    if parted:
        shown = {len(cells) for cells in read(path, task).columns.values()}
        assert max(shown) < len(parts[0])  # a whole one would hold all
    return parts


def shapes(rows: list[dict[str, Any]]) -> dict[str, str]:
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    pretty = [json.dumps(row, indent=2) for row in rows]
    return {
        "array": json.dumps(rows, ensure_ascii=False),
        "pretty array": json.dumps(rows, indent=2),
        "lines": "\n".join(lines),
        "one after the other": "\n".join(pretty),
        "with commas": ",\n".join(pretty),
        "under a name": json.dumps({"version": [1, 2], "data": rows, "source": {"a": "b"}}),
        "columns": json.dumps({name: [row[name] for row in rows] for name in rows[0]}),
        "columns by number": pd.DataFrame(rows).to_json(orient="columns"),
        "split": pd.DataFrame(rows).to_json(orient="split", indent=1),
        "by number": json.dumps(dict(enumerate(rows))),
        "marked": "\ufeff" + json.dumps(rows),
        "lone surrogates": json.dumps([{**rows[0], "text": "a \ud800"}, *rows[1:]]),
        "the same twice": json.dumps(rows).replace('{"id"', '{"topic": "a", "id"', 3),
        "large numbers": json.dumps(rows).replace('"score": 1,', '"score": 12345678901234567,'),
        "no number": json.dumps(rows).replace("2.5", "NaN"),
    }


IRREGULAR = {
    "repeated names": lambda rows: json.dumps(rows).replace('{"id"', '{"topic": "z", "id"', 3),
    "two of rows": lambda rows: json.dumps({"data": rows, "more": rows}),
    "splits": lambda rows: json.dumps({"train": rows[:9], "test": rows[9:]}),
    "uneven columns": lambda rows: json.dumps({"text": ["a b", "c"], "id": [1]}),
    "columns of lists": lambda rows: json.dumps({"text": ["a b", "c"], "tags": [["x"], ["y"]]}),
    "columns by other numbers": lambda rows: json.dumps({"text": {"0": "a b"}, "id": {"1": 1}}),
    "a number twice": lambda rows: '{"0": {"text": "a b"}, "0": {"text": "c d"}}',
    "a column twice": lambda rows: '{"text": ["a b"], "text": ["c d"], "id": [1]}',
    "uneven split": lambda rows: json.dumps({"columns": ["text", "id"], "data": [["a", 1], []]}),
    "data first": lambda rows: json.dumps({"data": [["a b", 1]] * 3, "columns": ["text", "id"]}),
    "columns and data": lambda rows: json.dumps({"columns": ["a b", "c"], "data": ["x y", "z"]}),
    "numbers of numbers": lambda rows: json.dumps({"0": {"0": "a b", "1": "c d"}}),
    "many columns": lambda rows: json.dumps({"text": ["a"]} | {f"{n}": [n] for n in range(20)}),
    "deeper": lambda rows: json.dumps({"a": {"b": rows}}),
    "arrays": lambda rows: json.dumps([list(row.values()) for row in rows]),
    "a name twice": lambda rows: json.dumps([{**row, "text ": "x"} for row in rows]),
    "a name in two ways": lambda rows: json.dumps(
        [*rows[:-1], {f"{name} ": cell for name, cell in rows[-1].items()}]
    ),
    "new name": lambda rows: json.dumps([*rows, {**rows[0], "new": 1}]),
    "no object": lambda rows: json.dumps([*rows, 7]),
    "nested": lambda rows: json.dumps([*rows[:-1], {**rows[-1], "topic": {"a": 1}}]),
    "more behind": lambda rows: json.dumps(rows) + "[]",
    "cut": lambda rows: json.dumps(rows)[:-20],
    "comma": lambda rows: json.dumps(rows)[:-1] + ",]",
}


@pytest.mark.parametrize("shape", shapes(records(random.Random(0), 1)))
def test_shapes_of_json_come_in_parts(
    shape: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.json"
    path.write_text(shapes(records(random.Random(shape), 40))[shape], "utf-8")
    rows, *_ = both_ways(path, tmp_path, monkeypatch)
    assert len(rows) == 40


@pytest.mark.parametrize("shape", IRREGULAR)
def test_other_json_is_left_to_the_whole_reader(
    shape: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.json"
    path.write_text(IRREGULAR[shape](records(random.Random(shape), 40)), "utf-8")
    both_ways(path, tmp_path, monkeypatch, parted=False)


def test_one_value_alone_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "LONGEST", 500)
    path = tmp_path / "a.json"
    path.write_text(json.dumps([{"text": "a b " * 1000, "label": 1}] * 3))
    both_ways(path, tmp_path, monkeypatch, parted=False)


def book(path: Path, **sheets: list[list[Any]]) -> Path:
    openpyxl = pytest.importorskip("openpyxl")
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    workbook.save(path)
    return path


def sheet(rows: list[dict[str, Any]]) -> list[list[Any]]:
    return [[*rows[0]], *([*row.values()] for row in rows)]


ROWS = records(random.Random(1), 40)
BOOKS: dict[str, tuple[dict[str, list[list[Any]]], int]] = {
    "one": ({"a": sheet(ROWS)}, 40),
    "title": ({"a": [["Report 2026"], [], *sheet(ROWS)]}, 40),
    "header again": ({"a": [*sheet(ROWS), *sheet(ROWS)]}, 80),
    "blank": ({"a": [*sheet(ROWS), [], [], [7, "a fine day"], []]}, 43),
    "one column": ({"a": [["text"], ["a day"], [], ["a fine day"], []]}, 3),
    "notes": ({"notes": [["by me"], ["for you"]], "a": sheet(ROWS)}, 40),
    "splits": ({"train": sheet(ROWS[:30]), "test": sheet(ROWS[30:]), "x": [["a"]]}, 40),
    "dates": ({"a": [["text", "on"], *([row["text"], date(2026, 1, 2)] for row in ROWS)]}, 40),
}


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv"])
@pytest.mark.parametrize("form", BOOKS)
def test_workbooks_come_in_parts(
    form: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheets, count = BOOKS[form]
    rows, *_ = both_ways(book(tmp_path / name, **sheets), tmp_path, monkeypatch)
    assert len(rows) == count


@pytest.mark.parametrize(
    "rows",
    [[*sheet(ROWS), [1, "a", 2, "b", "wider"]], [["one"], ["two"]], [[]]],
    ids=["wider", "narrow", "empty"],
)
def test_other_workbooks_are_left_to_the_whole_reader(
    rows: list[list[Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both_ways(book(tmp_path / "a.xlsx", a=rows), tmp_path, monkeypatch, parted=False)


def shard(path: Path, rows: list[dict[str, Any]]) -> None:
    frame = pd.DataFrame(rows)
    if path.suffix == ".parquet":
        frame.to_parquet(path, row_group_size=7)
    elif path.suffix == ".jsonl":
        frame.to_json(path, orient="records", lines=True)
    elif path.suffix == ".xlsx":
        frame.to_excel(path, index=False)
    else:
        frame.to_csv(path, index=False)


@pytest.mark.parametrize("suffix", [".parquet", ".csv", ".csv.gz", ".jsonl", ".xlsx"])
@pytest.mark.parametrize("names", [("part-0", "part-1", "part-2"), ("train", "test"), ("data",)])
def test_shards_come_in_parts(
    names: tuple[str, ...], suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "data"
    root.mkdir()
    (root / "LICENSE").write_text("free")
    for place, name in enumerate(names):
        rows = [{**row, "text": f"{name} {row['id']}"} for row in ROWS]
        more = [{"more": place, **row} for row in rows] if place == 1 else rows
        shard(root / f"{name}{suffix}", more)
    rows, note, *_ = both_ways(root, tmp_path, monkeypatch)
    assert [row[0] for row in rows][:: len(ROWS)] == [f"{name} 0" for name in sorted(names)]
    assert "LICENSE" in note


def test_shards_that_lack_the_texts_are_left_to_the_whole_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "data"
    root.mkdir()
    shard(root / "train.csv", ROWS)
    shard(root / "test.csv", [{"id": 1, "topic": "a"}] * 9)
    both_ways(root, tmp_path, monkeypatch, parted=False)


SIDE = 3


def pixel_outcome(path: Path) -> Any:
    image = SimpleNamespace(height=SIDE, width=SIDE, white=255, looks=None)
    states = SimpleNamespace(only=image, target=SimpleNamespace(names=("0", "1")))
    options = SimpleNamespace(as_is=False, invert=False)
    context = ReadingContext(get_task("digits").settings(), states, options, frozenset())
    inputs = image_inputs(path, context)
    rows = [(row.name, str(row.value), row.cells) for row in inputs.rows]
    return rows, inputs.note, max(map(len, inputs.columns.values()))


@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_tables_of_pixels_come_in_parts(
    suffix: str, header: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(suffix)
    rows = [[place % 2, *(rng.randrange(256) for _ in range(SIDE**2))] for place in range(40)]
    names = ["label", *(f"pixel{place}" for place in range(SIDE**2))]
    path = tmp_path / f"a{suffix}"
    frame = pd.DataFrame(rows, columns=names)
    if suffix == ".csv":
        frame.to_csv(path, index=False, header=header)
    else:
        frame.to_parquet(path)
    whole = pixel_outcome(path)
    monkeypatch.setattr(long_files, "LONG", 0)
    parts = pixel_outcome(path)
    assert parts[:2] == whole[:2]
    assert parts[2] < whole[2] == 40


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
