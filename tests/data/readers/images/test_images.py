"""Every form of images, and every way in which it can be wrong."""

from __future__ import annotations

import gzip
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lstm_toolkit.data import AtRandom, read_images, sample_digits
from lstm_toolkit.data.readers.images.images import FORMS
from lstm_toolkit.errors import DataError
from tests.conftest import bars

IMAGES, NAMES = bars(12)
HEADER = "label," + ",".join(f"p{i}" for i in range(30))
ROWS = [",".join(map(str, [n, *i.ravel()])) for n, i in zip(NAMES, IMAGES, strict=True)]


def write_idx(path: Path, array: np.ndarray, *, kind: int = 8) -> None:
    header = struct.pack(">HBB", 0, kind, array.ndim) + struct.pack(
        ">" + "I" * array.ndim, *array.shape
    )
    content = header + array.astype(np.uint8).tobytes()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)


def write_mnist(folder: Path, end: str = "") -> Path:
    for part in ("train", "t10k"):
        write_idx(folder / f"{part}-images-idx3-ubyte{end}", IMAGES)
        write_idx(folder / f"{part}-labels-idx1-ubyte{end}", np.arange(12) % 2)
    return folder


def write_folder(folder: Path) -> Path:
    for i, (image, name) in enumerate(zip(IMAGES, NAMES, strict=True)):
        (folder / str(name)).mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(folder / str(name) / f"{i:02}.png")
    return folder


def test_npz_in_keras_layout(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, x_train=IMAGES, y_train=NAMES, x_test=IMAGES[:4], y_test=NAMES[:4])
    source = read_images(path)
    np.testing.assert_array_equal(source.rows.inputs, IMAGES)
    assert list(source.rows.labels) == list(NAMES)
    assert source.test is not None
    assert len(source.test) == 4
    assert source.scored is source.test
    assert source.note == f"12 images of 6×5, 4 for the test in {path}"


@pytest.mark.parametrize(
    "labels",
    [np.arange(12) % 3, (np.arange(12) % 3).astype(float), np.eye(3)[np.arange(12) % 3]],
    ids=["numbers", "floats", "one-hot"],
)
def test_labels_may_be_numbers_floats_or_one_hot(tmp_path: Path, labels: np.ndarray) -> None:
    np.savez(tmp_path / "a.npz", x=IMAGES / 255, y=labels)
    examples = read_images(tmp_path / "a.npz").rows
    assert list(examples.labels[:4]) == ["0", "1", "2", "0"]
    assert examples.inputs.dtype == np.float32


@pytest.mark.parametrize("end", ["", ".gz"])
def test_idx_files(tmp_path: Path, end: str) -> None:
    source = read_images(write_mnist(tmp_path, end))
    np.testing.assert_array_equal(source.rows.inputs, IMAGES)
    assert list(source.rows.labels[:3]) == ["0", "1", "0"]
    assert source.test is not None


@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize("end", ["csv", "csv.gz"])
def test_csv(tmp_path: Path, header: bool, end: str) -> None:
    rows = ROWS if header else [row.replace("level", "7").replace("upright", "9") for row in ROWS]
    text = "\n".join([HEADER, *rows] if header else rows) + "\n"
    path = tmp_path / f"a.{end}"
    path.write_bytes(gzip.compress(text.encode()) if end.endswith("gz") else text.encode())
    source = read_images(path, height=6)
    np.testing.assert_array_equal(source.rows.inputs, IMAGES)
    assert source.rows.labels[1] == ("upright" if header else "9")


def test_a_label_column_may_stand_last(tmp_path: Path) -> None:
    rows = ["p0,p1,p2,p3,Target", "0,1,2,3,a", "1,2,3,4,b"]
    (tmp_path / "a.csv").write_text("\n".join(rows))
    source = read_images(tmp_path / "a.csv")
    assert list(source.rows.labels) == ["a", "b"]
    assert source.note.endswith("labels in column Target")


def test_a_square_csv_can_be_resized(tmp_path: Path) -> None:
    rows = ["label," + ",".join(f"p{i}" for i in range(16))]
    rows += [f"{i % 2}," + ",".join(["9"] * 16) for i in range(4)]
    (tmp_path / "a.csv").write_text("\n".join(rows) + "\n\n")
    inputs = read_images(tmp_path / "a.csv", height=2, width=2).rows.inputs
    np.testing.assert_array_equal(inputs, np.full((4, 2, 2), 9))


