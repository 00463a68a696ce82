"""A folder of pictures: one sub-folder a class, or a table of labels beside them."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.account import Account
from lstm_toolkit.data.dataset import Dataset, Source
from lstm_toolkit.data.readers.images.parts import labelled, source_of
from lstm_toolkit.data.readers.images.pictures import (
    SUFFIXES,
    frames_note,
    grounds_note,
    read_on_ground,
    stack,
    unstacked,
)
from lstm_toolkit.data.readers.texts.folders import entries as all_entries
from lstm_toolkit.data.splits.parts import TEST, TRAIN, VALIDATION, part_of
from lstm_toolkit.errors import DataError

DAMAGED_SHARE = 0.05
"""Share of the pictures that may be damaged, and are then left out and counted."""

_HIDDEN = ("__MACOSX", "Thumbs.db", "desktop.ini")
"""What systems leave in folders; it is nobody's data."""


@dataclasses.dataclass(frozen=True)
class Picture:
    """A picture file that belongs to a split and a class."""

    file: Path
    label: str
    split: str = "train"


def read_folder(path: Path, height: int = 0, width: int = 0, *, one_size: bool = True) -> Source:
    """Reads one sub-folder a class, below folders for the splits if there are any.

    The splits may be called as in `splits.parts`, in capitals or not, and one folder may stand
    around all of it. Images of several sizes are brought to `height` and `width`, or to the
    commonest size, if they are to be of `one_size`.

    Raises:
        DataError: If there is no image in any sub-folder, a class has none, or many are
            damaged.
    """
    root = unwrapped(path)
    pictures = list(_pictures(path, root))
    if not pictures:
        raise DataError("needs one sub-folder a class with images in it. Received: none", path=path)
    return read_pictures(path, pictures, height, width, one_size=one_size)


def read_pictures(
    path: Path,
    pictures: Sequence[Picture],
    height: int,
    width: int,
    *,
    known: Sequence[Path] = (),
    left_out: Mapping[str, int] | None = None,
    one_size: bool = True,
) -> Source:
    """Opens pictures, and accounts for every file in a folder.

    Args:
        path: The folder.
        pictures: What is to be read in it.
        height: Rows to bring every image to; 0 takes the commonest size.
        width: Columns likewise.
        known: Files that were read besides, such as a table of labels.
        left_out: What was left out already, by reason.
        one_size: Whether pictures of several sizes are brought to one.

    Raises:
        DataError: If many pictures are damaged, or all of a class.
    """
    opened, damaged, grounds = _opened(pictures, path)
    sizes = Counter(image.shape for _, image in opened)
    size = sizes.most_common(1)[0][0]
    size = (height or size[0], width or size[1])
    resized = sum(count for shape, count in sizes.items() if shape != size and one_size)
    lost = dict(left_out or {})
    if damaged:
        lost[f"damaged, such as {_name(damaged[0], path)}"] = len(damaged)
    lost |= _not_read(path, {each.file for each in pictures}.union(known))
    account = Account(len(opened) + sum(lost.values()), len(opened), lost, "files")
    side = size if one_size else None
    parts = {
        split: part for split in (TRAIN, VALIDATION, TEST) for part in _stacked(opened, split, side)
    }
    remarks = [f"{resized:,} resized"] if resized else []
    remarks += frames_note(picture.file for picture, _ in opened)
    remarks += grounds_note(grounds)
    return source_of(parts, path, account=account, remarks=remarks)


def entries(folder: Path) -> list[Path]:
    """Returns what is in a folder by name, without what is hidden.

    Raises:
        DataError: If it cannot be read.
    """
    return [each for each in all_entries(folder) if each.name not in _HIDDEN]


def is_picture(path: Path) -> bool:
    """Tells whether a file is a picture by its name."""
    return path.suffix.lower() in SUFFIXES and path.is_file()


def subfolders(folder: Path) -> list[Path]:
    """Returns the folders in a folder."""
    return [each for each in entries(folder) if each.is_dir()]


def unwrapped(folder: Path) -> Path:
    """Goes down while there is one folder alone that is neither a split nor a class."""
    inside = subfolders(folder)
    while len(inside) == 1 and not part_of(inside[0].name) and subfolders(inside[0]):
        if any(map(is_picture, entries(folder))) or any(map(is_picture, entries(inside[0]))):
            break
        folder, inside = inside[0], subfolders(inside[0])
    return folder


