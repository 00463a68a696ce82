"""Whatever form images come in, each is read into its split with its label, or counted out."""

from __future__ import annotations

import struct
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.data import read_images
from lstm_toolkit.data.dataset import Source
from lstm_toolkit.errors import DataError

SIDE, ROWS = 6, 24
WORDS = {
    "train": ["train", "Training", "TRAIN"],
    "validation": ["val", "valid", "Validation", "dev"],
    "test": ["test", "Testing", "TEST"],
}
KINDS = ["0", "1", "2"]

some = settings(max_examples=25, deadline=None, derandomize=True)


def ink(rows: int, top: int, seed: int = 0) -> np.ndarray:
    """Returns drawings with a ground at most of their edges, each different."""
    rng = np.random.default_rng(seed)
    images = rng.integers(0, top + 1, (rows, SIDE, SIDE))
    images[:, 0] = images[:, -1] = images[:, :, 0] = images[:, :, -1] = 0
    images[::11, 0, 0] = images[::9, -1, -1] = top
    return images


def rows_of(source: Source) -> Counter[tuple[str, str, bytes]]:
    parts = {"train": source.rows, "validation": source.validation, "test": source.test}
    return Counter(
        (split, str(label), np.asarray(image, np.float32).tobytes())
        for split, part in parts.items()
        if part is not None
        for image, label in zip(part.inputs, part.labels, strict=True)
    )


def wanted(images: np.ndarray, labels: Any, splits: Any) -> Counter[tuple[str, str, bytes]]:
    return Counter(
        (str(split), str(label), image.astype(np.float32).tobytes())
        for image, label, split in zip(images, labels, splits, strict=True)
    )


def check_account(source: Source, seen: int, used: int) -> None:
    account = source.account
    assert account is not None
    assert (account.seen, account.used) == (seen, used)
    assert account.seen == account.used + sum(account.left_out.values())
    assert all(remark in source.note for remark in account.remarks())
    assert bool(account.remarks()) == (seen > used)


@some
@given(
    separator=st.sampled_from(",;\t|"),
    names=st.sampled_from(["named", "odd", "counted", "mangled", "none"]),
    last=st.booleans(),
    writing=st.sampled_from(["0", "1.0", "word"]),
    running=st.booleans(),
    in_order=st.booleans(),
    top=st.sampled_from([1, 16, 255, 1000]),
    ends=st.sampled_from(["\n", "\r\n"]),
    told=st.booleans(),
    quiet=st.booleans(),
)
def test_a_table_of_pixels_is_read_rightly_or_refused(
    separator: str, names: str, last: bool, writing: str, running: bool, in_order: bool, top: int,
    ends: str, told: bool, quiet: bool,
) -> None:  # fmt: skip
    images = ink(ROWS, top)
    if quiet:  # as the edges of most drawings are
        images[:, 0, 0] = images[:, -1, -1] = 0
    numbers = np.arange(ROWS) % 3
    numbers = np.sort(numbers) if in_order else numbers
    write = {"0": str, "1.0": lambda n: f"{n}.0", "word": lambda n: "abc"[n]}[writing]
    read = (lambda n: "abc"[n]) if writing == "word" else str
    rows = [[str(v) for v in image.ravel()] for image in images]
    for row, number in zip(rows, numbers, strict=True):
        row.insert(len(row) if last else 0, write(number))
    head = [f"p{i}" for i in range(SIDE * SIDE)]
    head.insert(len(head) if last else 0, "Label" if names == "named" else "kind")
    head = [str(i) for i in range(len(head))] if names == "counted" else head
    if running:
        rows = [[str(i), *row] for i, row in enumerate(rows)]
        head = ["", *head]
    frame = pd.DataFrame(rows, columns=head)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "pixels.csv")
        header = names not in ("none", "mangled")
        frame.to_csv(path, sep=separator, index=False, header=header, lineterminator=ends)
        if names == "mangled":
            renamed = pd.read_csv(path, sep=separator, dtype=str)
            renamed.to_csv(path, sep=separator, index=False, lineterminator=ends)
        try:
            source = read_images(path, label_column=("last" if last else "first") if told else "")
        except DataError as error:
            assert not told and not quiet, error
            assert "label_column" in str(error)
            return
    labels = [read(number) for number in numbers]
    assert rows_of(source) == wanted(images, labels, ["train"] * ROWS)
    check_account(source, ROWS, ROWS)


