"""Cells that name a picture each, or hold its pixels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.readers.images.colours import given_picture, picture_size, read_colours
from lstm_toolkit.data.readers.images.fitting import Frame, fit_pictures
from lstm_toolkit.data.readers.mixed.missing import is_missing
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.errors import DataError

MOST_LOST = 0.1
"""Share of the pictures of a column that may be missing or damaged; their rows are without."""


def picture_of(cell: Any, root: Path) -> NDArray[np.uint8] | None:
    """Returns `uint8[h, w, 3]` of a path or an array, None of an empty cell.

    Only none is all zeros: a black picture gets ones.

    Raises:
        DataError: If there is no such file, or it is no picture.
    """
    source = source_of(cell, root)
    if source is None:
        return None
    picture = read_colours(source) if isinstance(source, Path) else given_picture(source)
    return picture if picture.any() else np.ones_like(picture)


def source_of(cell: Any, root: Path) -> Any:
    """Returns the file that a cell names, or what else it holds; None of an empty cell.

    Raises:
        DataError: If there is no such file.
    """
    if is_missing(cell):
        return None
    if isinstance(cell, Path):
        cell = str(cell)
    if not isinstance(cell, str):
        return cell
    name = cell.strip()
    try:
        if (root / name).is_file():
            return root / name
    except (OSError, ValueError):  # what no file can be called
        pass
    raise DataError(f"no such picture, {name[:80]}")


def picture_column(
    table: Table, heading: str, root: Path, *, height: int, width: int, pad: bool
) -> tuple[NDArray[np.uint8], list[str]]:
    """Returns the pictures of a column in one frame, zeros where there is none.

    Args:
        table: What a reader found.
        heading: Of the column.
        root: Where paths begin.
        height: See `Frame.choose`, like `width` and `pad`.
        width: Likewise.
        pad: Likewise.

    Returns:
        `uint8[n, height, width, 3]`, and what is to be told of pictures that are lost.

    Raises:
        DataError: The error of the first that is lost, with its line, if there are many.
    """
    cells, lost = table.columns[heading], {}
    sources: list[Any] = [None] * len(cells)
    for row, cell in enumerate(cells):
        try:
            sources[row] = source_of(cell, root)
        except DataError as error:
            lost[row] = error
    sizes = [size for size in map(_size, sources) if size]
    frame = Frame.choose(sizes or [(1, 1)], height=height, width=width, pad=pad)
    column = np.zeros((len(cells), *frame.size, 3), np.uint8)
    for row, source in enumerate(sources):
        try:
            picture = picture_of(source, root) if source is not None else None
        except DataError as error:
            lost[row] = error
            continue
        if picture is not None:
            column[row] = fit_pictures([picture], 1, frame)[0]
    return column, _told(table, heading, lost, sum(not is_missing(cell) for cell in cells))


def _size(source: Any) -> tuple[int, int] | None:
    if isinstance(source, Path):
        return picture_size(source)
    return np.shape(source)[:2] if isinstance(source, np.ndarray) else None


def _told(table: Table, heading: str, lost: dict[int, DataError], count: int) -> list[str]:
    """Returns a warning of lost pictures.

    Raises:
        DataError: If there are many.
    """
    if not lost:
        return []
    row = min(lost)
    message = f"column {heading}: {lost[row]}"
    if len(lost) > MOST_LOST * max(count, 1):
        raise DataError(message, path=table.path, line=table.line(row))
    where = f"line {table.line(row)}" if table.lines else f"row {row + 1}"
    return [f"warning: {len(lost):,} rows are read without their picture; {where}: {message}"[:300]]
