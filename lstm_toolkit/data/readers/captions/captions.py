"""Reads pictures with one or several captions each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.columns import Ragged, texts
from lstm_toolkit.data.dataset import Dataset, Source
from lstm_toolkit.data.readers.captions.made_scenes import sample_scenes
from lstm_toolkit.data.readers.captions.picture_groups import joined_note, look_of, picture_groups
from lstm_toolkit.data.readers.captions.tables import (
    CAPTION,
    PICTURE,
    CaptionFiles,
    caption_columns,
    picture_column,
    read_picture_table,
    split_column,
    table_captions,
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
    is of one group, as is what the group column says, and stays on one side of the split; groups
    that share a look or a picture are one.

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
    captions = table_captions(table, columns)
    selection = _selected(table, captions, split)
    frame = {"height": height, "width": width, "pad": pad}
    pictures, of_row = _pictures(table, chosen, root, selection, frame)
    stated = _stated_groups(table, files.group_column, of_row)
    groups = picture_groups(pictures.pictures, stated)
    parts = {
        name: _dataset(rows, of_row, captions, groups, pictures)
        for name, rows in selection.published().items()
    }
    told = f"column {chosen}, captions in column {' + '.join(columns)}"
    source = _assembled(parts, pictures, table, selection, told)
    return replace(source, note="; ".join([source.note, *joined_note(groups, stated)]))


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


def _selected(table: Table, captions: Sequence[Sequence[str]], split: str) -> Selection:
    """Returns the rows with a caption that belong to a split.

    Raises:
        DataError: If there is none.
    """
    cells = table.texts(split) if split else []
    parts = [part_of(cell) for cell in cells] if split else [TRAIN] * len(table)
    selection = Selection(table, parts)
    selection.leave_out(lambda row: not parts[row], f"of no known split in column {split}")
    selection.leave_out(lambda row: not captions[row], "without a caption")
    if not selection.rows:
        raise DataError(
            f"needs at least one picture with a caption. Received: {len(table):,} rows without",
            path=table.path,
        )
    return selection


def _stated_groups(table: Table, column: str, of_row: Mapping[int, int]) -> list[tuple[int, str]]:
    """Returns pictures, and a group of each; of one with several groups, each of them.

    Raises:
        DataError: If there is no such column.
    """
    if not column:
        return []
    if column not in table.columns:
        hint = did_you_mean(column, table.columns)
        raise DataError(f"no column `{column}` for group_column, {hint}", path=table.path)
    cells = [cell.strip() for cell in table.texts(column)]
    pairs = [(picture, cells[row]) for row, picture in of_row.items() if picture >= 0]
    return [(picture, group) for picture, group in pairs if group]


def _dataset(
    rows: Sequence[int],
    of_row: Mapping[int, int],
    captions: Sequence[Sequence[str]],
    groups: NDArray[np.str_],
    pictures: PictureColumn,
) -> Dataset:
    """Returns a row a picture, with all captions of its rows in the table."""
    said: dict[int, list[str]] = {}
    for row in rows:
        said.setdefault(of_row[row], []).extend(captions[row])
    places = np.array(list(said), np.int64)
    several = [list(dict.fromkeys(each)) for each in said.values()]
    return Dataset(
        {PICTURE: pictures.pictures[places]},
        {CAPTION: caption_rows(several)},
        {"group": groups[places]},
    )


def caption_rows(captions: Sequence[Sequence[str]]) -> Ragged:
    """Returns a row of texts for each picture."""
    flat = texts([text for row in captions for text in row])
    return Ragged.from_lengths(flat, [len(row) for row in captions])


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
        looks = [look_of(picture) for picture in part.columns[PICTURE]]
        for look, captions in zip(looks, part.targets[CAPTION], strict=True):
            if look in said and not said[look].intersection(captions):
                alike += 1
            said.setdefault(look, set()).update(captions)
    yield from count_note(alike, "picture", "with exactly the look of another, and other captions")
