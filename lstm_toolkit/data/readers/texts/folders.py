"""Files of text: unpacked, and gathered from one folder a class."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lstm_toolkit.data.readers.tables.columns import Table
from lstm_toolkit.data.text.encodings import decode, decoding_remarks
from lstm_toolkit.errors import DataError

SUFFIXES = (".txt", ".txt.gz")

JUDGED_FILES = 100
"""Files by which the encoding of a folder is judged."""


def read_bytes(path: Path) -> bytes:
    """Returns what a file holds, unpacked if its name ends in `.gz`.

    Raises:
        DataError: If it cannot be read, or is truncated.
    """
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if path.suffix.lower() == ".gz" else content
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DataError(f"is truncated or damaged. {error}", path=path) from error
    except OSError as error:
        raise DataError(f"cannot be read. {error.strerror}", path=path) from error


def read_folder(root: Path, encoding: str = "utf-8", *, labelled: bool = True) -> Table:
    """Reads the text files in one sub-folder a class.

    `train/` and `test/` above the classes are told apart by a column `split`; a class that
    stands in one of them alone is left out. Files are in the order of their names.

    Args:
        root: The folder.
        encoding: Of the files.
        labelled: Whether labels are needed; if not, the files may stand in `root` itself.

    Returns:
        Columns `text`, `label` and, if published so, `split`.

    Raises:
        DataError: If there is no such file, or one of them is damaged or not text.
    """
    files = [] if labelled else _files(root)
    if files:
        return _table(root, [{"text": file} for file in files], encoding, "one text a file")
    parts = [root / "train", root / "test"]
    classes = [_classes(part) for part in parts]
    split = all(classes)
    classes = classes if split else [_classes(root)]
    names = sorted(set(classes[0]).intersection(*classes))
    if not names:
        raise _no_class(root, classes)
    rows: list[dict[str, Any]] = [
        {"text": file, "label": name} | ({"split": part.name} if split else {})
        for part, found in zip(parts, classes, strict=False)
        for name in names
        for file in found[name]
    ]
    return _table(root, rows, encoding, "one text a file, labels in the names of folders")


def _classes(folder: Path) -> dict[str, list[Path]]:
    """Returns the text files of each sub-folder that has any."""
    if not folder.is_dir():
        return {}
    found = {entry.name: _files(entry) for entry in entries(folder) if entry.is_dir()}
    return {name: files for name, files in found.items() if files}


def _files(folder: Path) -> list[Path]:
    return [
        entry
        for entry in entries(folder)
        if entry.name.lower().endswith(SUFFIXES) and entry.is_file()
    ]


def entries(folder: Path) -> list[Path]:
    """Returns what is in a folder, in the order of its names, without what is hidden.

    Raises:
        DataError: If it cannot be read.
    """
    try:
        found = [entry for entry in folder.iterdir() if not entry.name.startswith(".")]
    except OSError as error:
        raise DataError(f"cannot be read. {error.strerror}", path=folder) from error
    return sorted(found, key=lambda entry: entry.name)


def _no_class(root: Path, classes: list[dict[str, list[Path]]]) -> DataError:
    if len(classes) > 1:
        names = " and ".join(", ".join(found) for found in classes)
        return DataError(f"needs the same classes in train and test. Received: {names}", path=root)
    needs = "needs one sub-folder a class with .txt files in it. Received: none"
    return DataError(needs, path=root)


def _table(root: Path, rows: list[dict[str, Any]], encoding: str, layout: str) -> Table:
    files = [row["text"] for row in rows]
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    contents = [read_bytes(file) for file in files]
    columns["text"] = [
        decode(content, encoding, file) for content, file in zip(contents, files, strict=True)
    ]
    remarks = decoding_remarks(b"\n".join(contents[:JUDGED_FILES]), encoding)
    return Table(columns, (), root, (*ignored(root, files), *remarks), layout)


def ignored(root: Path, files: Sequence[Path]) -> tuple[str, ...]:
    """Tells what else is in the folders that were gone through, folders first.

    Args:
        root: The folder that was read.
        files: What was read in it.

    Returns:
        One remark, or none if all was read.
    """
    above = {folder for file in files for folder in (file.parent, file.parent.parent)}
    folders = {folder for folder in above if folder == root or root in folder.parents} | {root}
    used = folders.union(files)
    others = [entry for folder in folders for entry in entries(folder) if entry not in used]
    if not others:
        return ()
    others.sort(key=lambda entry: (entry.is_file(), entry))
    names = ", ".join(entry.relative_to(root).as_posix() for entry in others[:3])
    more = f" and {len(others) - 3:,} more" if len(others) > 3 else ""
    return (f"{names}{more} ignored",)