@some
@given(
    chosen=st.sets(st.sampled_from(["validation", "test"])),
    style=st.sampled_from(["{role}_{split}", "{split}_{long}", "{split}{Role}", "{role}{split}"]),
    word=st.integers(0, 2),
    extra=st.booleans(),
    shape=st.sampled_from(["plain", "channel last", "channel first", "flat"]),
    column=st.booleans(),
)
def test_arrays_go_to_the_splits_that_they_are_named_after(
    chosen: set[str], style: str, word: int, extra: bool, shape: str, column: bool
) -> None:
    arrays: dict[str, Any] = {}
    expected: Counter[tuple[str, str, bytes]] = Counter()
    for seed, split in enumerate(["train", *sorted(chosen)]):
        images, labels = ink(12, 255, seed).astype(np.uint8), np.arange(12) % 3
        expected += wanted(images, labels, [split] * 12)
        shown = {
            "plain": images,
            "channel last": images[..., None],
            "channel first": images[:, None],
            "flat": images.reshape(12, -1),
        }[shape]
        for role, long, values in (("x", "images", shown), ("y", "labels", labels)):
            name = style.format(role=role, Role=role.upper(), long=long, split=WORDS[split][word])
            arrays[name] = values[:, None] if role == "y" and column else values
    if extra:
        arrays["names_of_people"] = np.arange(3)
    with tempfile.TemporaryDirectory() as folder:
        np.savez(Path(folder, "a.npz"), **arrays)
        source = read_images(Path(folder, "a.npz"))
        for name, values in arrays.items():
            np.save(Path(folder, f"{name}.npy"), values)
        again = read_images(Path(folder))
    assert rows_of(source) == rows_of(again) == expected
    check_account(source, len(arrays), len(arrays) - extra)


@some
@given(
    chosen=st.sets(st.sampled_from(["validation", "test"])),
    emnist=st.booleans(),
    strays=st.integers(0, 1),
)
def test_idx_files_of_any_splits(chosen: set[str], emnist: bool, strays: int) -> None:
    expected: Counter[tuple[str, str, bytes]] = Counter()
    with tempfile.TemporaryDirectory() as name:
        for seed, split in enumerate(["train", *sorted(chosen)]):
            images, labels = ink(12, 255, seed), np.arange(12) % 3
            expected += wanted(images, labels, [split] * 12)
            stored = images.transpose(0, 2, 1) if emnist else images
            stem = ("emnist-letters-" if emnist else "") + WORDS[split][0]
            for role, array in (("images-idx3", stored), ("labels-idx1", labels)):
                sizes = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
                content = sizes + array.astype(np.uint8).tobytes()
                Path(name, f"{stem}-{role}-ubyte").write_bytes(content)
        for i in range(strays):
            Path(name, f"mapping{i}.txt").touch()
        source = read_images(Path(name))
    assert rows_of(source) == expected
    assert emnist == ("set upright" in source.note)
    files = 2 * (1 + len(chosen))
    check_account(source, files + strays, files)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a.mat", "MATLAB files are not read; save their arrays by numpy.savez: needs "),
        ("a.h5", "HDF5 files are not read; save their arrays by numpy.savez: needs "),
        ("a.zip", "archives are not read; unpack them: needs "),
        ("a.xyz", "unknown form; needs "),
    ],
)
def test_other_forms_are_refused_by_name(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(DataError) as error:
        read_images(tmp_path / name)
    assert str(error.value).startswith(f"{tmp_path / name}: {message}")
    assert len(str(error.value)) <= 400


def test_classes_of_arrays_may_be_called_as_if_there_were_none(tmp_path: Path) -> None:
    images = ink(6, 255).astype(np.uint8)
    np.savez(tmp_path / "a.npz", x=images, y=["None", "nan", "x"] * 2)
    assert sorted(set(read_images(tmp_path / "a.npz").rows.labels)) == ["None", "nan", "x"]
    np.savez(tmp_path / "b.npz", x=images, y=[0, 1, np.nan] * 2)
    with pytest.raises(DataError) as caught:
        read_images(tmp_path / "b.npz")
    path = tmp_path / "b.npz"
    assert str(caught.value) == (
        f"{path}: needs a label for every image. Received: none for image 2"
    )


@pytest.mark.parametrize("other", ["extra", "", "unlabelled"])
def test_rows_of_no_split_are_left_out_and_told(tmp_path: Path, other: str) -> None:
    words = ["train", "test", other]
    lines = (f"{words[n % 3]},{n % 2},0,{n},9,0" for n in range(60))
    (tmp_path / "a.csv").write_text("split,label,p0,p1,p2,p3\n" + "\n".join(lines) + "\n")
    source = read_images(tmp_path / "a.csv")
    assert source.test is not None
    assert (len(source.rows), len(source.test)) == (20, 20)
    told = f"(20 marked {other or 'nothing'} in column split)"
    assert source.note.endswith(f"; 60 rows = 40 used + 20 left out {told}")


def test_a_column_of_splits_without_any_is_named(tmp_path: Path) -> None:
    lines = (f"{'ab'[n % 2]},{n % 2},0,{n},9,0" for n in range(60))
    (tmp_path / "a.csv").write_text("split,label,p0,p1,p2,p3\n" + "\n".join(lines) + "\n")
    needed = "needs train, validation or test in the column of splits. Received: a"
    with pytest.raises(DataError, match=f": {needed}$"):
        read_images(tmp_path / "a.csv")
