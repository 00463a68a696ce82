"""Any form of captioned pictures as a table, and which of its columns hold what."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lstm_toolkit.data.readers.captions.annotations import is_annotations, read_annotations
from lstm_toolkit.data.readers.images.arrays import load_arrays
from lstm_toolkit.data.readers.images.picture_files import file_name, picture_files
from lstm_toolkit.data.readers.images.pictures import SUFFIXES as PICTURE_SUFFIXES
from lstm_toolkit.data.readers.pairs.columns import sentence_columns
from lstm_toolkit.data.readers.tables.columns import is_split, listed
from lstm_toolkit.data.readers.tables.folders import choose_tables, read_tables
from lstm_toolkit.data.readers.tables.table import Table, as_text
from lstm_toolkit.data.readers.tables.tables import SUFFIXES as TABLE_SUFFIXES
from lstm_toolkit.data.readers.tables.tables import (
    TABLES,
    Expected,
    read_data,
    read_table,
    table_suffix,
)
from lstm_toolkit.data.readers.texts.class_folders import walk
from lstm_toolkit.data.readers.texts.folders import read_bytes
from lstm_toolkit.data.splits.parts import fold
from lstm_toolkit.data.text.encodings import decode
from lstm_toolkit.errors import DataError, did_you_mean

if TYPE_CHECKING:
    import pandas as pd

FORMS = (
    f"{TABLES}, with a column of paths of pictures and one of captions; an .npz of pictures and "
    "captions; or a folder with such a table, or with a .txt beside each picture"
)
PICTURE, CAPTION = "picture", "caption"

PICTURE_NAMES = (
    *("picture", "pictures", "image", "images", "img", "photo", "path", "file", "filename"),
    *("imagepath", "imagefile", "imagename", "picturepath", "filepath", "imageid"),
    *("图片", "图像", "照片"),
)
"""Names of a column of pictures, best first; case, spaces and signs do not count."""
CAPTION_NAMES = (
    *("caption", "captions", "description", "sentence", "sentences", "text", "title", "comment"),
    *("描述", "说明", "标题", "文本"),
)
"""Names of a column of captions, likewise."""
_NUMBERED = re.compile(r"(caption|description|sentence|text|描述|说明)[0-9]+")


@dataclasses.dataclass(frozen=True)
class CaptionFiles:
    """How captioned pictures are read.

    Attributes:
        picture_column: The column of pictures; "" finds it.
        caption_column: That of captions, or several with `+` between; "" finds them.
        group_column: Of what may not stand in two splits; "" for none.
        encoding: Of CSV, TSV, JSON and text files.
        sheet: Name or number of the sheet of a workbook; "" finds it.
        separator: Between the cells of CSV and TSV; "" finds it.
        captioned: Whether captions are needed.
    """

    picture_column: str = ""
    caption_column: str = ""
    group_column: str = ""
    encoding: str = "utf-8"
    sheet: str = ""
    separator: str = ""
    captioned: bool = True

    @property
    def expected(self) -> Expected:
        """What a table is read for."""
        stated = (self.picture_column, *self.caption_column.split("+"), self.group_column)
        names = (*PICTURE_NAMES, *CAPTION_NAMES, *(fold(name) for name in stated if name))
        return Expected(FORMS, partial(_names_columns, names), names=names, **self._cells)

    @property
    def _cells(self) -> dict[str, Any]:
        return {"sheet": self.sheet, "separator": self.separator, "tabbed": (".txt", ".token")}


def _names_columns(names: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Tells whether the first row names columns: no picture stands in it, or a known name does."""
    first = rows[0]
    return any(fold(cell) in names for cell in first) or not any(map(is_picture_name, first))


def is_picture_name(cell: object) -> bool:
    """Tells whether a cell ends as names of pictures do."""
    return isinstance(cell, str) and file_name(cell).lower().endswith(PICTURE_SUFFIXES)


