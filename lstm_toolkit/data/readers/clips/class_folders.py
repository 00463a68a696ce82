"""Folders of clips: one sub-folder a class, below folders of published splits or not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from lstm_toolkit.data.readers.clips.clip_files import CLIPS, below
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
    base = _innermost(root)
    splits = _split_folders(base)
    clips = [
        clip
        for split, folder in (splits or {TRAIN: base}).items()
        for clip in _of_classes(folder, split, root)
    ]
    if not clips:
        raise DataError(
            f"needs one sub-folder a class with clips in it: {CLIPS}. Received: none", path=root
        )
    return clips


def others_below(root: Path, clips: list[LabelledClip]) -> dict[str, int]:
    """Counts the files below a folder that were not read, by what they are."""
    used = {clip.path for clip in clips}
    left: dict[str, list[Path]] = {}
    for file in walk(root):
        if file in used or file.parent in used:
            continue
        inside = below(file.parent)
        kind = "of one picture" if file in inside.pictures else "of another kind"
        left.setdefault(kind, []).append(file)
    return {
        f"{kind}, such as {files[0].relative_to(root).as_posix()}": len(files)
        for kind, files in left.items()
    }


def holds_clips(folder: Path) -> bool:
    """Tells whether a folder holds clips: files, or folders of pictures."""
    inside = below(folder)
    return bool(inside.clips) or any(below(each).is_clip for each in inside.folders)


def _innermost(root: Path) -> Path:
    """Goes down while there is one folder alone that is neither a split nor holds clips."""
    folder = root
    while True:
        inside = below(folder)
        if len(inside.folders) != 1 or inside.clips or inside.pictures:
            return folder
        (only,) = inside.folders
        if part_of(only.name) or holds_clips(only) or not below(only).folders:
            return folder
        folder = only


def _split_folders(base: Path) -> Mapping[str, Path]:
    """Returns the folders of splits by name; a class that is called so has clips in it.

    Raises:
        DataError: If one split has several folders, or classes stand beside a split to be scored.
    """
    splits: dict[str, Path] = {}
    for folder in below(base).folders:
        split = part_of(folder.name)
        if not split or not any(holds_clips(each) for each in below(folder).folders):
            continue
        if split in splits:
            received = f"{splits[split].name} and {folder.name} for the {split}"
            raise DataError(f"needs one folder a split. Received: {received}", path=base)
        splits[split] = folder
    beside = [f.name for f in below(base).folders if f not in splits.values() and holds_clips(f)]
    if splits and beside:
        names = " and ".join(folder.name for folder in splits.values())
        raise DataError(
            f"needs the classes in folders of splits. Received: beside {names} the folders "
            f"{', '.join(beside)[:80]}",
            path=base,
        )
    return splits


def _of_classes(folder: Path, split: str, root: Path) -> Iterator[LabelledClip]:
    classes = below(folder).folders
    filled = [each for each in classes if _class_clips(each, split)]
    for label in classes:
        clips = _class_clips(label, split)
        if not clips and filled:
            inside = below(label)
            received = f"none in {label.relative_to(root)}"
            if inside.is_clip:
                received = f"{len(inside.pictures)} pictures in {label.relative_to(root)}"
            raise DataError(
                "needs clips in every sub-folder, which is a class; a clip of pictures is a folder "
                f"of its own in it. Received: {received}",
                path=root,
            )
        yield from (LabelledClip(path, label.name, part) for path, part in clips)


def _class_clips(label: Path, split: str) -> list[tuple[Path, str]]:
    """Returns the clips of a class with their splits, which may be folders inside of it."""
    inside = below(label)
    clips = [(path, split) for path in inside.clips]
    for folder in inside.folders:
        if below(folder).is_clip:
            clips.append((folder, split))
        elif part := part_of(folder.name):
            deeper = below(folder)
            clips += [(path, part) for path in deeper.clips]
            clips += [(each, part) for each in deeper.folders if below(each).is_clip]
    return clips
