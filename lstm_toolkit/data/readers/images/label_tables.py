"""A table of file names and labels beside pictures: `labels.csv` and the like."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.dataset import Source
from lstm_toolkit.data.readers.images.folders import (
    Picture,
    entries,
    is_picture,
    read_pictures,
    split_folders,
    subfolders,
    unwrapped,
)
from lstm_toolkit.data.readers.images.label_names import LABEL_NAMES, plain_labels
from lstm_toolkit.data.readers.images.picture_names import PictureNames
from lstm_toolkit.data.splits.parts import SPLIT_NAMES, fold, part_of, part_of_file
from lstm_toolkit.errors import DataError, did_you_mean

if TYPE_CHECKING:
    import pandas as pd

TABLES = (".csv", ".tsv", ".txt")

_SHARE = 0.5
"""Of the cells in a column of file names that must be names of pictures."""


def labelling_tables(folder: Path) -> list[Path]:
    """Returns the tables in a folder of pictures that has no sub-folders of classes."""
    root = unwrapped(folder)
    if split_folders(root):
        return []
    classes = [each for each in subfolders(root) if any(map(is_picture, entries(each)))]
    if len(classes) > 1 and any(not part_of(each.name) for each in classes):
        return []
    return [each for each in entries(root) if each.suffix.lower() in TABLES and each.is_file()]


def read_labelled_pictures(
    folder: Path,
    tables: Sequence[Path],
    height: int,
    width: int,
    label_column: str = "",
    *,
    one_size: bool = True,
) -> Source | None:
    """Reads the pictures that tables beside them name, with their labels.

    Args:
        folder: Of the pictures.
        tables: In it.
        height: Rows to bring every image to; 0 takes the commonest size.
        width: Columns likewise.
        label_column: Which column of the tables holds labels; "" looks for it.
        one_size: Whether pictures of several sizes are brought to one.

    Returns:
        None if no table names pictures.

    Raises:
        DataError: If which column holds labels cannot be told, or a class has no picture.
    """
    files = [each for each in sorted(folder.rglob("*")) if is_picture(each)]
    known = PictureNames(files, tables[0].parent)
    pictures: dict[Path, Picture] = {}
    lost: dict[str, int] = {}
    used = []
    for table in tables:
        frame = _frame(table)
        names = _name_column(frame, known)
        if names is None:
            continue
        used.append(table)
        for file, picture in _rows(frame, names, known, table, label_column, lost):
            if file in pictures and pictures[file].label != picture.label:
                raise DataError(
                    f"needs one label a picture. Received: two for {file.name}", path=table
                )
            pictures[file] = picture
    if not used:
        return None
    return read_pictures(
        folder,
        list(pictures.values()),
        height,
        width,
        known=used,
        left_out=lost,
        one_size=one_size,
    )


def _frame(table: Path) -> pd.DataFrame:
    """Returns a table as texts, with a header or without."""
    import pandas as pd

    try:
        sample = table.read_text("utf-8-sig")[:4096]
        line = sample.split("\n", 1)[0]
        separator = max(",;\t| ", key=line.count)
        frame = pd.read_csv(
            table, sep=separator, dtype=str, keep_default_na=False, encoding="utf-8-sig",
            header=None, quoting=csv.QUOTE_MINIMAL,
        )  # fmt: skip
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise DataError(f"needs rows of equal length. {error}"[:300], path=table) from error
    return frame.apply(lambda column: column.str.strip())


def _name_column(frame: pd.DataFrame, known: PictureNames) -> int | None:
    """Returns the column that names the most pictures: labels may be called as some of them are."""
    found = [frame[column].map(known.find) for column in frame]
    counts = [column.nunique() for column in found]
    best = max(range(len(counts)), key=counts.__getitem__)
    return best if found[best].notna().mean() >= _SHARE else None


def _rows(
    frame: pd.DataFrame,
    names: int,
    known: PictureNames,
    table: Path,
    label_column: str,
    lost: dict[str, int],
) -> Iterator[tuple[Path, Picture]]:
    """Yields pictures with their labels; counts in `lost` what is not there."""
    header = list(frame.iloc[0]) if known.find(frame.iloc[0, names]) is None else None
    body = frame if header is None else frame.iloc[1:]
    labels = plain_labels(
        body[_label_column(header, names, frame.shape[1], table, label_column)].to_numpy(str)
    )
    files = [known.find(name) for name in body[names]]
    splits = _splits(header, body, table)
    missing = "pictures named in a table that are not there"
    lost[missing] = lost.get(missing, 0) + files.count(None)
    _check_classes(files, labels, table)
    for file, label, split in zip(files, labels, splits, strict=True):
        if file is not None and label:
            yield file, Picture(file, str(label), split)


def _check_classes(files: list[Path | None], labels: NDArray[np.str_], table: Path) -> None:
    there = {label for file, label in zip(files, labels, strict=True) if file is not None}
    gone = set(map(str, labels)) - set(map(str, there)) - {""}
    if gone:
        raise DataError(
            f"needs a picture of every class. Received: none of {min(gone)}", path=table
        )


def _label_column(
    header: list[str] | None, names: int, columns: int, table: Path, label_column: str
) -> int:
    if header is not None and label_column:
        if label_column not in header:
            raise DataError(
                f"no column `{label_column}`, {did_you_mean(label_column, header)}", path=table
            )
        return header.index(label_column)
    for column, name in enumerate(header or []):
        if name.casefold() in LABEL_NAMES and column != names:
            return column
    others = [
        column
        for column in range(columns)
        if column != names and (header is None or fold(header[column]) not in SPLIT_NAMES)
    ]
    if len(others) == 1:
        return others[0]
    received = (", ".join(header) if header is not None else f"{columns} without names")[:200]
    raise DataError(
        f"needs a column named label, or the setting label_column. Received: {received}",
        path=table,
    )


def _splits(header: list[str] | None, body: pd.DataFrame, table: Path) -> list[str]:
    """Returns the split of each row: as a column says, or else the table's name."""
    column = next((i for i, name in enumerate(header or []) if fold(name) in SPLIT_NAMES), None)
    if column is None:
        return [part_of_file(table) or "train"] * len(body)
    splits = [(word, part_of(word)) for word in body[column]]
    wrong = [word for word, split in splits if not split]
    if wrong:
        raise DataError(
            f"needs train, validation or test in the column of splits. Received: {wrong[0][:40]}",
            path=table,
        )
    return [split for _, split in splits]
