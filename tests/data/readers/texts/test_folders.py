"""Folders of text files."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from lstm_toolkit.data.readers.texts.texts import read_texts
from lstm_toolkit.errors import DataError


def write(root: Path, **texts: str | bytes) -> Path:
    """Writes files whose names have `__` for a folder's end and `_` for a point."""
    for name, text in texts.items():
        path = root / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        content = text.encode() if isinstance(text, str) else text
        path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return root


def classes(root: Path) -> Path:
    return write(
        root,
        pos__b_txt="fine\nindeed\n",
        pos__a_txt="\ufeffgood",
        neg__1_txt_gz="bad",
        neg__2_TXT="None",
    )


def test_one_folder_a_class(tmp_path: Path) -> None:
    source = read_texts(classes(tmp_path))
    assert list(source.rows.inputs) == ["bad", "None", "good", "fine\nindeed\n"]
    assert list(source.rows.labels) == ["neg", "neg", "pos", "pos"]
    assert source.rows.inputs.dtype == object
    assert source.test is None
    assert source.note == (
        f"4 examples: one text a file, labels in the names of folders, of {tmp_path}"
    )


def test_what_stands_beside_the_classes_is_counted(tmp_path: Path) -> None:
    write(classes(tmp_path), README="hello", _hidden="x", pos__c_pdf="x")
    write(tmp_path, pos__more__a_txt="nested")
    source = read_texts(tmp_path)
    assert len(source.rows) == 4
    assert source.note.endswith(
        f"of {tmp_path}; 7 files = 4 used + 3 left out (2 of another kind (README, pos/c.pdf), "
        "1 outside of the folders read (pos/more/a.txt))"
    )


def test_train_and_test_are_kept_apart(tmp_path: Path) -> None:
    classes(tmp_path / "train")
    classes(tmp_path / "test")
    write(tmp_path, train__unsup__a_txt="?", imdb_vocab="a", train__urls="b")
    write(tmp_path, test__pos__c_txt="only for the test")
    source = read_texts(tmp_path)
    assert source.test is not None
    assert len(source.rows) == 4
    assert list(source.test.inputs)[-1] == "only for the test"
    assert list(source.test.labels) == ["neg", "neg", "pos", "pos", "pos"]
    assert source.note == (
        "4 examples, 5 for the test: one text a file, labels in the names of folders, "
        f"of {tmp_path}; 12 files = 9 used + 3 left out (2 of another kind (imdb.vocab, "
        "train/urls), 1 in folders of texts without a label (train/unsup/a.txt))"
    )


def test_classes_may_be_called_train_and_test(tmp_path: Path) -> None:
    texts = {f"{name}__{i}_txt": f"{name} {i}" for name in ("train", "test") for i in range(2)}
    source = read_texts(write(tmp_path, **texts))
    assert list(source.rows.labels) == ["test", "test", "train", "train"]
    assert source.test is None


@pytest.mark.parametrize(
    ("train", "validation", "test"),
    [("train", "val", "test"), ("Training", "DEV", "testing"), ("TRAIN", "valid", "Test")],
)
def test_published_splits_have_many_names(
    tmp_path: Path, train: str, validation: str, test: str
) -> None:
    root = tmp_path / "corpus" / "v1"  # folders around all are gone through
    for part in (train, validation, test):
        classes(root / part)
    write(root, **{f"{validation}__pos__c_txt": "more", f"{train}__mixed__a_txt": "so"})
    write(root, **{f"{train}__mixed__b_txt": "so so"})
    source = read_texts(tmp_path)
    assert source.validation is not None
    assert source.test is not None
    assert [len(part) for part in (source.rows, source.validation, source.test)] == [6, 5, 4]
    assert source.note == (
        "6 examples, 5 for validation, 4 for the test: one text a file, labels in the names of "
        f"folders, of {tmp_path}; no row for validation of class mixed; "
        "no row for test of class mixed"
    )


def test_one_part_alone_is_the_folder(tmp_path: Path) -> None:
    source = read_texts(classes(tmp_path / "train").parent)
    assert (len(source.rows), source.test) == (4, None)