def read_picture_table(data: Path | pd.DataFrame, files: CaptionFiles) -> tuple[Table, Path | None]:
    """Reads any of `FORMS` as a table.

    Returns:
        The table, and the folder where paths in it begin.

    Raises:
        DataError: If it is missing, damaged or in no known form.
    """
    if not isinstance(data, Path):
        return read_data(
            data, files.encoding, lambda path: _folder(path, files), files.expected
        ), None
    if not data.exists():
        raise DataError("no such file or folder; needs " + FORMS, path=data)
    if data.is_dir():
        return _folder(data, files), data
    if data.suffix.lower() == ".npz":
        return _arrays(data), data.parent
    return _one(data, files), data.parent


def _one(path: Path, files: CaptionFiles) -> Table:
    if path.suffix.lower() == ".json":
        content = decode(read_bytes(path), files.encoding, path)
        if is_annotations(content):
            return read_annotations(content, path)
    return read_table(path, files.encoding, files.expected)


def _folder(root: Path, files: CaptionFiles) -> Table:
    every = walk(root)
    pictures = picture_files(root)
    beside = {picture.with_suffix(".txt") for picture in pictures}
    tables = [file for file in every if _is_table(file) and file not in beside]
    if tables:
        read = partial(_one, files=files)
        chosen = choose_tables(tables, root)
        return read_tables(chosen, root, read, partial(_needed, files=files))
    captions = [picture for picture in pictures if picture.with_suffix(".txt").is_file()]
    if captions or (pictures and not files.captioned):
        return _texts_beside(root, pictures, files)
    raise DataError(f"needs {FORMS}. Received: a folder without any", path=root)


def _is_table(file: Path) -> bool:
    return table_suffix(file) in (*TABLE_SUFFIXES, ".txt", ".token")


def _needed(table: Table, files: CaptionFiles) -> Collection[str]:
    return {picture_column(table, files.picture_column)}


def _texts_beside(root: Path, pictures: Sequence[Path], files: CaptionFiles) -> Table:
    """Returns a row a picture, its captions the lines of the text that is called as it is."""
    captions = []
    for picture in pictures:
        text = picture.with_suffix(".txt")
        content = decode(read_bytes(text), files.encoding, text) if text.is_file() else ""
        captions.append([line.strip() for line in content.splitlines() if line.strip()])
    names = [picture.relative_to(root).as_posix() for picture in pictures]
    return Table({PICTURE: names, CAPTION: captions}, (), root, unit="pictures")


def _arrays(path: Path) -> Table:
    """Returns the arrays of a file as columns: a picture, a text or several a row."""
    arrays = load_arrays(path)
    columns = {name: _cells(array) for name, array in arrays.items()}
    lengths = {name: len(cells) for name, cells in columns.items()}
    if len(set(lengths.values())) != 1:
        told = ", ".join(f"{name} {length:,}" for name, length in lengths.items())
        raise DataError(f"needs arrays with a row for each picture. Received: {told}", path=path)
    return Table(columns, (), path)


def _cells(array: np.ndarray[Any, Any]) -> list[Any]:
    if array.dtype.kind == "S":
        array = np.char.decode(array, "utf-8", "replace")
    return array.tolist() if array.dtype.kind == "U" or array.ndim < 2 else list(array)


def picture_column(table: Table, stated: str = "") -> str:
    """Returns the column of pictures: as stated, else by what it holds, else by its name.

    Raises:
        DataError: If there is no such column, or the choice is open.
    """
    if stated:
        _check_column(table, stated, "picture_column")
        return stated
    holding = [name for name, cells in table.columns.items() if _holds_pictures(cells)]
    named = _by_name(table, PICTURE_NAMES, holding or list(table.columns))
    if named or len(holding) == 1:
        return named or holding[0]
    raise DataError(
        "needs one column of pictures, named picture or by the setting picture_column. "
        f"Received: {listed(list(table.columns))}",
        path=table.path,
    )


def _holds_pictures(cells: Sequence[Any]) -> bool:
    filled = [
        cell for cell in cells if cell is not None and not (isinstance(cell, str) and not cell)
    ]
    pictures = sum(
        is_picture_name(cell) or isinstance(cell, bytes) or np.ndim(cell) in (2, 3)
        for cell in filled
        if isinstance(cell, str | bytes | np.ndarray)
    )
    return pictures * 2 > len(filled)


