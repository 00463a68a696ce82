"""Clips in NumPy's arrays, in memory or in `.npy` and `.npz` files."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.clips import Clips
from lstm_toolkit.data.readers.clips.clip import Facts
from lstm_toolkit.data.readers.images.arrays import load_arrays
from lstm_toolkit.data.readers.images.colours import as_bytes, colour_images
from lstm_toolkit.errors import DataError

CHANNELS = (1, 3, 4)
"""Of frames: grey, colours, and colours with how opaque a pixel is."""


@dataclasses.dataclass(frozen=True, eq=False)
class ArrayClip:
    """One clip in memory, `[frames, height, width, channels]`, see `as_clip`.

    Attributes:
        name: What it is called.
        pixels: In 8 bits.
    """

    name: str
    pixels: NDArray[np.uint8]

    def facts(self) -> Facts:
        """Returns its shape."""
        count, height, width = self.pixels.shape[:3]
        return Facts(height, width, np.zeros(count))

    def frames(self, numbers: Sequence[int]) -> Iterator[NDArray[Any]]:
        """Yields frames in colours."""
        for number in numbers:
            yield colour_images(self.pixels[number][None])[0]


@dataclasses.dataclass(frozen=True)
class ArrayFile:
    """One clip in an `.npy` file, or in an `.npz` file with one array."""

    path: Path

    @property
    def name(self) -> str:
        """The path."""
        return str(self.path)

    def _clip(self) -> ArrayClip:
        arrays = load_arrays(self.path)
        if len(arrays) != 1:
            raise DataError(
                f"needs one array, which is one clip. Received: {', '.join(sorted(arrays))[:80]}",
                path=self.path,
            )
        (array,) = arrays.values()
        clips = clips_of(array[None] if array.ndim < 5 else array, self.path)
        if len(clips) != 1:
            received = f"{len(clips)} of them"
            raise DataError(f"needs one clip in the file. Received: {received}", path=self.path)
        return clips[0]

    def facts(self) -> Facts:
        """Returns its shape."""
        return self._clip().facts()

    def frames(self, numbers: Sequence[int]) -> Iterator[NDArray[Any]]:
        """Yields frames in 8 bits."""
        yield from self._clip().frames(numbers)


def clips_of(
    array: NDArray[Any], path: Path | None, lengths: NDArray[Any] | None = None
) -> list[ArrayClip]:
    """Returns the clips of an array, on the scale that the greatest number of all shows.

    Args:
        array: `[clips, frames, height, width]`, or with channels last, or behind the frames.
        path: Its file; None if it was given in Python.
        lengths: Of the clips, which are padded to the longest; None if all are of one length.

    Raises:
        DataError: If it is of another shape, or its numbers are no pixels.
    """
    pixels = as_bytes(with_channels(array, path), path)
    if array.dtype.kind in "iu" and array.max() == 1:
        received = "0 and 1; give truth values, or fractions"
        raise DataError(f"needs pixels from 0 to 255. Received: {received}", path=path)
    name = "clip" if path is None else str(path)
    return [
        ArrayClip(f"{name}[{row}]", clip if lengths is None else clip[: lengths[row]])
        for row, clip in enumerate(pixels)
    ]


def with_channels(array: NDArray[Any], path: Path | None) -> NDArray[Any]:
    """Returns `[clips, frames, height, width, channels]`.

    Raises:
        DataError: If the array is of another shape, or empty.
    """
    if is_colour_pictures(array):
        received = f"{list(array.shape)}, which are pictures in colour"
        raise _no_clips(received, path)
    if array.ndim == 4:
        array = array[..., None]
    elif array.ndim == 5:
        array = np.moveaxis(array, _channels_of(array, path), -1)
    if array.ndim != 5 or array.shape[-1] not in CHANNELS or array.dtype.kind not in "biuf":
        received = f"{array.dtype}{list(array.shape)}"
        raise _no_clips(received, path)
    if not array.size:
        raise DataError(f"needs at least one pixel. Received: {list(array.shape)}", path=path)
    return array


def is_colour_pictures(array: NDArray[Any]) -> bool:
    """Tells whether an array is `[n, height, width, channels]`, not grey clips."""
    last = array.ndim == 4 and array.shape[-1] in CHANNELS
    return last and min(array.shape[1:3]) > max(CHANNELS)


def _channels_of(array: NDArray[Any], path: Path | None) -> int:
    """Returns which of five axes are channels: the last, or the one behind the frames."""
    axes = [axis for axis in (1, 2, 4) if array.shape[axis] in CHANNELS]
    if 2 in axes and (len(axes) > 1):
        raise DataError(
            "needs [clips, frames, height, width, channels], one axis of 1, 3 or 4 numbers. "
            f"Received: {list(array.shape)}, of which several could be channels",
            path=path,
        )
    return 2 if axes == [2] else 4


def _no_clips(received: str, path: Path | None) -> DataError:
    return DataError(
        "needs clips as numbers[clips, frames, height, width] or with 1, 3 or 4 channels behind. "
        f"Received: {received}",
        path=path,
    )


def given_clips(column: Any) -> Clips:
    """Returns clips that were given in Python.

    Args:
        column: `Clips`, `[n, frames, height, width]` or with channels, or arrays of several
            lengths.

    Raises:
        DataError: If they are no clips, or of several sizes.
    """
    if isinstance(column, Clips):
        return column
    if not isinstance(column, np.ndarray):
        received = f"a {type(column).__name__}"
        raise _no_clips(received, None)
    if column.dtype != object:
        clips = clips_of(column, None)
    else:
        parts = [np.asarray(each) for each in column]
        clips = [clip for part in parts for clip in clips_of(part[None], None)]
    rows = [np.stack(list(clip.frames(range(len(clip.pixels))))) for clip in clips]
    sizes = sorted({row.shape[1:3] for row in rows})
    if len(sizes) > 1:
        received = ", ".join(f"{width}×{height}" for height, width in sizes[:3])
        raise DataError(f"needs clips of one size. Received: {received}")
    return Clips.of_frames(rows)
