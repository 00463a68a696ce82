"""Every way in which a table of texts can be wrong."""

from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import pytest

from lstm_toolkit.data.readers.tables.tables import FORMS
from lstm_toolkit.data.readers.texts.texts import read_texts
from lstm_toolkit.errors import DataError
from tests.data.readers.tables.test_tables import FRAME, GOOD, save

QUOTES = 'needs cells in closed quotes, and "" for a quote in them. Received: '


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", "x", "{path}: unknown form; needs {forms}"),
        ("a.gz", "x", "{path}: unknown form; needs {forms}"),
        ("a.csv", "", "{path}: is empty; needs {forms}"),
        ("a.parquet", "", "{path}: is empty; needs {forms}"),
        ("a.csv.gz", "", "{path}: is empty; needs {forms}"),
        ("a.csv", '"",\n , \n', "{path}: is empty; needs {forms}"),
        ("a.jsonl", "\ufeff \n\n", "{path}: is empty; needs {forms}"),
        ("a.csv", "label,text\n", "{path}: needs at least one row under the header. "
         "Received: none"),
        ("a.tsv", "label\ttext", "{path}: needs at least one row under the header. "
         "Received: none"),
        ("a.json", "[]", "{path}: needs at least one row. Received: none"),
        ("a.csv", "text,label,text\na,b,c", "{path}: needs each column once. "
         "Received: text 2 times"),
        (
            "a.csv",
            GOOD.encode() + "a,ü".encode("latin-1"),
            "{path}, line 6: needs text in utf-8, or its encoding, as in "
            "--set encoding=cp1252. Received: byte 0xfc at offset 2 of the line",
        ),
        ("a.csv", GOOD + "b,ugly,film\n", "{path}, line 6: needs 2 cells a row, as in the "
         "first. Received: 3"),
        ("a.csv", 'text,label\n"over\ntwo\nlines",a\nalone\n', "{path}, line 5: needs 2 cells "
         "a row, as in the first. Received: 1"),
        ("a.csv", GOOD + '\n"b","open\nc,d\n', "{path}, line 7: " + QUOTES
         + "one open to the end of the file"),
        ("a.csv", GOOD + 'b,"open\nc,d\nb,"closed"\n', "{path}, line 6: " + QUOTES
         + "text after a closing quote"),
        ("a.csv", GOOD + 'b,"with \\"slashes\\" in "it"\n', "{path}, line 6: " + QUOTES
         + "text after a closing quote"),
        ("a.csv", GOOD + 'b,"open\nc,d,",x\nb,"open', "{path}, line 6: needs 2 cells a row, as "
         "in the first. Received: 3"),
        ("a.tsv", 'label\ttext\na\t"x\n\nb\ty\tz\n', "{path}, line 4: needs 2 cells a row, as "
         "in the first. Received: 3"),
        ("a.jsonl", '{"text": "a"}\n\n[1, 2]\n', "{path}, line 3: needs a JSON object on each "
         "line. Received: [1, 2]"),
        ("a.jsonl", '{"text": "a"}\n{"text: "b"}', "{path}, line 2: needs a JSON object on each "
         "line. Expecting ':' delimiter at character 10"),
        ("a.jsonl", '{"text": ["a"], "label": 1}', "{path}, line 1: needs a text in each cell of "
         "column text. Received: list"),
        ("a.json", '[{"text": "a"},\n3]', "{path}: needs an array of JSON objects. "
         "Received: 3 as item 2"),
        ("a.json", '[{"text": "a"},\n{]', "{path}, line 2: needs an array of JSON objects. "
         "Expecting property name enclosed in double quotes at character 2"),
        ("a.csv", "label,text\na,\nb, \n", "{path}: needs at least one text. "
         "Received: 2 rows, all empty in text"),
        ("a.csv", GOOD + ",x\n", "{path}, line 6: needs a label for at least 95% of the texts. "
         "Received: none for 1 of 5"),
        ("a.csv", "label,text\na,x\na,y\n", "{path}: needs at least two classes. "
         "Received: 2 different texts, classes=a"),
        ("a.csv", GOOD + "c,x\n", "{path}: needs at least three different texts in every class, "
         "one for each split; add texts to smaller ones. "
         "Received: 1 of class c"),
        ("a.csv", "n,text\n1,x\n2,y\n", "{path}: needs one column of labels, named `label` or "
         "by the setting label_column. Received: n, text"),
        ("a.parquet", "PAR1", "{path}: is damaged, or no Parquet file. "),
        ("a.xlsx", "PK", "{path}: is damaged, or no Excel file. "),
    ],
)  # fmt: skip
def test_bad_tables_give_one_line(
    tmp_path: Path, name: str, content: str | bytes, message: str
) -> None:
    if "Parquet file" in message:
        pytest.importorskip("pyarrow")
    path = save(tmp_path / name, content)
    with pytest.raises(DataError) as error:
        read_texts(path)
    expected = message.replace("{path}", str(path)).replace("{forms}", FORMS)
    if message.endswith(". "):
        assert str(error.value).startswith(expected)
    else:
        assert str(error.value) == expected
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "problem"),
    [("[" * 100_000, "maximum recursion depth"), ("9" * 5000, "Exceeds the limit")],
)
def test_json_that_python_refuses(tmp_path: Path, text: str, problem: str) -> None:
    path = save(tmp_path / "a.jsonl", text)
    with pytest.raises(DataError) as error:
        read_texts(path)
    expected = f"{path}, line 1: needs a JSON object on each line. {problem}"
    assert str(error.value).startswith(expected)


def test_a_truncated_file_and_a_missing_one(tmp_path: Path) -> None:
    path = save(tmp_path / "a.csv.gz", GOOD)
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(DataError) as error:
        read_texts(path)
    assert str(error.value) == (
        f"{path}: is truncated or damaged. "
        "Compressed file ended before the end-of-stream marker was reached"
    )
    with pytest.raises(DataError) as error:
        read_texts(tmp_path / "none.csv")
    assert str(error.value) == (f"{tmp_path / 'none.csv'}: no such file or folder; needs {FORMS}")


@pytest.mark.parametrize(
    ("suffix", "package", "form"),
    [("parquet", "pyarrow", "Parquet"), ("xlsx", "openpyxl", "Excel")],
)
def test_a_reader_that_is_not_installed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, package: str, form: str
) -> None:
    pytest.importorskip(package)
    path = tmp_path / f"a.{suffix}"
    FRAME.to_parquet(path) if suffix == "parquet" else FRAME.to_excel(path)
    known = builtins.__import__

    def without(name: str, *arguments: Any, **options: Any) -> Any:
        if name.split(".", maxsplit=1)[0] in (package, "fastparquet"):
            raise ImportError(name)
        return known(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    monkeypatch.setattr("importlib.import_module", lambda name, *_: without(name))
    with pytest.raises(DataError) as error:
        read_texts(path)
    assert str(error.value) == (
        f"{path}: needs a reader of {form}; pip install 'lstm_toolkit[tables]'"
    )
