"""NumPy's files: data sets in Keras's layout, and arrays of images to recognise."""

from __future__ import annotations

import lzma
import math
import re
import tokenize
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.account import Account
from lstm_toolkit.data.dataset import Dataset, Source
from lstm_toolkit.data.labels import label_text
from lstm_toolkit.data.readers.images.label_names import plain_labels
from lstm_toolkit.data.readers.images.parts import labelled, source_of
from lstm_toolkit.data.readers.images.pixels import check_images, grey_images
from lstm_toolkit.data.splits.parts import PARTS, TEST, TRAIN, VALIDATION, part_of
from lstm_toolkit.errors import DataError
from lstm_toolkit.system.archives import check_zip
from lstm_toolkit.system.pointers import check_pointer

_IMAGES = "x|images?|imgs?|data|inputs?|features?|pixels"
_LABELS = "y|labels?|targets?|class(?:es)?"
_SHORT = {"tr": TRAIN, "te": TEST}
"""Names of splits that only arrays have; folders of that name may be of languages."""
_SPLIT = "|".join(sorted([*PARTS, *_SHORT], key=len)[::-1])
_NAME = re.compile(
    rf"(?:(?P<first>{_SPLIT})[_. -]?)?(?:(?P<images>{_IMAGES})|(?P<labels>{_LABELS}))"
    rf"(?:[_. -]?(?P<last>{_SPLIT}))?",
    re.IGNORECASE,
)
"""Names such as `x_train`, `train_images`, `testY`, `labels`."""

_DAMAGE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, tokenize.TokenError, EOFError, SyntaxError,
    RuntimeError, MemoryError, ValueError, OSError,
)  # fmt: skip
"""What NumPy raises on a file that is cut off, or whose bytes were changed."""


