"""Every shape of JSON gives the same rows."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from lstm_toolkit.data.readers.texts.texts import read_texts
from lstm_toolkit.errors import DataError

FRAME = pd.DataFrame(
    {"text": [f'a "text" of {row} words' for row in range(12)], "label": ["good", "bad"] * 6}
)
RECORDS: list[dict[str, Any]] = FRAME.to_dict("records")


def studio(choices: Callable[[str], list[list[str]]]) -> list[dict[str, Any]]:
    def annotation(labels: list[str]) -> dict[str, Any]:
        return {"result": [{"value": {"choices": labels}}]}

    return [
        {
            "id": row,
            "data": {"text": record["text"]},
            "annotations": [annotation(labels) for labels in choices(record["label"])],
        }
        for row, record in enumerate(RECORDS)
    ]


SHAPES = {
    "records": RECORDS,
    "columns": FRAME.to_dict("list"),
    "pandas columns": json.loads(FRAME.to_json()),
    "pandas index": json.loads(FRAME.to_json(orient="index")),
    "pandas split": json.loads(FRAME.to_json(orient="split")),
    "pandas table": json.loads(FRAME.to_json(orient="table")),
    "pandas values": json.loads(FRAME.to_json(orient="values")),
    "nested": {"version": "1", "data": RECORDS},
    "nested twice": {"meta": {"by": "me"}, "result": {"items": RECORDS, "count": 12}},
    "nested rows": {"meta": {"by": "me"}, "rows": FRAME.to_numpy().tolist()},
    "objects": [{"review": {"text": r["text"]}, "meta": {"label": r["label"]}} for r in RECORDS],
    "label studio": studio(lambda label: [[label], [label]]),
    "label studio, short": [{**record, "annotator": 1} for record in RECORDS],
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("indent", [None, 1])
def test_shapes(tmp_path: Path, shape: str, indent: int | None) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(SHAPES[shape], indent=indent), encoding="utf-8")
    source = read_texts(path)
    assert list(source.rows.inputs) == list(FRAME.text)
    assert list(source.rows.labels) == list(FRAME.label)


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_one_object_after_the_other(tmp_path: Path, name: str, indent: int | None) -> None:
    text = "\n".join(json.dumps(record, indent=indent) for record in RECORDS)
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert list(read_texts(tmp_path / name).rows.inputs) == list(FRAME.text)


def test_splits_by_name(tmp_path: Path) -> None:
    parts = {"train": RECORDS[:6], "validation": RECORDS[6:8], "test": RECORDS[8:]}
    columns = {name: pd.DataFrame(rows).to_dict("list") for name, rows in parts.items()}
    told = {"version": 1, "license": None, "names": ["good", "bad"]}
    for value in (parts, {"version": 1, "examples": parts}, told | parts, columns):
        (tmp_path / "a.json").write_text(json.dumps(value), encoding="utf-8")
        source = read_texts(tmp_path / "a.json")
        assert source.validation is not None
        assert source.test is not None
        assert [len(part) for part in (source.rows, source.validation, source.test)] == [6, 2, 4]
        assert ("; version, license, names left alone" in source.note) == ("license" in value)


@pytest.mark.parametrize("count", [6, 9])
def test_the_texts_of_each_class(tmp_path: Path, count: int) -> None:
    classes = {name: [f"text {n} of {name}" for n in range(count)] for name in ("good", "bad")}
    classes["good"] = classes["good"][:6]
    (tmp_path / "a.json").write_text(json.dumps(classes), encoding="utf-8")
    rows = read_texts(tmp_path / "a.json").rows
    assert list(rows.inputs) == classes["good"] + classes["bad"]
    assert list(rows.labels) == ["good"] * 6 + ["bad"] * count


def test_columns_are_no_classes(tmp_path: Path) -> None:
    columns = {"Kommentar": list(FRAME.text), "Klasse": list(FRAME.label)}
    (tmp_path / "a.json").write_text(json.dumps(columns), encoding="utf-8")
    assert list(read_texts(tmp_path / "a.json").rows.labels) == list(FRAME.label)


def test_annotators_who_disagree_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(studio(lambda label: [[label], ["good"]])))
    source = read_texts(tmp_path / "a.json")
    assert list(source.rows.labels) == list(FRAME.label)
    assert source.note.endswith("; 6 tasks whose annotators disagree, the most frequent taken")


@pytest.mark.parametrize(
    ("value", "received"),
    [
        ({"good": ["a", "b"], "bad": [3]}, "an object of good, bad"),
        (
            {"train": RECORDS, "test": RECORDS, "more": RECORDS, "v": 1},
            "an object of train, test, more, v",
        ),
        ({"one": RECORDS, "two": RECORDS}, "an object of one, two"),
        (3, "3"),
    ],
)
def test_other_shapes_are_named(tmp_path: Path, value: Any, received: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(value))
    with pytest.raises(DataError) as error:
        read_texts(path)
    assert str(error.value) == (
        f"{path}: needs rows: an array of JSON objects, an object a line, or columns by name. "
        f"Received: {received}"
    )


TWICE = '{"text": "a", "label": "x", "text": "b"}'
ONCE = '{"text": "a", "label": "x", "text": "a"}'


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"{ONCE}\n{TWICE}\n", ", line 2"),
        (f"{TWICE}\n{ONCE}\n", ", line 1"),
        (f"{ONCE}\n\n{TWICE}".replace(", ", ",\n"), ", line 5"),
        (f"[{ONCE}, {TWICE}]", ""),
        (f'{{"data": [{TWICE}]}}', ", line 1"),
    ],
)
@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_a_name_twice_in_an_object(tmp_path: Path, text: str, line: str, name: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    if text.startswith("[") and name == "a.jsonl":
        line = ", line 1"
    needs = "needs each name once in an object. Received: 'text' twice"
    with pytest.raises(DataError) as error:
        read_texts(path)
    assert str(error.value) == f"{path}{line}: {needs}"


def test_the_same_value_twice(tmp_path: Path) -> None:
    lines = [json.dumps(record)[:-1] + ', "label": "bad"}' for record in RECORDS[1::2]]
    lines += [json.dumps(record) for record in RECORDS[::2]]
    (tmp_path / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert list(read_texts(tmp_path / "a.jsonl").rows.labels) == ["bad"] * 6 + ["good"] * 6
