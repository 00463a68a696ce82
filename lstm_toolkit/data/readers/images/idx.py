"""The IDX files in which MNIST is published, gzipped or not."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.dataset import Dataset, Source
from lstm_toolkit.data.readers.images.pixels import check_images
from lstm_toolkit.errors import DataError

_TYPES = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}


def holds_idx(folder: Path) -> bool:
    """Tells whether a folder holds at least one IDX file of MNIST's names."""
    return any("idx" in file.name and "ubyte" in file.name for file in folder.iterdir())


def read_idx(folder: Path) -> Source:
    """Reads `train-` and `t10k-` `images-idx3-ubyte` and `labels-idx1-ubyte` (`.gz`).

    Raises:
        DataError: If one of the four is missing, truncated, or not an IDX file.
    """
    train, test = (_read_pair(folder, part) for part in ("train", "t10k"))
    size = "×".join(map(str, train.inputs.shape[1:]))
    note = f"{len(train):,} images of {size}, {len(test):,} for the test in {folder}"
    return Source(train, test, note)


def _read_pair(folder: Path, part: str) -> Dataset:
    images_path = _find(folder, f"{part}-images", "idx3-ubyte")
    labels_path = _find(folder, f"{part}-labels", "idx1-ubyte")
    images = check_images(read_array(images_path), images_path)
    labels = read_array(labels_path)
    if labels.shape != (len(images),):
        raise DataError(
            f"needs one label an image. Received: {len(images)} images, "
            f"labels of shape {list(labels.shape)}",
            path=labels_path,
        )
    return Dataset({"images": images}, {"label": labels.astype(np.str_)})


def _find(folder: Path, stem: str, kind: str) -> Path:
    names = [f"{stem}{joint}{kind}{end}" for joint in "-." for end in ("", ".gz")]
    found = next((folder / name for name in names if (folder / name).is_file()), None)
    if found is None:
        raise DataError(f"needs {stem}-{kind} or {stem}-{kind}.gz. Received: neither", path=folder)
    return found


def read_array(path: Path) -> NDArray[Any]:
    """Reads one IDX file: two zero bytes, a type, the sizes, then the values."""
    try:
        content = path.read_bytes()
        content = gzip.decompress(content) if path.suffix == ".gz" else content
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DataError(f"is truncated or damaged. {error}", path=path) from error
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] not in _TYPES:
        raise DataError(
            f"needs an IDX file. Received: first bytes {content[:4].hex() or 'none'}", path=path
        )
    kind, header = np.dtype(_TYPES[content[2]]), 4 + 4 * content[3]
    shape = tuple(np.frombuffer(content[4 : min(header, len(content) // 4 * 4)], ">u4").tolist())
    needed = header + kind.itemsize * int(np.prod(shape, dtype=np.int64))
    if len(shape) < content[3] or len(content) != needed:
        raise DataError(
            f"is truncated or damaged: needs {needed} bytes for {list(shape)}. "
            f"Received: {len(content)}",
            path=path,
        )
    return np.frombuffer(content, kind, offset=header).reshape(shape).astype(kind.newbyteorder("="))
