"""A CSV with a label column and one column a pixel."""

from __future__ import annotations

import gzip
import math
import warnings
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lstm_toolkit.data.examples import MISSING, Examples, Source
from lstm_toolkit.data.pixels import check_images
from lstm_toolkit.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

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
    table, label, first_line = _read_table(path)
    lines = table.index.to_numpy() + first_line
    labels = table.pop(label).astype(str).str.strip()
    missing = labels.isin(MISSING).to_numpy()
    if missing.any():
        line = int(lines[missing.argmax()])
        raise DataError(f"needs a label in column {label}. Received: none", path=path, line=line)
    pixels = _numbers(table, lines, path)
    shape = _shape(pixels.shape[1], height, width, path)
    images = check_images(pixels.reshape(len(pixels), *shape), path)
    note = f"{len(images):,} images of {shape[0]}×{shape[1]} in {path}, labels in column {label}"
    return Source(Examples(images, labels.to_numpy(np.str_)), None, note)


def _read_table(path: Path) -> tuple[pd.DataFrame, str, int]:
    """Returns a frame of texts, the name of its label column, and the first row's line."""
    import pandas as pd

    try:
        opener = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rt", encoding="utf-8-sig") as file:
            head = [cell.strip('"') for cell in file.readline().rstrip("\r\n").split(",")]
        header = not all(_is_number(cell) for cell in head)
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)  # rows longer than the header
            table = pd.read_csv(
                path,
                header=0 if header else None,
                dtype=str,
                keep_default_na=False,
                na_values=[],
                skip_blank_lines=False,
                encoding="utf-8-sig",
                index_col=False,
            )
    except (EOFError, gzip.BadGzipFile, zlib.error, UnicodeDecodeError) as error:
        raise DataError(f"is truncated or damaged. {error}", path=path) from error
    except (pd.errors.ParserError, pd.errors.EmptyDataError, pd.errors.ParserWarning) as error:
        message = str(error).removeprefix("Error tokenizing data. C error: ").strip()
        raise DataError(f"needs rows of equal length. {message}", path=path) from error
    table.columns = [str(name).strip().strip('"') for name in table.columns]
    if table.columns.duplicated().any():
        twice = table.columns[table.columns.duplicated()][0]
        raise DataError(f"needs each column once. Received: {twice} twice", path=path, line=1)
    table = table[~(table.isna() | (table == "")).all(axis=1)]  # blank lines
    if not len(table):
        raise DataError("needs at least one row under the header. Received: none", path=path)
    if not header:
        return table, str(table.columns[0]), 1
    label = next((c for c in table.columns if c.lower() in LABEL_NAMES), None)
    if label is None:
        raise DataError(
            f"needs a column named {' or '.join(LABEL_NAMES)}. "
            f"Received: {', '.join(table.columns[:3])}, … {table.columns[-1]}",
            path=path,
        )
    return table, label, 2


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
