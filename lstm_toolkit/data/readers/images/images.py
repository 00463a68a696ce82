"""Reads labelled images from whatever form they come in."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np

from lstm_toolkit.data.dataset import Dataset, Source
from lstm_toolkit.data.readers.images.arrays import read_npz
from lstm_toolkit.data.readers.images.frames import fit_all, read_folder
from lstm_toolkit.data.readers.images.idx import holds_idx, read_idx
from lstm_toolkit.data.readers.images.pixel_tables import read_csv
from lstm_toolkit.errors import DataError

FORMS = (
    "an .npz file in Keras's layout, a .csv(.gz) of pixels, a folder with the four IDX "
    "files, or a folder of images with one sub-folder a class"
)


def read_images(path: Path | None, *, height: int = 0, width: int = 0) -> Source:
    """Reads images and their labels.

    Args:
        path: See `FORMS`; None takes scikit-learn's 1,797 digits.
        height: Rows to bring every image to; 0 keeps the size of the data.
        width: Columns likewise.

    Returns:
        Images `uint8|uint16|float32[n, height, width]` with their labels.

    Raises:
        DataError: If the data is missing, damaged, incomplete, or not images.
    """
    if path is None:
        source = sample_digits()
    elif not path.exists():
        raise DataError("no such file or folder; needs " + FORMS, path=path)
    elif path.is_dir():
        source = read_idx(path) if holds_idx(path) else read_folder(path, height, width)
    elif path.stat().st_size == 0:
        raise DataError("is empty; needs " + FORMS, path=path)
    elif path.suffix.lower() == ".npz":
        source = read_npz(path)
    elif path.name.lower().endswith((".csv", ".csv.gz")):
        source = read_csv(path, height, width)
    else:
        raise DataError("unknown form; needs " + FORMS, path=path)
    return _resized(source, height, width)


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
