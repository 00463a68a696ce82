"""One text a file, in folders of classes, below folders of published splits or not."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.readers.texts.folders import entries, read_bytes
from lstm_toolkit.data.splits.parts import TRAIN, part_of
from lstm_toolkit.data.text.encodings import decode
from lstm_toolkit.data.text.wrongly_decoded import decoding_remarks
from lstm_toolkit.errors import DataError

SUFFIXES = (".txt", ".txt.gz")

JUDGED_FILES = 100
"""Files by which the encoding of a folder is judged."""

UNLABELLED = {"unsup", "unsupervised", "unlabeled", "unlabelled"}
"""Folders beside those of classes whose texts have no label, as in the IMDb reviews."""


@dataclasses.dataclass(frozen=True)
class _File:
    path: Path
    label: str = ""
    part: str = ""


def read_folder(root: Path, encoding: str = "utf-8", *, labelled: bool = True) -> Table:
    """Reads the text files in one sub-folder a class.

    Folders of published splits above the classes, such as `train/`, `val/` and `test/`, are
    told apart by a column `split`. Folders that hold nothing but one other are gone through.
    Files are in the order of their names.

    Args:
        root: The folder.
        encoding: Of the files.
        labelled: Whether labels are needed; if not, the files may stand in `root` itself.

    Returns:
        Columns `text`, `label` and, if published so, `split`; files that were not read are
        left out by reason.

    Raises:
        DataError: If there is no such file, a folder of a class has none, or one of them is
            damaged or not text.
    """
    direct = [] if labelled else _texts(root)
    if direct:
        return _table(root, [_File(path) for path in direct], encoding, "one text a file")
    base = _innermost(root)
    parts = _parts(base)
    if len(parts) == 1:
        (base,) = parts.values()
        parts = {}
    folders = parts or {"": base}
    files = [
        _File(path, folder.name, part)
        for part, above in folders.items()
        for folder in _class_folders(above, root)
        for path in _texts(folder)
    ] or _parts_in_classes(base)
    if not files:
        needs = "needs one sub-folder a class with .txt files in it. Received: none"
        raise DataError(needs, path=root)
    return _table(root, files, encoding, "one text a file, labels in the names of folders")


def holds_texts(root: Path, *, labelled: bool = True) -> bool:
    """Tells whether there is something to read for `read_folder`."""
    if not labelled and _texts(root):
        return True
    base = _innermost(root)
    return has_class_folders(base) or bool(_parts(base) or _parts_in_classes(base))


def has_class_folders(folder: Path) -> bool:
    """Tells whether sub-folders hold texts."""
    return any(_texts(entry) for entry in _folders(folder))


def _innermost(root: Path) -> Path:
    """Goes down as long as there is one folder alone on the way to folders of texts."""
    inside = [entry for entry in _folders(root) if _texts(entry) or _folders_of_texts(entry)]
    if len(inside) == 1 and _folders_of_texts(inside[0]):
        return _innermost(inside[0])
    return root


def _folders_of_texts(folder: Path) -> bool:
    # Links are not followed further down: they may lead in a circle.
    return any(
        _texts(entry) or (not entry.is_symlink() and _folders_of_texts(entry))
        for entry in _folders(folder)
    )


def _parts(base: Path) -> dict[str, Path]:
    """Returns the folders of published splits, none if there is none to learn from."""
    parts: dict[str, Path] = {}
    for folder in _folders(base):
        part = part_of(folder.name)
        if not part or not has_class_folders(folder):
            continue
        if part in parts:
            names = f"{parts[part].name} and {folder.name}"
            raise DataError(f"needs one folder for {part}. Received: {names}", path=base)
        parts[part] = folder
    if parts and TRAIN not in parts:
        _check_nothing_beside(base, parts)
    return dict(sorted(parts.items(), key=lambda item: item[0] != TRAIN))


def _parts_in_classes(base: Path) -> list[_File]:
    """Returns the texts of folders of published splits that stand inside of those of classes."""
    files = [
        _File(path, folder.name, part_of(inner.name))
        for folder in _folders(base)
        for inner in _folders(folder)
        if part_of(inner.name)
        for path in _texts(inner)
    ]
    return files if len({file.label for file in files}) > 1 else []


def _check_nothing_beside(base: Path, parts: Mapping[str, Path]) -> None:
    """Refuses classes beside a split to be scored: they may be what is to be learnt from."""
    beside = [each.name for each in _folders(base) if each not in parts.values() and _texts(each)]
    if beside:
        names = " and ".join(folder.name for folder in parts.values())
        raise DataError(
            f"needs the classes to learn from in a folder train beside {names}. "
            f"Received: beside it {', '.join(beside)[:80]}",
            path=base,
        )


def _class_folders(above: Path, root: Path) -> list[Path]:
    """Returns the folders of classes; one without a single text among others is refused."""
    folders = [folder for folder in _folders(above) if folder.name.casefold() not in UNLABELLED]
    classes = [folder for folder in folders if _texts(folder)]
    for folder in folders if classes else []:
        others = [] if folder in classes else walk(folder)
        if others:
            raise DataError(
                "needs .txt files in every folder of a class; move away what is no class. "
                f"Received: {len(others):,} other files, such as {others[0].relative_to(root)}",
                path=folder,
            )
    return classes


def _folders(folder: Path) -> list[Path]:
    return [entry for entry in entries(folder) if entry.is_dir() and entry.name != "__MACOSX"]


def _texts(folder: Path) -> list[Path]:
    """Returns the text files in a folder; all are where none has an ending, as in mail."""
    files = [entry for entry in entries(folder) if entry.is_file()]
    texts = [file for file in files if _is_text(file)]
    plain = all(not file.suffix or file.suffix[1:].isdecimal() for file in files)
    return files if plain and len(files) > 1 and not texts else texts


def _is_text(path: Path) -> bool:
    return path.name.lower().endswith(SUFFIXES)


def walk(root: Path) -> list[Path]:
    """Returns all files below a folder, but those that are hidden."""
    found = []
    for folder, names, files in os.walk(root):
        names[:] = sorted(name for name in names if not name.startswith("."))
        found += [Path(folder, name) for name in sorted(files) if not name.startswith(".")]
    return found


def _table(root: Path, files: Sequence[_File], encoding: str, layout: str) -> Table:
    contents = [read_bytes(file.path) for file in files]
    columns = {
        "text": [
            decode(content, encoding, file.path)
            for content, file in zip(contents, files, strict=True)
        ],
        "label": [file.label for file in files],
        "split": [file.part for file in files],
    }
    shown = {name: cells for name, cells in columns.items() if any(cells) or name == "text"}
    left_out = others_in(root, [file.path for file in files])
    remarks = decoding_remarks(b"\n".join(contents[:JUDGED_FILES]), encoding)
    return Table(shown, (), root, tuple(remarks), layout, left_out, "files")


def others_in(root: Path, used: Iterable[Path], reason: str = "") -> Mapping[str, int]:
    """Counts the files below a folder that were not read, by the reason.

    Args:
        root: The folder.
        used: What was read.
        reason: Why others were not; "" tells texts, other files and texts without a label apart.
    """
    known = set(used)
    unread: dict[str, list[Path]] = {}
    for path in walk(root):
        if path not in known:
            inner = path.relative_to(root)
            unread.setdefault(reason or _reason(inner), []).append(inner)
    return {f"{reason} ({_named(paths)})": len(paths) for reason, paths in unread.items()}


def _reason(path: Path) -> str:
    if any(part.casefold() in UNLABELLED for part in path.parts[:-1]):
        return "in folders of texts without a label"
    return "outside of the folders read" if _is_text(path) else "of another kind"


def _named(paths: Sequence[Path]) -> str:
    names = ", ".join(path.as_posix() for path in paths[:3])
    return names if len(paths) <= 3 else f"{names}, …"
