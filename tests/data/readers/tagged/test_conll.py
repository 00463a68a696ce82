"""Sentences in columns."""

from __future__ import annotations

from pathlib import Path

import pytest

from lstm_toolkit.data import read_tagged
from lstm_toolkit.errors import DataError

TWO = "-DOCSTART- O\n\nAnna NNP B-PER\nran VBD O\n\nLeeds NNP B-LOC\n"


def test_a_token_and_its_tag_a_line(tmp_path: Path) -> None:
    path = tmp_path / "a.conll"
    path.write_text(TWO, encoding="utf-8")
    source = read_tagged(path)
    assert source.rows.columns["text"].tolist() == ["Anna ran", "Leeds"]
    assert source.rows.targets["tags"].to_list() == [["B-PER", "O"], ["B-LOC"]]
    assert source.note == f"sentences with 3 tags, 2 for train, of {path}"


def test_published_splits_lie_beside_each_other(tmp_path: Path) -> None:
    for name, count in (("train", 3), ("dev", 2), ("test", 1)):
        (tmp_path / f"{name}.tsv").write_text("a\tO\n\n" * count, encoding="utf-8")
    source = read_tagged(tmp_path)
    assert source.validation is not None
    assert source.test is not None
    assert [len(part) for part in (source.rows, source.validation, source.test)] == [3, 2, 1]


def test_a_token_without_a_tag_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Anna B\n\nLeeds\n", encoding="utf-8")
    with pytest.raises(DataError) as error:
        read_tagged(path)
    assert str(error.value) == f"{path}, line 3: needs a token and its tag. Received: Leeds"


def test_nothing_and_the_unknown_are_refused(tmp_path: Path) -> None:
    empty = tmp_path / "a.txt"
    empty.write_text("\n\n", encoding="utf-8")
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


def test_entities_that_begin_with_i_are_turned_round_and_told(tmp_path: Path) -> None:
    path = tmp_path / "a.conll"
    path.write_text("# sent_id = 1\nAnna I-PER\nran O\n10\u00a0000 I-NUM\n", encoding="utf-8")
    source = read_tagged(path)
    assert source.rows.targets["tags"].to_list() == [["B-PER", "O", "B-NUM"]]
    assert source.rows.columns["text"].tolist() == ["Anna ran 10\u00a0000"]
    assert source.note.endswith("; entities that began with I- now begin with B-")
