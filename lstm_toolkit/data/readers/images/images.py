"""Reads labelled images from whatever form they come in."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np

from lstm_toolkit.data.dataset import Dataset, Source
from lstm_toolkit.data.readers.images.arrays import read_array_folder, read_npz
from lstm_toolkit.data.readers.images.folders import is_picture, read_folder
from lstm_toolkit.data.readers.images.idx import holds_idx, read_idx
from lstm_toolkit.data.readers.images.label_tables import (
    labelling_tables,
    read_labelled_pictures,
)
from lstm_toolkit.data.readers.images.pictures import fit_all
from lstm_toolkit.data.readers.images.pixel_tables import read_csv, read_frame
from lstm_toolkit.data.readers.images.split_files import read_split_files, split_files
from lstm_toolkit.errors import DataError

FORMS = (
    "an .npz file in Keras's layout, a .csv(.gz) of pixels, a folder with IDX files, or a "
    "folder of images with one sub-folder a class or a labels.csv"
)

_TABLES = (".csv", ".csv.gz", ".tsv", ".tsv.gz")


_OTHERS = {
    ".mat": "MATLAB files",
    ".h5": "HDF5 files",
    ".hdf5": "HDF5 files",
    ".pkl": "pickled objects",
    ".pickle": "pickled objects",
    ".zip": "archives",
    ".tar": "archives",
    ".tgz": "archives",
    ".tar.gz": "archives",
}
"""Forms that are known and not read, by the end of their names."""


def read_images(
    path: Path | Any | None,
    *,
    height: int = 0,
    width: int = 0,
    label_column: str = "",
    one_size: bool = True,
) -> Source:
    """Reads images and their labels.

    Args:
        path: See `FORMS`; a `DataFrame` is read as a table of pixels is, and None takes
            scikit-learn's 1,797 digits.
        height: Rows to bring every image to; 0 keeps the size of the data.
        width: Columns likewise.
        label_column: Which column of a table holds the labels; "" looks for it.
        one_size: Whether all images are brought to one size; if not, they keep their own.

    Returns:
        Images `uint8|uint16|float32[n, height, width]` with their labels, by the published
        splits, and an account of all that was there; of several sizes that are kept,
        `object[n]` of arrays.

    Raises:
        DataError: If the data is missing, damaged, incomplete, or not images.
    """
    if path is None:
        source = sample_digits()
    elif not isinstance(path, Path):
        source = read_frame(path, height, width, label_column)
    elif not path.exists():
        raise DataError("no such file or folder; needs " + FORMS, path=path)
    elif path.is_dir():
        source = _read_folder(path, height, width, label_column, one_size)
    else:
        source = _read_file(path, height, width, label_column)
    return _resized(source, height, width) if one_size else source


def _read_file(path: Path, height: int, width: int, label_column: str) -> Source:
    if path.stat().st_size == 0:
        raise DataError("is empty; needs " + FORMS, path=path)
    if path.suffix.lower() == ".npz":
        return read_npz(path)
    if path.name.lower().endswith(_TABLES):
        return read_csv(path, height, width, label_column)
    raise _not_read(path)


def _read_folder(path: Path, height: int, width: int, label_column: str, one_size: bool) -> Source:
    if holds_idx(path):
        return read_idx(path)
    if any(path.glob("*.npy")):
        return read_array_folder(path)
    tables = labelling_tables(path)
    if tables:
        source = read_labelled_pictures(
            path, tables, height, width, label_column, one_size=one_size
        )
        if source is not None:
            return source
    files = split_files(path, (*_TABLES, ".npz"))
    if files and not any(map(is_picture, path.rglob("*"))):
        return read_split_files(
            path, files, lambda file: _read_file(file, height, width, label_column)
        )
    return read_folder(path, height, width, one_size=one_size)


def _not_read(path: Path) -> DataError:
    form = next((form for end, form in _OTHERS.items() if path.name.lower().endswith(end)), None)
    if form is None:
        return DataError("unknown form; needs " + FORMS, path=path)
    what = "unpack them" if form == "archives" else "save their arrays by numpy.savez"
    return DataError(f"{form} are not read; {what}: needs {FORMS}", path=path)


def sample_digits() -> Source:
    """Returns the 1,797 handwritten digits of 8×8 pixels, 0 to 16, in scikit-learn.

    They are the test part of E. Alpaydin and C. Kaynak, "Optical Recognition of
    Handwritten Digits", UCI, 1998 (doi:10.24432/C50P49).
    """
    from sklearn.datasets import load_digits

    digits = load_digits()
    images = digits.images.astype(np.uint8)
    rows = Dataset({"images": images}, {"label": digits.target.astype(str)})
    return Source(rows, None, f"{len(rows):,} handwritten digits of 8×8 (scikit-learn)")


def _resized(source: Source, height: int, width: int) -> Source:
    """Brings images of every split to one size: the one asked for, or that of the first."""
    own = source.rows.inputs.shape[1:]
    size = (height or own[0], width or own[1])

    def resize(part: Dataset | None) -> Dataset | None:
        if part is None or part.inputs.shape[1:] == size:
            return part
        return part.replace(images=fit_all(part.inputs, *size))

    parts = {name: getattr(source, name) for name in ("rows", "test", "validation")}
    resized: dict[str, Any] = {name: resize(part) for name, part in parts.items()}
    return dataclasses.replace(source, **resized)
