"""Images to be recognised: opened, turned grey, and fitted to the network's frame."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lstm_toolkit.data.readers.images.arrays import image_arrays
from lstm_toolkit.data.readers.images.folders import is_picture
from lstm_toolkit.data.readers.images.pictures import fit, read_grey
from lstm_toolkit.data.readers.images.pixels import check_images, white_level
from lstm_toolkit.errors import DataError

LONGEST = 160
"""Pixels along the longer side that a picture keeps: enough for ink that fills a third of it."""


def read_frames(
    path: Path,
    height: int,
    width: int,
    *,
    invert: bool = False,
    white: int = 255,
    resized: bool = True,
) -> Iterator[tuple[str, NDArray[np.float32] | DataError]]:
    """Yields the images of one file or folder, ready for a network that reads frames of one size.

    Args:
        path: An image file; `.npy` or `.npz` with one image or several, in grey or in colours; or
            a folder of such files.
        height: Rows of the frame.
        width: Columns of the frame.
        invert: Turns dark on light into light on dark, and the reverse.
        white: The scale of the training images, see `pixels.white_level`.
        resized: Whether images are brought to the frame's size; if not, large ones are made
            smaller alone, to `LONGEST` pixels.

    Yields:
        A name (`file.npy[3]` for the fourth image of an array) and `float32[height, width]`
        on the file's own scale, which the graph finds again; of several images, the error of
        one that is unfit.

    Raises:
        DataError: If the file is missing, damaged, pickled or not an image.
    """
    if path.is_dir():
        files = [
            each for each in sorted(path.rglob("*")) if is_picture(each) or _holds_arrays(each)
        ]
        if not files:
            raise DataError("needs images in the folder, .npy or .npz. Received: none", path=path)
        for file in files:
            try:
                yield from read_frames(
                    file, height, width, invert=invert, white=white, resized=resized
                )
            except DataError as error:
                yield str(file), error
        return
    if not path.is_file():
        raise DataError("no such file; needs an image, .npy or .npz", path=path)
    if not _holds_arrays(path):
        yield (
            str(path),
            framed(
                read_grey(path)[None], height, width, invert=invert, white=white, resized=resized
            ),
        )
        return
    images = image_arrays(path, height, width)
    if not images.size:
        raise DataError(f"needs at least one pixel. Received: {list(images.shape)}", path=path)
    for row in range(len(images)):
        name = f"{path}[{row}]" if len(images) > 1 else str(path)
        try:
            image = check_images(images[row : row + 1], path)
            yield name, framed(image, height, width, invert=invert, white=white, resized=resized)
        except DataError as error:
            if len(images) == 1:
                raise
            yield name, error


def _holds_arrays(path: Path) -> bool:
    return path.suffix.lower() in (".npy", ".npz")


def framed(
    images: NDArray[Any], height: int, width: int, *, invert: bool, white: int, resized: bool
) -> NDArray[np.float32]:
    """Returns the one image of `[1, h, w]` as `read_frames` yields it."""
    scale = white_level(images)
    scale = scale if scale in (1, 255, 65535, white) else next(s for s in (255, 65535) if s > scale)
    frame = images[0].astype(np.float32)
    if invert:
        frame = scale - frame
    if frame.shape == (height, width):
        return frame
    if resized:
        return fit(frame, height, width)
    longest = max(LONGEST, height, width)
    return frame if max(frame.shape) <= longest else _smaller(frame, longest)


def _smaller(image: NDArray[np.float32], longest: int) -> NDArray[np.float32]:
    factor = longest / max(image.shape)
    sides = [max(1, round(side * factor)) for side in image.shape[::-1]]
    picture = Image.fromarray(image).resize((sides[0], sides[1]), Image.Resampling.BOX)
    return np.asarray(picture)
