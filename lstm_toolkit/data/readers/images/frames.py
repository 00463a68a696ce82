"""PNG, JPEG and array files: opened, turned grey, and fitted to the network's frame."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from lstm_toolkit.data.dataset import Dataset, Source
from lstm_toolkit.data.readers.images.arrays import image_array
from lstm_toolkit.data.readers.images.pixels import SCALES, check_images, white_level
from lstm_toolkit.errors import DataError

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".pgm")


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
    if path.suffix in (".npy", ".npz"):
        images = check_images(image_array(path), path)
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
            frame = _fit(frame, height, width)
        yield name, frame


def read_grey(path: Path) -> NDArray[Any]:
    """Returns `uint8|uint16[height, width]`, with transparent parts laid on white."""
    try:
        with Image.open(path) as opened:
            opened.load()
            image = ImageOps.exif_transpose(opened)
            if image.mode.startswith("I"):  # 16 bits in grey, which "L" would clip
                return np.clip(np.asarray(image), 0, SCALES[-1]).astype(np.uint16)
            if "transparency" in image.info or image.mode in ("RGBA", "LA", "PA"):
                colour = image.convert("RGBA")
                ground = Image.new("RGBA", colour.size, "white")
                return np.asarray(Image.alpha_composite(ground, colour).convert("L"))
            return np.asarray(image.convert("L"))
    except (UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise DataError(f"needs an image such as PNG or JPEG. {error}", path=path) from error
    except (OSError, SyntaxError, ValueError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise DataError(f"cannot be read. {error.strerror}", path=path) from error
        raise DataError(f"is truncated or damaged. {error}", path=path) from error


def _fit(image: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
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
    fitted = np.stack([_fit(image.astype(np.float32), height, width) for image in images])
    return fitted if images.dtype.kind == "f" else np.round(fitted).astype(images.dtype)


def read_folder(path: Path, height: int = 0, width: int = 0) -> Source:
    """Reads one sub-folder a class; `train/` and `test/` above them are kept apart.

    Images of several sizes are brought to `height` and `width`, or to the commonest size.

    Raises:
        DataError: If there is no image in any sub-folder, or one of them is damaged.
    """
    parts = [path / "train", path / "test"]
    if not all(part.is_dir() for part in parts):
        parts = [path]
    found = [list(_labelled(part)) for part in parts]
    if not found[0]:
        raise DataError("needs one sub-folder a class with images in it. Received: none", path=path)
    images = [[read_grey(file) for file, _ in part] for part in found]
    sizes = Counter(image.shape for part in images for image in part)
    size = sizes.most_common(1)[0][0]
    size = (height or size[0], width or size[1])
    examples = [
        Dataset(
            {"images": _stack(pictures, size)},
            {"label": np.array([label for _, label in part])},
        )
        for pictures, part in zip(images, found, strict=True)
        if part
    ]
    resized = sum(count for shape, count in sizes.items() if shape != size)
    note = f"{len(examples[0]):,} images of {size[0]}×{size[1]} in {path}"
    if resized:
        note += f" ({resized:,} resized)"
    return Source(examples[0], examples[1] if len(examples) > 1 else None, note)


def _labelled(path: Path) -> Iterator[tuple[Path, str]]:
    for folder in sorted(path.iterdir()):
        if folder.is_dir() and not folder.name.startswith("."):
            for file in sorted(folder.iterdir()):
                if file.suffix.lower() in SUFFIXES and not file.name.startswith("."):
                    yield file, folder.name


def _stack(images: list[NDArray[Any]], size: tuple[int, int]) -> NDArray[Any]:
    top = max(white_level(image) for image in images)
    stacked = np.empty((len(images), *size), np.uint8 if top <= 255 else np.uint16)
    for row, image in enumerate(images):
        deeper = stacked.dtype == np.uint16 and image.dtype == np.uint8
        scaled = image.astype(np.uint16) * 257 if deeper else image.astype(stacked.dtype)
        stacked[row] = scaled if image.shape == size else fit_all(scaled[None], *size)[0]
    return stacked
