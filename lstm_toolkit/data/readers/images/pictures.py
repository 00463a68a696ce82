"""PNG, JPEG and other picture files: opened, turned grey, and brought to one size."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from lstm_toolkit.data.inputs.rows import counted
from lstm_toolkit.data.readers.images.pixels import SCALES, white_level
from lstm_toolkit.data.readers.tables.cleaning import count_note
from lstm_toolkit.errors import DataError
from lstm_toolkit.system.pointers import check_pointer

LEAST_CONTRAST = 26
"""Between the darkest and the lightest pixel of 8 bits, below which nothing is seen: a tenth."""

_SEVERAL = (".gif", ".tif", ".tiff", ".webp", ".png")
"""How files end that may hold several pictures: pages, or an animation."""

SUFFIXES = (
    ".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".pgm", ".ppm", ".pbm",
)  # fmt: skip


def read_grey(path: Path) -> NDArray[Any]:
    """Returns `uint8|uint16|float32[height, width]`, see `read_on_ground`."""
    return read_on_ground(path)[0]


def read_on_ground(path: Path) -> tuple[NDArray[Any], str]:
    """Reads a picture in grey, with transparent parts laid on white.

    What is white itself, and would not be seen there, is laid on black.

    Returns:
        `uint8|uint16|float32[height, width]`, and what transparent parts were laid on: `white`,
        `black`, or "" where there can be none.

    Raises:
        DataError: If it is no picture, too large, damaged, or cannot be read.
    """
    with opened(path) as image:
        if image.mode == "F":  # numbers of any size, which "L" would clip
            return _floats(np.asarray(image), path), ""
        if image.mode.startswith("I"):  # 16 bits in grey, likewise
            return np.clip(np.asarray(image), 0, SCALES[-1]).astype(np.uint16), ""
        if is_transparent(image):
            return _laid_on(image.convert("RGBA"))
        return np.asarray(image.convert("RGB").convert("L")), ""


@contextlib.contextmanager
def opened(source: Path | bytes, longest: int = 0) -> Iterator[Image.Image]:
    """Opens a picture, the right way up by its EXIF data, and says in one line what is wrong.

    Args:
        source: Its file, or what stands in one.
        longest: Pixels along the longer side that are needed at most; 0 needs all. What is much
            larger in JPEG is decoded smaller at once.

    Raises:
        DataError: If it is no picture, too large, damaged, or cannot be read.
    """
    path = source if isinstance(source, Path) else None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            file = Image.open(io.BytesIO(source) if isinstance(source, bytes) else source)
        with file:
            if longest:
                file.draft(None, (longest, longest))
            file.load()
            yield ImageOps.exif_transpose(file)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        most = Image.MAX_IMAGE_PIXELS or 0
        raise DataError(f"needs an image of at most {most:,} pixels", path=path) from error
    except UnidentifiedImageError as error:
        start = source[:64] if isinstance(source, bytes) else source.read_bytes()[:64]
        check_pointer(start, path)
        told = error if path else "these bytes are none"
        raise DataError(f"needs an image such as PNG or JPEG. {told}", path=path) from error
    except DataError:
        raise
    except (OSError, SyntaxError, ValueError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise DataError(f"cannot be read. {error.strerror}", path=path) from error
        raise DataError(f"is truncated or damaged. {error}", path=path) from error


def is_transparent(image: Image.Image) -> bool:
    """Tells whether parts of a picture may let shine through what it is laid on."""
    return "transparency" in image.info or image.mode in ("RGBA", "LA", "PA", "RGBa", "La")


def _laid_on(colour: Image.Image) -> tuple[NDArray[np.uint8], str]:
    """Lays a picture on white, or on black if it is seen there alone."""
    pages = {}
    for ground in ("white", "black"):
        page = Image.new("RGBA", colour.size, ground)
        pages[ground] = np.asarray(Image.alpha_composite(page, colour).convert("L"))
        if np.ptp(pages[ground]) >= LEAST_CONTRAST:
            return pages[ground], ground
    return pages["white"], "white"


def grounds_note(grounds: Iterable[str]) -> list[str]:
    """Tells how many pictures were laid on black, of those with transparent parts.

    >>> grounds_note(["white", "", "black"]), grounds_note(["white", ""])
    (['1 of 2 transparent pictures laid on black, where white would hide what they show'], [])
    """
    laid = [ground for ground in grounds if ground]
    black = laid.count("black")
    of = f"{black:,} of {counted(len(laid), 'transparent picture')}"
    return [f"{of} laid on black, where white would hide what they show"] if black else []


def has_more_frames(path: Path) -> bool:
    """Tells whether a file holds further pictures behind the first, which alone is read."""
    if path.suffix.lower() not in _SEVERAL:
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path) as image:
                return getattr(image, "n_frames", 1) > 1
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return False  # what is wrong with it is told where it is read


def frames_note(files: Iterable[Path]) -> list[str]:
    """Tells of how many files only the first picture is read."""
    count = sum(map(has_more_frames, files))
    return count_note(count, "file", "of several pictures, of which the first is read")


def _floats(image: NDArray[Any], path: Path) -> NDArray[np.float32]:
    wrong = ~np.isfinite(image) | (image < 0) | (image > SCALES[-1])
    if wrong.any():
        raise DataError(
            f"needs pixels from 0 to {SCALES[-1]}. Received: {image[wrong][0]}", path=path
        )
    return image.astype(np.float32)


def fit(image: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    """Resizes `float32[h, w]`, first padded to the frame's shape with its border's median."""
    # An oblong is made smaller first, so that padding it costs no more than the frame.
    scale = min(height / image.shape[0], width / image.shape[1])
    if scale < 1:
        size = [max(1, round(side * scale)) for side in (image.shape[1], image.shape[0])]
        smaller = Image.fromarray(image).resize((size[0], size[1]), Image.Resampling.BILINEAR)
        image = np.asarray(smaller)
    rows, columns = image.shape
    border = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
    tall = max(rows, round(columns * height / width))
    wide = max(columns, round(rows * width / height))
    square = np.full((tall, wide), np.median(border), np.float32)
    top, left = (tall - rows) // 2, (wide - columns) // 2
    square[top : top + rows, left : left + columns] = image
    picture = Image.fromarray(square).resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(picture)


def fit_all(images: NDArray[Any], height: int, width: int) -> NDArray[Any]:
    """Resizes `[n, h, w]` to `[n, height, width]` of the same dtype, on its own scale."""
    fitted = np.stack([fit(image.astype(np.float32), height, width) for image in images])
    return fitted if images.dtype.kind == "f" else np.round(fitted).astype(images.dtype)


def stack(images: list[NDArray[Any]], size: tuple[int, int]) -> NDArray[Any]:
    """Brings pictures of several sizes and depths to one array `[n, height, width]`."""
    if any(image.dtype.kind == "f" for image in images):
        return np.stack([_sized(image.astype(np.float32), size) for image in images])
    top = max(white_level(image) for image in images)
    stacked = np.empty((len(images), *size), np.uint8 if top <= 255 else np.uint16)
    for row, image in enumerate(images):
        deeper = stacked.dtype == np.uint16 and image.dtype == np.uint8
        scaled = image.astype(np.uint16) * 257 if deeper else image.astype(stacked.dtype)
        stacked[row] = _sized(scaled, size)
    return stacked


def unstacked(images: list[NDArray[Any]]) -> NDArray[Any]:
    """Returns pictures as they are, `object[n]` of arrays."""
    column = np.empty(len(images), object)
    for row, image in enumerate(images):  # at once, NumPy would stack those of one size
        column[row] = image
    return column


def _sized(image: NDArray[Any], size: tuple[int, int]) -> NDArray[Any]:
    return image if image.shape == size else fit_all(image[None], *size)[0]