def test_dark_images_of_16_bits_keep_their_values(tmp_path: Path) -> None:
    for i, size in enumerate([(6, 5), (6, 5), (12, 10)]):
        (tmp_path / str(i % 2)).mkdir(exist_ok=True)
        image = np.full(size, 165, np.uint16)
        Image.fromarray(image).save(tmp_path / str(i % 2) / f"{i}.png")
    assert (read_images(tmp_path).rows.inputs == 165).all()


def test_folder_of_classes(tmp_path: Path) -> None:
    source = read_images(write_folder(tmp_path))
    assert source.rows.inputs.shape == (12, 6, 5)
    assert sorted(set(source.rows.labels)) == ["level", "upright"]


def test_folder_with_images_of_several_sizes(tmp_path: Path) -> None:
    write_folder(tmp_path)
    Image.fromarray(np.full((12, 10), 200, np.uint8)).save(tmp_path / "level" / "z.png")
    source = read_images(tmp_path)
    told = "1 resized; warning: 1 of 13 images is of one shade, with nothing on it"
    assert source.note == f"13 images of 6×5 in {tmp_path}; {told}"
    assert (source.rows.inputs[6] == 200).all()


def test_any_source_can_be_resized(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=np.full((4, 6, 6), 255, np.uint8), y=[0, 1, 0, 1])
    inputs = read_images(tmp_path / "a.npz", height=12, width=12).rows.inputs
    assert inputs.shape == (4, 12, 12)
    assert (inputs == 255).all()


def test_a_fingerprint_changes_with_a_pixel_and_with_a_label() -> None:
    source = sample_digits()
    before = source.fingerprint()
    source.rows.inputs[0, 0, 0] += 1
    assert source.fingerprint() != before


def csv(*rows: str) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        (folder / "a.csv").write_text("\n".join(rows))
        return folder / "a.csv"

    return write


def npz(**arrays: object) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        np.savez(folder / "a.npz", **arrays)
        return folder / "a.npz"

    return write


def cut(write: Callable[[Path], Path], name: str, keep: int) -> Callable[[Path], Path]:
    def shorten(folder: Path) -> Path:
        path = write(folder)
        file = path / name if path.is_dir() else path
        file.write_bytes(file.read_bytes()[:keep])
        return path

    return shorten


def without(write: Callable[[Path], Path], name: str) -> Callable[[Path], Path]:
    def remove(folder: Path) -> Path:
        path = write(folder)
        (path / name).unlink()
        return path

    return remove


def broken(row: int, text: str) -> tuple[str, ...]:
    return (HEADER, *ROWS[:row], text, *ROWS[row + 1 :])


