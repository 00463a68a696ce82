"""Pictures by the names of their files: words of a command line, and cells of a table."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.readers.images.arrays import load_arrays
from lstm_toolkit.data.readers.images.colours import (
    colour_images,
    given_picture,
    picture_size,
    read_colours,
    white_of,
    whites_of,
)
from lstm_toolkit.data.readers.images.fitting import Frame, fit_picture
from lstm_toolkit.data.readers.images.folders import DAMAGED_SHARE, is_picture
from lstm_toolkit.data.readers.images.picture_names import PictureNames
from lstm_toolkit.data.readers.images.pictures import frames_note
from lstm_toolkit.errors import DataError

ARRAYS = (".npy", ".npz")
PICTURES = ("", "pictures", "images", "x", "x_test", "data", "inputs")
"""Names of arrays of pictures, best first; "" is that of an `.npy` file."""
_CAPTION_NUMBER = re.compile(r"(?<=.)#[0-9]{1,3}$")


def named_pictures(path: Path) -> Iterator[tuple[str, NDArray[np.uint8] | DataError]]:
    """Yields the pictures of a file, of an array, or of a folder however deep.

    Yields:
        A name (`file.npy[3]` for the fourth of an array) and `uint8[h, w, 3]`; of several, the
        error of one that is unfit.

    Raises:
        DataError: If the file is missing, damaged or no picture, or a folder holds none.
    """
    if path.is_dir():
        files = picture_files(path)
        if not files:
            raise DataError("needs pictures. Received: a folder without any", path=path)
        for file in files:
            try:
                yield str(file), read_colours(file)
            except DataError as error:
                yield str(file), error
    elif not path.is_file():
        raise DataError("no such file; needs a picture, .npy or .npz", path=path)
    elif path.suffix.lower() in ARRAYS:
        pictures = picture_array(path)
        for row, picture in enumerate(pictures):
            yield f"{path}[{row}]" if len(pictures) > 1 else str(path), picture
    else:
        yield str(path), read_colours(path)


def picture_files(folder: Path) -> list[Path]:
    """Returns the pictures of a folder however deep, without what is hidden."""
    files = sorted(folder.rglob("*"))
    return [file for file in files if is_picture(file) and not file.name.startswith(".")]


def picture_array(path: Path) -> NDArray[np.uint8]:
    """Returns the pictures of an `.npy` or `.npz` file, `uint8[n, h, w, 3]`; one has `n` = 1.

    Raises:
        DataError: If which array holds them cannot be told, or it holds none.
    """
    arrays = load_arrays(path)
    several = [
        name for name, array in arrays.items() if array.ndim > 1 and array.dtype.kind in "uif"
    ]
    name = next(
        (name for name in PICTURES if name in arrays), several[0] if len(several) == 1 else None
    )
    if name is None:
        raise DataError(
            f"needs an array called pictures. Received: {', '.join(sorted(arrays)) or 'none'}",
            path=path,
        )
    array = arrays[name]
    single = array.ndim == 2 or (array.ndim == 3 and array.shape[-1] in (1, 3, 4))
    return colour_images(array[None] if single else array, path, white_of([array]))


def file_name(cell: str) -> str:
    """Returns the path in a cell, without the number of a caption that Flickr8k writes behind it.

    >>> file_name("dog.jpg#2"), file_name(" cats/1.png "), file_name("#2")
    ('dog.jpg', 'cats/1.png', '#2')
    """
    return _CAPTION_NUMBER.sub("", cell.strip())


class PictureFinder:
    """Pictures by their paths in a table, or by the end of paths on another machine.

    Args:
        root: The folder where paths begin.
    """

    def __init__(self, root: Path):
        self.root = root

    def find(self, cell: str) -> Path | None:
        """Returns the picture that a cell names, None if there is none."""
        name = file_name(cell)
        try:
            if name and (self.root / name).is_file():
                return self.root / name
        except (OSError, ValueError):  # what no file can be called
            return None
        return self._elsewhere.find(name)

    @cached_property
    def _elsewhere(self) -> PictureNames:
        return PictureNames(picture_files(self.root), self.root)


@dataclasses.dataclass(frozen=True, eq=False)
class PictureColumn:
    """The pictures that cells of a table stand for.

    Attributes:
        pictures: `uint8[m, height, width, 3]`, each different one once.
        of_row: `int64[n]`, the picture of each cell; -1 where it could not be read.
        names: Of the pictures, as cells call them.
        reasons: Why a cell has none, "" where it has one.
        remarks: What else is to be told.
    """

    pictures: NDArray[np.uint8]
    of_row: NDArray[np.int64]
    names: Sequence[str]
    reasons: Sequence[str]
    remarks: Sequence[str] = ()

    @property
    def left_out(self) -> dict[str, int]:
        """How many cells have none, by the reason."""
        return dict(Counter(filter(None, self.reasons)))


def read_picture_column(
    cells: Sequence[Any],
    root: Path | None,
    *,
    height: int = 0,
    width: int = 0,
    pad: bool = True,
    line: Callable[[int], int | None] = lambda row: None,
    table: Path | None = None,
) -> PictureColumn:
    """Opens the pictures of a column of paths, bytes or arrays, those of one path once.

    Paths begin at `root`; of one that leads nowhere the end counts, if one picture there has it.
    Few that are missing or damaged are left out and counted, with the line of the first.

    Args:
        cells: One a row.
        root: The folder of the table; None takes the working folder.
        height: Rows of pixels; 0 takes the commonest size, 64 at most.
        width: Columns, likewise.
        pad: Whether pictures keep their shape, see `Frame`.
        line: Returns the line on which a row starts.
        table: The table, for messages.

    Raises:
        DataError: That of the first cell without a picture, with its line, if there are many.
    """
    opened = _Opened(cells, root, table, line)
    known = [size for size in map(_size, opened.sources.values()) if size]
    frame = Frame.choose(known or [(1, 1)], height=height, width=width, pad=pad)
    pictures = np.empty((len(opened.sources), *frame.size, 3), np.uint8)
    places: dict[Any, int] = {}
    for key, source in opened.sources.items():
        picture = opened.read(key, source, frame)
        if picture is not None:
            pictures[len(places)] = picture
            places[key] = len(places)
    of_row = np.array([places.get(key, -1) for key in opened.keys], np.int64)
    return PictureColumn(
        pictures[: len(places)],
        of_row,
        [opened.name(key) for key in places],
        opened.reasons(of_row),
        [
            *frames_note(source for source in opened.sources.values() if isinstance(source, Path)),
            *(
                ["numbers up to 1 alone: 0 is black, 1 is white"]
                if 1 in opened.whites.values()
                else []
            ),
        ],
    )


class _Opened:
    """What the cells of a column stand for, and what is wrong with some of them."""

    def __init__(
        self,
        cells: Sequence[Any],
        root: Path | None,
        table: Path | None,
        line: Callable[[int], int | None],
    ):
        self.cells, self.table, self.line = cells, table, line
        self.finder = PictureFinder(root or Path())
        self.keys = [_key(cell, row) for row, cell in enumerate(cells)]
        self.first = {key: row for row, key in reversed(list(enumerate(self.keys)))}
        self.errors: dict[int, tuple[str, DataError]] = {}
        self.sources: dict[Any, Any] = {}
        for key in dict.fromkeys(self.keys):
            self._find(key)
        self.whites = whites_of(self.sources.values())

    def _find(self, key: Any) -> None:
        row = self.first[key]
        cell = self.cells[row]
        if not isinstance(cell, str | Path | None):
            self.sources[key] = cell
        elif not str(cell or "").strip():
            self._fail(key, "without a picture", "needs a picture in every row. Received: none")
        elif (file := self.finder.find(str(cell))) is None:
            self._fail(key, "whose picture is missing", f"no such picture, {cell}")
        else:
            self.sources[key] = file

    def _fail(self, key: Any, reason: str, message: str) -> None:
        row = self.first[key]
        self.errors[row] = reason, DataError(message, path=self.table, line=self.line(row))

    def read(self, key: Any, source: Any, frame: Frame) -> NDArray[np.uint8] | None:
        """Returns a picture in its frame; None if it is damaged."""
        try:
            if isinstance(source, Path):
                return fit_picture(read_colours(source), frame)
            return fit_picture(given_picture(source, self.whites), frame)
        except DataError as error:
            self._fail(key, "whose picture is damaged", str(error))
            return None

    def name(self, key: Any) -> str:
        """Returns how a picture is called."""
        return key if isinstance(key, str) else f"row {self.first[key] + 1:,}"

    def reasons(self, of_row: NDArray[np.int64]) -> list[str]:
        """Returns why rows have no picture, with the line of the first of each reason.

        Raises:
            DataError: That of the first, if there are many.
        """
        lost = np.flatnonzero(of_row < 0).tolist()
        if len(lost) > DAMAGED_SHARE * len(of_row):
            raise self.errors[min(self.errors)][1]
        places: dict[str, str] = {}
        reasons = [""] * len(of_row)
        for row in lost:
            reason, error = self.errors[self.first[self.keys[row]]]
            where = f"line {error.line}" if error.line else f"row {row + 1:,}"
            reasons[row] = f"{reason}, first on {places.setdefault(reason, where)}"
        return reasons


def _key(cell: Any, row: int) -> Any:
    """Returns what cells of the same picture share: paths do, arrays are each their own."""
    return file_name(str(cell)) if isinstance(cell, str | Path) else row


def _size(source: Any) -> tuple[int, int] | None:
    if isinstance(source, Path | bytes):
        return picture_size(source)
    shape = np.shape(source)
    return None if len(shape) < 2 else (shape[0], shape[1])
