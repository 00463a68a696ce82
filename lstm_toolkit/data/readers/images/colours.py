"""Pictures in colour as `uint8[height, width, 3]`, from files, bytes and arrays."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lstm_toolkit.data.readers.images.pictures import is_transparent, opened
from lstm_toolkit.data.readers.images.pixels import SCALES
from lstm_toolkit.errors import DataError

LONGEST = 512
"""Pixels along the longer side that a picture keeps, before it is brought to a network's frame."""

_TURNED = (5, 6, 7, 8)
"""Values of EXIF's orientation with which rows are columns."""
_ORIENTATION = 0x0112


def read_colours(source: Path | bytes, longest: int = LONGEST) -> NDArray[np.uint8]:
    """Reads a picture; transparent parts are laid on white, greys become colours.

    Args:
        source: Its file, or what stands in one; of several pictures in it, the first.
        longest: Pixels along the longer side that it keeps at most.

    Returns:
        `uint8[height, width, 3]`, the right way up.

    Raises:
        DataError: If it is no picture, too large, damaged, or cannot be read.
    """
    with opened(source, longest) as image:
        if image.mode == "F" or image.mode.startswith("I"):  # "RGB" would clip what is above 255
            numbers = np.asarray(image)
            scaled = as_bytes(numbers, source if isinstance(source, Path) else None)
            colour = Image.fromarray(scaled).convert("RGB")
        elif is_transparent(image):
            page = Image.new("RGBA", image.size, "white")
            colour = Image.alpha_composite(page, image.convert("RGBA")).convert("RGB")
        else:
            colour = image.convert("RGB")
        if max(colour.size) > longest:
            colour.thumbnail((longest, longest))
        return np.asarray(colour)


def picture_size(path: Path) -> tuple[int, int] | None:
    """Returns height and width of a picture without decoding it; None if that cannot be told."""
    try:
        with Image.open(path) as image:
            width, height = image.size
            turned = image.getexif().get(_ORIENTATION) in _TURNED
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None  # what is wrong with it is told where it is read
    return (width, height) if turned else (height, width)


def colour_images(images: NDArray[Any], path: Path | None = None) -> NDArray[np.uint8]:
    """Returns an array of pictures as `uint8[n, height, width, 3]`.

    Args:
        images: `[n, height, width]` in grey, or with 1, 3 or 4 channels last or first; of 4 the
            last is how opaque a pixel is, and what lies below is white. Numbers to 1 are
            fractions, to 255 bytes, above that 16 bits, as the greatest of all tells.
        path: Their file.

    Raises:
        DataError: If the array has another shape or type, is empty, or holds what are no pixels.
    """
    if images.ndim == 4 and images.shape[-1] not in (1, 3, 4) and images.shape[1] in (1, 3, 4):
        images = np.moveaxis(images, 1, -1)
    if images.ndim == 3:
        images = images[..., None]
    if images.ndim != 4 or images.shape[-1] not in (1, 3, 4) or images.dtype.kind not in "biuf":
        raise DataError(
            "needs pictures as numbers[n, height, width, 3]. "
            f"Received: {images.dtype}{list(images.shape)}",
            path=path,
        )
    if not images.size:
        raise DataError(f"needs at least one pixel. Received: {list(images.shape)}", path=path)
    pixels = as_bytes(images, path)
    if pixels.shape[-1] == 1:
        return np.repeat(pixels, 3, axis=-1)
    return _on_white(pixels) if pixels.shape[-1] == 4 else pixels


def as_bytes(numbers: NDArray[Any], path: Path | None) -> NDArray[np.uint8]:
    """Brings numbers to 0–255 by the scale that the greatest of them shows.

    Raises:
        DataError: If one is no pixel: negative, above 16 bits, or not finite.

    >>> as_bytes(np.array([0.0, 0.5, 1.0]), None).tolist()
    [0, 128, 255]
    """
    if numbers.dtype == np.uint8:
        return numbers
    if numbers.dtype == bool:
        return numbers.astype(np.uint8) * np.uint8(255)
    values = numbers.astype(np.float32)
    wrong = ~np.isfinite(values) | (values < 0) | (values > SCALES[-1])
    if wrong.any():
        raise DataError(
            f"needs pixels from 0 to {SCALES[-1]}. Received: {values[wrong][0]:g}", path=path
        )
    top = float(values.max(initial=0))
    fractions = numbers.dtype.kind == "f" and top <= 1.001  # resized ones overshoot a little
    white = 1 if fractions else 255 if top <= 255 else SCALES[-1]
    scaled: NDArray[np.uint8] = np.round(np.minimum(values / white, 1) * 255).astype(np.uint8)
    return scaled


def _on_white(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    opaque = pixels[..., 3:].astype(np.float32) / 255
    laid: NDArray[np.uint8] = np.round(pixels[..., :3] * opaque + 255 * (1 - opaque)).astype(
        np.uint8
    )
    return laid


def given_pictures(pictures: Any) -> list[NDArray[np.uint8]]:
    """Returns pictures that are given in Python, each `uint8[height, width, 3]`.

    Args:
        pictures: An array as `colour_images` takes it, or a sequence of arrays of one picture,
            paths, and bytes as they stand in files.

    Raises:
        DataError: If one is no picture.
    """
    if isinstance(pictures, np.ndarray) and pictures.dtype != object and pictures.ndim > 2:
        return list(colour_images(pictures))
    return list(map(given_picture, _several(pictures)))


def _several(pictures: Any) -> Iterable[Any]:
    if isinstance(pictures, str | bytes | Path) or not hasattr(pictures, "__iter__"):
        raise DataError(f"needs several pictures. Received: a {type(pictures).__name__}")
    several: Iterable[Any] = pictures
    return several


def given_picture(picture: Any) -> NDArray[np.uint8]:
    """Returns one picture, given as an array, a path, or bytes: `uint8[height, width, 3]`.

    Raises:
        DataError: If it is none.
    """
    if isinstance(picture, str | Path):
        if not Path(picture).is_file():
            raise DataError("no such file; needs a picture", path=Path(picture))
        return read_colours(Path(picture))
    if isinstance(picture, bytes):
        return read_colours(picture)
    try:
        array = np.asarray(picture)
    except ValueError:  # lists of unequal length
        array = np.empty(0, object)
    if array.dtype.kind not in "biuf" or array.ndim not in (2, 3):
        raise DataError(
            "needs pictures as arrays, paths or bytes. "
            f"Received: a {type(picture).__name__} of shape {list(array.shape)}"
        )
    return colour_images(array[None])[0]