def _by_name(table: Table, known: Sequence[str], among: Sequence[str]) -> str:
    names = {fold(name): name for name in reversed(list(table.columns)) if name in among}
    return next((names[name] for name in known if name in names), "")


def _check_column(table: Table, name: str, option: str) -> None:
    if name not in table.columns:
        hint = did_you_mean(name, table.columns)
        raise DataError(f"no column `{name}` for {option}, {hint}", path=table.path)


def caption_columns(table: Table, files: CaptionFiles, picture: str, split: str) -> list[str]:
    """Returns the columns of captions: as stated, else by their names, else the one of sentences.

    Raises:
        DataError: If there is no such column, or the choice is open.
    """
    if files.caption_column:
        whole = files.caption_column in table.columns
        names = [files.caption_column] if whole else files.caption_column.split("+")
        for name in map(str.strip, names):
            _check_column(table, name, "caption_column")
        return [name.strip() for name in names]
    taken = (picture, split, files.group_column)
    left = [name for name in table.columns if name not in taken]
    numbered = [name for name in left if _NUMBERED.fullmatch(fold(name))]
    named = _by_name(table, CAPTION_NAMES, left)
    if numbered or named:
        return list(dict.fromkeys([*([named] if named else []), *numbered]))
    sentences = [name for name in _sentence_columns(table) if name in left]
    if len(sentences) == 1:
        return sentences
    raise DataError(
        "needs a column of captions, named caption or by the setting caption_column; several "
        f"with + between. Received: {listed(list(table.columns))}",
        path=table.path,
    )


def _sentence_columns(table: Table) -> list[str]:
    plain = {n: c for n, c in table.columns.items() if all(isinstance(x, str | None) for x in c)}
    return sentence_columns(dataclasses.replace(table, columns=plain)) if plain else []


def split_column(table: Table, taken: Collection[str]) -> str:
    """Returns the column that marks published splits, "" if there is none."""
    plain = [name for name in table.columns if name not in taken]
    return next((name for name in plain if is_split(table, name, partly=True)), "")


def table_captions(table: Table, columns: Sequence[str]) -> list[list[str]]:
    """Returns the captions of each row, of lists too, without empty ones.

    Raises:
        DataError: If a cell holds something else than texts.
    """
    cells = [_with_lists(table.columns[name]) for name in columns]
    return [
        [
            text
            for name, column in zip(columns, cells, strict=True)
            for text in _texts(table, name, row, column[row])
        ]
        for row in range(len(table))
    ]


def _with_lists(cells: Sequence[Any]) -> Sequence[Any]:
    """Returns a column of lists that are written as JSON as lists; any other as it is.

    One cell that is no list of texts shows that brackets are part of what captions say.
    """
    lists = [_json_list(cell) for cell in cells]
    filled = [not isinstance(cell, str) or bool(cell.strip()) for cell in cells]
    if any(filled) and all(
        each is not None for each, full in zip(lists, filled, strict=True) if full
    ):
        return [each or [] for each in lists]
    return cells


def _json_list(cell: Any) -> list[str] | None:
    if not isinstance(cell, str) or not cell.lstrip().startswith("["):
        return None
    try:
        value = json.loads(cell)
    except ValueError:
        return None
    return value if all(isinstance(each, str) for each in value) else None


def _texts(table: Table, name: str, row: int, cell: Any) -> list[str]:
    cells = list(cell) if isinstance(cell, list | tuple | np.ndarray) else [cell]
    wrong = next((one for one in cells if isinstance(one, Mapping | list)), None)
    if wrong is not None:
        raise DataError(
            f"needs captions as texts in column {name}. Received: {str(wrong)[:80]}",
            path=table.path,
            line=table.line(row),
        )
    tidy = (" ".join(as_text(one).split()) for one in cells)
    return [text for text in tidy if text]
