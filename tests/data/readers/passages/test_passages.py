"""Running text as people have it, cut into passages."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.data import ByDocument, read_passages
from lstm_toolkit.data.readers.passages.cuts import before, passages
from lstm_toolkit.data.readers.passages.sample import made_texts
from lstm_toolkit.errors import DataError

FORMS = "a file of text, a folder of such files, or a table with a column of texts"


@settings(max_examples=100, deadline=None)
@given(st.text("ab \n你", max_size=60), st.integers(1, 9), st.booleans())
def test_passages_put_together_are_the_text(text: str, size: int, by_words: bool) -> None:
    cuts = list(passages(text, size, by_words=by_words))
    assert "".join(text[begin:end] for begin, end in cuts) == text
    assert all(end > begin for begin, end in cuts)
    for begin, end in cuts:
        words = len(text[begin:end].split())
        assert (words if by_words else end - begin) <= size or words == 1
        assert text[:begin].endswith(before(text, begin, 3, by_words=by_words))


def whole(rows: object) -> str:
    return "".join(map(str, rows.columns["text"]))  # type: ignore[attr-defined]


def test_a_long_text_is_cut_and_its_end_held_out(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_bytes(b"one line of text\r\n" * 100 + b"\x00")
    source = read_passages(path, window=20, context=5)
    assert source.note == f"1,700 characters: 1 text of {path}; 1 control characters left out"
    splits = ByDocument().split(source, validation=0.1, test=0.1, seed=0)
    parts = [whole(part) for part in (splits.train, splits.validation, splits.test)]
    assert "".join(parts) == "one line of text\n" * 100
    assert [len(part) for part in parts] == [1380, 160, 160]
    assert splits.test.targets["before"][0] == parts[1][-5:]
    assert source.rows.meta["last"].sum() == 1


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(4, 60), min_size=2, max_size=19))
def test_a_few_short_documents_give_every_split_some(lengths: list[int]) -> None:
    frame = pd.DataFrame({"text": [f"{n:02} {'x' * size}" for n, size in enumerate(lengths)]})
    source = read_passages(frame, window=128)
    splits = ByDocument().split(source, validation=0.1, test=0.1, seed=0)
    assert all(len(part) for part in splits.parts.values())
    assert sum(map(len, splits.parts.values())) == len(source.rows)
    assert len(splits.train) >= len(source.rows) * 0.7


def test_what_is_doubtful_in_a_file_of_a_folder_is_told(tmp_path: Path) -> None:
    text = "Старик рассказал, что дорога к реке закрыта до весны. " * 20
    (tmp_path / "a.txt").write_bytes(text.encode("cp1251"))
    source = read_passages(tmp_path, encoding="latin-1")
    assert "a.txt: warning: the text looks like" in source.note


def test_documents_of_a_file_are_held_out_whole_and_once(tmp_path: Path) -> None:
    path = tmp_path / "tales.txt.gz"
    path.write_bytes(gzip.compress("\n".join(f"tale {i % 40}" for i in range(50)).encode()))
    source = read_passages(path, unit="line")
    assert "50 texts = 40 used + 10 left out (10 that come again)" in source.note
    splits = ByDocument().split(source, validation=0.1, test=0.2, seed=0)
    assert [len(part) for part in splits.parts.values()] == [28, 4, 8]


def test_folders_tables_and_published_splits(tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    for name in ("train.txt", "valid.txt", "test.txt"):
        (folder / name).write_text(f"{name} " * 30, encoding="utf-8")
    (folder / "noise.txt").write_bytes(b"\xff\xfe\x00")
    source = read_passages(folder, window=10)
    assert source.validation is not None and source.test is not None
    assert whole(source.test) == "test.txt " * 30
    assert "1 files that are no text" in source.note
    frame = pd.DataFrame({"id": [1, 2], "story": ["a long text here", "and another one"]})
    assert (
        whole(read_passages(frame, text_column="story").rows) == "a long text hereand another one"
    )


def test_a_short_text_is_cut_smaller_and_told() -> None:
    source = read_passages(pd.DataFrame({"text": ["a short text of forty characters, no more"]}))
    assert source.note.endswith("the text is short: passages of 2 in place of window=128")


@pytest.mark.parametrize("content", [b"", b" \n\n"])
def test_nothing_to_read_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "empty.txt"
    path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        read_passages(path)
    assert str(caught.value) == f"{path}: needs text; {FORMS}. Received: none"
    with pytest.raises(DataError, match="no such file or folder; needs a file of text"):
        read_passages(tmp_path / "gone.txt")
    with pytest.raises(DataError, match="encoding=utf-16"):
        path.write_bytes("some wide text".encode("utf-16"))
        read_passages(path)


@pytest.mark.parametrize("kind", ["stories", "verse", "tunes"])
def test_made_texts_are_the_same_at_every_call(kind: str) -> None:
    texts = made_texts(kind)
    assert texts == made_texts(kind) and len(set(texts)) == len(texts)
    assert np.mean([len(text) for text in texts]) > 20


HEAD = "X:{}\nT:{}\nM:4/4\nL:1/4\nK:{}\n"


def test_tunes_that_sound_alike_are_one_and_others_left_out() -> None:
    tunes = [
        HEAD.format(1, "The (2nd & last", "G") + "(3ABc B2 A | % (5\n",
        HEAD.format(7, "Another", "Gmaj") + "(3ABc B2  A|",
        HEAD.format(3, "Minor", "Gm") + "(3ABc B2 A |",
        HEAD.format(4, "Two", "G") + "V:1\nA4 |\nV:2\nD4 |",
        HEAD.format(5, "Five", "G") + "(5ABcde B |",
        HEAD.format(6, "Turns", "G") + "A4 | [K:D] B4 |",
        HEAD.format(8, "Uneven", "G") + "(3A2B | A |",
    ]
    source = read_passages(pd.DataFrame({"tune": tunes}), by_words=True, tunes_alone=True, fewest=1)
    assert sorted(set(source.rows.meta["document"])) == [0, 1]
    for reason in (
        "1 of several voices",
        "2 with tuplets other than three notes",
        "1 that change key, metre or unit inside of a line",
        "1 that come again",
    ):
        assert reason in source.note
    with pytest.raises(DataError) as caught:
        read_passages(pd.DataFrame({"tune": tunes[4:6] * 2}), tunes_alone=True)
    assert str(caught.value) == (
        "needs tunes of one voice, with no tuplets but triplets and no change of key, metre or "
        "unit inside of a line. Received: 4 texts, none of them"
    )
