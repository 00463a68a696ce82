"""Lines of a table of pixels, some rows at a time."""

from __future__ import annotations

import contextlib
import dataclasses
import gzip
import io
import warnings
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.readers.images.pixel_columns import by_name, is_header, unmangled
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


Cells = tuple[dict[int, NDArray[Any]], NDArray[Any], NDArray[np.int64]]
"""Columns that may be no pixels as texts `object[n]` by their positions, the others as numbers
`[n, pixels]`, and the line of each row."""


def read_layout(path: Path, label_column: str) -> Layout:
    """Returns how a table is written, by its first lines."""
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
def named_damage(path: Path) -> Iterator[None]:
    """Turns what a file that is cut off, or no text, raises into one line."""
    try:
        yield
    except UnicodeDecodeError as error:
        received = f"byte 0x{error.object[error.start]:02x}"
        raise DataError(f"needs a table in utf-8. Received: {received}", path=path) from error
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
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


def read_cells(path: Path, layout: Layout, label_column: str) -> Cells:
    """Reads a table; texts take many times the memory of the numbers that they stand for."""
    kept = sorted({0, 1, layout.columns - 1} & set(range(layout.columns)))
    kept = sorted({*kept, *by_name(layout.names, label_column)})
    texts: dict[int, list[Any]] = {column: [] for column in kept}
    parts, lines = [], []
    for table, first_line in _tables(path, layout):
        numbered = table.index.to_numpy() + first_line
        _check_length(table, numbered, path)
        for column in kept:
            texts[column].append(take_texts(table, column))
        parts.append(as_pixels(table, numbered, layout.names, path))
        lines.append(numbered)
    if not parts:
        raise DataError("needs at least one row under the header. Received: none", path=path)
    whole = {column: np.concatenate(cells) for column, cells in texts.items()}
    return whole, np.concatenate(parts), np.concatenate(lines)


def take_texts(table: pd.DataFrame, column: int) -> NDArray[Any]:
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
            stack.enter_context(named_damage(path))
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


def as_pixels(
    table: pd.DataFrame, lines: NDArray[np.int64], names: list[str] | None, path: Path
) -> NDArray[Any]:
    """Returns the cells of a frame as numbers `[n, pixels]`.

    Raises:
        DataError: With the line, if a cell is no number, or below 0.
    """
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


def _shown(cell: Any) -> str:
    """Returns a cell for a message of one line."""
    return " ".join(str(cell).split())[:40] or "nothing"
