"""NumPy's files: data sets in Keras's layout, and arrays of images to recognise."""

from __future__ import annotations

import lzma
import tokenize
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.dataset import MISSING, Dataset, Source
from lstm_toolkit.data.readers.images.pixels import check_images
from lstm_toolkit.errors import DataError

_TRAIN = (("x_train", "y_train"), ("x", "y"), ("images", "labels"), ("data", "target"))
_TEST = ("x_test", "y_test")
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
            if file.read(6)[:4] not in (b"PK\x03\x04", b"\x93NUM"):
                raise DataError("is not a file that NumPy saved", path=path)
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
    """Reads `x_train`, `y_train` and, where there, `x_test`, `y_test`.

    The pairs `x`, `y` or `images`, `labels` or `data`, `target` are taken too, and
    `x_test`, `y_test` alone as rows without a split.
    """
    arrays = load_arrays(path)
    names = next((pair for pair in (*_TRAIN, _TEST) if pair[0] in arrays), None)
    if names is None or names[1] not in arrays:
        raise DataError(
            "needs the arrays x_train and y_train. "
            f"Received: {', '.join(sorted(arrays)) or 'none'}",
            path=path,
        )
    examples = _examples(arrays, names, path)
    test = None
    if names != _TEST and _TEST[0] in arrays:
        test = _examples(arrays, _TEST, path)
    held_out = "" if test is None else f", {len(test):,} for the test"
    size = "×".join(map(str, examples.inputs.shape[1:]))
    return Source(examples, test, f"{len(examples):,} images of {size}{held_out} in {path}")


def _examples(arrays: dict[str, NDArray[Any]], names: tuple[str, str], path: Path) -> Dataset:
    missing = [name for name in names if name not in arrays]
    if missing:
        raise DataError(f"needs the array {missing[0]} beside {names[0]}", path=path)
    images, labels = check_images(arrays[names[0]], path), _names(arrays[names[1]], path)
    if len(images) != len(labels):
        raise DataError(
            f"needs one label an image. Received: {len(images)} in {names[0]}, "
            f"{len(labels)} in {names[1]}",
            path=path,
        )
    missing_label = np.isin(np.char.strip(labels), MISSING)
    if missing_label.any():
        row = int(np.argmax(missing_label))
        raise DataError(f"needs a label for every image. Received: none for image {row}", path=path)
    return Dataset({"images": images}, {"label": labels})


def _names(labels: NDArray[Any], path: Path) -> NDArray[np.str_]:
    """Returns `str[n]` from names, whole numbers or one-hot rows."""
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
    labels = labels.reshape(-1)
    if labels.dtype.kind == "S":
        return np.char.decode(labels, "utf-8", "replace")
    if labels.dtype.kind == "f" and np.isfinite(labels).all() and (labels % 1 == 0).all():
        labels = labels.astype(np.int64)
    return labels.astype(np.str_)


def image_array(path: Path) -> NDArray[Any]:
    """Returns the images `[n, height, width]` to recognise in an `.npy` or `.npz` file."""
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
    array = arrays[name]
    if array.ndim == 3 and array.shape[-1] in (3, 4) and array.shape[0] > 4:
        raise DataError(
            f"needs grey images [n, height, width]. Received: {list(array.shape)}, colours last",
            path=path,
        )
    return array[None] if array.ndim == 2 else array