PIXELS = ",".join(["1"] * 30)


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda f: f / "none.npz", f"{{path}}: no such file or folder; needs {FORMS}"),
        (csv(), f"{{path}}: is empty; needs {FORMS}"),
        (csv(HEADER), "{path}: needs at least one row under the header. Received: none"),
        (csv(*broken(3, "level,1,2")), "{path}, line 5: needs 30 pixels a row. Received: 2"),
        (
            csv(*broken(3, f"level,{PIXELS},9")),
            "{path}: needs rows of equal length. Expected 31 fields in line 5, saw 32",
        ),
        (
            csv("label,p0,p1,p2,p3", "1,1,2,3,4,5", "0,1,2,3,4,9"),
            "{path}: needs rows of equal length. ",
        ),
        (csv("label, label,p0", "1,1,2"), "{path}, line 1: needs each column once. "
         "Received: label twice"),
        (
            csv(*broken(3, f",{PIXELS}")),
            "{path}, line 5: needs a label in column label. Received: none",
        ),
        (
            csv(*broken(3, f"level,nan{PIXELS[1:]}")),
            "{path}, line 5: needs pixels that are numbers from 0. Received: nan in column p0",
        ),
        (
            csv(*broken(3, f"level,{PIXELS[1:]}")),
            "{path}, line 5: needs pixels that are numbers from 0. Received: nothing in column p0",
        ),
        (
            csv(*broken(3, f"level,-4{PIXELS[1:]}")),
            "{path}, line 5: needs pixels that are numbers from 0. Received: -4 in column p0",
        ),
        (
            csv("a,b,c", "1,2,3"),
            "{path}: needs a column named label or class or target or digit or y, or the setting "
            "label_column: its name, first or last. "
            "Received: values like labels at neither end of a, b, c, … c",
        ),
        (
            csv(HEADER, *ROWS),
            "{path}: needs a square number of pixels, or the settings height and width. "
            "Received: 30 pixels, height=0, width=0",
        ),
        (npz(a=IMAGES), "{path}: needs the arrays x_train and y_train. Received: a"),
        (
            npz(x=IMAGES, y=NAMES[:5]),
            "{path}: needs one label an image. Received: 12 in x, 5 in y",
        ),
        (
            npz(x=IMAGES, y=np.where(np.arange(12) == 2, np.nan, 1)),
            "{path}: needs a label for every image. Received: none for image 2",
        ),
        (
            npz(x=IMAGES, y=np.eye(3)[np.arange(12) % 3] * (np.arange(12) != 5)[:, None]),
            "{path}: needs names, numbers or one-hot rows. Received: [0. 0. 0.] for image 5",
        ),
        (
            npz(x=IMAGES, y=[["a", "b"]] * 12),
            "{path}: needs names, numbers or one-hot rows. Received: ['a' 'b'] for image 0",
        ),
        (
            npz(x=np.where(np.arange(12)[:, None, None] == 4, np.nan, IMAGES), y=NAMES),
            "{path}: needs pixels from 0 to 65535. Received: nan in image 4",
        ),
        (
            npz(x=IMAGES.astype(int) - 300, y=NAMES),
            "{path}: needs pixels from 0 to 65535. Received: ",
        ),
        (
            npz(x=IMAGES[0], y=NAMES),
            "{path}: needs images as numbers[n, height, width]. Received: uint8[6, 5]",
        ),
        (
            npz(x=np.array([{}]), y=NAMES),
            "{path}: holds pickled objects, which are refused; needs plain numbers",
        ),
        (cut(npz(x=IMAGES, y=NAMES), "", 300), "{path}: is truncated or damaged. "),
        (cut(write_mnist, "train-images-idx3-ubyte", 100),
         "{path}/train-images-idx3-ubyte: is truncated or damaged: needs 376 bytes for "
         "[12, 6, 5]. Received: 100"),
        (cut(write_mnist, "t10k-labels-idx1-ubyte", 2),
         "{path}/t10k-labels-idx1-ubyte: needs an IDX file. Received: first bytes 0000"),
        (cut(lambda f: write_mnist(f, ".gz"), "train-images-idx3-ubyte.gz", 60),
         "{path}/train-images-idx3-ubyte.gz: is truncated or damaged. "),
        (without(write_mnist, "t10k-images-idx3-ubyte"),
         "{path}: needs t10k-images-idx3-ubyte or t10k-images-idx3-ubyte.gz. Received: neither"),
        (cut(write_folder, "level/00.png", 60),
         "{path}/level/00.png: is truncated or damaged. "),
        (lambda f: f, "{path}: needs one sub-folder a class with images in it. Received: none"),
    ],
    ids=lambda value: value[7:40] if isinstance(value, str) else "",
)  # fmt: skip
def test_bad_data_gives_one_line(
    tmp_path: Path, write: Callable[[Path], Path], message: str
) -> None:
    path = write(tmp_path)
    with pytest.raises(DataError) as error:
        read_images(path)
    expected = message.replace("{path}", str(path))
    if message.endswith(". ") or message.endswith(": "):
        assert str(error.value).startswith(expected)
    else:
        assert str(error.value) == expected
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (["a"] * 12, "needs at least two classes. Received: 12 rows, classes=a"),
        ([*"abcdefghijkl"], "needs at least three different rows in every class, one for each "
         "split. Received: 1 left of class a among 12 different rows"),
    ],
)  # fmt: skip
def test_too_few_rows_or_classes(tmp_path: Path, labels: list[str], message: str) -> None:
    np.savez(tmp_path / "a.npz", x=IMAGES, y=labels)
    with pytest.raises(DataError) as error:
        AtRandom().split(read_images(tmp_path / "a.npz"), validation=0.1, test=0.2, seed=0)
    assert str(error.value) == message


def test_a_table_of_pixels_that_is_no_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"label,\xff0,1\n1,2,3\n")
    with pytest.raises(DataError) as error:
        read_images(path)
    assert str(error.value) == (f"{path}: needs a table in utf-8. Received: byte 0xff")
