"""A CSV with a label column and one column a pixel."""

from __future__ import annotations

import contextlib
import dataclasses
import gzip
import io
import math
import warnings
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.account import Account
from lstm_toolkit.data.dataset import Source
from lstm_toolkit.data.readers.images.arrays import read_arrays
from lstm_toolkit.data.readers.images.label_names import plain_labels
from lstm_toolkit.data.readers.images.parts import by_split, labelled, marked_otherwise, source_of
from lstm_toolkit.data.readers.images.pixel_columns import (
    Columns,
    by_name,
    decide,
    is_header,
    unmangled,
)
from lstm_toolkit.data.readers.images.pixels import check_images
from lstm_toolkit.data.splits.parts import part_of
from lstm_toolkit.errors import DataError
from lstm_toolkit.system.archives import open_gzip

if TYPE_CHECKING:
    import pandas as pd

ROWS = 2048
"""Rows read at a time."""

SEPARATORS = ",;\t|"


@dataclasses.dataclass(frozen=True)
class Layout:
    """How a table is written, as its first lines show.

    Attributes:
        separator: Between two cells.
        skipped: Lines before the table, such as `sep=;`.
        names: Of the columns; None if there is no header.
        first_row: The row that a program took for a header and renamed; None if there is none.
        columns: How many there are.
    """

    separator: str
    skipped: int
    names: list[str] | None
    first_row: list[str] | None
    columns: int


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
    with _damage(path):
        layout = _layout(path, label_column)
    cells = _read(path, layout, label_column)
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
    texts = {column: _popped(table, column) for column in kept}
    known = None if counted else names
    cells = texts, _numbers(table, lines, known, given), lines
    return _source(known, cells, height, width, label_column, given)


def _stacked(images: NDArray[Any], path: Path) -> NDArray[Any]:
    try:
        return np.stack([np.asarray(image) for image in images])
    except ValueError as error:
        raise DataError(f"needs images of one size. {error}", path=path) from None


Cells = tuple[dict[int, NDArray[Any]], NDArray[Any], NDArray[np.int64]]
"""Columns that may be no pixels as texts `object[n]` by their positions, the others as numbers
`[n, pixels]`, and the line of each row."""


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


def _layout(path: Path, label_column: str) -> Layout:
    with _open(path) as file:
        line = file.readline().rstrip("\r\n")
        skipped, separator = 0, ""
        if line.lower().startswith("sep=") and len(line) == 5:
            separator, line, skipped = line[4], file.readline().rstrip("\r\n"), 1
    separator = separator or max(SEPARATORS, key=line.count)
    cells = [cell.strip().strip('"').strip() for cell in line.split(separator)]
    row = unmangled(cells)
    if row is None and is_header(cells, label_column):
        _check_names(cells, path, skipped + 1)
        return Layout(separator, skipped, cells, None, len(cells))
    return Layout(separator, skipped, None, row, len(cells))


@contextlib.contextmanager
def _damage(path: Path) -> Iterator[None]:
    """Turns what a file that is cut off, or no text, raises into one line."""
    try:
        yield
    except (EOFError, gzip.BadGzipFile, zlib.error, UnicodeDecodeError) as error:
        raise DataError(f"is truncated or damaged. {error}", path=path) from error


def _open(path: Path) -> Any:
    if path.suffix.lower() == ".gz":
        return io.TextIOWrapper(open_gzip(path), encoding="utf-8-sig")
    return path.open(encoding="utf-8-sig")


def _check_names(names: list[str], path: Path, line: int) -> None:
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if twice is not None:
        message = f"needs each column once. Received: {twice} twice"
        raise DataError(message, path=path, line=line)


def _read(path: Path, layout: Layout, label_column: str) -> Cells:
    """Reads a table; texts take many times the memory of the numbers that they stand for."""
    kept = sorted({0, 1, layout.columns - 1} & set(range(layout.columns)))
    kept = sorted({*kept, *by_name(layout.names, label_column)})
    texts: dict[int, list[Any]] = {column: [] for column in kept}
    parts, lines = [], []
    for table, first_line in _tables(path, layout):
        numbered = table.index.to_numpy() + first_line
        _check_length(table, numbered, path)
        for column in kept:
            texts[column].append(_popped(table, column))
        parts.append(_numbers(table, numbered, layout.names, path))
        lines.append(numbered)
    if not parts:
        raise DataError("needs at least one row under the header. Received: none", path=path)
    whole = {column: np.concatenate(cells) for column, cells in texts.items()}
    return whole, np.concatenate(parts), np.concatenate(lines)


