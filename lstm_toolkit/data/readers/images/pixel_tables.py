"""A CSV with a label column and one column a pixel."""

from __future__ import annotations

import gzip
import math
import warnings
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lstm_toolkit.data.dataset import MISSING, Dataset, Source
from lstm_toolkit.data.readers.images.pixels import check_images
from lstm_toolkit.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

ROWS = 2048
"""Rows read at a time."""

LABEL_NAMES = ("label", "class", "target", "digit", "y")


def read_csv(path: Path, height: int = 0, width: int = 0) -> Source:
    """Reads a CSV of pixels, with or without a header, plain or gzipped.

    The label column is the one named as in `LABEL_NAMES`; without a header, the first.

    Args:
        path: The file.
        height: Rows of an image where it is not square.
        width: Columns of an image likewise.

    Raises:
        DataError: With the line, if rows differ in length, a label or a pixel is
            missing, or a pixel is no number.
    """
    labels, parts, column = [], [], ""
    for table, column, first_line in _read_tables(path):
        lines = table.index.to_numpy() + first_line
        labels.append(_labels(table.pop(column), lines, path))
        parts.append(_numbers(table, lines, path))
    if not parts:
        raise DataError("needs at least one row under the header. Received: none", path=path)
    pixels = np.concatenate(parts)  # of the widest dtype among them
    shape = _shape(pixels.shape[1], height, width, path)
    images = check_images(pixels.reshape(len(pixels), *shape), path)
    note = f"{len(images):,} images of {shape[0]}×{shape[1]} in {path}, labels in column {column}"
    return Source(Dataset({"images": images}, {"label": np.concatenate(labels)}), None, note)


def _labels(column: pd.Series[str], lines: np.ndarray, path: Path) -> np.ndarray:
    labels = column.astype(str).str.strip()
    missing = labels.isin(MISSING).to_numpy()
    if missing.any():
        line = int(lines[missing.argmax()])
        message = f"needs a label in column {column.name}. Received: none"
        raise DataError(message, path=path, line=line)
    return labels.to_numpy(np.str_)


def _read_tables(path: Path) -> Iterator[tuple[pd.DataFrame, str, int]]:
    """Yields frames of texts, each with the name of the label column and the first row's line.

    Texts take many times the memory of the numbers that they stand for, so they are read
    `ROWS` at a time.
    """
    import pandas as pd

    try:
        opener = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rt", encoding="utf-8-sig") as file:
            head = [cell.strip('"') for cell in file.readline().rstrip("\r\n").split(",")]
        header = not all(_is_number(cell) for cell in head)
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)  # rows longer than the header
            with pd.read_csv(
                path,
                header=0 if header else None,
                dtype=str,
                keep_default_na=False,
                na_values=[],
                skip_blank_lines=False,
                encoding="utf-8-sig",
                index_col=False,
                chunksize=ROWS,
            ) as tables:
                for table in tables:
                    label = _label_column(table, header, path)
                    blank = (table.isna() | (table == "")).all(axis=1)
                    if not blank.all():
                        yield table[~blank], label, 2 if header else 1
    except (EOFError, gzip.BadGzipFile, zlib.error, UnicodeDecodeError) as error:
        raise DataError(f"is truncated or damaged. {error}", path=path) from error
    except (pd.errors.ParserError, pd.errors.EmptyDataError, pd.errors.ParserWarning) as error:
        message = str(error).removeprefix("Error tokenizing data. C error: ").strip()
        raise DataError(f"needs rows of equal length. {message}", path=path) from error


def _label_column(table: pd.DataFrame, header: bool, path: Path) -> str:
    """Tidies the names of the columns and returns that of the labels."""
    table.columns = [str(name).strip().strip('"') for name in table.columns]
    if table.columns.duplicated().any():
        twice = table.columns[table.columns.duplicated()][0]
        raise DataError(f"needs each column once. Received: {twice} twice", path=path, line=1)
    if not header:
        return str(table.columns[0])
    label = next((c for c in table.columns if c.lower() in LABEL_NAMES), None)
    if label is None:
        raise DataError(
            f"needs a column named {' or '.join(LABEL_NAMES)}. "
            f"Received: {', '.join(table.columns[:3])}, … {table.columns[-1]}",
            path=path,
        )
    return label


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _numbers(table: pd.DataFrame, lines: np.ndarray, path: Path) -> np.ndarray:
    import pandas as pd

    short = (table.isna() | (table == "")).to_numpy()
    if short.any():
        row = int(short.any(axis=1).argmax())
        raise DataError(
            f"needs {table.shape[1]} pixels a row. Received: {int((~short[row]).sum())}",
            path=path,
            line=int(lines[row]),
        )
    try:
        pixels = table.to_numpy(object).astype(np.float32)
    except ValueError:  # slower, but says which
        pixels = table.apply(pd.to_numeric, errors="coerce").to_numpy(np.float32)
    wrong = ~np.isfinite(pixels) | (pixels < 0)
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise DataError(
            "needs pixels that are numbers from 0. "
            f"Received: {table.iloc[row, column]} in column {table.columns[column]}",
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
