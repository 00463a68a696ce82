"""Clips that are to be answered: files, folders of them, tables of paths, and arrays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from lstm_toolkit.data.inputs.rows import Inputs, ReadingContext, Row, counted
from lstm_toolkit.data.inputs.stated import read_as_told
from lstm_toolkit.data.inputs.tables import check_there
from lstm_toolkit.data.readers.clips import arrays as array_files
from lstm_toolkit.data.readers.clips.array_clips import is_colour_pictures
from lstm_toolkit.data.readers.clips.clip import Clip
from lstm_toolkit.data.readers.clips.clip_files import CLIPS, Folders, open_clip
from lstm_toolkit.data.readers.clips.frame_folders import natural_key
from lstm_toolkit.data.readers.clips.frames_kept import one_clip
from lstm_toolkit.data.readers.clips.tables import ClipNames, expected, path_column
from lstm_toolkit.data.readers.images.arrays import load_arrays
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.readers.tables.tables import SUFFIXES as TABLES
from lstm_toolkit.data.readers.tables.tables import table_suffix
from lstm_toolkit.data.splits.parts import TEST, TRAIN, VALIDATION
from lstm_toolkit.errors import DataError

FORMS = f"{CLIPS}; a folder of clips, a table of their paths, or an .npz file of arrays"


def clip_inputs(path: Path, context: ReadingContext) -> Inputs:
    """Reads clips, one a row; of a folder all that lie in it, however deep.

    A clip that cannot be answered, as one that is damaged, is a row with an error.

    Args:
        path: See `FORMS`.
        context: With the settings of how tables are read, and the states.

    Raises:
        DataError: If it is missing, or holds no clips.
    """
    check_there(path, FORMS)
    if path.is_dir():
        return _of_folder(path, context)
    if table_suffix(path) in TABLES:
        return _of_table(path, context)
    if path.suffix.lower() == ".npz":
        return _of_arrays(path, context)
    value = _answered(open_clip(path), context)
    return Inputs(iter([Row(str(path), value, {"clip": str(path)})]), {"clip": [str(path)]}, "")


def _of_folder(root: Path, context: ReadingContext) -> Inputs:
    files = sorted(Folders().clips_below(root), key=lambda file: natural_key(file.as_posix()))
    if not files:
        raise DataError(f"needs clips: {CLIPS}. Received: a folder without any", path=root)
    names = [file.relative_to(root).as_posix() if file != root else str(root) for file in files]
    rows = (
        Row(str(file), _read(file, context), {"clip": name})
        for file, name in zip(files, names, strict=True)
    )
    return Inputs(rows, {"clip": names}, f"{counted(len(files), 'clip')} of {root}")


def _read(file: Path, context: ReadingContext) -> Any:
    try:
        return _answered(open_clip(file), context)
    except DataError as error:
        return error


def _answered(clip: Clip, context: ReadingContext) -> Any:
    """Returns a clip's frames by the name of its feature, or what is wrong with it."""
    state = context.states.only
    try:
        return {"clip": one_clip(clip, state.frames, state.frame, state.pace)}
    except DataError as error:
        return error


def _of_table(path: Path, context: ReadingContext) -> Inputs:
    own = context.settings
    names = (own.clip_column, own.label_column, own.group_column)
    table = read_as_told(path, context, expected(*names))
    known = ClipNames(path.parent)
    column = path_column(table, known, context.column("clip_column", table.columns))
    cells = table.texts(column)
    rows = (
        Row(cell or f"row {row + 1}", value, {n: c[row] for n, c in table.columns.items()})
        for row, (cell, value) in enumerate(_of_cells(cells, known, table, context))
    )
    note = f"{counted(len(table), 'clip')}: column {column}, of {path}"
    return Inputs(rows, table.columns, "; ".join([note, *table.remarks]))


def _of_cells(
    cells: Sequence[str], known: ClipNames, table: Table, context: ReadingContext
) -> Iterator[tuple[str, Any]]:
    for row, cell in enumerate(cells):
        file = known.find(cell)
        if file is None:
            message = f"needs the path of a clip. Received: {cell.strip()[:80] or 'none'}"
            yield cell, DataError(message, path=table.path, line=table.line(row))
        else:
            yield cell, _read(file, context)


def _of_arrays(path: Path, context: ReadingContext) -> Inputs:
    arrays = load_arrays(path)
    names, _ = array_files.roles(arrays, path)
    if len(arrays) == 1:
        ((name, only),) = arrays.items()
        names = names or {TRAIN: {"clips": name}}
        arrays = {name: only[None] if only.ndim < 4 or is_colour_pictures(only) else only}
    clips = [
        clip
        for split in (TRAIN, VALIDATION, TEST)
        if split in names
        for clip in array_files.clips_in(arrays, names[split], path)
    ]
    if not clips:
        received = ", ".join(sorted(arrays))[:80]
        raise DataError(f"needs an array of clips. Received: {received}", path=path)
    shown = [f"{path}[{row}]" for row in range(len(clips))] if len(clips) > 1 else [str(path)]
    rows = (
        Row(name, _answered(clip, context), {"clip": name})
        for name, clip in zip(shown, clips, strict=True)
    )
    return Inputs(rows, {"clip": shown}, f"{counted(len(clips), 'clip')} of {path}")
