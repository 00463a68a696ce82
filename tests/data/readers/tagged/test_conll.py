"""Sentences in columns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lstm_toolkit.data import read_tagged
from lstm_toolkit.errors import DataError

TWO = "-DOCSTART- -X- O\n\nAnna NNP B-PER\nran VBD O\n\nLeeds NNP B-LOC\n"


def save(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="")
    return path


def test_a_token_and_its_tag_a_line(tmp_path: Path) -> None:
    path = save(tmp_path / "a.conll", TWO)
    source = read_tagged(path)
    assert source.rows.columns["text"].tolist() == ["Anna ran", "Leeds"]
    assert source.rows.targets["tags"].to_list() == [["B-PER", "O"], ["B-LOC"]]
    assert source.note == f"sentences with 3 tags, 2 for train, of {path}"


@pytest.mark.parametrize(
    ("columns", "text", "tags"),
    [
        ({"tag_column": 2}, "Anna", "NNP"),
        ({"token_column": -1, "tag_column": 1}, "B-PER", "Anna"),
        ({"token_column": 2}, "NNP", "B-PER"),
    ],
)
def test_columns_can_be_named(tmp_path: Path, columns: Any, text: str, tags: str) -> None:
    rows = read_tagged(save(tmp_path / "a.conll", TWO), **columns).rows
    assert rows.columns["text"][0].split()[0] == text
    assert rows.targets["tags"].to_list()[0][0] == tags


def test_published_splits_lie_beside_each_other(tmp_path: Path) -> None:
    for name, count in (("train", 3), ("dev", 2), ("test", 1)):
        save(tmp_path / f"{name}.tsv", "a\tO\n\n" * count)
    source = read_tagged(tmp_path)
    assert source.validation is not None
    assert source.test is not None
    assert [len(part) for part in (source.rows, source.validation, source.test)] == [3, 2, 1]


@pytest.mark.parametrize(
    ("text", "columns", "said"),
    [
        ("Anna B\n\nLeeds\n", {}, "line 3: needs a token and its tag. Received: Leeds"),
        ("a\tO\nb\tx\tO\n", {}, "line 2: needs 2 columns, as the lines before. Received: 3"),
        ("a x O\nb O\n", {}, "line 2: needs 3 columns, as the lines before. Received: 2"),
        ("a\tO\nb\t\n", {}, "line 2: needs a token and its tag. Received: b"),
        ("a O\n", {"tag_column": 3}, "line 1: needs a column 3. Received: 2 columns"),
        ("a O\n", {"token_column": 0}, "line 1: needs a column 0. Received: 2 columns"),
        ("a B-X\nb I-X\nc Y\nd O\n", {}, "line 3: needs tags such as B-X and O. Received: Y"),
    ],
)
def test_what_has_no_tag_is_told_with_its_line(
    tmp_path: Path, text: str, columns: Any, said: str
) -> None:
    path = save(tmp_path / "a.txt", text)
    with pytest.raises(DataError) as error:
        read_tagged(path, **columns)
    assert str(error.value) == f"{path}, {said}"


def test_nothing_and_the_unknown_are_refused(tmp_path: Path) -> None:
    empty = save(tmp_path / "a.txt", "\n\n")
    with pytest.raises(DataError, match="needs at least one sentence"):
        read_tagged(empty)
    with pytest.raises(DataError, match=r"needs .* Received: a\.txt"):
        read_tagged(tmp_path)
    with pytest.raises(DataError, match="no such file or folder"):
        read_tagged(tmp_path / "none")


def test_the_sample_needs_the_sentence_to_tell_names_apart() -> None:
    source = read_tagged(None)
    assert len(source.rows) == len(set(source.rows.columns["text"])) == 900
    kinds: dict[str, set[str]] = {}
    rows = zip(source.rows.columns["text"], source.rows.targets["tags"], strict=True)
    for text, tags in rows:
        for token, tag in zip(text.split(), tags, strict=True):
            kinds.setdefault(token, set()).add(tag)
    assert {"B-LOC", "B-ORG"} <= kinds["Sunfield"]
    assert {"B-LOC", "I-PER"} <= kinds["Leeds"]


def test_entities_out_of_order_are_mended_and_told(tmp_path: Path) -> None:
    text = "# sent_id = 1\nAnna I-PER\nran O\n10\u00a0000 I-NUM\n# sign\n"
    path = save(tmp_path / "a.conll", text.replace("# sign\n", "# I-NUM\n"))
    source = read_tagged(path)
    assert source.rows.targets["tags"].to_list() == [["B-PER", "O", "B-NUM", "I-NUM"]]
    assert source.rows.columns["text"].tolist() == ["Anna ran 10\u00a0000 #"]
    assert source.note.endswith(
        "; comment lines: 1; entities that began with I- and now begin with B-: 2, the first in "
        f"the sentence at line 2 of {path}"
    )
    path = save(tmp_path / "b.conll", "Anna B-PER\nran O\n\nLeeds S-LOC\n")
    source = read_tagged(path)
    assert source.note.endswith(
        "; entities that were not closed and now end where other tags begin: 1, the first in the "
        f"sentence at line 1 of {path}"
    )


def test_tokens_with_spaces_stay_one_between_tabs(tmp_path: Path) -> None:
    source = read_tagged(save(tmp_path / "a.tsv", "New York\tB-LOC\r\n\r\nhi\tO\r\n"))
    assert source.rows.columns["text"].tolist() == ["New\u00a0York", "hi"]
    assert "tokens with spaces, which now do not break: 1" in source.note


def test_conll_u_has_its_columns(tmp_path: Path) -> None:
    rows = ["1-2\tdu\t_\t_", "1\tde\tde\tADP", "2\tle\tle\tDET", "2.1\tx\tx\tX"]
    path = save(tmp_path / "a.conllu", "# newdoc\n# text = du\n" + "\n".join(rows) + "\n")
    source = read_tagged(path)
    assert source.rows.columns["text"].tolist() == ["de le"]
    assert source.rows.targets["tags"].to_list() == [["ADP", "DET"]]
    assert source.note.endswith(
        "comment lines: 2; lines of several words or of none, left out: 2; "
        "words in column 2, tags in column 4, as CoNLL-U has them"
    )


@pytest.mark.parametrize("text", ["北京 很大 。\n\n好\n", "北京\n很大\n。\n\n好\n"])
def test_words_become_characters(tmp_path: Path, text: str) -> None:
    source = read_tagged(save(tmp_path / "a.txt", text), learn="words")
    assert source.rows.columns["text"].tolist() == ["北 京 很 大 。", "好"]
    one, other, *_ = source.rows.targets["tags"].to_list()
    assert one == ["B-word", "I-word", "B-word", "I-word", "B-word"]
    assert other == ["B-word"]
    with pytest.raises(DataError) as error:
        read_tagged(None, learn="words")
    assert str(error.value) == "needs --data with words to learn where they end. Received: none"
