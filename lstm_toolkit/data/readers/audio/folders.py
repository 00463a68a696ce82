"""Folders of sounds: one sub-folder a class, texts beside them, or names that tell."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

from lstm_toolkit.data.readers.audio.recording import LABEL, TRANSCRIPT, Recording, Recordings, Said
from lstm_toolkit.data.readers.audio.sounds import FORMS, Sound, is_sound, read_sound
from lstm_toolkit.data.readers.texts.folders import entries
from lstm_toolkit.data.splits.parts import TEST, TRAIN, VALIDATION, part_of
from lstm_toolkit.errors import DataError

BACKGROUND = re.compile(r"_?background_?noises?_?", re.IGNORECASE)
"""The folder of long recordings without speech, as in Speech Commands."""

_LISTS = {"validation_list.txt": VALIDATION, "testing_list.txt": TEST}
"""Files that tell published splits, likewise."""

_NAMED = re.compile(r"(?P<said>[^_]+)_(?P<speaker>[^_]+)_(?P<take>\d+)")
"""Names of files such as `7_jackson_32.wav`."""

_NO_HASH = re.compile(r"(?P<speaker>.+)_nohash_\d+")


def sounds_below(root: Path) -> list[Path]:
    """Returns the files of sound in a folder, however deep, in the order of their paths."""
    return sorted(
        file for file in root.rglob("*") if is_sound(file) and not file.name.startswith(".")
    )


def read_sound_folder(root: Path, said: Said) -> Recordings:
    """Reads a folder that has no table.

    Classes are names of sub-folders, or begin the names of files such as `7_jackson_32.wav`.
    Transcripts stand in a .txt file beside each sound, or in lines `NAME TEXT` of `*.trans.txt`.

    Raises:
        DataError: If there is no sound, or nothing tells what is said.
    """
    files = sounds_below(root)
    if not files:
        raise DataError(f"needs sounds ({FORMS}). Received: a folder without any", path=root)
    others = _others(root, set(files))
    if not said:
        return Recordings([Recording(_name(file, root), _opened(file)) for file in files])
    if said == TRANSCRIPT:
        return Recordings(list(_with_texts(files, root)), left_out=others)
    return _classes(root, files, others)


def _classes(root: Path, files: Sequence[Path], others: dict[str, int]) -> Recordings:
    listed = _listed_parts(root)
    noises = [file for file in files if BACKGROUND.fullmatch(file.parent.name)]
    spoken = [file for file in files if file not in set(noises)]
    if noises:
        others[f"long noises, such as {_name(noises[0], root)}"] = len(noises)
    top = {file.relative_to(root).parts[0] for file in spoken if file.parent != root}
    splits = {name for name in top if part_of(name)} if all(map(part_of, top)) else set()
    flat = [file for file in spoken if _is_flat(file, root, splits)]
    if flat and len(flat) < len(spoken):
        others[f"sounds without a class, such as {_name(flat[0], root)}"] = len(flat)
        spoken = [file for file in spoken if not _is_flat(file, root, splits)]
    named = [_NAMED.fullmatch(file.stem) for file in spoken] if flat == spoken else []
    if flat == spoken and not all(named):
        raise DataError(
            "needs one sub-folder a class, a table of files and labels, or names such as "
            f"CLASS_SPEAKER_1.wav. Received: {flat[0].name}",
            path=root,
        )
    rows: list[Recording] = []
    parts: set[str] = set()
    for number, file in enumerate(spoken):
        match = named[number] if named else None
        name = _name(file, root)
        part, folder = _part_and_class(file, root, splits)
        part = listed.get(name, part)
        parts.add(part)
        told = match["said"] if match else folder
        rows.append(Recording(name, _opened(file), told, _speaker(file, match), part))
    remarks = ("classes and speakers by the names of files",) if named else ()
    return Recordings(rows, remarks, others, published=len(parts) > 1)


def _is_flat(file: Path, root: Path, splits: Collection[str]) -> bool:
    """Tells whether no folder above a file can be that of its class."""
    above = file.relative_to(root).parts[:-1]
    return not above or (len(above) == 1 and above[0] in splits)


def _part_and_class(file: Path, root: Path, splits: Collection[str]) -> tuple[str, str]:
    """Returns the split that a folder above tells, and the folder of the class."""
    above = file.relative_to(root).parts[:-1]
    if _is_flat(file, root, splits):
        return part_of(above[0]) if above else TRAIN, ""
    part = next((part_of(name) for name in above[:-1] if part_of(name)), TRAIN)
    return part, above[-1] if above else ""


def _speaker(file: Path, match: re.Match[str] | None) -> str:
    match = match or _NO_HASH.fullmatch(file.stem) or _NAMED.fullmatch(file.stem)
    return match["speaker"] if match else ""


def _listed_parts(root: Path) -> dict[str, str]:
    """Returns the split of each file that a list in the folder names."""
    parts: dict[str, str] = {}
    for name, part in _LISTS.items():
        if (root / name).is_file():
            lines = (root / name).read_text(encoding="utf-8", errors="replace").splitlines()
            parts |= {line.strip(): part for line in lines if line.strip()}
    return parts


def _with_texts(files: Sequence[Path], root: Path) -> Iterator[Recording]:
    """Yields sounds with the texts beside them.

    Raises:
        DataError: If one has none.
    """
    lines: dict[Path, str] = {}
    for file in sorted(root.rglob("*.trans.txt")):
        pairs = (line.partition(" ") for line in _text(file).splitlines())
        lines |= {file.parent / name: text.strip() for name, _, text in pairs if name}
    for file in files:
        beside = file.with_suffix(".txt")
        text = _text(beside).strip() if beside.is_file() else ""
        # What stands in the nearest folder is meant: names come again in other folders.
        folders = [file.parent, *file.parent.parents]
        text = text or next((lines[f / file.stem] for f in folders if f / file.stem in lines), "")
        if not text:
            raise DataError(
                f"needs a transcript for each sound: {beside.name} beside it, or a table of files "
                f"and transcripts in the folder. Received: none for {_name(file, root)}",
                path=root,
            )
        above = file.relative_to(root).parts[:-1]
        part = next((part_of(name) for name in above if part_of(name)), TRAIN)
        match = _NAMED.fullmatch(file.stem)
        speaker = match["speaker"] if match else ""
        yield Recording(_name(file, root), _opened(file), text, speaker, part)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise DataError("needs text in UTF-8", path=file) from None


def _opened(file: Path) -> Sound | DataError:
    return opened(file)


def opened(file: Path, read: Callable[[Path], Sound] = read_sound) -> Sound | DataError:
    """Returns what is in a file of sound, or what is wrong with it."""
    try:
        return read(file)
    except DataError as error:
        return error
    except OSError as error:
        return DataError(f"cannot be read. {error.strerror}", path=file)


def _others(root: Path, sounds: set[Path]) -> dict[str, int]:
    """Counts files that are no sound, and may have been meant to be."""
    others = [
        file
        for folder in sorted(_folders_below(root))
        for file in entries(folder)
        if file.is_file() and file not in sounds and file.suffix.lower() not in (".txt", ".md")
    ]
    return {f"other files, such as {_name(others[0], root)}": len(others)} if others else {}


def _folders_below(root: Path) -> Iterator[Path]:
    """Yields a folder and those in it, however deep, except hidden ones."""
    yield root
    for folder in root.rglob("*"):
        hidden = any(part.startswith(".") for part in folder.relative_to(root).parts)
        if folder.is_dir() and not hidden:
            yield folder


def _name(file: Path, root: Path) -> str:
    return file.relative_to(root).as_posix()


__all__ = ["LABEL", "opened", "read_sound_folder", "sounds_below"]
