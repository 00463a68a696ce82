"""Folders of images: splits, classes, strays."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from lstm_toolkit.data import read_images
from lstm_toolkit.errors import DataError
from tests.data.readers.images.test_nothing_is_lost import (
    ROWS,
    WORDS,
    check_account,
    ink,
    rows_of,
    some,
    wanted,
)


@some
@given(
    chosen=st.sets(st.sampled_from(["validation", "test"])),
    named=st.booleans(),
    word=st.integers(0, 2),
    wrappers=st.integers(0, 2),
    strays=st.integers(0, 2),
    broken=st.booleans(),
)
def test_every_file_of_a_folder_is_read_or_counted(
    chosen: set[str], named: bool, word: int, wrappers: int, strays: int, broken: bool
) -> None:
    named = named or bool(chosen)
    expected: Counter[tuple[str, str, bytes]] = Counter()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name, *["wrapped"] * wrappers)
        for seed, split in enumerate(["train", *sorted(chosen)]):
            images, labels = ink(ROWS, 255, seed).astype(np.uint8), np.arange(ROWS) % 3
            expected += wanted(images, labels, [split] * ROWS)
            for i, (image, label) in enumerate(zip(images, labels, strict=True)):
                folder = root / (WORDS[split][word] if named else "") / str(label)
                folder.mkdir(parents=True, exist_ok=True)
                Image.fromarray(image).save(folder / f"{i}.png")
        if broken:
            (folder / "zz.png").write_bytes(b"\x89PNG cut")
        for i in range(strays):
            (folder / f"notes{i}.txt").write_text("no image")
        (folder / ".hidden").touch()
        source = read_images(Path(name))
    assert rows_of(source) == expected
    check_account(source, expected.total() + strays + broken, expected.total())


@some
@given(
    header=st.booleans(),
    by=st.sampled_from(["name", "stem", "path"]),
    column=st.booleans(),
    several=st.booleans(),
    unnamed=st.integers(0, 2),
    gone=st.integers(0, 2),
)
def test_pictures_are_labelled_by_a_table_beside_them(
    header: bool, by: str, column: bool, several: bool, unnamed: int, gone: int
) -> None:
    images, labels = ink(ROWS, 255).astype(np.uint8), np.arange(ROWS) % 3
    splits = np.array(["train"] * 12 + ["test"] * 12)
    column = column and header and not several
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        (root / "pictures").mkdir()
        rows = []
        for i, image in enumerate(images):
            path = root / "pictures" / f"img{i}.png"
            Image.fromarray(image).save(path)
            called = {"name": path.name, "stem": path.stem, "path": f"pictures/{path.name}"}[by]
            rows.append([called, f"{labels[i]}.0", splits[i]])
        for i in range(unnamed):
            Image.fromarray(images[0]).save(root / "pictures" / f"more{i}.png")
        rows += [[f"gone{i}.png", "1.0", "train"] for i in range(gone)]
        frame = pd.DataFrame(rows, columns=["file", "kind", "split"])
        if several:
            for split, part in frame.groupby("split"):
                part[["file", "kind"]].to_csv(root / f"{split}.csv", index=False, header=header)
        else:
            shown = frame.rename(columns={"kind": "label"}) if column else frame[["file", "kind"]]
            shown.to_csv(root / "labels.csv", index=False, header=header)
        source = read_images(root)
    splits = splits if several or column else np.full(ROWS, "train")
    assert rows_of(source) == wanted(images, labels, splits)
    check_account(source, ROWS + unnamed + gone, ROWS)


def test_a_folder_with_a_table_a_split(tmp_path: Path) -> None:
    expected: Counter[tuple[str, str, bytes]] = Counter()
    for seed, split in enumerate(("train", "test")):
        images, labels = ink(12, 255, seed), np.arange(12) % 3
        expected += wanted(images, labels, [split] * 12)
        frame = pd.DataFrame(np.c_[labels, images.reshape(12, -1)])
        frame.rename(columns={0: "label"}).to_csv(tmp_path / f"signs_{split}.csv", index=False)
    (tmp_path / "notes.md").touch()
    source = read_images(tmp_path)
    assert rows_of(source) == expected
    check_account(source, 3, 2)


def test_a_class_that_disappears_is_an_error(tmp_path: Path) -> None:
    for label in ("cat", "dog"):
        (tmp_path / label).mkdir()
        for i in range(20):
            Image.fromarray(ink(1, 255)[0].astype(np.uint8)).save(tmp_path / label / f"{i}.png")
    (tmp_path / "owl").mkdir()
    (tmp_path / "owl" / "1.heic").touch()
    with pytest.raises(DataError) as error:
        read_images(tmp_path)
    assert str(error.value) == (
        f"{tmp_path}: needs images in every sub-folder, which is a class; move others away. "
        "Received: none in owl"
    )
    (tmp_path / "owl" / "2.png").touch()
    with pytest.raises(DataError, match=r"owl/2.png: needs an image such as PNG or JPEG\. "):
        read_images(tmp_path)


def test_classes_beside_a_test_are_not_left_out(tmp_path: Path) -> None:
    for name in ("a", "b", "test/a", "test/b"):
        (tmp_path / name).mkdir(parents=True)
        Image.fromarray(ink(1, 255)[0].astype(np.uint8)).save(tmp_path / name / "1.png")
    with pytest.raises(DataError) as caught:
        read_images(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}: needs the classes to learn from in a folder train beside test. "
        "Received: beside it a, b"
    )


def test_splits_may_stand_inside_of_classes(tmp_path: Path) -> None:
    for number, name in enumerate(("up", "down")):
        for part, count in (("train", 4), ("val", 2), ("Testing", 3)):
            (tmp_path / name / part).mkdir(parents=True)
            for row in range(count):
                image = np.full((4, 4), number, np.uint8)
                Image.fromarray(image).save(tmp_path / name / part / f"{row}.png")
    source = read_images(tmp_path)
    assert source.validation is not None
    assert source.test is not None
    assert [len(part) for part in (source.rows, source.validation, source.test)] == [8, 4, 6]
    assert [("up", "down")[image.max()] for image in source.rows.inputs] == list(source.rows.labels)


NAMES = {
    "plain": "{}.png",
    "stem": "{}",
    "capitals": "{}.PNG",
    "of Windows": "C:\\scans\\pictures\\{}.png",
    "of Unix": "/home/me/pictures/{}.png",
    "address": "https://example.org/pictures/{}.png",
    "dot": ".\\pictures\\{}.png",
}


@some
@given(
    name=st.sampled_from(list(NAMES)),
    first=st.booleans(),
    header=st.booleans(),
    separator=st.sampled_from([",", ";", "\t"]),
    gone=st.integers(0, 3),
)
def test_pictures_called_by_numbers_are_told_from_their_labels(
    name: str, first: bool, header: bool, separator: str, gone: int
) -> None:
    images = ink(ROWS, 255)
    cells = [(NAMES[name].format(row), str(row % 3)) for row in range(ROWS + gone)]
    rows = [("file", "label"), *cells] if header else cells
    lines = [separator.join(row if first else row[::-1]) for row in rows]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "pictures").mkdir()
        for row, image in enumerate(images):
            Image.fromarray(image.astype(np.uint8)).save(root / "pictures" / f"{row}.png")
        (root / "labels.csv").write_text("\n".join(lines))
        source = read_images(root)
    labels = [str(row % 3) for row in range(ROWS)]
    assert rows_of(source) == wanted(images, labels, ["train"] * ROWS)
    check_account(source, ROWS + gone, ROWS)
