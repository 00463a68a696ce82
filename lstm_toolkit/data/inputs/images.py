"""Images to be recognised: files, folders of them, arrays, and tables of pixels."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.inputs.rows import Inputs, ReadingContext, Row, counted
from lstm_toolkit.data.inputs.tables import check_there
from lstm_toolkit.data.readers.images.arrays import as_images, load_arrays, split_arrays
from lstm_toolkit.data.readers.images.folders import is_picture
from lstm_toolkit.data.readers.images.frames import framed, read_frames
from lstm_toolkit.data.readers.images.idx import holds_idx
from lstm_toolkit.data.readers.images.images import FORMS, read_images
from lstm_toolkit.data.readers.images.pixel_columns import (
    by_name,
    decide,
    is_header,
    unmangled,
)
from lstm_toolkit.data.readers.images.pixels import check_images
from lstm_toolkit.data.readers.tables.columns import Table
from lstm_toolkit.data.readers.tables.headers import NO_HEADER
from lstm_toolkit.data.readers.tables.tables import Expected, read_table
from lstm_toolkit.errors import DataError

_ARRAYS = (".npy", ".npz")
_TABLES = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".parquet")


def image_inputs(path: Path, context: ReadingContext) -> Inputs:
    """Reads images; what they are labelled with is kept as cells, or left alone.

    Args:
        path: An image, an array, a table with a column a pixel, a folder of IDX files, or a
            folder with images in it, however deep.
        context: With the option `invert`.

    Raises:
        DataError: If it is missing, damaged or in no known form.
    """
    check_there(path, FORMS)
    if path.is_dir():
        return _of_idx(path, context) if holds_idx(path) else _of_folder(path, context)
    if path.name.lower().endswith(_TABLES):
        return _of_pixels(path, context)
    if path.suffix.lower() in _ARRAYS:
        return _of_arrays(path, context)
    if is_picture(path):
        return Inputs(_of_file(path, str(path), context), {"image": [str(path)]}, "")
    raise DataError("unknown form; needs an image, .npy, .npz or a table of pixels", path=path)


def _of_folder(root: Path, context: ReadingContext) -> Inputs:
    files = sorted(
        file for file in root.rglob("*") if is_picture(file) and not file.name.startswith(".")
    )
    if not files:
        raise DataError("needs images. Received: a folder without any", path=root)
    names = [file.relative_to(root).as_posix() for file in files]
    rows = (
        row
        for file, name in zip(files, names, strict=True)
        for row in _of_file(file, name, context)
    )
    return Inputs(rows, {"image": names}, f"{counted(len(files), 'image')} of {root}")


def _of_file(file: Path, name: str, context: ReadingContext) -> Iterator[Row]:
    """Yields the one image of a file."""
    try:
        ((_, value),) = read_frames(file, **_frame(context))
        yield Row(str(file), value, {"image": name})
    except DataError as error:
        yield Row(str(file), error, {"image": name})


def _frame(context: ReadingContext) -> dict[str, Any]:
    """Returns how images are framed, see `read_frames`: as the feature itself would."""
    frame, options = context.states.only, context.options
    resized = frame.looks is None or options.as_is
    return {
        "height": frame.height,
        "width": frame.width,
        "invert": options.invert,
        "white": frame.white,
        "resized": resized,
    }


def _of_arrays(path: Path, context: ReadingContext) -> Inputs:
    arrays, frame = load_arrays(path), context.states.only
    names = split_arrays(arrays)
    if names:
        parts = [
            (f"{path}:{name}", as_images(arrays[name], frame.height, frame.width, path))
            for name in names
        ]
        return _of_parts(parts, context, f"{', '.join(names)} of {path}")
    frames = list(read_frames(path, **_frame(context)))
    rows = (Row(name, value, {"image": name}) for name, value in frames)
    note = f"{counted(len(frames), 'image')} of {path}"
    return Inputs(rows, {"image": [name for name, _ in frames]}, note)


def _of_idx(path: Path, context: ReadingContext) -> Inputs:
    source = read_images(path)
    parts = {"train": source.rows, "validation": source.validation, "test": source.test}
    real = [(f"{path}:{name}", part.inputs) for name, part in parts.items() if part is not None]
    return _of_parts(real, context, str(path))


def _of_parts(
    parts: Sequence[tuple[str, NDArray[Any]]], context: ReadingContext, place: str
) -> Inputs:
    """Returns the images of each split, one after the other."""
    names = [f"{name}[{row}]" for name, images in parts for row in range(len(images))]
    each = (images[row : row + 1] for _, images in parts for row in range(len(images)))
    rows = (
        Row(name, _framed(image, context), {"image": name})
        for name, image in zip(names, each, strict=True)
    )
    return Inputs(rows, {"image": names}, f"{counted(len(names), 'image')} of {place}")


def _framed(image: NDArray[Any], context: ReadingContext) -> NDArray[np.float32] | DataError:
    try:
        return framed(check_images(image, None), **_frame(context))
    except DataError as error:
        return error


def _of_pixels(path: Path, context: ReadingContext) -> Inputs:
    """Reads a column a pixel; labels, splits and running numbers are kept as cells.

    They are told as in training, where there are more columns than pixels.
    """
    label_column = getattr(context.settings, "label_column", "")
    table = read_table(
        path, "utf-8", Expected(FORMS, lambda rows: _is_header(rows[0], label_column), blank=True)
    )
    table = _with_first_row(table)
    names = _pixel_names(table, context)
    height, width = _shape(len(names), context, table)
    cells = list(zip(*(table.columns[name] for name in names), strict=True))
    pixels = [_numbers(row) for row in cells]
    if not any(pixels):
        raise DataError("needs a column a pixel. Received: no row of numbers", path=path)
    rows = (
        _pixel_row(place, row, (height, width), table, context) for place, row in enumerate(pixels)
    )
    told = f"{counted(len(pixels), 'row')} of {height}×{width} pixels, of {path}"
    return Inputs(rows, table.columns, "; ".join([told, *table.remarks]))


def _is_header(cells: Sequence[str], label_column: str) -> bool:
    return unmangled(list(cells)) is None and is_header(list(cells), label_column)


def _with_first_row(table: Table) -> Table:
    """Gives the first row its own values back, where a program took it for a header."""
    first = unmangled([str(cells[0]) for cells in table.columns.values()])
    if first is None or NO_HEADER not in table.remarks:
        return table
    columns = {
        name: [cell, *cells[1:]]
        for (name, cells), cell in zip(table.columns.items(), first, strict=True)
    }
    return dataclasses.replace(table, columns=columns)


def _pixel_names(table: Table, context: ReadingContext) -> list[str]:
    """Returns the columns of pixels: what is named otherwise is none, nor what the values tell."""
    frame, names = context.states.only, list(table.columns)
    unnamed = names[0] == "column 1" or (names[0] == "1" and "2" not in names)
    header = None if NO_HEADER in table.remarks else ["" if unnamed else names[0], *names[1:]]
    label_column = context.column("label_column", table.columns)
    others = by_name(header, label_column)
    left = [name for place, name in enumerate(names) if place not in others]
    if len(left) == frame.height * frame.width or _side(len(left)) or len(left) < 4:
        return left
    kept = sorted({0, 1, len(names) - 1, *others})
    texts = {place: np.array(table.texts(names[place]), object) for place in kept}
    inner = [table.columns[name] for place, name in enumerate(names) if place not in kept]
    rows = [row for cells in zip(*inner, strict=True) if (row := _numbers(cells)) is not None]
    try:
        columns = decide(
            header, len(names), texts, np.array(rows, np.float32), label_column, table.path
        )
    except DataError:  # of few rows values tell little
        labels = _labels_at_an_end(table, left, context)
        return [name for name in left if name not in labels]
    return [name for place, name in enumerate(names) if place not in columns.no_pixels]


def _labels_at_an_end(table: Table, names: Sequence[str], context: ReadingContext) -> list[str]:
    """Returns the first or the last column where it alone holds names of classes.

    Pixels may look like names of digits, so there must be one column more than pixels.
    """
    frame = context.states.only
    if len(names) != frame.height * frame.width + 1:
        return []
    known = set(getattr(context.states.target, "names", ()))
    ends = [name for name in (names[0], names[-1]) if set(table.texts(name)) <= known]
    if len(ends) != 1:
        raise DataError(
            "needs a column named label, or pixels alone. Received: one column more than pixels, "
            "and no telling which",
            path=table.path,
        )
    return ends


def _side(pixels: int) -> int:
    """Returns the side of a square of so many pixels, 0 if they are none."""
    side = math.isqrt(pixels)
    return side if side * side == pixels else 0


def _numbers(cells: Any) -> list[float] | None:
    """Returns cells as numbers, None if one is no pixel."""
    try:
        numbers = [float(cell) for cell in cells]
    except (TypeError, ValueError):
        return None
    return numbers if all(0 <= number <= 65535 for number in numbers) else None


def _shape(pixels: int, context: ReadingContext, table: Table) -> tuple[int, int]:
    """Returns the rows and columns that so many pixels have."""
    frame = context.states.only
    if pixels == frame.height * frame.width:
        return frame.height, frame.width
    side = _side(pixels)
    if not side:
        raise DataError(
            f"needs {frame.height}×{frame.width} pixels a row, or a square number of them. "
            f"Received: {pixels} columns beside labels",
            path=table.path,
        )
    return side, side


def _pixel_row(
    place: int,
    pixels: list[float] | None,
    shape: tuple[int, int],
    table: Table,
    context: ReadingContext,
) -> Row:
    name = f"{table.path}, line {table.line(place) or place + 1}"
    cells = {column: values[place] for column, values in table.columns.items()}
    if pixels is None:
        return Row(name, DataError("needs pixels from 0 to 65535 in every cell"), cells)
    image = np.array(pixels, np.float32).reshape(1, *shape)
    return Row(name, framed(image, **_frame(context)), cells)
