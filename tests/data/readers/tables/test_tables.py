"""Every form of a table of texts, and every way in which it can be wrong."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from lstm_toolkit.data import samples as module
from lstm_toolkit.data.readers.texts.texts import read_texts
from lstm_toolkit.data.samples import sample_path
from lstm_toolkit.errors import DataError

TEXTS = [
    "None",
    "null, NA and nan",
    'says "no" twice',
    "over\ntwo lines",
    "很好，下次再来",
    "plain",
    "N/A",
    "also\ttabs",
]
LABELS = ["good", "bad"] * 4
FRAME = pd.DataFrame({"id": range(8), "text": TEXTS, "label": LABELS})


def save(path: Path, content: str | bytes) -> Path:
    data = content.encode() if isinstance(content, str) else content
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def check(path: Path, texts: list[str] = TEXTS) -> None:
    source = read_texts(path)
    assert list(source.rows.inputs) == texts
    assert list(source.rows.labels) == LABELS[: len(texts)]
    assert {type(text) for text in source.rows.inputs} == {str}
    assert source.rows.labels.dtype.kind == "U"
    assert source.test is None


@pytest.mark.parametrize("end", ["", ".gz"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv(tmp_path: Path, delimiter: str, end: str) -> None:
    text = FRAME.to_csv(index=False, sep=delimiter)
    check(save(tmp_path / f"a.csv{end}", "\ufeff" + text))
    check(save(tmp_path / f"b.CSV{end}", text.replace("\n", "\r\n")), texts=[
        text.replace("\n", "\r\n") for text in TEXTS
    ])  # fmt: skip


@pytest.mark.parametrize("end", ["", ".gz"])
def test_json_lines(tmp_path: Path, end: str) -> None:
    text = FRAME.to_json(orient="records", lines=True)
    for name in ("jsonl", "ndjson", "json"):
        check(save(tmp_path / f"a.{name}{end}", "\ufeff" + text + "\n\n"))
    check(save(tmp_path / f"b.json{end}", FRAME.to_json(orient="records", indent=2)))


def test_json_lines_may_differ_in_what_they_hold(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [{"text": f"t{i}", "label": i % 2} for i in range(40)]
    rows += [{"tags": ["a"], "text": None, "label": 1}, {"text": 5, "label": True}, {"text": "x"}]
    rows += [{"text": "two", "label": "true"}]
    lines = "\n".join(json.dumps(row) for row in rows)
    source = read_texts(save(tmp_path / "a.jsonl", lines))
    assert list(source.rows.inputs[-2:]) == ["5", "two"]
    assert list(source.rows.labels[-2:]) == ["1", "1"]
    assert source.note == (
        f"42 examples: texts in column text, labels in column label, of {tmp_path / 'a.jsonl'}; "
        "44 rows = 42 used + 2 left out (1 with an empty text, 1 without a label); "
        "label 'True' merged into '1'; label 'true' merged into '1'"
    )


def test_parquet_and_data_frame(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    FRAME.to_parquet(tmp_path / "a.parquet")
    check(tmp_path / "a.parquet")
    check(save(tmp_path / "b.parquet.gz", (tmp_path / "a.parquet").read_bytes()))
    mixed = pd.DataFrame({"text": [*TEXTS * 5, None], "y": [*[1.0, 2.0] * 20, None]})
    mixed.to_parquet(tmp_path / "c.parquet")
    source = read_texts(tmp_path / "c.parquet")
    assert list(source.rows.labels) == ["1", "2"] * 20
    assert source.note.endswith(
        f"{tmp_path / 'c.parquet'}; 41 rows = 40 used + 1 left out (1 with an empty text)"
    )


def test_excel(tmp_path: Path) -> None:
    pytest.importorskip("openpyxl")
    path = tmp_path / "a.xlsx"
    FRAME.to_excel(path, index=False)
    check(path)
    check(save(tmp_path / "b.xlsx.gz", path.read_bytes()))
    frame = pd.DataFrame({"review": TEXTS * 5, "stars": [1.0, 5.0] * 20})
    frame.loc[3, "review"] = None
    frame.to_excel(path, index=False)
    source = read_texts(path)
    assert set(source.rows.labels) == {"1", "5"}
    assert source.note == (
        f"39 examples: texts in column review, labels in column stars, of {path}; "
        "40 rows = 39 used + 1 left out (1 with an empty text)"
    )


def test_a_data_frame() -> None:
    frame = pd.DataFrame(
        {
            "text": [*TEXTS, None, float("nan"), pd.NA],
            "label": pd.array([0, 1] * 4 + [0] * 3, "Int64"),
            "split": ["train"] * 6 + ["test"] * 2 + ["dev"] * 3,
        },
        index=[5] * 11,
    )
    source = read_texts(frame)
    assert source.test is not None
    assert list(source.rows.labels) == ["0", "1"] * 3
    assert list(source.test.inputs) == TEXTS[6:]
    assert source.note == (
        "6 examples, 2 for the test: texts in column text, labels in column label, "
        "splits by column split, of a data frame; "
        "11 rows = 8 used + 3 left out (3 with an empty text)"
    )


def test_tsv_without_quoting(tmp_path: Path) -> None:
    rows = ['a\t"opens', "b\tplain", 'a\tcloses"', 'b\tin "the" middle', "a\t\u2028", 'b\t"all"']
    source = read_texts(save(tmp_path / "a.tsv", "\n".join(["label\ttext", *rows, ""])))
    assert list(source.rows.inputs) == [row[2:] for row in rows if row[2:] != "\u2028"]
    windows = save(tmp_path / "b.tsv.gz", "\r\n".join(["label\ttext", *rows, ""]))
    assert list(read_texts(windows).rows.inputs) == list(source.rows.inputs)


@pytest.mark.parametrize("texts", [TEXTS, [text for text in TEXTS if "\n" not in text]])
def test_tsv_that_was_quoted_after_all(tmp_path: Path, texts: list[str]) -> None:
    frame = FRAME[FRAME.text.isin(texts)].assign(label=LABELS[: len(texts)])
    check(save(tmp_path / "a.tsv", frame.to_csv(index=False, sep="\t")), texts)


@pytest.mark.parametrize("suffix", ["csv", "tsv", "xlsx"])
def test_tables_without_a_header(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    frame = pd.DataFrame({"text": [f"a film of {i} hours" for i in range(8)], "label": LABELS})
    if suffix == "xlsx":
        pytest.importorskip("openpyxl")
        frame.to_excel(path, index=False, header=False)
    else:
        frame.to_csv(path, index=False, header=False, sep="," if suffix == "csv" else "\t")
    check(path, list(frame.text))
    expected = f"8 examples: texts in column 1, labels in column 2, of {path}; no header"
    assert read_texts(path).note == expected
    assert read_texts(path, text_column="2", label_column="1", labelled=False).note == (
        f"8 examples: texts in column 2, of {path}; no header"
    )


def test_columns_are_joined_and_labels_merged(tmp_path: Path) -> None:
    rows = ["title,body,label"]
    rows += ["a,b, Pos", ",c,pos", "d,,pos", " ,,neg", "e,f,neg", "g,h,neg", ",,", ""]
    path = save(tmp_path / "a.csv", "\n".join(rows))
    source = read_texts(path, text_column="title+body")
    assert list(source.rows.inputs) == ["a b", "c", "d", "e f", "g h"]
    assert source.note == (
        f"5 examples: texts in columns title + body, labels in column label, of {path}; "
        "6 rows = 5 used + 1 left out (1 with an empty text); label ' Pos' merged into 'pos'"
    )


def test_texts_alone_need_no_labels(tmp_path: Path) -> None:
    source = read_texts(save(tmp_path / "a.csv", "text\nfine\n\n  \nbad\n"), labelled=False)
    assert list(source.rows.inputs) == ["fine", "bad"]
    assert list(source.rows.labels) == ["", ""]


def test_unnamed_columns_are_counted(tmp_path: Path) -> None:
    rows = ["v1,v2,,", *[f'{label},"a film of {i}, or so",,' for i, label in enumerate(LABELS)]]
    source = read_texts(save(tmp_path / "a.csv", "\n".join(rows)))
    assert source.note.startswith("8 examples: texts in column v2, labels in column v1, of ")


def test_control_characters_and_surrogates_are_replaced(tmp_path: Path) -> None:
    rows = "a,x\0y\x1b\na,x\r\nb,\x7fz\nb,w\x85\n"
    source = read_texts(save(tmp_path / "a.csv", "label,text\n" + rows))
    assert list(source.rows.inputs) == ["x y ", "x", " z", "w "]
    lines = [r'{"text": "\ud800 is half, \ud83d\ude00 whole", "label": "a"}']
    lines += [r'{"text": "tab \t kept, \u0000 not", "label": "a"}']
    lines += ['{"text": "b", "label": "b"}', r'{"text": "c \udc00", "label": "b"}']
    source = read_texts(save(tmp_path / "a.jsonl", "\n".join(lines)))
    assert list(source.rows.inputs) == [
        "\ufffd is half, 😀 whole", "tab \t kept,   not", "b", "c \ufffd"
    ]  # fmt: skip
    assert "; 2 cells with lone surrogates, replaced by U+FFFD" in source.note
    assert "; warning: 1 of" in source.note


def test_a_text_may_have_ten_million_letters(tmp_path: Path) -> None:
    limit = csv.field_size_limit()
    long = "naïve " * 1_700_000
    rows = ["label,text", *[f'{label},"{text}"' for label in "ab" for text in (long, "x")]]
    inputs = read_texts(save(tmp_path / "a.csv", "\n".join(rows))).rows.inputs
    assert [len(text) for text in inputs] == [len(long), 1] * 2
    assert csv.field_size_limit() == limit
    rows = ["label\ttext", f'a\t"""{long}"', "a\tx", "b\ty", "b\tz"]
    inputs = read_texts(save(tmp_path / "a.tsv", "\n".join(rows))).rows.inputs
    assert [len(text) for text in inputs] == [len(long) + 1, 1, 1, 1]