def test_mail_without_endings_is_read(tmp_path: Path) -> None:
    files = {f"{name}__{i}": f"{name} {i}" for name in ("alt", "sci") for i in range(3)}
    assert len(read_texts(write(tmp_path, **files)).rows) == 6


def test_a_class_whose_texts_are_all_empty_is_refused(tmp_path: Path) -> None:
    write(classes(tmp_path), bad__1_txt=" ", bad__2_txt="\n")
    with pytest.raises(DataError) as error:
        read_texts(tmp_path)
    assert str(error.value) == (
        f"{tmp_path}: needs at least one row of every class that can be used. "
        "Received: none of bad (2); left out: 2 with an empty text"
    )


def test_without_labels_files_may_stand_anywhere(tmp_path: Path) -> None:
    classes(tmp_path)
    source = read_texts(tmp_path, labelled=False)
    assert list(source.rows.labels) == [""] * 4
    write(tmp_path, x_txt="alone")
    source = read_texts(tmp_path, labelled=False)
    assert list(source.rows.inputs) == ["alone"]
    assert source.note == (
        f"1 example: one text a file, of {tmp_path}; 5 files = 1 used + 4 left out "
        "(4 outside of the folders read (neg/1.txt.gz, neg/2.TXT, pos/a.txt, …))"
    )


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "{path}: needs one sub-folder a class with .txt files in it. Received: none"),
        (
            {"a_txt": "x", "pos__a_md": "x"},
            "{path}: needs one sub-folder a class with .txt files in it. Received: none",
        ),
        (
            {"train__a__a_txt": "x", "train__b__a_txt": "x", "test__c__a_txt": "x"},
            "{path}: needs texts to learn from of every class. "
            "Received: none for train of class c, 1 for test",
        ),
        (
            {"train__a__a_txt": "x", "val__b__a_txt": "x", "dev__b__a_txt": "x"},
            "{path}: needs one folder for validation. Received: dev and val",
        ),
        (
            {"pos__a_txt": "x", "neg__a_txt": "x", "so__a_html": "x", "so__b_html": "x"},
            "{path}/so: needs .txt files in every folder of a class; move away what is no class. "
            "Received: 2 other files, such as so/a.html",
        ),
        (
            {"pos__a_txt": "x", "pos__b_txt": "x"},
            "{path}: needs at least two classes. Received: 1 different text, classes=pos",
        ),
        (
            {"pos__a_txt": "x", "neg__b_txt": b"first\nna\xefve"},
            "{path}/neg/b.txt, line 2: needs text in utf-8, or its encoding, as in "
            "--set encoding=cp1252. Received: byte 0xef at offset 2 of the line",
        ),
    ],
)
def test_bad_folders_give_one_line(
    tmp_path: Path, files: dict[str, str | bytes], message: str
) -> None:
    with pytest.raises(DataError) as error:
        read_texts(write(tmp_path, **files))
    assert str(error.value) == message.replace("{path}", str(tmp_path))


def test_a_truncated_file_is_named(tmp_path: Path) -> None:
    path = classes(tmp_path) / "neg" / "1.txt.gz"
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(DataError) as error:
        read_texts(tmp_path)
    assert str(error.value) == (
        f"{path}: is truncated or damaged. "
        "Compressed file ended before the end-of-stream marker was reached"
    )


def test_classes_beside_a_test_are_not_left_out(tmp_path: Path) -> None:
    write(classes(tmp_path), test__pos__1_txt="good", test__neg__1_txt="bad")
    with pytest.raises(DataError) as caught:
        read_texts(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}: needs the classes to learn from in a folder train beside test. "
        "Received: beside it neg, pos"
    )


def test_splits_may_stand_inside_of_classes(tmp_path: Path) -> None:
    for name in ("good", "bad"):
        for part, count in (("train", 4), ("val", 2), ("Testing", 3)):
            (tmp_path / name / part).mkdir(parents=True)
            for row in range(count):
                (tmp_path / name / part / f"{row}.txt").write_text(f"{name} {part} {row}")
    source = read_texts(tmp_path)
    assert source.validation is not None
    assert source.test is not None
    assert [len(part) for part in (source.rows, source.validation, source.test)] == [8, 4, 6]
    assert [text.split()[0] for text in source.rows.inputs] == list(source.rows.labels)
