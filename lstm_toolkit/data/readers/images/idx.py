"""The IDX files in which MNIST is published, gzipped or not."""

from __future__ import annotations

import gzip
import re
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.account import Account
from lstm_toolkit.data.dataset import Dataset, Source
from lstm_toolkit.data.readers.images.parts import labelled, source_of
from lstm_toolkit.data.readers.images.pixels import check_images
from lstm_toolkit.data.splits.parts import part_of
from lstm_toolkit.errors import DataError
from lstm_toolkit.system.archives import gunzip

_TYPES = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}


_NAME = re.compile(
    r"(?P<set>.*?)[-_. ]?(?P<split>[a-z0-9]+)[-_](?P<role>images|labels)[-.]idx[13]-ubyte(\.gz)?",
    re.IGNORECASE,
)
"""`train-images-idx3-ubyte`, `t10k-labels.idx1-ubyte.gz`, `emnist-letters-test-images-…`."""


def holds_idx(folder: Path) -> bool:
    """Tells whether a folder holds at least one IDX file of MNIST's names."""
    return any("idx" in file.name and "ubyte" in file.name for file in folder.iterdir())


def read_idx(folder: Path) -> Source:
    """Reads images and labels of every split, such as `train-images-idx3-ubyte` (`.gz`).

    Files of EMNIST hold the columns of an image one after the other; they are set upright.

    Raises:
        DataError: If there is no training split, one of a pair is missing, truncated or not an
            IDX file, or there are several data sets.
    """
    pairs, others = _pairs(folder)
    parts = {split: _read_pair(pair) for split, pair in pairs.items()}
    turned = any(file.name.lower().startswith("emnist") for file in pairs["train"].values())
    if turned:
        parts = {
            split: part.replace(images=np.ascontiguousarray(part.inputs.transpose(0, 2, 1)))
            for split, part in parts.items()
        }
    left_out = {f"not read, such as {others[0].name}": len(others)} if others else {}
    used = 2 * len(pairs)
    account = Account(used + len(others), used, left_out, "files")
    remarks = ["EMNIST keeps columns first, set upright"] if turned else []
    return source_of(parts, folder, account=account, remarks=remarks)


def _pairs(folder: Path) -> tuple[dict[str, dict[str, Path]], list[Path]]:
    """Returns the files of images and labels by split, and the other files."""
    pairs: dict[str, dict[str, Path]] = {}
    others, sets = [], set()
    for file in sorted(each for each in folder.iterdir() if each.is_file()):
        match = _NAME.fullmatch(file.name)
        split = "" if match is None else part_of(match["split"])
        if match is None or not split:
            others += [] if file.name.startswith(".") else [file]
            continue
        sets.add(match["set"])
        if match["role"] not in pairs.setdefault(split, {}):
            pairs[split][match["role"]] = file
        else:
            others.append(file)  # the same, gzipped or not
    if len(sets) > 1:
        received = ", ".join(sorted(sets))[:200]
        raise DataError(f"needs the IDX files of one data set. Received: {received}", path=folder)
    _check_train(pairs, folder)
    return pairs, others


def _check_train(pairs: dict[str, dict[str, Path]], folder: Path) -> None:
    for role in ("images", "labels"):
        for split in dict.fromkeys(("train", *pairs)):
            if role not in pairs.get(split, {}):
                part = "t10k" if split == "test" else split
                stem = f"{part}-{role}-idx{3 if role == 'images' else 1}-ubyte"
                raise DataError(f"needs {stem} or {stem}.gz. Received: neither", path=folder)


def _read_pair(pair: dict[str, Path]) -> Dataset:
    images = check_images(read_array(pair["images"]), pair["images"])
    labels = read_array(pair["labels"])
    if labels.shape != (len(images),):
        raise DataError(
            f"needs one label an image. Received: {len(images)} images, "
            f"labels of shape {list(labels.shape)}",
            path=pair["labels"],
        )
    return labelled(images, labels.astype(np.str_))


def read_array(path: Path) -> NDArray[Any]:
    """Reads one IDX file: two zero bytes, a type, the sizes, then the values."""
    try:
        content = gunzip(path) if path.suffix == ".gz" else path.read_bytes()
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