def test_another_encoding(tmp_path: Path) -> None:
    rows = "标签,评论\n好,很好\n好,不错\n坏,很差\n坏,太差\n"
    for encoding in ("gb18030", "utf-16"):
        path = save(tmp_path / "a.csv", rows.encode(encoding))
        source = read_texts(path, encoding=encoding)
        assert list(source.rows.inputs) == ["很好", "不错", "很差", "太差"]
        assert source.note == f"4 examples: texts in column 评论, labels in column 标签, of {path}"


GOOD = "label,text\na,fine\na,good\nb,bad\nb,poor\n"


def test_the_sample_is_found_or_said_to_be_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "__file__", str(tmp_path / "lstm_toolkit" / "data" / "samples.py"))
    monkeypatch.setattr("sysconfig.get_path", lambda name: str(tmp_path / name))
    checkout = tmp_path / "data" / "reviews.csv"
    installed = tmp_path / "data" / "share" / "lstm_toolkit" / "reviews.csv"
    with pytest.raises(DataError) as error:
        read_texts(None)
    assert str(error.value) == (
        "needs the sample reviews, which come with the repository; take texts of your own "
        f"with --data. Received: neither {checkout} nor {installed}"
    )
    installed.parent.mkdir(parents=True)
    save(installed, GOOD)
    assert sample_path("reviews") == installed
    save(checkout, GOOD)
    assert sample_path("reviews") == checkout
    assert read_texts(None).note == (
        "4 examples: texts in column text, labels in column label, of the sample reviews"
    )
