"""A CSV with a label column and one column a pixel."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.account import Account
from lstm_toolkit.data.dataset import Source
from lstm_toolkit.data.readers.images.arrays import read_arrays
from lstm_toolkit.data.readers.images.label_names import plain_labels
from lstm_toolkit.data.readers.images.parts import by_split, labelled, marked_otherwise, source_of
from lstm_toolkit.data.readers.images.pixel_cells import (
    Cells,
    as_pixels,
    named_damage,
    read_cells,
    read_layout,
    take_texts,
)
from lstm_toolkit.data.readers.images.pixel_columns import Columns, by_name, decide
from lstm_toolkit.data.readers.images.pixels import check_images
from lstm_toolkit.data.splits.parts import part_of
from lstm_toolkit.errors import DataError

if TYPE_CHECKING:
    import pandas as pd


def read_csv(path: Path, height: int = 0, width: int = 0, label_column: str = "") -> Source:
    """Reads a CSV of pixels, with or without a header, plain or gzipped.

    The label column is the one named as in `LABEL_NAMES`; without such a name, the first or the
    last, whichever holds labels and no pixels. A running number of rows is left out.

    Args:
        path: The file.
        height: Rows of an image where it is not square.
        width: Columns of an image likewise.
        label_column: Its name, `first` or `last`; "" looks for it.

    Raises:
        DataError: With the line, if rows differ in length, a label or a pixel is
            missing, or a pixel is no number; or if which column holds labels cannot be told.
    """
    with named_damage(path):
        layout = read_layout(path, label_column)
    cells = read_cells(path, layout, label_column)
    source = _source(layout.names, cells, height, width, label_column, path)
    if layout.first_row is None:
        return source
    note = f"{source.note}; a row that had become the header read too"
    return dataclasses.replace(source, note=note)


def read_frame(
    frame: pd.DataFrame, height: int = 0, width: int = 0, label_column: str = ""
) -> Source:
    """Reads a `DataFrame` of labels and pixels, or of labels and a column `images` of arrays.

    Raises:
        DataError: See `read_csv`.
    """
    given = Path("a DataFrame")
    names = [str(name) for name in frame.columns]
    if "images" in names:
        arrays: dict[str, NDArray[Any]] = {str(name): frame[name].to_numpy() for name in frame}
        arrays["images"] = _stacked(arrays["images"], given)
        return read_arrays(arrays, given)
    counted = names == [str(place) for place in range(len(names))]
    known_cells = frame.astype(object).where(frame.notna(), "")
    table = known_cells.set_axis(range(len(names)), axis=1).astype(str)
    columns = {0, 1, len(names) - 1, *by_name(None if counted else names, label_column)}
    kept = sorted(columns & set(range(len(names))))
    lines = np.arange(1, len(frame) + 1)
    texts = {column: take_texts(table, column) for column in kept}
    known = None if counted else names
    cells = texts, as_pixels(table, lines, known, given), lines
    return _source(known, cells, height, width, label_column, given)


def _stacked(images: NDArray[Any], path: Path) -> NDArray[Any]:
    try:
        return np.stack([np.asarray(image) for image in images])
    except ValueError as error:
        raise DataError(f"needs images of one size. {error}", path=path) from None


def _source(
    names: list[str] | None, cells: Cells, height: int, width: int, label_column: str, path: Path
) -> Source:
    texts, pixels, lines = cells
    total = len(texts) + pixels.shape[1]
    columns = decide(names, total, texts, pixels, label_column, path)
    pixels = _all_pixels(texts, pixels, lines, columns, path)
    labels = _labels(texts[columns.label], lines, columns.name, path)
    shape = _shape(pixels.shape[1], height, width, path)
    images = check_images(pixels.reshape(len(pixels), *shape), path)
    rows, left_out = labelled(images, labels), {}
    splits = np.full(len(images), "train")
    if columns.split is not None and names is not None:
        words = texts[columns.split]
        splits = np.array([part_of(word) for word in words])
        left_out = marked_otherwise(words[splits == ""], names[columns.split])
        rows, splits = rows.take(np.flatnonzero(splits != "")), splits[splits != ""]
        _check_classes_left(labels, rows.labels, path)
    account = Account(len(images), len(rows), left_out)
    remarks = [f"labels in {columns.described}", *columns.remarks]
    return source_of(by_split(rows, splits), path, account=account, remarks=remarks)


def _check_classes_left(labels: NDArray[np.str_], left: NDArray[np.str_], path: Path) -> None:
    gone = sorted(set(labels) - set(left))
    if gone:
        raise DataError(
            "needs rows of every class that are marked train, validation or test. "
            f"Received: none of {', '.join(gone)[:80]}",
            path=path,
        )


def _all_pixels(
    texts: dict[int, NDArray[Any]],
    pixels: NDArray[Any],
    lines: NDArray[np.int64],
    columns: Columns,
    path: Path,
) -> NDArray[Any]:
    """Puts pixels that were kept as texts back between the others."""
    import pandas as pd

    total = pixels.shape[1] + len(texts)
    inner = iter(range(pixels.shape[1]))
    parts: list[NDArray[Any]] = []
    for column in range(total):
        if column not in texts:
            place = next(inner)
            parts.append(pixels[:, place : place + 1])
        elif column not in columns.no_pixels:
            frame = pd.DataFrame({column: texts[column]})
            parts.append(as_pixels(frame, lines, columns.names, path))
    return np.concatenate(parts, axis=1) if parts else pixels


def _labels(
    cells: NDArray[Any], lines: NDArray[np.int64], name: str, path: Path
) -> NDArray[np.str_]:
    missing = np.char.strip(cells.astype(str)) == ""
    if missing.any():
        message = f"needs a label in column {name}. Received: none"
        raise DataError(message, path=path, line=int(lines[missing.argmax()]))
    return plain_labels(cells)


def _shape(pixels: int, height: int, width: int, path: Path) -> tuple[int, int]:
    side = math.isqrt(pixels)
    shape = (side, side)  # then height and width say what it is to be resized to
    if side * side != pixels and (height or width):
        shape = (height or pixels // width, width or pixels // height)
    if not pixels or shape[0] * shape[1] != pixels:
        raise DataError(
            "needs a square number of pixels, or the settings height and width. "
            f"Received: {pixels} pixels, height={height}, width={width}",
            path=path,
        )
    return shape
