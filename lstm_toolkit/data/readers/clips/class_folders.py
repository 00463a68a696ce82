"""Folders of clips: one sub-folder a class, below folders of published splits or not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from lstm_toolkit.data.readers.clips.clip_files import CLIPS, Folders
from lstm_toolkit.data.readers.clips.labelled import LabelledClip
from lstm_toolkit.data.readers.texts.class_folders import walk
from lstm_toolkit.data.splits.parts import TRAIN, part_of
from lstm_toolkit.errors import DataError


def labelled_clips(root: Path) -> list[LabelledClip]:
    """Returns the clips of a folder with the names of their folders as labels.

    Folders of splits may stand above those of classes, as `train/` and `test/`, or inside of
    them; a folder around all of it is gone through.

    Raises:
        DataError: If there are none, or a folder of a class holds none.
    """
    folders = Folders()
    base = _innermost(root, folders)
    splits = _split_folders(base, folders)
    clips = [
        clip
        for split, folder in (splits or {TRAIN: base}).items()
        for clip in _of_classes(folder, split, root, folders)
    ]
    if not clips:
        raise DataError(
            f"needs one sub-folder a class with clips in it: {CLIPS}. Received: none", path=root
        )
    return clips


def others_below(root: Path, clips: list[LabelledClip]) -> dict[str, int]:
    """Counts the files below a folder that were not read, by what they are."""
    used = {clip.path for clip in clips}
    folders = Folders()
    left: dict[str, list[Path]] = {}
    for file in walk(root):
        inside = folders.below(file.parent)
        picture = file in inside.pictures
        if file in used or (picture and file.parent in used):
            continue
        kind = "of one picture" if picture else "of another kind"
        left.setdefault("without a class" if file in inside.clips else kind, []).append(file)
    return {
        f"{kind}, such as {files[0].relative_to(root).as_posix()}": len(files)
        for kind, files in left.items()
    }


def _innermost(root: Path, folders: Folders) -> Path:
    """Goes down while there is one folder alone that is neither a split nor holds clips."""
    folder = root
    while True:
        inside = folders.below(folder)
        if len(inside.folders) != 1 or inside.clips or inside.pictures:
            return folder
        (only,) = inside.folders
        if part_of(only.name) or folders.holds_clips(only) or not folders.below(only).folders:
            return folder
        folder = only


def _split_folders(base: Path, folders: Folders) -> Mapping[str, Path]:
    """Returns the folders of splits by name; a class that is called so has clips in it.

    Raises:
        DataError: If one split has several folders, or classes stand beside a split to be scored.
    """
    splits: dict[str, Path] = {}
    every = folders.below(base).folders
    for folder in every:
        split = part_of(folder.name)
        if not split or not any(map(folders.holds_clips, folders.below(folder).folders)):
            continue
        if split in splits:
            received = f"{splits[split].name} and {folder.name} for the {split}"
            raise DataError(f"needs one folder a split. Received: {received}", path=base)
        splits[split] = folder
    others = [folder for folder in every if folder not in splits.values()]
    beside = [folder.name for folder in others if folders.holds_clips(folder)]
    if splits and beside:
        names = " and ".join(folder.name for folder in splits.values())
        raise DataError(
            f"needs the classes in folders of splits. Received: beside {names} the folders "
            f"{', '.join(beside)[:80]}",
            path=base,
        )
    return splits


def _of_classes(folder: Path, split: str, root: Path, folders: Folders) -> Iterator[LabelledClip]:
    clips = {label: _class_clips(label, split, folders) for label in folders.below(folder).folders}
    for label, own in clips.items():
        if not own and any(clips.values()):
            raise DataError(
                "needs clips in every sub-folder, which is a class; a clip of pictures is a folder "
                f"of its own in it. Received: {_what_is_in(label, root, folders)}",
                path=root,
            )
        yield from (LabelledClip(path, label.name, part) for path, part in own)


def _what_is_in(label: Path, root: Path, folders: Folders) -> str:
    inside = folders.below(label)
    count = f"{len(inside.pictures)} pictures" if inside.is_clip else "none"
    return f"{count} in {label.relative_to(root)}"


def _class_clips(label: Path, split: str, folders: Folders) -> list[tuple[Path, str]]:
    """Returns the clips of a class, however deep, with their splits: folders inside of it."""
    inside, above = folders.below(label), frozenset({label.resolve()})
    clips = [(path, split) for path in inside.clips]
    for folder in inside.folders:
        part = "" if folders.below(folder).is_clip else part_of(folder.name)
        clips += [(path, part or split) for path in folders.clips_below(folder, above)]
    return clips
