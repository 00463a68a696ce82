"""Texts with spans: JSON in its forms, and the folders of brat."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.data import read_tagged
from lstm_toolkit.data.readers.tagged.offsets import in_characters
from lstm_toolkit.data.readers.tagged.spans import Document, Span
from lstm_toolkit.errors import DataError

TEXT = "Anna Lee's in 北京."
TOKENS = "Anna Lee 's in 北 京 ."
TAGS = ["B-PER", "I-PER", "O", "O", "B-LOC", "I-LOC", "O"]
STUDIO = [
    {"value": {"start": 0, "end": 8, "text": "Anna Lee", "labels": ["PER"]}},
    {"value": {"start": 14, "end": 16, "text": "北京", "labels": ["LOC"]}},
    {"value": {"choices": ["news"]}},
]


def save(path: Path, records: list[Any], *, lines: bool = True) -> Path:
    texts = [json.dumps(record, ensure_ascii=False) for record in records]
    path.write_text("\n".join(texts) if lines else json.dumps(records), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "record",
    [
        {"text": TEXT, "spans": [[0, 8, "PER"], [14, 16, "LOC"]]},
        {"id": 7, "text": TEXT, "label": [[0, 8, "PER"], [14, 16, "LOC"]]},
        [TEXT, {"entities": [[0, 8, "PER"], [14, 16, "LOC"]]}],
        {
            "text": TEXT,
            "entities": [
                {"start_offset": 0, "end_offset": 8, "label": "PER"},
                {"begin": 14, "end": 16, "type": "LOC"},
            ],
        },
        {"data": {"text": TEXT}, "annotations": [{"result": STUDIO}]},
        {"text": TEXT, "label": [value["value"] for value in STUDIO[:2]]},
        {"tokens": TOKENS.split(), "tags": TAGS},
    ],
)
@pytest.mark.parametrize("lines", [True, False])
def test_one_text_in_every_form(tmp_path: Path, record: Any, lines: bool) -> None:
    path = save(tmp_path / ("a.jsonl" if lines else "a.json"), [record, record], lines=lines)
    source = read_tagged(path)
    assert source.rows.columns["text"].tolist() == [TOKENS] * 2
    assert source.rows.targets["tags"].to_list() == [TAGS] * 2
    assert source.note == f"sentences with 5 tags, 2 for train, of {path}"


def test_texts_of_scripts_without_spaces_are_divided_into_characters(tmp_path: Path) -> None:
    path = save(tmp_path / "a.jsonl", [{"text": "王芳在北京。\n好", "spans": [[0, 2, "PER"]]}])
    rows = read_tagged(path).rows
    assert rows.columns["text"].tolist() == ["王 芳 在 北 京 。", "好"]
    assert rows.targets["tags"].to_list()[0][:3] == ["B-PER", "I-PER", "O"]
    rows = read_tagged(path, tokens="space").rows
    assert rows.columns["text"].tolist() == ["王芳在北京。", "好"]


def test_what_does_not_fit_is_counted(tmp_path: Path) -> None:
    studio = [
        {"data": {"text": "Bo"}, "annotations": []},
        {"data": {"text": "Bo"}, "annotations": [{"was_cancelled": True, "result": []}]},
        {"data": {"text": "Bo"}, "annotations": [{"result": []}, {"result": []}]},
    ]
    spans = [[0, 8, "PER"], [5, 8, "LAST"], [11, 13, "PREP"], [0, 3, "PER"]]
    more = [{"text": " \n ", "spans": []}, {"text": "in Berlin-Mitte", "spans": [[3, 9, "LOC"]]}]
    path = save(tmp_path / "a.jsonl", [*studio, {"text": TEXT, "spans": spans}, *more])
    source = read_tagged(path)
    assert len(source.rows) == 3
    assert source.rows.targets["tags"].to_list()[-1] == ["O", "B-LOC"]
    assert source.note.split("; ", 1)[1] == (
        "7 sentences = 3 used + 4 left out (2 not annotated, 2 empty); "
        "spans that overlap a longer one, left out: 2; "
        "spans that end inside of a token, and take the whole of it: 1; "
        "texts annotated several times, of which the first annotation is read: 1"
    )


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ({"text": "Anna", "spans": [[2, 9, "PER"]]},
         "needs spans inside of the text, which has 4 characters. Received: 2 to 9, PER"),
        ({"text": "a  b", "spans": [[1, 3, "PER"]]},
         "needs spans of something. Received: 1 to 3, PER, which is blank"),
        ({"text": "Anna", "spans": [[0, "4", "PER"]]},
         'needs spans such as [0, 4, "PER"]. Received: [0, "4", "PER"]'),
        ({"text": "Anna", "note": ""},
         'needs records such as {"text": "Anna ran", "spans": [[0, 4, "PER"]]}. '
         "Received: the keys text, note"),
        (3, 'needs records such as {"text": "Anna ran", "spans": [[0, 4, "PER"]]}. Received: 3'),
        ({"tokens": ["a", "b"], "tags": ["O"]},
         "needs the name of a tag for each token. Received: 1 tags for 2 tokens"),
        ({"tokens": ["a"], "ner_tags": [0]},
         "needs the name of a tag for each token. Received: the tags [0]"),
        ({"tokens": ["a b"], "tags": ["O"]}, "needs tokens without spaces, none empty"),
        ({"text": "Anna", "spans": [{"start": 0, "end": 4, "label": "PER", "text": "Bob"}]},
         "needs what stands at 0 to 4, 'Anna'. Received: 'Bob'"),
        ({"text": "😀 Anna", "spans": [{"start": 3, "end": 9, "label": "PER", "text": "nna"}]},
         "needs spans inside of the text, which has 6 characters. Received: 3 to 9, PER"),
        ({"data": {"text": "a"}, "annotations": [3]},
         "needs objects as annotations. Received: [3]"),
        ({"data": {"text": "a"}, "annotations": {"a": 1}},
         'needs objects as annotations. Received: {"a": 1}'),
        ({"data": {"text": "a"}, "annotations": [{"result": "ab"}]},
         'needs objects as result. Received: "ab"'),
        ({"data": {"text": "a"}, "annotations": [{"result": [{"value": 3}]}]},
         "needs objects as value. Received: [3]"),
    ],
)  # fmt: skip
def test_what_is_no_tagged_text_is_refused_with_its_line(
    tmp_path: Path, record: Any, said: str
) -> None:
    path = save(tmp_path / "a.jsonl", [{"text": "a", "spans": []}, record])
    with pytest.raises(DataError) as error:
        read_tagged(path)
    assert str(error.value) == f"{path}, line 2: {said}"


def test_damaged_json_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "a", "spans": []}\n{"text": \n', encoding="utf-8")
    with pytest.raises(DataError) as error:
        read_tagged(path)
    assert (
        str(error.value)
        == f"{path}, line 2: needs JSON. Expecting value: line 1 column 10 (char 9)"
    )


def brat(folder: Path, annotations: str, text: str = "Anna Lee ran.\nShe won.\n") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "one.txt").write_text(text, encoding="utf-8")
    (folder / "one.ann").write_text(annotations, encoding="utf-8")
    return folder


def test_a_folder_of_brat(tmp_path: Path) -> None:
    lines = "T1\tPER 0 8\tAnna Lee\nT2\tWIN 9 12;18 21\tran won\nR1\tdid Arg1:T1 Arg2:T2\n"
    brat(tmp_path / "train", lines)
    brat(tmp_path / "dev", "T1\tPER 14 17\tShe\n")
    source = read_tagged(tmp_path)
    assert source.validation is not None
    assert source.rows.columns["text"].tolist() == ["Anna Lee ran .", "She won ."]
    assert source.rows.targets["tags"].to_list()[0] == ["B-PER", "I-PER", "O", "O"]
    assert source.validation.targets["tags"].to_list()[1] == ["B-PER", "O", "O"]
    assert source.note == (
        f"sentences with 3 tags, 2 for train, 2 for validation, of {tmp_path}; "
        "6 sentences = 4 used + 2 left out (2 empty); "
        "spans of several parts, left out: 1; relations, events and notes, not read: 1"
    )


@pytest.mark.parametrize(
    ("annotations", "said"),
    [
        ("T1\tPER 0 4\tLee\n", ", line 1: needs what stands at 0 to 4, 'Anna'. Received: 'Lee'"),
        ("T1 PER 0 4 Anna\n", ", line 1: needs a span such as T1<tab>PER 0 4<tab>Anna. "
         "Received: T1 PER 0 4 Anna"),
    ],
)  # fmt: skip
def test_damaged_lines_of_brat_are_refused(tmp_path: Path, annotations: str, said: str) -> None:
    folder = brat(tmp_path, annotations)
    with pytest.raises(DataError) as error:
        read_tagged(folder)
    assert str(error.value) == f"{folder / 'one.ann'}{said}"
    (folder / "one.txt").unlink()
    with pytest.raises(DataError) as error:
        read_tagged(folder)
    assert str(error.value) == f"{folder / 'one.ann'}: needs its text, one.txt, beside it"


def test_the_rule_that_divided_texts_is_handed_on(tmp_path: Path) -> None:
    path = save(tmp_path / "a.jsonl", [{"text": "Ann's O'Brien ran.", "spans": [[0, 3, "PER"]]}])
    assert read_tagged(path).found == {"tokens": "treebank"}
    assert read_tagged(path, tokens="space").found == {}
    path = save(tmp_path / "b.jsonl", [{"tokens": ["Ann's"], "tags": ["B-PER"]}])
    assert read_tagged(path).found == {}


def test_all_splits_are_divided_as_the_texts_to_learn_from(tmp_path: Path) -> None:
    save(tmp_path / "dev.jsonl", [{"text": "iPhone", "spans": [[0, 6, "THING"]]}])
    save(tmp_path / "train.jsonl", [{"text": "王芳在北京", "spans": [[0, 2, "PER"]]}])
    source = read_tagged(tmp_path)
    assert source.found == {"tokens": "character"}
    assert source.validation is not None
    assert source.validation.columns["text"].tolist() == ["i P h o n e"]


def studio(text: str, start: int, end: int, said: str) -> dict[str, Any]:
    value = {"start": start, "end": end, "text": said, "labels": ["PER"]}
    return {"data": {"text": text}, "annotations": [{"result": [{"value": value}]}]}


@settings(max_examples=60, deadline=None)
@given(
    signs=st.lists(st.sampled_from(["a", "b", " ", "é", "😀", "北", "\n"]), max_size=12),
    name=st.sampled_from(["Ann", "Ann Lee", "😀", "Ann\nLee"]),
    in_units=st.booleans(),
)
def test_spans_stand_where_their_texts_do(signs: list[str], name: str, in_units: bool) -> None:
    before = "".join(signs)
    text = f"😀{before}{name} {before}"

    def size(part: str) -> int:
        return len(part.encode("utf-16-le")) // 2 if in_units else len(part)

    start = size(f"😀{before}")
    span = Span(start, start + size(name), "PER", name.replace("\n", "\\n"))
    (document,) = in_characters([Document(text, [span], Path("a.json"))], Counter())
    (span,) = document.spans
    assert text[span.start : span.end].split() == name.split()


def test_units_of_utf_16_become_characters_in_the_whole_file(tmp_path: Path) -> None:
    records = [studio("😀 Anna ran", 3, 7, "Anna"), studio("😀aa", 2, 3, "a")]
    source = read_tagged(save(tmp_path / "a.jsonl", records), tokens="character")
    assert source.rows.targets["tags"].to_list()[1] == ["O", "B-PER", "O"]
    assert source.note.endswith("texts whose spans count UTF-16 units, now characters: 2")
    source = read_tagged(save(tmp_path / "a.jsonl", records[1:]), tokens="character")
    assert source.rows.targets["tags"].to_list()[0] == ["O", "O", "B-PER"]


def test_what_was_rejected_is_left_out(tmp_path: Path) -> None:
    record = {"text": "Ann", "spans": [[0, 3, "PER"]]}
    records = [record | {"answer": each} for each in ("accept", "reject", "ignore")]
    source = read_tagged(save(tmp_path / "a.jsonl", records))
    assert source.note.endswith("3 sentences = 1 used + 2 left out (2 rejected or ignored)")


@pytest.mark.parametrize("opening", ["[", '{"a": '])
def test_json_too_deep_is_told_with_its_line(tmp_path: Path, opening: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "a", "spans": []}\n' + opening * 200_000, encoding="utf-8")
    with pytest.raises(DataError) as error:
        read_tagged(path)
    said = "needs JSON. Received: lists in lists, too deep to be read"
    assert str(error.value) == f"{path}, line 2: {said}"


def test_the_sign_between_tokens_is_replaced_in_all_forms(tmp_path: Path) -> None:
    (tmp_path / "a.conll").write_text("A\x1fB X\nran O\n", encoding="utf-8")
    (tmp_path / "a.txt").write_text("A\x1fB ran\n", encoding="utf-8")
    save(tmp_path / "a.jsonl", [{"tokens": ["A\x1fB", "ran"], "tags": ["X", "O"]}])
    save(tmp_path / "b.jsonl", [{"text": "A\x1fB ran", "spans": [[0, 3, "X"]]}])
    for name, learn, text in (
        ("a.conll", "tags", "A␟B ran"),
        ("a.jsonl", "tags", "A␟B ran"),
        ("b.jsonl", "tags", "A ␟ B ran"),
        ("a.txt", "words", "A ␟ B r a n"),
    ):
        source = read_tagged(tmp_path / name, learn=learn)
        assert source.rows.columns["text"].tolist() == [text]
        assert source.note.endswith("parts of texts with U+001F, which is now U+241F: 1")


@pytest.mark.parametrize("lines", [True, False])
def test_halves_of_characters_are_refused(tmp_path: Path, lines: bool) -> None:
    path = tmp_path / ("a.jsonl" if lines else "a.json")
    forms = (r"\ud83d\ude00", r"a\uD83D")
    whole, half = (f'{{"text": "{form}", "spans": []}}' for form in forms)
    path.write_text(f"{whole}\n{half}" if lines else f"[{whole}, {half}]", encoding="utf-8")
    with pytest.raises(DataError) as error:
        read_tagged(path)
    said = r"needs whole characters. Received: one half of a pair, '\ud83d'"
    assert str(error.value) == f"{path}, line 2: {said}"
