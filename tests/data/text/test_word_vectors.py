"""Word vectors in every form in which they are handed round, and every way to be wrong."""

from __future__ import annotations

import gzip
import pickle
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.data import Vocabulary, read_vectors
from lstm_toolkit.data.text.vocabulary import PAD, UNK
from lstm_toolkit.data.text.word_vectors import load_vectors
from lstm_toolkit.errors import DataError
from lstm_toolkit.features.first_vectors import vector_remarks

VOCABULARY = Vocabulary((PAD, UNK, "film", "good", "don't", "très"))
GLOVE = "good 1 -2.5 3e-1\nzzz 7 7 7\ntrès 4 5 6\n"
EXPECTED = {3: [1, -2.5, 0.3], 5: [4, 5, 6]}


def save(path: Path, content: str | bytes) -> Path:
    data = content.encode() if isinstance(content, str) else content
    path.write_bytes(gzip.compress(data, mtime=0) if path.suffix.lower() == ".gz" else data)
    return path


def check(path: Path, expected: dict[int, list[float]]) -> np.ndarray[Any, np.dtype[np.float32]]:
    vectors, found = read_vectors(path, VOCABULARY)
    assert found == len(expected)
    assert vectors.dtype == np.float32
    assert vectors.shape == (6, len(next(iter(expected.values()))))
    for row, numbers in expected.items():
        np.testing.assert_array_equal(vectors[row], np.array(numbers, np.float32))
    np.testing.assert_array_equal(vectors[0], 0)
    return vectors


@pytest.mark.parametrize("name", ["a.txt", "a.vec", "a.txt.gz", "a.txt.GZ"])
@pytest.mark.parametrize("counts", ["", "3 3\n"], ids=["glove", "word2vec"])
@pytest.mark.parametrize("end", ["\n", " \n", "\r\n"])
def test_every_form(name: str, counts: str, end: str, tmp_path: Path) -> None:
    check(save(tmp_path / name, counts + GLOVE.replace("\n", end)), EXPECTED)
    check(save(tmp_path / name, (counts + GLOVE).removesuffix("\n")), EXPECTED)


def test_a_byte_order_mark_is_no_part_of_the_first_word(tmp_path: Path) -> None:
    for name in ("a.txt", "a.txt.gz"):
        check(save(tmp_path / name, "\ufeff" + GLOVE), EXPECTED)


def test_several_spaces_divide_too(tmp_path: Path) -> None:
    check(save(tmp_path / "a.txt", "good  1   -2.5 3e-1\ntrès 4 5  6"), EXPECTED)


def test_a_vector_may_have_one_number(tmp_path: Path) -> None:
    check(save(tmp_path / "a.txt", "2 1\ngood 0.5\nfilm 2\n"), {3: [0.5], 2: [2]})


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("Good 1 2\n", [1, 2]),
        ("GOOD 1 2\ngood 3 4\n", [3, 4]),
        ("good 3 4\nGood 1 2\n", [3, 4]),
        ("Good 1 2\nGOOD 3 4\n", [1, 2]),
        ("good 1 2\ngood 3 4\n", [1, 2]),
        ("Good 1 2\ngood 3 4\nGOOD 5 6\n", [3, 4]),
    ],
)
def test_the_lower_cased_word_comes_first(
    content: str, expected: list[float], tmp_path: Path
) -> None:
    check(save(tmp_path / "a.txt", content), {3: expected})


def test_other_words_start_at_random_with_the_same_mean_and_spread(tmp_path: Path) -> None:
    tokens = tuple(f"w{i}" for i in range(4000))
    vocabulary = Vocabulary((PAD, UNK, "a", "b", *tokens))
    path = save(tmp_path / "a.txt", "a 4 8\nb 6 2\n")
    vectors, found = read_vectors(path, vocabulary, seed=1)
    assert found == 2
    np.testing.assert_allclose([vectors[4:].mean(), vectors[4:].std()], [5, 5**0.5], atol=0.1)
    np.testing.assert_array_equal(vectors, read_vectors(path, vocabulary, seed=1)[0])
    assert (vectors[1] != read_vectors(path, vocabulary, seed=2)[0][1]).all()


def test_padding_stays_zero_though_the_file_knows_it(tmp_path: Path) -> None:
    vectors = check(save(tmp_path / "a.txt", "[PAD] 9 9\n[UNK] 3 4\n"), {1: [3, 4]})
    np.testing.assert_allclose(vectors[2:], 3.5, atol=3)


def test_lines_of_other_words_are_not_looked_at(tmp_path: Path) -> None:
    # GloVe's largest file holds words with spaces in them, and line ends of other kinds.
    content = GLOVE + "other\n. . . 1 2 3\nat name@domain.com 1 2 3\n\x85 1 2 3\n\u2028 1 2 3\n\n"
    check(save(tmp_path / "a.txt", content), EXPECTED)
    check(save(tmp_path / "a.txt", content.encode() + b"\xff\xfe 1 2 3\n"), EXPECTED)


