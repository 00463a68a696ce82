"""Images to be recognised: opened, turned grey, and fitted to the network's frame."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.readers.images.arrays import image_arrays
from lstm_toolkit.data.readers.images.pictures import fit, read_grey
from lstm_toolkit.data.readers.images.pixels import check_images, white_level
from lstm_toolkit.errors import DataError


def read_frames(
    path: Path, height: int, width: int, *, invert: bool = False, white: int = 255
) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Yields the images of one file, ready for a network that reads frames of one size.

    Args:
        path: An image file, or `.npy`/`.npz` with `[height, width]` or `[n, height, width]`.
        height: Rows of the frame.
        width: Columns of the frame.
        invert: Turns dark on light into light on dark, and the reverse.
        white: The scale of the training images, see `pixels.white_level`.

    Yields:
        A name (`file.npy[3]` for the fourth image of an array) and `float32[height, width]`
        on the file's own scale, which the graph finds again.

    Raises:
        DataError: If the file is missing, damaged, pickled or not an image.
    """
    if not path.is_file():
        raise DataError("no such file; needs an image, .npy or .npz", path=path)
    if path.suffix.lower() in (".npy", ".npz"):
        images = check_images(image_arrays(path, height, width), path)
        names = [f"{path}[{i}]" for i in range(len(images))] if len(images) > 1 else [str(path)]
    else:
        images, names = read_grey(path)[None], [str(path)]
    scale = white_level(images)
    scale = scale if scale in (1, 255, 65535, white) else next(s for s in (255, 65535) if s > scale)
    for name, image in zip(names, images, strict=True):
        frame = image.astype(np.float32)
        if invert:
            frame = scale - frame
        if frame.shape != (height, width):
            frame = fit(frame, height, width)
        yield name, frame
