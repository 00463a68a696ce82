"""Tables of files of sound with what is said in them."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lstm_toolkit.data.readers.audio.folders import opened, sounds_below
from lstm_toolkit.data.readers.audio.recording import LABEL, Recording, Recordings, Said
from lstm_toolkit.data.readers.audio.sounds import SUFFIXES, Sound
from lstm_toolkit.data.readers.tables.columns import LABEL_NAMES, is_split
from lstm_toolkit.data.readers.tables.folders import choose_tables, read_tables
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.readers.tables.tables import SUFFIXES as TABLE_SUFFIXES
from lstm_toolkit.data.readers.tables.tables import TABLES, Expected, read_data, table_suffix
from lstm_toolkit.data.readers.tables.tables import read_table as read_one
from lstm_toolkit.data.splits.parts import TRAIN, fold, part_of
from lstm_toolkit.errors import DataError, did_you_mean

if TYPE_CHECKING:
    import pandas as pd

PATH_NAMES = (
    *("path", "file", "filename", "filepath", "audio", "audiopath", "audiofile", "audiofilepath"),
    *("wav", "wavpath", "wavfile", "clip", "recording", "sound", "fname", "id", "文件", "音频"),
)
"""Names of a column of files, best first; case and signs do not count."""

TRANSCRIPT_NAMES = (
    *("transcript", "transcription", "normalizedtranscription", "sentence", "text", "words"),
    *("utterance", "said", "label", "文本", "转写"),
)

CLASS_NAMES = ("label", "class", "word", "command", "digit", "keyword", *LABEL_NAMES)

SPEAKER_NAMES = (
    *("speaker", "speakerid", "spk", "clientid", "group", "person", "user", "subject", "说话人"),
)


def is_table(path: Path) -> bool:
    """Tells whether a file is a table by its name."""
    return table_suffix(path) in TABLE_SUFFIXES


def tables_in(root: Path) -> list[Path]:
    """Returns the tables that stand at the top of a folder."""
    return [file for file in sorted(root.iterdir()) if file.is_file() and is_table(file)]


def read_sound_table(
    data: Path | pd.DataFrame,
    said: Said,
    *,
    path_column: str = "",
    said_column: str = "",
    speaker_column: str = "",
    encoding: str = "utf-8",
    sheet: str = "",
    separator: str = "",
) -> Recordings:
    """Reads the sounds that a table names, by their paths from it or by their names below it.

    Args:
        data: A table, a folder with tables at its top, or a data frame.
        said: What is to stand beside them.
        path_column: Column of files; "" finds it.
        said_column: Column of classes or transcripts; "" finds it.
        speaker_column: Column of speakers; "" finds it.
        encoding: Of text files.
        sheet: Of workbooks; "" finds it.
        separator: Between cells; "" finds it.

    Raises:
        DataError: If a column cannot be told, or no file is there.
    """
    named = [fold(name) for name in (path_column, said_column, speaker_column) if name]
    known = (*PATH_NAMES, *TRANSCRIPT_NAMES, *CLASS_NAMES, *SPEAKER_NAMES, *named)
    forms = f"sounds in folders of classes, {TABLES} of their files, or an .npz file"
    expected = Expected(forms, names=known, sheet=sheet, separator=separator)

    def folder(root: Path) -> Table:
        def read(file: Path) -> Table:
            return read_one(file, encoding, expected)

        def needed(table: Table) -> Collection[str]:
            return {_column(table, path_column, "path_column", PATH_NAMES)}

        return read_tables(choose_tables(tables_in(root), root), root, read, needed)

    table = read_data(data, encoding, folder, expected)
    files = _column(table, path_column, "path_column", PATH_NAMES)
    words = ""
    if said:
        names = CLASS_NAMES if said == LABEL else TRANSCRIPT_NAMES
        words = _column(table, said_column, f"{said}_column", names, (files,))
    speaker = speaker_column and _column(table, speaker_column, "speaker_column", ())
    speaker = speaker or _by_name(table, SPEAKER_NAMES, (files, words))
    return _recordings(table, files, words, speaker)


def _recordings(table: Table, files: str, words: str, speaker: str) -> Recordings:
    others = [name for name in table.columns if name not in (files, words, speaker)]
    splits = (name for name in others if is_split(table, name, partly=True))
    split = next(splits, "") if words else ""  # answers are given of rows of any split
    columns = {name: table.texts(name) for name in (files, words, speaker, split) if name}
    paths = _Paths(table.path, columns[files])
    rows, left_out = [], dict(table.left_out)
    for row, word in enumerate(columns[files]):
        part = part_of(columns[split][row]) if split else TRAIN
        said = columns[words][row].strip() if words else ""
        if not part or (words and not said):
            reason = f"without a {words}" if part else f"of no known split in column {split}"
            left_out[reason] = left_out.get(reason, 0) + 1
            continue
        files_so_named = paths.find(word.strip())
        sound: Sound | DataError
        if len(files_so_named) == 1:
            sound = opened(files_so_named[0])
        else:
            message = f"no such file: {word[:80]}"
            if files_so_named:
                one, other = (str(file)[-80:] for file in files_so_named[:2])
                message = f"needs a path that tells one file: {word[:80]} is {one}, and {other}"
            sound = DataError(message, path=table.path, line=table.line(row))
        who = columns[speaker][row].strip() if speaker else ""
        cells = {name: cells[row] for name, cells in table.columns.items()}
        rows.append(Recording(word, sound, said, who, part, cells))
    return Recordings(rows, table.remarks, left_out, published=bool(split))


class _Paths:
    """Finds files by the words of a table: from it, from here, or by the ends of paths below it.

    Args:
        table: The file; None of a data frame.
        words: All that the table names.
    """

    def __init__(self, table: Path | None, words: Sequence[str]):
        here = Path() if table is None else table
        self._root = here if here.is_dir() else here.parent
        self._searched = table is not None
        self._below: dict[str, list[Path]] | None = None
        self._named = Counter(_folders(word)[-1] for word in set(map(str.strip, words)))

    def find(self, word: str) -> list[Path]:
        """Returns the file that a word names; none, or several that it may mean."""
        if not word:
            return []
        for path in (self._root / word, Path(word)):
            if path.is_file():
                return [path]
        *above, name = _folders(word)
        alike = {file: _common(above, file.parent) for file in self._so_called(name)}
        longest = max(alike.values(), default=0)
        if above and not longest and self._named[name] > 1:
            return []  # another file of this name, which the table names by another path
        return [file for file, common in alike.items() if common == longest]

    def _so_called(self, name: str) -> list[Path]:
        if self._below is None:
            self._below = {}
            for file in sounds_below(self._root) if self._searched else ():
                for own in {file.name, file.stem}:
                    self._below.setdefault(own, []).append(file)
        return self._below.get(name, [])


def _folders(word: str) -> list[str]:
    """Returns the folders and the name of a path, as any system writes it."""
    return [part for part in word.replace("\\", "/").split("/") if part not in ("", ".")] or [""]


def _common(above: Sequence[str], folder: Path) -> int:
    """Returns how many folders, from the last one up, are called the same."""
    pairs = zip(reversed(above), reversed(folder.parts), strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))


def _by_name(table: Table, names: Iterable[str], taken: Sequence[str] = ()) -> str:
    folded = {fold(name): name for name in reversed(table.columns) if name not in taken}
    return next((folded[name] for name in names if name in folded), "")


def _column(
    table: Table, stated: str, setting: str, names: Sequence[str], taken: Sequence[str] = ()
) -> str:
    """Returns the column that a setting names, else by its name, else by what it holds.

    Raises:
        DataError: If there is none.
    """
    if stated:
        if stated not in table.columns:
            hint = did_you_mean(stated, table.columns)
            raise DataError(f"no column `{stated}` for {setting}, {hint}", path=table.path)
        return stated
    known = _by_name(table, names, taken)
    if setting == "path_column" and (not known or not _holds_sounds(table.texts(known))):
        held = [name for name in table.columns if _holds_sounds(_plain(table, name))]
        known = held[0] if len(held) == 1 else known
    if not known:
        raise DataError(
            f"needs a column named {names[0]}, or the setting {setting}. "
            f"Received: {', '.join(table.columns)[:120]}",
            path=table.path,
        )
    return known


def _plain(table: Table, name: str) -> list[str]:
    return [str(cell) for cell in table.columns[name]]


def _holds_sounds(cells: Sequence[str]) -> bool:
    """Tells whether most cells are names of sounds."""
    named = sum(Path(cell.strip()).suffix.lower() in SUFFIXES for cell in cells)
    return named > len(cells) / 2