def load_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Returns the arrays of an `.npz` file by name, that of an `.npy` file under "".

    Raises:
        DataError: If the file is truncated, damaged, or holds pickled objects, which
            are refused because unpickling can run any code.
    """
    try:
        with path.open("rb") as file:
            start = file.read(64)
            check_pointer(start, path)
            mark = start[:4]
            if mark not in (b"PK\x03\x04", b"\x93NUM"):
                raise DataError("is not a file that NumPy saved", path=path)
            if mark[:2] == b"PK":
                check_zip(path)
            file.seek(0)
            loaded = np.load(file, allow_pickle=False)
            if isinstance(loaded, np.ndarray):
                return {"": loaded}
            arrays = {name: loaded[name] for name in loaded.files}
    except DataError:
        raise
    except _DAMAGE as error:
        raise DataError(_what_is_wrong(error), path=path) from error
    if not all(isinstance(array, np.ndarray) for array in arrays.values()):
        raise DataError("needs arrays alone. Received: other files in the archive", path=path)
    return arrays


def _what_is_wrong(error: Exception) -> str:
    if "allow_pickle" in str(error):
        return "holds pickled objects, which are refused; needs plain numbers"
    if isinstance(error, OSError) and error.errno is not None:
        return f"cannot be read. {error.strerror}"
    return f"is truncated or damaged. {error}"


def read_npz(path: Path) -> Source:
    """Reads arrays of images and labels, a pair a split, see `read_arrays`."""
    return read_arrays(load_arrays(path), path)


def read_array_folder(folder: Path) -> Source:
    """Reads `.npy` files that are named as arrays in an `.npz` file are."""
    files = sorted(folder.glob("*.npy"))
    return read_arrays({file.stem: load_arrays(file)[""] for file in files}, folder)


def read_arrays(arrays: Mapping[str, NDArray[Any]], path: Path) -> Source:
    """Divides arrays by their names: `x_train`, `val_images`, `testY`, `labels` and the like.

    Args:
        arrays: By name.
        path: Where they were read.

    Raises:
        DataError: If there is no pair of images and labels, one of a pair is missing, or a
            split has two of them.
    """
    names, unknown = _pairs(arrays, path)
    missing = next((pair for pair in names.values() if len(pair) < 2), {"": ""})
    if not names or ("train" in names and len(names["train"]) < 2 and len(names) == 1):
        raise DataError(
            "needs the arrays x_train and y_train. "
            f"Received: {', '.join(sorted(arrays)) or 'none'}",
            path=path,
        )
    if len(missing) == 1 and "" not in missing:
        ((role, name),) = missing.items()
        other = "labels" if role == "images" else "images"
        raise DataError(f"needs an array of {other} beside {name}", path=path)
    parts = {split: _examples(arrays, pair, path) for split, pair in names.items()}
    left_out = {f"of unknown name: {', '.join(unknown)}"[:120]: len(unknown)} if unknown else {}
    account = Account(len(arrays), len(arrays) - len(unknown), left_out, "arrays")
    colours = any(_has_colours(arrays[pair["images"]]) for pair in names.values())
    remarks = ["colours turned grey"] if colours else []
    return source_of(parts, path, account=account, remarks=remarks)


def _pairs(
    arrays: Mapping[str, NDArray[Any]], path: Path
) -> tuple[dict[str, dict[str, str]], list[str]]:
    """Returns the names of images and labels by split, and the names that are neither."""
    pairs: dict[str, dict[str, str]] = {}
    unknown = []
    for name in arrays:
        match = _NAME.fullmatch(name)
        if match is None or (match["first"] and match["last"]):
            unknown.append(name)
            continue
        split = _part(match["first"] or match["last"] or TRAIN)
        role = "images" if match["images"] else "labels"
        pair = pairs.setdefault(split, {})
        if role in pair:
            raise DataError(
                f"needs one array of {role} for the {split}. Received: {pair[role]} and {name}",
                path=path,
            )
        pair[role] = name
    return pairs, unknown


def _part(word: str) -> str:
    return _SHORT.get(word.casefold()) or part_of(word)


def split_arrays(arrays: Mapping[str, NDArray[Any]]) -> list[str]:
    """Returns the names of images by split, such as `x_train` and `x_test`, train first.

    >>> split_arrays(dict.fromkeys(("test_images", "train_images", "train_labels", "images")))
    ['train_images', 'test_images']
    """
    parts = {}
    for name in arrays:
        match = _NAME.fullmatch(name)
        if match and match["images"] and bool(match["first"]) != bool(match["last"]):
            parts[name] = _part(match["first"] or match["last"])
    order = (TRAIN, VALIDATION, TEST)
    return sorted(parts, key=lambda name: order.index(parts[name]))


def _has_colours(images: NDArray[Any]) -> bool:
    return images.ndim == 4 and 1 not in (images.shape[1], images.shape[-1])


def _examples(arrays: Mapping[str, NDArray[Any]], pair: Mapping[str, str], path: Path) -> Dataset:
    raw, labels = arrays[pair["images"]], class_names(arrays[pair["labels"]], path)
    images = check_images(_unflattened(raw, len(labels)), path)
    if len(images) != len(labels):
        raise DataError(
            f"needs one label an image. Received: {len(images)} in {pair['images']}, "
            f"{len(labels)} in {pair['labels']}",
            path=path,
        )
    missing_label = labels == ""
    if missing_label.any():
        row = int(np.argmax(missing_label))
        raise DataError(f"needs a label for every image. Received: none for image {row}", path=path)
    return labelled(images, labels)


def _unflattened(images: NDArray[Any], rows: int) -> NDArray[Any]:
    """Returns rows of pixels as square images, where each has a label."""
    side = math.isqrt(images.shape[1]) if images.ndim == 2 else 0
    if side > 1 and len(images) == rows and side * side == images.shape[1]:
        return images.reshape(rows, side, side)
    return images


def given_images(images: Any) -> NDArray[Any]:
    """Returns images that were given in Python, as `read_arrays` does those of files.

    Raises:
        DataError: If they are no images, or of several sizes.
    """
    if not isinstance(images, np.ndarray):
        raise DataError("needs images of numbers. Received: lists of unequal length, or of texts")
    if images.dtype == object:
        try:
            images = np.stack([np.asarray(image) for image in images])
        except ValueError as error:
            raise DataError(f"needs images of one size. {error}") from None
    return check_images(_unflattened(images, len(images)), None)


def class_names(labels: NDArray[Any], path: Path | None = None) -> NDArray[np.str_]:
    """Returns `str[n]` from names, whole numbers or one-hot rows.

    Raises:
        DataError: If a row is none of them.
    """
    if labels.ndim == 2 and labels.shape[1] > 1:
        wrong = np.ones(len(labels), bool)
        if labels.dtype.kind in "biuf":
            wrong = ~(np.isin(labels, (0, 1)).all(axis=1) & (labels.sum(axis=1) == 1))
        if wrong.any():
            row = int(np.argmax(wrong))
            raise DataError(
                f"needs names, numbers or one-hot rows. Received: {labels[row]} for image {row}",
                path=path,
            )
        labels = labels.argmax(axis=1)
    return _as_names(labels.reshape(-1))


def _as_names(labels: NDArray[Any]) -> NDArray[np.str_]:
    if labels.dtype.kind == "S":
        labels = np.char.decode(labels, "utf-8", "replace")
    if labels.dtype.kind in "fM":  # a class may be called nan, in text
        return np.where(np.isnan(labels), "", plain_labels(labels))
    if labels.dtype.kind == "O":
        labels = np.array([label_text(label) for label in labels], np.str_)
    return plain_labels(labels)


def image_arrays(path: Path, height: int, width: int) -> NDArray[Any]:
    """Returns the images `[n, h, w]` to recognise in an `.npy` or `.npz` file.

    Args:
        path: The file.
        height: Rows of the frame for which they are meant.
        width: Columns of it; both tell flat rows of pixels from one wide image.

    Raises:
        DataError: If which array, or what its axes are, cannot be told.
    """
    arrays = load_arrays(path)
    known = ("", "images", "x", "x_test", "data", "inputs")
    name = next((name for name in known if name in arrays), None)
    if name is None and len(arrays) == 1:
        name = next(iter(arrays))
    if name is None:
        raise DataError(
            f"needs an array called images. Received: {', '.join(sorted(arrays)) or 'none'}",
            path=path,
        )
    return as_images(arrays[name], height, width, path)


def as_images(
    array: NDArray[Any], height: int, width: int, path: Path | None = None
) -> NDArray[Any]:
    """Returns one image or several, however their axes stand, as numbers `[n, h, w]`.

    Raises:
        DataError: If the images stand last, or it is no array of images.
    """
    shape, frame = array.shape, (height, width)
    if array.ndim in (1, 2) and shape[-1] == height * width and shape != frame:
        array = array.reshape(-1, height, width)
    elif array.ndim == 2:
        array = array[None]
    elif array.ndim == 3 and shape[:2] == frame and shape[1:] != frame and shape[2] > 4:
        raise DataError(
            f"needs the images first, [n, {height}, {width}]. Received: {list(shape)}; "
            "numpy.moveaxis(images, -1, 0) turns them",
            path=path,
        )
    elif array.ndim == 3 and shape[-1] in (1, 3, 4) and shape[1:] != frame and min(shape[:2]) > 4:
        array = array[None]  # one image in colours
    return grey_images(array, path)
