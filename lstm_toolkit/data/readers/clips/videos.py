"""Clips in files of videos, which PyAV reads (FFmpeg's libraries): MP4 and others."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.frame_sampling import repeats
from lstm_toolkit.data.readers.clips.clip import Facts
from lstm_toolkit.errors import DataError
from lstm_toolkit.system.pointers import check_pointer

VIDEOS = (
    *(".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".mpg", ".mpeg", ".wmv", ".flv", ".ogv"),
    *(".3gp", ".mts", ".m2ts", ".mjpeg"),
)
"""How files of videos end."""


@dataclasses.dataclass(frozen=True)
class Video:
    """A file that PyAV decodes."""

    path: Path

    @property
    def name(self) -> str:
        """The path."""
        return str(self.path)

    def facts(self) -> Facts:
        """Decodes all frames, and keeps none: what a file says of itself may be wrong."""
        times: list[float] = []
        size = (0, 0)
        for frame in _decoded(self.path):
            times.append(np.nan if frame.time is None else float(frame.time))
            size = size if size[0] else _upright(frame)
        if not times:
            raise DataError("needs at least one frame. Received: none", path=self.path)
        durations = np.diff(times)
        last = durations[-1:] if len(durations) else [0.0]
        return Facts(*size, repeats([*durations, *last]))

    def frames(self, numbers: Sequence[int]) -> Iterator[NDArray[Any]]:
        """Yields frames, turned as the file says."""
        wanted = set(numbers)
        for number, frame in enumerate(_decoded(self.path)):
            if number in wanted:
                wanted.remove(number)
                turned = np.rot90(frame.to_ndarray(format="rgb24"), _turns(frame))
                yield np.ascontiguousarray(turned)
            if not wanted:
                return


def _turns(frame: Any) -> int:
    """Returns how many quarters a frame is to be turned, as telephones write them."""
    return round(int(getattr(frame, "rotation", 0) or 0) / 90) % 4


def _upright(frame: Any) -> tuple[int, int]:
    size = frame.height, frame.width
    return size[::-1] if _turns(frame) % 2 else size


def _decoded(path: Path) -> Iterator[Any]:
    """Yields the frames of the first stream of pictures."""
    with _foreign(path) as av, av.open(str(path)) as container:
        if not container.streams.video:
            raise DataError("needs a video. Received: a file without pictures", path=path)
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        yield from container.decode(stream)


@contextlib.contextmanager
def _foreign(path: Path) -> Iterator[Any]:
    """Gives PyAV, and turns what it raises into one line."""
    try:
        import av
    except ImportError as error:
        message = f"needs a reader of {path.suffix}; pip install 'lstm_toolkit[video]'"
        raise DataError(message, path=path) from error
    av.logging.set_level(av.logging.PANIC)  # FFmpeg would write to standard error
    try:
        yield av
    except DataError:
        raise
    except (av.FFmpegError, OSError, ValueError) as error:
        check_pointer(path.read_bytes()[:64] if path.is_file() else b"", path)
        problem = " ".join(str(getattr(error, "strerror", "") or error).split())[:120]
        raise DataError(f"is truncated, damaged or no video. {problem}", path=path) from error
