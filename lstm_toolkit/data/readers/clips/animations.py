"""Clips in files of pictures that move: GIF, WebP, PNG, and pages of TIFF."""

from __future__ import annotations

import contextlib
import dataclasses
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from lstm_toolkit.data.readers.clips.clip import Facts
from lstm_toolkit.data.readers.clips.gif_blocks import check_gif
from lstm_toolkit.data.readers.images.colours import colour_images
from lstm_toolkit.data.readers.images.pictures import is_transparent
from lstm_toolkit.errors import DataError
from lstm_toolkit.system.pointers import check_pointer

MOVING = (".gif", ".webp", ".apng")
"""How files end that are clips, though some hold one frame alone."""

MAYBE_MOVING = (".png", ".tif", ".tiff")
"""How files end that are clips if they hold several frames, and pictures if not."""


MILLISECONDS = 1000
"""Of a second, in which Pillow tells durations."""


@dataclasses.dataclass(frozen=True)
class Animation:
    """A file that Pillow reads frame by frame."""

    path: Path

    @property
    def name(self) -> str:
        """The path."""
        return str(self.path)

    def facts(self) -> Facts:
        """Goes through all frames, and keeps none."""
        _check_whole(self.path)
        with opened(self.path) as image:
            durations = []
            for number in range(getattr(image, "n_frames", 1)):
                image.seek(number)
                image.load()  # which alone tells whether pixels are missing
                durations.append(image.info.get("duration", 0))
            return Facts(image.height, image.width, np.array(durations, np.float64) / MILLISECONDS)

    def frames(self, numbers: Sequence[int]) -> Iterator[NDArray[Any]]:
        """Yields frames as browsers show them."""
        with opened(self.path) as image:
            for number in numbers:
                image.seek(number)
                yield rgb(image, self.path)


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Image.Image]:
    """Opens a file of pictures, and turns what Pillow raises into one line.

    Raises:
        DataError: If it is no picture, too large, or damaged.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as image:
                yield image
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        most = Image.MAX_IMAGE_PIXELS or 0
        raise DataError(f"needs frames of at most {most:,} pixels", path=path) from error
    except UnidentifiedImageError as error:
        check_pointer(path.read_bytes()[:64], path)
        message = f"is no {path.suffix[1:].upper()} file, or damaged"
        raise DataError(message, path=path) from error
    except DataError:
        raise
    except (OSError, EOFError, SyntaxError, ValueError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise DataError(f"cannot be read. {error.strerror}", path=path) from error
        raise DataError(f"is truncated or damaged. {error}"[:200], path=path) from error


def rgb(image: Image.Image, path: Path) -> NDArray[np.uint8]:
    """Returns the frame at which a file stands, `uint8[height, width, 3]`, alpha on white."""
    if image.mode.startswith("I") or image.mode == "F":  # Pillow would clip 16 bits to 8
        return colour_images(np.asarray(image)[None], path)[0]
    if is_transparent(image):
        return colour_images(np.asarray(image.convert("RGBA"))[None], path)[0]
    return np.asarray(image.convert("RGB"))


def _check_whole(path: Path) -> None:
    """Refuses files that end too early, of which Pillow would show the first frames."""
    try:
        with path.open("rb") as file:
            start = file.read(12)
            if start[:4] == b"RIFF" and start[8:] == b"WEBP":
                size = int.from_bytes(start[4:8], "little") + 8
                if path.stat().st_size < size:
                    received = f"{path.stat().st_size:,} of {size:,} bytes"
                    raise DataError(f"is truncated. Received: {received}", path=path)
            elif start[:4] == b"GIF8":
                file.seek(0)
                check_gif(file, path)
    except OSError as error:
        raise DataError(f"cannot be read. {error.strerror}", path=path) from error


def moves(path: Path) -> bool:
    """Tells whether a file that may be a picture holds several frames."""
    if path.suffix.lower() == ".png":
        return _is_animated_png(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path) as image:
                return getattr(image, "n_frames", 1) > 1
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return False


def _is_animated_png(path: Path) -> bool:
    """Tells it by the chunk `acTL`, which stands before the pixels; quicker than to open it."""
    try:
        with path.open("rb") as file:
            head = file.read(65536)
    except OSError:
        return False
    return b"acTL" in head.partition(b"IDAT")[0]
