"""Clips in files of videos, which PyAV reads (FFmpeg's libraries): MP4 and others."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.readers.clips.clip import Facts
from lstm_toolkit.errors import DataError
from lstm_toolkit.system.pointers import check_pointer

VIDEOS = (
    *(".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".mpg", ".mpeg", ".wmv", ".flv", ".ogv"),
    *(".3gp", ".mts", ".m2ts", ".mjpeg"),
)
"""How files of videos end."""

WHOLE = 0.9
"""Share of the frames or seconds that a file says it holds, from which it is whole."""

MICROSECONDS = 1_000_000
"""Of a second, in which FFmpeg tells durations."""


@dataclasses.dataclass(frozen=True)
class Promise:
    """What a file says it holds, each 0 if it says nothing of it."""

    frames: int = 0
    seconds: float = 0.0

    def check(self, frames: int, seconds: float, path: Path) -> None:
        """Raises `DataError` if what could be decoded falls short of that."""
        if frames < WHOLE * self.frames:
            message = f"is truncated. Received: {frames:,} of {self.frames:,} frames"
            raise DataError(message, path=path)
        if not self.frames and seconds < WHOLE * self.seconds:
            held = f"is truncated. Received: {seconds:.1f} of {self.seconds:.1f} seconds"
            raise DataError(held, path=path)


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
        promise, first = Promise(), (0, 0)
        for frame, held in _decoded(self.path):
            if not times:
                promise, first = held, _upright(frame)
            times.append(np.nan if frame.time is None else float(frame.time))
        if not times:
            raise DataError("needs at least one frame. Received: none", path=self.path)
        durations = np.diff(times)
        last = durations[-1:] if len(durations) else np.zeros(1)
        promise.check(len(times), float(np.nansum(durations) + np.nansum(last)), self.path)
        return Facts(*first, np.array([*durations, *last]))

    def frames(self, numbers: Sequence[int]) -> Iterator[NDArray[Any]]:
        """Yields frames, turned as the file says."""
        wanted = set(numbers)
        for number, (frame, _) in enumerate(_decoded(self.path)):
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


def _decoded(path: Path) -> Iterator[tuple[Any, Promise]]:
    """Yields the frames of the first stream of pictures, and what the file says it holds."""
    with _foreign(path) as av, av.open(str(path)) as container:
        if not container.streams.video:
            raise DataError("needs a video. Received: a file without pictures", path=path)
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        alone = len(container.streams) == 1  # sound may go on for longer
        seconds = (container.duration or 0) / MICROSECONDS if alone else 0.0
        promise = Promise(stream.frames or 0, seconds)
        for frame in container.decode(stream):
            yield frame, promise


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
