"""Reads pictures with one or several captions each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.columns import Ragged, texts
from lstm_toolkit.data.dataset import Dataset, Source
from lstm_toolkit.data.readers.captions.made_scenes import sample_scenes
from lstm_toolkit.data.readers.captions.tables import (
    CAPTION,
    PICTURE,
    CaptionFiles,
    caption_columns,
    picture_column,
    read_picture_table,
    row_captions,
    split_column,
)
from lstm_toolkit.data.readers.images.picture_files import PictureColumn, read_picture_column
from lstm_toolkit.data.readers.tables.cleaning import count_note
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.readers.texts.selection import Selection
from lstm_toolkit.data.splits.parts import TEST, TRAIN, VALIDATION, part_of
from lstm_toolkit.errors import DataError, did_you_mean

if TYPE_CHECKING:
    import pandas as pd


def read_captions(
    data: Path | pd.DataFrame | None,
    *,
    height: int = 0,
    width: int = 0,
    pad: bool = True,
    **reading: Any,
) -> Source:
    """Reads pictures and what people say of them.

    A picture that stands in several rows is one with several captions. What looks exactly alike
    is of one group, as is what the group column says, and stays on one side of the split.

    Args:
        data: A data frame or a path, see `tables.FORMS`; None takes made scenes of digits.
        height: Rows to bring pictures to; 0 takes the commonest size, 64 at most.
        width: Columns, likewise.
        pad: Whether pictures keep their shape, see `Frame`.
        **reading: Fields of `CaptionFiles`.

    Returns:
        `picture` (`uint8[n, height, width, 3]`), the target `caption` (`Ragged` rows of texts),
        and in `meta` the `group` of each.

    Raises:
        DataError: If the data is missing or damaged, columns cannot be told, or many pictures
            cannot be read.
    """
    if data is None:
        return sample_scenes()
    files = CaptionFiles(**reading)
    table, root = read_picture_table(data, files)
    chosen = picture_column(table, files.picture_column)
    split = split_column(table, (chosen, files.caption_column, files.group_column))
    columns = caption_columns(table, files, chosen, split)
    selection = _selected(table, columns, split)
    captions = {row: row_captions(table, columns, row) for row in selection.rows}
    frame = {"height": height, "width": width, "pad": pad}
    pictures, of_row = _pictures(table, chosen, root, selection, frame)
    groups = _groups(table, files.group_column)
    parts = {
        name: _dataset(rows, of_row, captions, groups, pictures)
        for name, rows in selection.published().items()
    }
    told = f"column {chosen}, captions in column {' + '.join(columns)}"
    return _assembled(parts, pictures, table, selection, told)


def _pictures(
    table: Table, column: str, root: Path | None, selection: Selection, frame: dict[str, Any]
) -> tuple[PictureColumn, dict[int, int]]:
    """Opens the pictures of the rows in use; returns them, and which is that of each row.

    Rows whose picture cannot be read are in use no longer.
    """
    rows = list(selection.rows)
    pictures = read_picture_column(
        [table.columns[column][row] for row in rows],
        root,
        **frame,
        line=lambda place: table.line(rows[place]),
        table=table.path,
    )
    reasons = dict(zip(rows, pictures.reasons, strict=True))
    for reason in pictures.left_out:
        selection.leave_out(partial(_is_left_out, reasons, reason), reason)
    return pictures, dict(zip(rows, pictures.of_row.tolist(), strict=True))


def _is_left_out(reasons: Mapping[int, str], reason: str, row: int) -> bool:
    return reasons[row] == reason


def _selected(table: Table, columns: Sequence[str], split: str) -> Selection:
    """Returns the rows with a caption that belong to a split.

    Raises:
        DataError: If there is none.
    """
    cells = table.texts(split) if split else []
    parts = [part_of(cell) for cell in cells] if split else [TRAIN] * len(table)
    selection = Selection(table, parts)
    selection.leave_out(lambda row: not parts[row], f"of no known split in column {split}")
    selection.leave_out(lambda row: not row_captions(table, columns, row), "without a caption")
    if not selection.rows:
        raise DataError(
            f"needs at least one picture with a caption. Received: {len(table):,} rows without",
            path=table.path,
        )
    return selection


def _groups(table: Table, column: str) -> list[str] | None:
    """Returns the group of each row, None where there are none.

    Raises:
        DataError: If there is no such column.
    """
    if not column:
        return None
    if column not in table.columns:
        hint = did_you_mean(column, table.columns)
        raise DataError(f"no column `{column}` for group_column, {hint}", path=table.path)
    return table.texts(column)


def _dataset(
    rows: Sequence[int],
    of_row: Mapping[int, int],
    captions: Mapping[int, Sequence[str]],
    groups: Sequence[str] | None,
    pictures: PictureColumn,
) -> Dataset:
    """Returns a row a picture, with all captions of its rows in the table."""
    said: dict[int, list[str]] = {}
    group: dict[int, str] = {}
    for row in rows:
        picture = of_row[row]
        said.setdefault(picture, []).extend(captions[row])
        if groups is not None and groups[row].strip():
            group.setdefault(picture, groups[row].strip())
    places = np.array(list(said), np.int64)
    several = [list(dict.fromkeys(each)) for each in said.values()]
    alike = [_look(pictures.pictures[place]) for place in places]
    names = [group.get(place, look) for place, look in zip(said, alike, strict=True)]
    return Dataset(
        {PICTURE: pictures.pictures[places]},
        {CAPTION: caption_rows(several)},
        {"group": np.array(names, np.str_)},
    )


def caption_rows(captions: Sequence[Sequence[str]]) -> Ragged:
    """Returns a row of texts for each picture."""
    flat = texts([text for row in captions for text in row])
    return Ragged.from_lengths(flat, [len(row) for row in captions])


def _look(picture: NDArray[np.uint8]) -> str:
    """Returns what pictures that look exactly alike share."""
    import hashlib

    return f"alike {hashlib.sha256(picture.tobytes()).hexdigest()[:16]}"


def _assembled(
    parts: dict[str, Dataset],
    pictures: PictureColumn,
    table: Table,
    selection: Selection,
    told: str,
) -> Source:
    """Returns what was read, with a line on it."""
    account = selection.account()
    names = {VALIDATION: "validation", TEST: "the test"}
    height, width = pictures.pictures.shape[1:3]
    count = f"{len(parts[TRAIN]):,} pictures of {height}×{width}"
    count += "".join(f", {len(parts[n]):,} for {name}" for n, name in names.items() if n in parts)
    where = "a data frame" if table.path is None else str(table.path)
    notes = [
        f"{count}: {told}, of {where}",
        *table.remarks,
        *account.remarks(),
        *pictures.remarks,
        *_remarks(parts),
    ]
    return Source(
        parts[TRAIN],
        parts.get(TEST),
        "; ".join(notes),
        validation=parts.get(VALIDATION),
        account=account,
    )


def _remarks(parts: Mapping[str, Dataset]) -> Iterator[str]:
    """Yields how many captions pictures have, and how many look like another with other ones."""
    counts = Counter(
        int(length) for part in parts.values() for length in part.targets[CAPTION].lengths
    )
    if set(counts) - {0, 1}:
        yield f"{min(counts)} to {max(counts)} captions a picture"
    said: dict[str, set[str]] = {}
    alike = 0
    for part in parts.values():
        looks = [_look(picture) for picture in part.columns[PICTURE]]
        for look, captions in zip(looks, part.targets[CAPTION], strict=True):
            if look in said and not said[look].intersection(captions):
                alike += 1
            said.setdefault(look, set()).update(captions)
    yield from count_note(alike, "picture", "with exactly the look of another, and other captions")
