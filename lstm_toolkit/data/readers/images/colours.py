"""Pictures in colour as `uint8[height, width, 3]`, from files, bytes and arrays."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lstm_toolkit.data.readers.images.pictures import is_transparent, opened
from lstm_toolkit.data.readers.images.pixels import SCALES
from lstm_toolkit.errors import DataError

LONGEST = 4096
"""Pixels along the longer side up to which a picture file is taken whole, as exports take it."""

_OVERSHOT = 1.001
"""The greatest fraction of pictures that were resized, which overshoot a little."""
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
            # A dark picture of 16 bits has the scale of its neighbours.
            white = SCALES[-1] if image.mode.startswith("I") else 0
            scaled = as_bytes(numbers, source if isinstance(source, Path) else None, white)
            colour = Image.fromarray(scaled).convert("RGB")
        elif is_transparent(image):
            page = Image.new("RGBA", image.size, "white")
            colour = Image.alpha_composite(page, image.convert("RGBA")).convert("RGB")
        else:
            colour = image.convert("RGB")
        if max(colour.size) > longest:
            colour.thumbnail((longest, longest))
        return np.asarray(colour)


def picture_size(source: Path | bytes) -> tuple[int, int] | None:
    """Returns height and width of a picture without decoding it; None if that cannot be told."""
    try:
        with Image.open(io.BytesIO(source) if isinstance(source, bytes) else source) as image:
            width, height = image.size
            turned = image.getexif().get(_ORIENTATION) in _TURNED
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None  # what is wrong with it is told where it is read
    return (width, height) if turned else (height, width)


def colour_images(
    images: NDArray[Any], path: Path | None = None, white: int = 0
) -> NDArray[np.uint8]:
    """Returns an array of pictures as `uint8[n, height, width, 3]`.

    Args:
        images: `[n, height, width]` in grey, or with 1, 3 or 4 channels last or first; of 4 the
            last is how opaque a pixel is, and what lies below is white.
        path: Their file.
        white: The number of white, see `white_of`; 0 takes that of these pictures, where they
            are no bytes.

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
    pixels = as_bytes(images, path, white)
    if pixels.shape[-1] == 1:
        return np.repeat(pixels, 3, axis=-1)
    return _on_white(pixels) if pixels.shape[-1] == 4 else pixels


def white_of(arrays: Iterable[NDArray[Any]]) -> int:
    """Returns the number of white, by the greatest number of all pictures that belong together.

    To 1 numbers are fractions, or whole numbers that are black or white; to 255 they are bytes,
    above that 16 bits. 0 of none.

    >>> white_of([np.array([0, 1])]), white_of([np.array([0, 1]), np.array([90])])
    (1, 255)
    """
    tops = [
        float(array.max(initial=0)) for array in arrays if array.dtype.kind in "uif" and array.size
    ]
    top = max(tops, default=0.0)
    if not 0 < top < np.inf:  # what are no pixels is told where they are read
        return 0
    return 1 if top <= _OVERSHOT else 255 if top <= 255 else SCALES[-1]


def as_bytes(numbers: NDArray[Any], path: Path | None, white: int = 0) -> NDArray[np.uint8]:
    """Brings numbers to 0–255.

    Args:
        numbers: Of any shape.
        path: Their file.
        white: The number of white; 0 takes that of these numbers, see `white_of`, of bytes 255.

    Raises:
        DataError: If one is no pixel: negative, above 16 bits, or not finite.

    >>> as_bytes(np.array([0.0, 0.5, 1.0]), None).tolist()
    [0, 128, 255]
    """
    if numbers.dtype == np.uint8 and white in (0, 255):
        return numbers
    if numbers.dtype == bool:
        return numbers.astype(np.uint8) * np.uint8(255)
    values = numbers.astype(np.float32)
    wrong = ~np.isfinite(values) | (values < 0) | (values > SCALES[-1])
    if wrong.any():
        raise DataError(
            f"needs pixels from 0 to {SCALES[-1]}. Received: {values[wrong][0]:g}", path=path
        )
    scale = white or white_of([numbers]) or 1
    scaled: NDArray[np.uint8] = np.round(np.minimum(values / scale, 1) * 255).astype(np.uint8)
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
        return list(colour_images(pictures, white=white_of([pictures])))
    several = list(_several(pictures))
    whites = whites_of(several)
    return [given_picture(picture, whites) for picture in several]


def whites_of(pictures: Iterable[Any]) -> dict[np.dtype[Any], int]:
    """Returns the white of pictures that are given as arrays, one for all of one dtype."""
    arrays: dict[np.dtype[Any], list[NDArray[Any]]] = {}
    for picture in pictures:
        array = _pixels(picture)
        arrays.setdefault(array.dtype, []).append(array)
    return {kind: white_of(several) for kind, several in arrays.items()}


def _pixels(picture: Any) -> NDArray[Any]:
    """Returns the numbers of a picture; none of a path, of bytes, and of what is no picture."""
    if isinstance(picture, str | Path | bytes):
        return np.empty(0, object)
    try:
        return np.asarray(picture)
    except ValueError:  # lists of unequal length
        return np.empty(0, object)


def _several(pictures: Any) -> Iterable[Any]:
    if isinstance(pictures, str | bytes | Path) or not hasattr(pictures, "__iter__"):
        raise DataError(f"needs several pictures. Received: a {type(pictures).__name__}")
    several: Iterable[Any] = pictures
    return several


def given_picture(
    picture: Any, whites: Mapping[np.dtype[Any], int] | None = None
) -> NDArray[np.uint8]:
    """Returns one picture, given as an array, a path, or bytes: `uint8[height, width, 3]`.

    Args:
        picture: As it is given.
        whites: Of arrays that it belongs to, see `whites_of`; None takes its own.

    Raises:
        DataError: If it is none.
    """
    if isinstance(picture, str | Path):
        if not Path(picture).is_file():
            raise DataError("no such file; needs a picture", path=Path(picture))
        return read_colours(Path(picture))
    if isinstance(picture, bytes):
        return read_colours(picture)
    array = _pixels(picture)
    if array.dtype.kind not in "biuf" or array.ndim not in (2, 3):
        raise DataError(
            "needs pictures as arrays, paths or bytes. "
            f"Received: a {type(picture).__name__} of shape {list(array.shape)}"
        )
    return colour_images(array[None], white=(whites or {}).get(array.dtype, 0))[0]