def split_folders(root: Path) -> dict[str, Path]:
    """Returns the folders of splits by name; a class that is called so has pictures in it.

    Raises:
        DataError: If one split has several folders.
    """
    found: dict[str, Path] = {}
    for folder in subfolders(root):
        split = part_of(folder.name)
        if not split or not any(map(_holds_pictures, subfolders(folder))):
            continue
        if split in found:
            raise DataError(
                "needs one folder a split. "
                f"Received: {found[split].name} and {folder.name} for the {split}",
                path=root,
            )
        found[split] = folder
    if found and TRAIN not in found:
        _check_nothing_beside(root, found)
    return found


def _check_nothing_beside(root: Path, found: Mapping[str, Path]) -> None:
    """Refuses classes beside a split to be scored: they may be what is to be learnt from."""
    beside = [
        folder.name
        for folder in subfolders(root)
        if folder not in found.values() and any(map(is_picture, entries(folder)))
    ]
    if beside:
        names = " and ".join(folder.name for folder in found.values())
        raise DataError(
            f"needs the classes to learn from in a folder train beside {names}. "
            f"Received: beside it {', '.join(beside)[:80]}",
            path=root,
        )


def _holds_pictures(folder: Path) -> bool:
    return any(map(is_picture, folder.rglob("*")))


def _pictures(path: Path, root: Path) -> Iterator[Picture]:
    folders = split_folders(root) or {"train": root}
    for split, folder in folders.items():
        for label in subfolders(unwrapped(folder)):
            files = [each for each in entries(label) if is_picture(each)]
            if not files and (parts := _parts_in_class(label)):
                yield from parts
            elif not files:
                raise DataError(
                    "needs images in every sub-folder, which is a class; move others away. "
                    f"Received: none in {_name(label, path)}",
                    path=path,
                )
            yield from (Picture(file, label.name, split) for file in files)


def _parts_in_class(label: Path) -> list[Picture]:
    """Returns the pictures of folders of published splits inside of that of a class."""
    return [
        Picture(file, label.name, part_of(inner.name))
        for inner in subfolders(label)
        if part_of(inner.name)
        for file in entries(inner)
        if is_picture(file)
    ]


def _opened(
    pictures: Sequence[Picture], path: Path
) -> tuple[list[tuple[Picture, NDArray[Any]]], list[Path], list[str]]:
    """Returns the pictures that can be opened, the files of those that cannot, and grounds.

    Raises:
        DataError: That of the first damaged one, if there are many, or no others of a class.
    """
    opened: list[tuple[Picture, NDArray[Any]]] = []
    damaged: dict[Path, DataError] = {}
    grounds: list[str] = []
    for picture in pictures:
        try:
            image, ground = read_on_ground(picture.file)
            opened.append((picture, image))
            grounds.append(ground)
        except DataError as error:
            damaged[picture.file] = error
    lost = {(p.split, p.label) for p in pictures} - {(p.split, p.label) for p, _ in opened}
    if damaged and (lost or len(damaged) > DAMAGED_SHARE * len(pictures)):
        raise next(iter(damaged.values()))
    return opened, list(damaged), grounds


def _not_read(path: Path, read: set[Path]) -> dict[str, int]:
    """Counts the files that were not looked for, by why."""
    others = [
        file
        for file in sorted(path.rglob("*"))
        if file.is_file() and file not in read and not _is_hidden(file, path)
    ]
    found: dict[str, int] = {}
    for reason, wanted in (("images without a class", True), ("other files", False)):
        files = [file for file in others if is_picture(file) is wanted]
        if files:
            found[f"{reason}, such as {_name(files[0], path)}"] = len(files)
    return found


def _is_hidden(file: Path, path: Path) -> bool:
    names = file.relative_to(path).parts
    return any(name.startswith(".") or name in _HIDDEN for name in names)


def _name(file: Path, path: Path) -> str:
    return file.relative_to(path).as_posix()


def _stacked(
    opened: list[tuple[Picture, NDArray[Any]]], split: str, size: tuple[int, int] | None
) -> list[Dataset]:
    """Returns the pictures of one split as rows, of their own sizes if none is given.

    Nothing if there is none.
    """
    rows = [(picture.label, image) for picture, image in opened if picture.split == split]
    if not rows:
        return []
    images = [image for _, image in rows]
    column = unstacked(images) if size is None else stack(images, size)
    return [labelled(column, np.array([name for name, _ in rows]))]
