"""Which files and folders below a folder are clips, and which are something else."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path

from lstm_toolkit.data.readers.clips.animations import MAYBE_MOVING, MOVING, Animation, moves
from lstm_toolkit.data.readers.clips.array_clips import ArrayFile
from lstm_toolkit.data.readers.clips.clip import Clip
from lstm_toolkit.data.readers.clips.frame_folders import frame_folder
from lstm_toolkit.data.readers.clips.videos import VIDEOS, Video
from lstm_toolkit.data.readers.images.folders import entries
from lstm_toolkit.data.readers.images.pictures import SUFFIXES as PICTURES
from lstm_toolkit.errors import DataError

ARRAYS = (".npy", ".npz")

CLIPS = "a GIF, WebP, MP4 or other video, a folder of numbered pictures, or an array of frames"


@dataclasses.dataclass(frozen=True)
class Below:
    """What lies in a folder itself.

    Attributes:
        clips: Files that are clips.
        pictures: Files that are one picture each.
        folders: Folders, in the order of their names.
        others: Files of other kinds.
    """

    clips: tuple[Path, ...]
    pictures: tuple[Path, ...]
    folders: tuple[Path, ...]
    others: tuple[Path, ...]

    @property
    def is_clip(self) -> bool:
        """Whether the folder is one clip: pictures lie in it, and no clips or folders."""
        return bool(self.pictures) and not self.clips and not self.folders


def below(folder: Path) -> Below:
    """Looks into a folder.

    Raises:
        DataError: If it cannot be read.
    """
    every = entries(folder)
    files = [each for each in every if each.is_file()]
    clips = [each for each in files if is_clip_file(each)]
    if _are_frames(clips):
        clips = []
    pictures = [each for each in files if each.suffix.lower() in PICTURES and each not in clips]
    return Below(
        tuple(clips),
        tuple(pictures),
        tuple(each for each in every if each.is_dir()),
        tuple(each for each in files if each not in clips and each not in pictures),
    )


class Folders:
    """Looks into folders, into each once: to tell pictures that move takes time."""

    def __init__(self) -> None:
        self._seen: dict[Path, Below] = {}
        self._of_clips: dict[Path, bool] = {}

    def below(self, folder: Path) -> Below:
        """Returns what lies in a folder; still clips beside folders of clips are clips too."""
        inside = self._as_it_is(folder)
        if inside.is_clip and all(each.suffix.lower() in MOVING for each in inside.pictures):
            above = folder.parent
            if above not in self._of_clips:
                siblings = self._as_it_is(above).folders
                self._of_clips[above] = any(self._as_it_is(each).clips for each in siblings)
            if self._of_clips[above]:
                return dataclasses.replace(inside, clips=inside.pictures, pictures=())
        return inside

    def _as_it_is(self, folder: Path) -> Below:
        if folder not in self._seen:
            self._seen[folder] = below(folder)
        return self._seen[folder]

    def clips_below(self, root: Path, above: frozenset[Path] = frozenset()) -> Iterator[Path]:
        """Yields all clips below a folder, however deep: files, and folders of pictures.

        Args:
            root: The folder.
            above: Real folders through which the way led; links to these are not followed.
        """
        inside, real = self.below(root), root.resolve()
        if inside.is_clip:
            yield root
        elif real not in above | set(root.parent.resolve().parents):
            yield from inside.clips
            for folder in inside.folders:
                yield from self.clips_below(folder, above | {real})

    def holds_clips(self, folder: Path) -> bool:
        """Tells whether a folder holds clips: files, or folders of pictures."""
        inside = self.below(folder)
        return bool(inside.clips) or any(self.below(each).is_clip for each in inside.folders)


def _are_frames(clips: Sequence[Path]) -> bool:
    """Tells whether files that could be clips are numbered pictures, each of one frame."""
    numbered = len(clips) > 1 and all(
        each.suffix.lower() in MOVING and any(map(str.isdecimal, each.stem)) for each in clips
    )
    return numbered and not any(map(moves, clips))


def is_clip_file(path: Path) -> bool:
    """Tells whether a file is a clip, by its name, or where that leaves it open by its content."""
    suffix = path.suffix.lower()
    if suffix in MAYBE_MOVING:
        return moves(path)
    return suffix in (*MOVING, *VIDEOS, *ARRAYS)


def open_clip(path: Path) -> Clip:
    """Returns the clip of a file, or of a folder of pictures.

    Raises:
        DataError: If it is missing, or is no clip.
    """
    if path.is_dir():
        inside = below(path)
        if not inside.is_clip:
            raise DataError("needs pictures in the folder, a frame each, and nothing else that "
                            f"is a clip. Received: {_received(inside)}", path=path)  # fmt: skip
        return frame_folder(path, inside.pictures)
    if not path.exists():
        raise DataError(f"no such file or folder; needs {CLIPS}", path=path)
    suffix = path.suffix.lower()
    if suffix in VIDEOS:
        return Video(path)
    if suffix in ARRAYS:
        return ArrayFile(path)
    if suffix in MOVING or (suffix in MAYBE_MOVING and moves(path)):
        return Animation(path)
    what = "one picture" if suffix in PICTURES else f"a {suffix or 'file without a suffix'}"
    raise DataError(f"needs {CLIPS}. Received: {what}", path=path)


def _received(inside: Below) -> str:
    parts = {"clips": inside.clips, "folders": inside.folders, "other files": inside.others}
    return ", ".join(f"{len(files):,} {name}" for name, files in parts.items() if files) or "none"