NONE = "{path}: needs a vector for one token at least, such as film, good, don't. Received: "
DAMAGED = "{path}: is truncated or damaged. "


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("good 1 2\nfilm 3\n", "{path}, line 2: needs a word and 2 numbers. Received: 3 …"),
        ("good 1 2\nzzz 5\nfilm 3 4 5 6\n",
         "{path}, line 3: needs a word and 2 numbers. Received: 3 4 5 …"),
        ("2 2\ngood 1 2\nfilm\n", "{path}, line 3: needs a word and 2 numbers. Received: none"),
        ("good 1 2\nfilm 3 x\n", "{path}, line 2: needs a word and 2 numbers. Received: 3 x …"),
        ("good 1 nan\n", "{path}, line 1: needs a word and 2 numbers. Received: 1 nan …"),
        ("good inf 1\n", "{path}, line 1: needs a word and 2 numbers. Received: inf 1 …"),
        ("good 1 1e60\n", "{path}, line 1: needs a word and 2 numbers. Received: 1 1e60 …"),
        ("good\n", "{path}, line 1: needs a word and its numbers. Received: none"),
        ("zzz 1 2\nyyy 3 4\n", f"{NONE}zzz, yyy"),
        ("3 2\n", f"{NONE}none"),
        ("", f"{NONE}none"),
    ],
)  # fmt: skip
def test_a_wrong_file_gives_its_full_message(content: str, message: str, tmp_path: Path) -> None:
    path = save(tmp_path / "a.txt", content)
    with pytest.raises(DataError) as error:
        read_vectors(path, VOCABULARY)
    assert str(error.value) == message.format(path=path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (gzip.compress(GLOVE.encode(), mtime=0)[:-12],
         DAMAGED + "Compressed file ended before the end-of-stream marker was reached"),
        (b"good 1 2 3\n", DAMAGED + "Not a gzipped file (b'go')"),
    ],
)  # fmt: skip
def test_a_damaged_file_gives_its_full_message(
    content: bytes, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.gz"
    path.write_bytes(content)
    with pytest.raises(DataError) as error:
        read_vectors(path, VOCABULARY)
    assert str(error.value) == message.format(path=path)


BINARY = b"2 3\ngood " + np.array([1, -2.5, 0.3], np.float32).tobytes() + b"\n"


@pytest.mark.parametrize(
    ("name", "content", "received"),
    [
        ("vectors.zip", b"PK\x03\x04 and more", "a zip archive"),
        ("gensim.kv", pickle.dumps({"vectors": 1}, 4),
         "a pickle, as of gensim; save it with save_word2vec_format"),
        ("fasttext.bin", (793712314).to_bytes(4, "little") + bytes(60), "other binary data"),
        ("vectors.txt", gzip.compress(GLOVE.encode(), mtime=0), "gzipped data"),
        ("vectors.txt", GLOVE.encode("utf-16"), "UTF-16"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_text_gives_its_full_message(
    name: str, content: bytes, received: str, tmp_path: Path
) -> None:
    path = save(tmp_path / name, content)
    with pytest.raises(DataError) as error:
        read_vectors(path, VOCABULARY)
    assert str(error.value) == (
        f"{path}: needs word vectors as text in UTF-8 or as word2vec's .bin, plain or gzipped "
        f"(.gz). Received: {received}"
    )


@pytest.mark.parametrize("name", ["word2vec.bin", "word2vec.bin.gz"])
def test_word2vec_s_own_form_is_read_and_its_end_is_missed(name: str, tmp_path: Path) -> None:
    other = b"tr\xc3\xa8s " + np.array([4, 5, 6], np.float32).tobytes()
    path = save(tmp_path / name, BINARY + other)
    check(path, EXPECTED)
    save(path, BINARY + other[:-1])
    with pytest.raises(DataError) as error:
        read_vectors(path, VOCABULARY)
    assert str(error.value) == f"{path}: is truncated or damaged. Received: 1 of 2 vectors"


def test_tabs_divide_and_words_may_hold_spaces(tmp_path: Path) -> None:
    check(save(tmp_path / "a.txt", GLOVE.replace(" ", "\t")), EXPECTED)
    check(save(tmp_path / "b.txt", ". . . 1 2 3\nat a@b 1 2 3\n" + GLOVE), EXPECTED)


@pytest.mark.parametrize(("words", "few"), [(2, True), (9, False)])
def test_how_many_tokens_have_vectors_is_told(words: int, few: bool, tmp_path: Path) -> None:
    tokens = tuple(f"w{number}" for number in range(11))
    path = save(tmp_path / "a.vec", "".join(f"{token} 1 2\n" for token in tokens[:words]))
    chosen = SimpleNamespace(pretrained_vectors=str(path), seed=0)
    line = f"{words} of 11 tokens have vectors in {path}"
    warned = f"warning: {line}; is it of another language, or of other tokens?"
    remarks = list(vector_remarks(chosen, Vocabulary((PAD, UNK, *tokens))))
    assert remarks == [warned if few else line]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    stated=st.integers(0, 12),
    words=st.integers(1, 10),
    cut=st.booleans(),
    blank=st.booleans(),
    tabs=st.booleans(),
)
def test_a_file_that_holds_less_than_it_says_is_told(
    stated: int, words: int, cut: bool, blank: bool, tabs: bool
) -> None:
    lines = ["good 1 2 3", *(f"w{number} 1 2 3" for number in range(words))]
    text = "\n".join([f"{stated} 3", *lines[: len(lines) - cut], *["w 1 2"] * cut])
    text = text.replace(" ", "\t") if tabs else text
    with tempfile.TemporaryDirectory() as folder:
        path = save(Path(folder, "a.vec"), text + "\n\n" * blank)
        remarks = load_vectors(path, VOCABULARY).remarks
    held = words + 1 - cut
    told = (
        f"warning: {path} holds {held} vectors, {stated} by its first line; fetch it again if it "
        "was cut off"
    )
    assert remarks == (() if held == stated else (told,))


def test_a_missing_file_gives_its_full_message(tmp_path: Path) -> None:
    for path in (tmp_path / "a.txt", tmp_path):
        with pytest.raises(DataError) as error:
            read_vectors(path, VOCABULARY)
        assert str(error.value) == f"{path}: no such file; needs word vectors"
