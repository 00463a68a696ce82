"""Images to be recognised: files, folders of them, arrays, and tables of pixels."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.inputs.rows import Inputs, ReadingContext, Row, counted
from lstm_toolkit.data.inputs.tables import check_there
from lstm_toolkit.data.readers.images.arrays import load_arrays
from lstm_toolkit.data.readers.images.folders import is_picture
from lstm_toolkit.data.readers.images.frames import framed, read_frames
from lstm_toolkit.data.readers.images.idx import holds_idx
from lstm_toolkit.data.readers.images.images import FORMS, read_images
from lstm_toolkit.data.readers.images.label_names import LABEL_NAMES
from lstm_toolkit.data.readers.images.pixel_columns import is_index
from lstm_toolkit.data.readers.images.pixels import check_images
from lstm_toolkit.data.readers.tables.columns import Table
from lstm_toolkit.data.readers.tables.tables import Expected, read_table
from lstm_toolkit.data.splits.parts import fold
from lstm_toolkit.errors import DataError

_PARTS = ("x_train", "x_val", "x_valid", "x_test")
"""Names of arrays that stand for splits, in the order of their answers."""

_ARRAYS = (".npy", ".npz")
_TABLES = (".csv", ".csv.gz", ".tsv", ".parquet")


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
    arrays = load_arrays(path)
    parts = [name for name in _PARTS if name in arrays]
    if len(parts) > 1 or parts == ["x_train"]:
        names = [f"{path}:{part}[{i}]" for part in parts for i in range(len(arrays[part]))]
        images = np.concatenate([check_images(arrays[part], path) for part in parts])
        return _of_images(images, names, context, f"{', '.join(parts)} of {path}")
    frames = list(read_frames(path, **_frame(context)))
    rows = (Row(name, value, {"image": name}) for name, value in frames)
    note = f"{counted(len(frames), 'image')} of {path}"
    return Inputs(rows, {"image": [name for name, _ in frames]}, note)


def _of_idx(path: Path, context: ReadingContext) -> Inputs:
    source = read_images(path)
    parts = {"train": source.rows, "validation": source.validation, "test": source.test}
    real = {name: part.inputs for name, part in parts.items() if part is not None}
    names = [f"{path}:{part}[{i}]" for part, images in real.items() for i in range(len(images))]
    return _of_images(np.concatenate([*real.values()]), names, context, str(path))


def _of_images(
    images: NDArray[Any], names: list[str], context: ReadingContext, place: str
) -> Inputs:
    rows = (
        Row(name, framed(images[place : place + 1], **_frame(context)), {"image": name})
        for place, name in enumerate(names)
    )
    return Inputs(rows, {"image": names}, f"{counted(len(names), 'image')} of {place}")


def _of_pixels(path: Path, context: ReadingContext) -> Inputs:
    """Reads a column a pixel; other columns than numbers, and those named like labels, stay."""
    table = read_table(path, "utf-8", Expected(FORMS, _has_header, blank=True))
    labels = [name for name in table.columns if fold(name) in LABEL_NAMES]
    labels = labels or _labels_at_an_end(table, context)
    names = [name for name in table.columns if name not in labels and not is_index(name)]
    height, width = _shape(len(names), context, table)
    cells = list(zip(*(table.columns[name] for name in names), strict=True))
    pixels = [_numbers(row) for row in cells]
    if not any(pixels):
        raise DataError("needs a column a pixel. Received: no row of numbers", path=path)
    rows = (
        _pixel_row(place, row, (height, width), table, context) for place, row in enumerate(pixels)
    )
    return Inputs(
        rows, table.columns, f"{counted(len(pixels), 'row')} of {height}×{width} pixels, of {path}"
    )


def _labels_at_an_end(table: Table, context: ReadingContext) -> list[str]:
    """Returns the first or the last column where it alone holds names of classes.

    Pixels may look like names of digits, so there must be one column more than pixels.
    """
    frame, names = context.states.only, list(table.columns)
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


def _has_header(rows: Any) -> bool:
    return 2 * sum(_numbers([cell]) is None for cell in rows[0]) > len(rows[0])


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
    side = round(pixels**0.5)
    if side * side != pixels:
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
