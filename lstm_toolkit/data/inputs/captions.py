"""Pictures in colour that are to be answered: files, folders, arrays, and rows of tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.inputs.rows import Inputs, ReadingContext, Row, counted
from lstm_toolkit.data.inputs.tables import check_there
from lstm_toolkit.data.readers.captions.tables import (
    FORMS,
    CaptionFiles,
    picture_column,
    read_picture_table,
)
from lstm_toolkit.data.readers.images.colours import (
    given_picture,
    read_colours,
    whites_of,
)
from lstm_toolkit.data.readers.images.fitting import Frame, fit_picture
from lstm_toolkit.data.readers.images.folders import is_picture
from lstm_toolkit.data.readers.images.picture_files import (
    ARRAYS,
    PictureFinder,
    picture_array,
    picture_files,
)
from lstm_toolkit.data.readers.images.pictures import frames_note
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.errors import DataError


def picture_inputs(path: Path, context: ReadingContext) -> Inputs:
    """Reads pictures; captions that stand beside them in a table are kept as cells.

    Args:
        path: A picture, a folder of pictures however deep, an array of them, or a table with a
            column of paths.
        context: With the settings of how files are read, and the frame.

    Raises:
        DataError: If it is missing, damaged or in no known form.
    """
    check_there(path, FORMS)
    ((name, state),) = context.states.features.items()
    if path.is_dir():
        return _folder(path, name, state.frame)
    if path.suffix.lower() in ARRAYS:
        return _arrays(path, name, state.frame)
    if is_picture(path):
        note = "; ".join(frames_note([path]))
        return Inputs(
            iter([_row(path, str(path), name, state.frame)]), {"picture": [str(path)]}, note
        )
    return _table(path, context, name, state.frame)


def _folder(root: Path, name: str, frame: Frame) -> Inputs:
    files = picture_files(root)
    if not files:
        raise DataError("needs pictures. Received: a folder without any", path=root)
    shown = [file.relative_to(root).as_posix() for file in files]
    rows = (_row(file, cell, name, frame) for file, cell in zip(files, shown, strict=True))
    note = "; ".join([f"{counted(len(files), 'picture')} of {root}", *frames_note(files)])
    return Inputs(rows, {"picture": shown}, note)


def _row(file: Path, cell: str, name: str, frame: Frame) -> Row:
    cells = {"picture": cell}
    try:
        picture = fit_picture(read_colours(file), frame)
    except DataError as error:
        return Row(str(file), error, cells)
    return Row(str(file), {name: picture}, cells)


def _arrays(path: Path, name: str, frame: Frame) -> Inputs:
    pictures = picture_array(path)
    rows = (
        Row(f"{path}[{row}]", {name: fit_picture(picture, frame)}, {"row": row + 1})
        for row, picture in enumerate(pictures)
    )
    return Inputs(
        rows, {"row": range(1, len(pictures) + 1)}, f"{counted(len(pictures), 'picture')} of {path}"
    )


def _table(path: Path, context: ReadingContext, name: str, frame: Frame) -> Inputs:
    settings = context.settings
    reading = {key: getattr(settings, key) for key in ("encoding", "sheet", "separator")}
    files = CaptionFiles(settings.picture_column, **reading, captioned=False)
    table, root = read_picture_table(path, files)
    column = picture_column(table, context.column("picture_column", table.columns))
    note = f"{counted(len(table), 'row')}: pictures in column {column}, of {path}"
    rows = _table_rows(table, column, root or Path(), name, frame)
    return Inputs(rows, table.columns, "; ".join([note, *table.remarks]))


def _table_rows(table: Table, column: str, root: Path, name: str, frame: Frame) -> Iterator[Row]:
    finder = PictureFinder(root)
    whites = whites_of(table.columns[column])
    for row, cell in enumerate(table.columns[column]):
        cells = {key: values[row] for key, values in table.columns.items()}
        shown = cell if isinstance(cell, str) and cell else f"row {row + 1}"
        try:
            picture = _picture(cell, finder, table, row, whites)
            yield Row(shown, {name: fit_picture(picture, frame)}, cells)
        except DataError as error:
            yield Row(shown, error, cells)


def _picture(
    cell: Any, finder: PictureFinder, table: Table, row: int, whites: Mapping[np.dtype[Any], int]
) -> NDArray[np.uint8]:
    """Returns the picture of a cell: a path, bytes or an array.

    Raises:
        DataError: If it is none.
    """
    if not isinstance(cell, str):
        return given_picture(cell, whites)
    file = finder.find(cell)
    if file is None:
        message = f"no such picture, {cell or 'none'}"
        raise DataError(message, path=table.path, line=table.line(row))
    return read_colours(file)
