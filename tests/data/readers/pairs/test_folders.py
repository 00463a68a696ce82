"""Files that are aligned line by line, alone or in folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from lstm_toolkit.data.readers.pairs.pairs import FORMS, read_pairs
from tests.data.readers.pairs.test_pairs import check, lines, message, multi30k, save


def test_a_folder_of_aligned_files(tmp_path: Path) -> None:
    source = read_pairs(multi30k(tmp_path), direction="en-de")
    check(
        source.rows,
        [f"train en {i}" for i in range(6)],
        [f"train de {i}" for i in range(6)],
    )
    check(source.validation, [f"val en {i}" for i in range(3)], [f"val de {i}" for i in range(3)])
    check(source.test, ["test_2016 en 0", "test_2016 en 1"], ["test_2016 de 0", "test_2016 de 1"])
    assert source.found == {"direction": "en-de"}
    assert source.note == (
        "6 pairs, 3 for validation, 2 for the test: from en to de, line by line in train, val "
        f"and test_2016, of {tmp_path}; "
        "README.md, test_2016.fr.gz, test_2017.de.gz and 4 more ignored"
    )
    assert read_pairs(tmp_path, direction="german-english").found == {"direction": "de-en"}
    assert message(tmp_path) == (
        f"{tmp_path}: needs the setting direction, such as direction=de-en. "
        "Received: files in de, en, fr"
    )
    assert message(tmp_path, direction="en-cs") == (
        f"{tmp_path}: no language `cs` for direction=en-cs, choose from: de, en, fr"
    )


def test_names_of_aligned_files(tmp_path: Path) -> None:
    for name in ("corpus.de-en.en", "corpus.de-en.de"):
        save(tmp_path / "one" / name, lines(2, name[-2:]))
    assert read_pairs(tmp_path / "one").found == {"direction": "de-en"}
    for name in ("english.txt", "german.txt.gz", "english.md"):
        save(tmp_path / "two" / name, lines(2, name[0]))
    source = read_pairs(tmp_path / "two")
    check(source.rows, ["e 0", "e 1"], ["g 0", "g 1"])
    assert source.note.endswith(f"{tmp_path / 'two'}; english.md ignored")
    save(tmp_path / "two" / "more.en", "a")
    save(tmp_path / "two" / "more.de", "b")
    assert message(tmp_path / "two") == (
        f"{tmp_path / 'two'}: needs one pair of files to learn from, such as train.en and "
        "train.zh. Received: , more"
    )


@pytest.mark.parametrize("sign", ["+", ","])
def test_two_files_in_one_path(tmp_path: Path, sign: str) -> None:
    save(tmp_path / "a.en.gz", "one\u2028same\r\ntwo\x85\r\n")
    save(tmp_path / "a.de", "eins\nzwei")
    for other in (tmp_path / "a.de", "a.de"):
        source = read_pairs(Path(f"{tmp_path / 'a.en.gz'}{sign}{other}"))
        check(source.rows, ["one\u2028same", "two "], ["eins", "zwei"])
        assert source.found == {"direction": "en-de"}
        assert source.note == (
            "2 pairs: from en to de, line by line, "
            f"of {tmp_path / 'a.en.gz'} and {tmp_path / 'a.de'}"
        )
    turned = read_pairs(Path(f"{tmp_path / 'a.en.gz'}{sign}a.de"), direction="de-en")
    check(turned.rows, ["eins", "zwei"], ["one\u2028same", "two "])


def test_files_of_unequal_length_say_where(tmp_path: Path) -> None:
    words = ["a" * (7 + number * 37 % 50) for number in range(100)]
    save(tmp_path / "train.en", "\n".join(words))
    save(tmp_path / "train.de", "\n".join([*words[:40], *words[41:], "", "", ""]))
    assert message(tmp_path) == (
        f"{tmp_path / 'train.en'}, line 100: is the first line without a partner in train.de. "
        "Received: 100 lines, and 99 there; they seem to part at about line 41"
    )
    save(tmp_path / "train.de", "b\n")
    assert message(tmp_path) == (
        f"{tmp_path / 'train.en'}, line 2: is the first line without a partner in train.de. "
        "Received: 100 lines, and 1 there"
    )
    save(tmp_path / "train.de", "\n".join([*words, "", " ", ""]))
    source = read_pairs(tmp_path)
    assert len(source.rows) == len(set(words))
    assert "; 2 blank lines at the end of train.de left out" in source.note


def test_bad_folders_and_files_give_one_line(tmp_path: Path) -> None:
    assert message(tmp_path / "no,ne.tsv") == (
        f"{tmp_path / 'no,ne.tsv'}: no such file or folder; needs {FORMS}"
    )
    save(tmp_path / "a.csv", "a,b")
    assert message(tmp_path) == (
        f"{tmp_path}: needs files aligned line by line, such as train.en and train.zh. "
        "Received: a.csv"
    )
    one, other = save(tmp_path / "train.en", "a"), save(tmp_path / "train.de", b"a\n\xff")
    assert message(tmp_path) == (
        f"{other}, line 2: needs text in utf-8, or its encoding, as in --set encoding=cp1252. "
        "Received: byte 0xff at offset 0 of the line"
    )
    save(other, "\n")
    assert message(tmp_path) == f"{other}: is empty; needs a sentence a line"
    assert message(Path(f"{one}+train.fr")) == "train.fr: cannot be read. No such file or directory"
    assert message(Path(f"{one}+{tmp_path / 'a.csv'}")) == (
        "needs files with a sentence a line, a.en+a.zh. Received: train.en and a.csv"
    )
    for name in ("train.x.cs", "train.x.fr"):
        save(tmp_path / name, "a")
    assert message(tmp_path, direction="en-fr") == (
        f"{tmp_path}: needs files in en and fr that differ in nothing else of their names. "
        "Received: train, train.x"
    )
