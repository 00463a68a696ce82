"""Images to be recognised that stand in tables with a column a pixel."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from lstm_toolkit.data.account import Account
from lstm_toolkit.data.inputs.long_files import Chosen, is_long, long_table
from lstm_toolkit.data.inputs.rows import Inputs, ReadingContext, Row, counted
from lstm_toolkit.data.readers.images.frames import framed
from lstm_toolkit.data.readers.images.images import FORMS
from lstm_toolkit.data.readers.images.pixel_columns import by_name, decide, is_header, unmangled
from lstm_toolkit.data.readers.tables.headers import NO_HEADER
from lstm_toolkit.data.readers.tables.parts.contract import IrregularError
from lstm_toolkit.data.readers.tables.parts.opening import open_parts
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.readers.tables.tables import Expected, read_table
from lstm_toolkit.errors import DataError

Frame = Mapping[str, Any]
"""How images are framed, see `read_frames`."""


def pixel_inputs(path: Path, context: ReadingContext, frame: Frame) -> Inputs:
    """Reads a column a pixel; labels, splits and running numbers are kept as cells.

    They are told as in training, where there are more columns than pixels.

    Args:
        path: A table.
        context: With the setting `label_column`.
        frame: How images are framed.

    Raises:
        DataError: If it is damaged or in no known form, or the pixels cannot be told.
    """
    label_column = getattr(context.settings, "label_column", "")
    expected = Expected(FORMS, lambda rows: _is_header(rows[0], label_column), blank=True)
    choose = partial(_chosen, context=context, frame=frame)
    if is_long(path):
        inputs = long_table(
            partial(open_parts, path, "utf-8", expected), partial(_regular, choose=choose)
        )
        if inputs is not None:
            return inputs
    table = _with_first_row(read_table(path, "utf-8", expected))
    chosen, count = choose(table), len(table)
    account = Account(count + sum(table.left_out.values()), count, table.left_out, "rows")
    note = f"{counted(count, 'row')}: {chosen.told}, of {path}"
    return Inputs(
        chosen.rows_of(table, 0),
        table.columns,
        "; ".join([note, *table.remarks, *account.remarks()]),
    )


def _regular(table: Table, choose: Callable[[Table], Chosen]) -> Chosen:
    if _with_first_row(table) is not table:
        raise IrregularError
    return choose(table)


def _chosen(table: Table, context: ReadingContext, frame: Frame) -> Chosen:
    names = _pixel_names(table, context)
    height, width = _shape(len(names), context, table)
    cells = zip(*(table.columns[name] for name in names), strict=True)
    if not any(map(_numbers, cells)):
        raise DataError("needs a column a pixel. Received: no row of numbers", path=table.path)
    rows = partial(_rows, names=names, shape=(height, width), frame=frame)
    return Chosen(table, (), f"{height}×{width} pixels", rows)


def _rows(
    table: Table, before: int, names: Sequence[str], shape: tuple[int, int], frame: Frame
) -> Iterator[Row]:
    """Yields the images of some rows, `before` of which others stood."""
    pixels = zip(*(table.columns[name] for name in names), strict=True)
    for place, row in enumerate(pixels):
        name = f"{table.path}, line {table.line(place) or before + place + 1}"
        cells = {column: values[place] for column, values in table.columns.items()}
        yield Row(name, _image(row, shape, frame), cells)


def _image(cells: Sequence[Any], shape: tuple[int, int], frame: Frame) -> Any:
    pixels = _numbers(cells)
    if pixels is None:
        return DataError("needs pixels from 0 to 65535 in every cell")
    return framed(np.array(pixels, np.float32).reshape(1, *shape), **frame)


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
