"""Folders with a table a recording: classes in the names of folders, or labels in the tables."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lstm_toolkit.data.readers.tables.tables import SUFFIXES, table_suffix
from lstm_toolkit.data.splits.parts import part_of
from lstm_toolkit.errors import DataError


def recording_files(root: Path) -> list[Path]:
    """Returns the tables of a folder, however deep, in the order of their paths.

    Raises:
        DataError: If there is none.
    """
    files = [
        file
        for file in sorted(root.rglob("*"))
        if table_suffix(file) in SUFFIXES
        and not any(part.startswith((".", "__MACOSX")) for part in file.relative_to(root).parts)
    ]
    if not files:
        raise DataError("needs tables, one a recording. Received: a folder without any", path=root)
    return files


def others_in(root: Path, files: Sequence[Path]) -> int:
    """Counts the files of a folder that are not read."""
    hidden = (file for file in root.rglob("*") if file.is_file())
    return sum(not file.name.startswith(".") for file in hidden) - len(files)


def place_of(file: Path, root: Path) -> tuple[str, str]:
    """Returns the label and the published split that the folders above a file tell, or "".

    >>> place_of(Path("data/train/walk/01.csv"), Path("data"))
    ('walk', 'train')
    """
    above = file.relative_to(root).parts[:-1]
    part = next(filter(None, map(part_of, above)), "")
    labels = [name for name in above if not part_of(name)]
    return (labels[-1] if labels else ""), part