def _popped(table: pd.DataFrame, column: int) -> NDArray[Any]:
    """Takes a column of texts out of a frame."""
    cells: pd.Series[str] = table.pop(column)  # type: ignore[arg-type]
    return cells.str.strip().to_numpy(object)


def _check_length(table: pd.DataFrame, lines: NDArray[np.int64], path: Path) -> None:
    there = (table.notna() & (table != "")).to_numpy()
    short = ~there[:, -2:].any(axis=1)  # of one cell alone, what it lacks can be told
    if short.any():
        row = int(short.argmax())
        raise DataError(
            f"needs {table.shape[1] - 1} pixels a row. Received: {int(there[row].sum()) - 1}",
            path=path,
            line=int(lines[row]),
        )


def _tables(path: Path, layout: Layout) -> Iterator[tuple[pd.DataFrame, int]]:
    """Yields frames of texts, columns by their positions, and the line of each first row."""
    import pandas as pd

    header = layout.names is not None or layout.first_row is not None
    if layout.first_row is not None:
        yield pd.DataFrame([layout.first_row], dtype=str), 1 + layout.skipped
    try:
        with contextlib.ExitStack() as stack:
            stack.enter_context(_damage(path))
            stack.enter_context(warnings.catch_warnings())
            warnings.simplefilter("error", pd.errors.ParserWarning)  # rows longer than the header
            file = stack.enter_context(_open(path))
            with pd.read_csv(
                file,
                sep=layout.separator,
                skiprows=layout.skipped,
                header=0 if header else None,
                dtype=str,
                keep_default_na=False,
                na_values=[],
                skip_blank_lines=False,
                index_col=False,
                chunksize=ROWS,
            ) as tables:
                for table in tables:
                    table.columns = pd.RangeIndex(table.shape[1])
                    blank = (table.isna() | (table == "")).all(axis=1)
                    if not blank.all():
                        yield table[~blank], layout.skipped + (2 if header else 1)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, pd.errors.ParserWarning) as error:
        message = str(error).removeprefix("Error tokenizing data. C error: ").strip()
        raise DataError(f"needs rows of equal length. {message}", path=path) from error


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
            parts.append(_numbers(frame, lines, columns.names, path))
    return np.concatenate(parts, axis=1) if parts else pixels


def _labels(
    cells: NDArray[Any], lines: NDArray[np.int64], name: str, path: Path
) -> NDArray[np.str_]:
    missing = np.char.strip(cells.astype(str)) == ""
    if missing.any():
        message = f"needs a label in column {name}. Received: none"
        raise DataError(message, path=path, line=int(lines[missing.argmax()]))
    return plain_labels(cells)


def _numbers(
    table: pd.DataFrame, lines: NDArray[np.int64], names: list[str] | None, path: Path
) -> NDArray[Any]:
    import pandas as pd

    try:
        pixels = table.to_numpy(object).astype(np.float32)
    except ValueError:  # slower, but says which
        pixels = table.apply(pd.to_numeric, errors="coerce").to_numpy(np.float32)
    wrong = ~np.isfinite(pixels) | (pixels < 0)
    if wrong.any():
        row, place = np.argwhere(wrong)[0]
        column = int(table.columns[place])
        name = names[column] if names is not None else str(column + 1)
        raise DataError(
            "needs pixels that are numbers from 0. "
            f"Received: {_shown(table.iloc[row, place])} in column {name}",
            path=path,
            line=int(lines[row]),
        )
    whole = (pixels % 1 == 0).all() and pixels.max(initial=0) <= 65535
    return pixels.astype(np.uint16) if whole and pixels.max(initial=0) > 1 else pixels


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


def _shown(cell: Any) -> str:
    """Returns a cell for a message of one line."""
    return " ".join(str(cell).split())[:40] or "nothing"
