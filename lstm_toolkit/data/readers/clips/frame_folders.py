"""Clips in folders: a picture a frame, in the order of the numbers in their names."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.readers.clips.clip import Facts
from lstm_toolkit.data.readers.images.colours import picture_size, read_colours
from lstm_toolkit.errors import DataError

LONGEST = 4096
"""Pixels along the longer side that a frame keeps before it is brought to the network's size."""

_NUMBER = re.compile(r"(\d+)")


@dataclasses.dataclass(frozen=True)
class FrameFolder:
    """A folder whose pictures are the frames of one clip."""

    path: Path
    files: tuple[Path, ...]

    @property
    def name(self) -> str:
        """The folder."""
        return str(self.path)

    def facts(self) -> Facts:
        """Returns the size of the first picture; all of them count alike."""
        sizes = (picture_size(file) for file in self.files)
        size = next((size for size in sizes if size is not None), None)
        if size is None:
            raise DataError("needs pictures that can be read. Received: none", path=self.path)
        return Facts(*size, np.zeros(len(self.files)))

    def frames(self, numbers: Sequence[int]) -> Iterator[NDArray[Any]]:
        """Yields pictures, each of its own size."""
        for number in numbers:
            yield read_colours(self.files[number], LONGEST)


def natural_order(files: Sequence[Path]) -> list[Path]:
    """Returns files in the order of the numbers in their names: 2 before 10.

    >>> [path.name for path in natural_order([Path("f10.png"), Path("f2.png"), Path("f1.png")])]
    ['f1.png', 'f2.png', 'f10.png']
    """
    return sorted(files, key=lambda path: (*natural_key(path.stem), path.name))


def natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Returns by what names are sorted, numbers in them by their values."""
    parts = _NUMBER.split(name)
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part)


def frame_folder(path: Path, files: Sequence[Path]) -> FrameFolder:
    """Returns the clip of a folder's pictures.

    Raises:
        DataError: If two pictures have the same number, so that their order cannot be told.
    """
    ordered = natural_order(files)
    keys = [natural_key(file.stem) for file in ordered]
    for one, other, a, b in zip(ordered, ordered[1:], keys, keys[1:], strict=False):
        if a == b:
            received = f"{one.name} and {other.name}"
            raise DataError(f"needs one picture a frame. Received: {received}", path=path)
    return FrameFolder(path, tuple(ordered))
