"""Every form of pairs of sentences, and every way in which they can be wrong."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from lstm_toolkit.data import samples as module
from lstm_toolkit.data.dataset import Dataset
from lstm_toolkit.data.readers.pairs.pairs import FORMS, read_pairs
from lstm_toolkit.errors import DataError

EN = ["Hi.", "Run!", 'He said "No."', '"Who?"', "Tom swam.", "None", "Wait, please."]
ZH = ["嗨。", "你用跑的。", "他说不。", "谁？", "Tom游泳。", "没有", "请等一下。"]
FRAME = pd.DataFrame({"en": EN, "zh": ZH})


def save(path: Path, content: str | bytes) -> Path:
    data = content.encode() if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def tabbed(*columns: Sequence[str]) -> str:
    return "".join("\t".join(row) + "\n" for row in zip(*columns, strict=True))


def lines(count: int, word: str = "line", start: int = 0) -> str:
    return "".join(f"{word} {number}\n" for number in range(start, start + count))


def check(rows: Dataset | None, inputs: Sequence[str], labels: Sequence[str]) -> None:
    assert rows is not None
    assert list(rows.inputs) == list(inputs)
    assert list(rows.labels) == list(labels)
    assert rows.inputs.dtype == rows.labels.dtype == object
    assert {type(text) for text in (*rows.inputs, *rows.labels)} == {str}


def message(data: Any, **options: Any) -> str:
    with pytest.raises(DataError) as error:
        read_pairs(data, **options)
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize(
    "name", ["a.csv", "a.tsv.gz", "a.jsonl", "a.json.gz", "a.parquet", "a.xlsx"]
)
def test_tables_with_names(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    kind = name.split(".")[1]
    if kind in ("parquet", "xlsx"):
        pytest.importorskip("pyarrow" if kind == "parquet" else "openpyxl")
        FRAME.to_parquet(path) if kind == "parquet" else FRAME.to_excel(path, index=False)
    elif kind.startswith("json"):
        FRAME.to_json(path, orient="records", lines=kind == "jsonl")
    else:
        FRAME.to_csv(path, index=False, sep="," if kind == "csv" else "\t")
    source = read_pairs(path)
    check(source.rows, EN, ZH)
    assert source.test is source.validation is None
    assert source.note == f"7 pairs: from column en to column zh, of {path}"
    assert source.found == {"direction": "en-zh"}
    check(read_pairs(path, direction="zh-en").rows, ZH, EN)


@pytest.mark.parametrize("columns", [2, 3])
@pytest.mark.parametrize("name", ["cmn.tsv.gz", "cmn.txt"])
def test_tables_without_names_as_tatoeba_has_them(tmp_path: Path, name: str, columns: int) -> None:
    by = [f"CC-BY 2.0 (France) #{number}" for number in range(7)]
    path = save(tmp_path / name, tabbed(*[EN, ZH, by][:columns]))
    more = "; 1 other column ignored" if columns == 3 else ""
    told = "no header; column 1 taken for en and column 2 taken for zh"
    source = read_pairs(path)
    check(source.rows, EN, ZH)
    assert source.note == f"7 pairs: from column en to column zh, of {path}; {told}{more}"
    for direction in ("zh-en", "2-1", "Chinese-English", "cmn-eng"):
        source = read_pairs(path, direction=direction)
        check(source.rows, ZH, EN)
        assert source.note == f"7 pairs: from column zh to column en, of {path}; {told}{more}"
        assert source.found == {"direction": "zh-en"}


def test_columns_without_names_in_one_script_are_counted(tmp_path: Path) -> None:
    path = save(
        tmp_path / "a.tsv", tabbed(["17", "18"], ["Hi.", "No."], ["20", "21"], ["Hé.", "Non."])
    )
    source = read_pairs(path)
    check(source.rows, ["Hi.", "No."], ["Hé.", "Non."])
    assert source.note == (
        f"2 pairs: from column 2 to column 4, of {path}; no header; 2 other columns ignored"
    )
    check(read_pairs(path, direction=source.found["direction"]).rows, *zip(
        ("Hi.", "Hé."), ("No.", "Non."), strict=True
    ))  # fmt: skip
    check(read_pairs(path, direction="4-2").rows, ["Hé.", "Non."], ["Hi.", "No."])


def test_a_first_row_of_sentences_is_no_header(tmp_path: Path) -> None:
    path = save(tmp_path / "a.csv", "Hi,Hallo\nText!,Text\nGo on,Weiter\n")
    assert len(read_pairs(path).rows) == 3
    path = save(tmp_path / "b.csv", "query,reply\na,b\n")
    check(read_pairs(path).rows, ["query", "a"], ["reply", "b"])
    check(read_pairs(path, direction="reply-query").rows, ["b"], ["a"])
    path = save(tmp_path / "c.tsv", "hi\nno\n")
    check(read_pairs(path, labelled=False).rows, ["hi", "no"], ["", ""])


@pytest.mark.parametrize(
    ("names", "options", "expected"),
    [
        (["en", "de"], {}, ("en", "de")),
        (["target", "notes", "source"], {}, ("source", "target")),
        (["text", "translation"], {}, ("text", "translation")),
        (["notes", "German", "text_fr"], {}, ("German", "text_fr")),
        (["a", "b"], {}, ("a", "b")),
        (["a", "b"], {"source_column": "b"}, ("b", "a")),
        (["a", "b", "c"], {"source_column": "c", "target_column": "a"}, ("c", "a")),
        (["a", "b", "c"], {"direction": "3-2"}, ("c", "b")),
        (["zh-CN", "zh-TW", "en"], {"direction": "en-zh-TW"}, ("en", "zh-TW")),
        (["English", "German", "c"], {"direction": "de-en"}, ("German", "English")),
    ],
)
def test_columns_are_chosen(
    names: list[str], options: dict[str, str], expected: tuple[str, str]
) -> None:
    frame = pd.DataFrame({name: [f"in {name}", f"more in {name}"] for name in names})
    frame["no"] = [1, 2]
    source = read_pairs(frame, **options)
    assert (source.rows.inputs[0], source.rows.labels[0]) == (
        f"in {expected[0]}", f"in {expected[1]}"
    )  # fmt: skip
    again = read_pairs(frame, **source.found)
    assert again.fingerprint() == source.fingerprint()


def test_columns_of_objects(tmp_path: Path) -> None:
    pairs = zip(EN, ZH, strict=True)
    rows = [{"id": 1, "translation": {"en": en, "zh": zh}} for en, zh in pairs]
    path = save(tmp_path / "a.jsonl", "\n".join(map(json.dumps, rows)))
    source = read_pairs(path)
    check(source.rows, EN, ZH)
    assert source.note == f"7 pairs: from column en to column zh, of {path}; 1 other column ignored"


def test_a_column_of_published_splits() -> None:
    split = ["train", "Test", "dev", "train", "train", "val", "test"]
    source = read_pairs(FRAME.assign(split=split))
    check(source.rows, [EN[0], *EN[3:5]], [ZH[0], *ZH[3:5]])
    check(source.test, [EN[1], EN[6]], [ZH[1], ZH[6]])
    check(source.validation, [EN[2], EN[5]], [ZH[2], ZH[5]])
    assert source.note == (
        "3 pairs, 2 for validation, 2 for the test: from column en to column zh, "
        "splits by column split, of a data frame"
    )


def multi30k(root: Path) -> Path:
    for part, count in (("train", 6), ("val", 3), ("test_2016", 2), ("test_2017", 1)):
        for language in ("en", "de", "fr"):
            save(root / f"{part}.{language}.gz", lines(count, f"{part} {language}"))
    save(root / "README.md", "hello")
    return root


def test_empty_sides_and_repeated_pairs_are_dropped_and_counted(tmp_path: Path) -> None:
    rows = [
        "en\tzh",
        "Hi.\t嗨。",
        "\t嗨。",
        "Hi.\t ",
        "\t",
        "Hi.\t你好。",
        "Hi.\t嗨。",
        "",
        "No.\t不。",
    ]
    path = save(tmp_path / "a.tsv", "\n".join(rows))
    source = read_pairs(path)
    check(source.rows, ["Hi.", "Hi.", "No."], ["嗨。", "你好。", "不。"])
    assert source.note == (
        f"3 pairs: from column en to column zh, of {path}; 3 pairs with an empty side dropped; "
        "1 repeated pair dropped"
    )
    source = read_pairs(path, labelled=False)
    check(source.rows, ["Hi.", "Hi.", "Hi.", "Hi.", "No."], [""] * 5)
    assert source.note == (
        f"5 sentences: in column en, of {path}; 1 other column ignored; 2 empty sentences dropped"
    )
    for name, text in (("b.csv", "en,zh\na,b\n,\n , \n"), ("c.tsv", "en\tzh\na\tb\n\t\n \t \n")):
        assert read_pairs(save(tmp_path / name, text)).note.endswith(
            "; 2 pairs with an empty side dropped"
        )


def test_published_splits_keep_what_is_repeated(tmp_path: Path) -> None:
    for language in ("en", "de"):
        for part in ("train", "dev", "test"):
            save(tmp_path / f"{part}.{language}", f"{language}\n" * 3 + "\n")
    source = read_pairs(tmp_path)
    assert source.validation is not None and source.test is not None
    assert [len(e) for e in (source.rows, source.validation, source.test)] == [1, 3, 3]
    assert source.note.endswith("; 3 pairs with an empty side dropped; 2 repeated pairs dropped")


def test_pairs_out_of_place_are_counted(tmp_path: Path) -> None:
    frame = pd.DataFrame({
        "en": [f"Sentence {i}" for i in range(97)] + ["句子", "1984", "Привет"],
        "zh": [f"句子 {i} Tom" for i in range(97)] + ["Sentence", "1984!", "你好"],
    })  # fmt: skip
    assert read_pairs(frame).note == (
        "100 pairs: from column en to column zh, of a data frame; "
        "2 pairs perhaps swapped or not in the usual scripts (Latin → Han)"
    )
    path = tmp_path / "a.csv"
    frame[60:].to_csv(path, index=False)
    assert read_pairs(path).note == (
        "40 pairs: from column en to column zh, "
        f"of {path}; 2 pairs perhaps swapped or not in the usual scripts (Latin → Han), "
        "the first on line 39"
    )
    frame[70:].to_csv(path, index=False)
    assert read_pairs(path, direction="zh-en").note == (
        "warning: 2 of 30 pairs look swapped or not in the usual scripts (Han → Latin), "
        f"the first on line 29; 30 pairs: from column zh to column en, of {path}"
    )


def test_japanese_is_in_two_scripts() -> None:
    frame = pd.DataFrame({"en": ["a", "b", "c"], "ja": ["日本", "ありがとう", "カメラ"]})
    assert read_pairs(frame).note == "3 pairs: from column en to column ja, of a data frame"


def test_control_characters_and_surrogates_are_replaced(tmp_path: Path) -> None:
    path = save(tmp_path / "a.jsonl", json.dumps({"en": "a\0b", "de": "c\ud800"}))
    source = read_pairs(path)
    check(source.rows, ["a b"], ["c\ufffd"])
    assert "; 1 cell with lone surrogates, replaced by U+FFFD; warning: 1 of 2 cells" in source.note


@pytest.mark.parametrize(
    ("name", "content", "options", "expected"),
    [
        ("a.tsv", "", {}, "{path}: is empty; needs {forms}"),
        ("a.pdf", "x", {}, "{path}: unknown form; needs {forms}"),
        ("a.tsv", "en\tzh\n", {}, "{path}: needs at least one row under the header. "
         "Received: none"),
        ("a.tsv", "en\tzh\n\t嗨\nHi\t\n", {}, "{path}: needs at least one pair. "
         "Received: 2, all with an empty side"),
        ("a.tsv", "\t\n\t\n", {}, "{path}: is empty; needs {forms}"),
        ("a.tsv", "en\tzh\nHi\t\nNo\t\n", {}, "{path}: needs at least one pair. "
         "Received: 2, all with an empty side"),
        ("a.csv", "text\nHi\n", {}, "{path}: needs two columns, of sentences and of their "
         "translations. Received: one column, text"),
        ("a.txt", "Hi\nNo\n", {}, "{path}: needs two columns, of sentences and of their "
         "translations. Received: one column, 1"),
        ("a.txt", "Hi\nNo\n", {"direction": "en-zh"}, "{path}: needs two columns, of sentences and "
         "of their translations. Received: one column, 1"),
        ("a.csv", "en,de,fr\na,b,c\n", {}, "{path}: needs two columns of sentences, or the "
         "setting direction that names them, such as direction=en-zh. Received: en, de, fr"),
        ("a.csv", "en,de\na,b\n", {"direction": "en-fr"}, "{path}: no column `fr` for "
         "direction=en-fr, choose from: en, de"),
        ("a.csv", "english,german\na,b\n", {"direction": "englisch-german"}, "{path}: no column "
         "`englisch` for direction=englisch-german, did you mean `english`?"),
        ("a.csv", "en,de\na,b\n", {"direction": "3-1"}, "{path}: no column `3` for "
         "direction=3-1, choose from: en, de"),
        ("a.csv", "en,de\na,b\n", {"direction": "en-1"}, "{path}: no column `1` for "
         "direction=en-1, choose from: en, de"),
        ("a.csv", "en,de\na,b\n", {"target_column": "ed"}, "{path}: no column `ed` for "
         "target_column, choose from: en, de"),
        ("a.csv", "en,de\na,b\n", {"direction": "en-english"}, "{path}: needs source and target "
         "in different columns. Received: direction=en-english"),
        ("a.csv", "en,de\na,b\n", {"source_column": "en", "target_column": "en"}, "{path}: needs "
         "source and target in different columns. Received: source_column=en, target_column=en"),
        ("a.csv", "en,de\na,b\n", {"direction": "en"}, "needs two names with - between them as "
         "direction, such as en-zh. Received: direction=en"),
        ("a.csv", "en,de\na,b\n", {"direction": "en-de", "source_column": "en"}, "needs either "
         "direction, or source_column and target_column. "
         "Received: source_column=en, direction=en-de"),
        ("a.tsv", 'Hi\t嗨\n"No\t不\tmore"\n', {}, "{path}, line 2: needs 2 cells a row, as in the "
         "first. Received: 3"),
        ("a.tsv", "Hi\t嗨\nü\t".encode("latin-1", "replace"), {}, "{path}, line 2: needs text in "
         "utf-8, or its encoding, as in --set encoding=cp1252. "
         "Received: byte 0xfc at offset 0 of the line"),
        ("a.csv", "en,de,split\na,b,test\n,c,train\n", {}, "{path}: needs pairs to learn from. "
         "Received: published splits alone"),
    ],
)  # fmt: skip
def test_bad_tables_give_one_line(
    tmp_path: Path, name: str, content: str | bytes, options: dict[str, str], expected: str
) -> None:
    path = save(tmp_path / name, content)
    assert message(path, **options) == expected.format(path=path, forms=FORMS)


def test_the_sample_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "__file__", str(tmp_path / "lstm_toolkit" / "data" / "samples.py"))
    monkeypatch.setattr("sysconfig.get_path", lambda name: str(tmp_path / name))
    checkout = tmp_path / "data" / "pairs_en_zh.tsv"
    installed = tmp_path / "data" / "share" / "lstm_toolkit" / "pairs_en_zh.tsv"
    assert message(None) == (
        "needs the sample pairs, which come with the repository; take pairs of your own "
        f"with --data. Received: neither {checkout} nor {installed}"
    )
    save(checkout, tabbed(["en", *EN], ["zh", *ZH]))
    assert read_pairs(None).note == "7 pairs: from column en to column zh, of the sample pairs"
