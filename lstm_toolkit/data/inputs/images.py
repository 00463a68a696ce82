"""Images to be recognised: files, folders of them, and arrays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.inputs.pixel_tables import pixel_inputs
from lstm_toolkit.data.inputs.rows import Inputs, ReadingContext, Row, counted
from lstm_toolkit.data.inputs.tables import check_there
from lstm_toolkit.data.readers.images.arrays import as_images, load_arrays, split_arrays
from lstm_toolkit.data.readers.images.folders import is_picture
from lstm_toolkit.data.readers.images.frames import framed, read_frames
from lstm_toolkit.data.readers.images.idx import holds_idx
from lstm_toolkit.data.readers.images.images import FORMS, read_images
from lstm_toolkit.data.readers.images.pictures import frames_note
from lstm_toolkit.data.readers.images.pixels import check_images
from lstm_toolkit.errors import DataError

_ARRAYS = (".npy", ".npz")
_TABLES = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".parquet")


def image_inputs(path: Path, context: ReadingContext) -> Inputs:
    """Reads images; what they are labelled with is kept as cells, or left alone.

    Args:
        path: An image, an array, a table with a column a pixel, a folder of IDX files, or a
            folder with images in it, however deep.
        context: With the option `invert`.

    Raises:
        DataError: If it is missing, damaged or in no known form.
    """
    check_there(path, FORMS)
    if path.is_dir():
        return _of_idx(path, context) if holds_idx(path) else _of_folder(path, context)
    if path.name.lower().endswith(_TABLES):
        return pixel_inputs(path, context, _frame(context))
    if path.suffix.lower() in _ARRAYS:
        return _of_arrays(path, context)
    if is_picture(path):
        rows = _of_file(path, str(path), context)
        return Inputs(rows, {"image": [str(path)]}, "; ".join(frames_note([path])))
    raise DataError("unknown form; needs an image, .npy, .npz or a table of pixels", path=path)


def _of_folder(root: Path, context: ReadingContext) -> Inputs:
    files = sorted(
        file for file in root.rglob("*") if is_picture(file) and not file.name.startswith(".")
    )
    if not files:
        raise DataError("needs images. Received: a folder without any", path=root)
    names = [file.relative_to(root).as_posix() for file in files]
    rows = (
        row
        for file, name in zip(files, names, strict=True)
        for row in _of_file(file, name, context)
    )
    note = "; ".join([f"{counted(len(files), 'image')} of {root}", *frames_note(files)])
    return Inputs(rows, {"image": names}, note)


def _of_file(file: Path, name: str, context: ReadingContext) -> Iterator[Row]:
    """Yields the one image of a file."""
    try:
        ((_, value),) = read_frames(file, **_frame(context))
        yield Row(str(file), value, {"image": name})
    except DataError as error:
        yield Row(str(file), error, {"image": name})


def _frame(context: ReadingContext) -> dict[str, Any]:
    """Returns how images are framed, see `read_frames`: as the feature itself would."""
    frame, options = context.states.only, context.options
    resized = frame.looks is None or options.as_is
    return {
        "height": frame.height,
        "width": frame.width,
        "invert": options.invert,
        "white": frame.white,
        "resized": resized,
    }


def _of_arrays(path: Path, context: ReadingContext) -> Inputs:
    arrays, frame = load_arrays(path), context.states.only
    names = split_arrays(arrays)
    if names:
        parts = [
            (f"{path}:{name}", as_images(arrays[name], frame.height, frame.width, path))
            for name in names
        ]
        return _of_parts(parts, context, f"{', '.join(names)} of {path}")
    frames = list(read_frames(path, **_frame(context)))
    rows = (Row(name, value, {"image": name}) for name, value in frames)
    note = f"{counted(len(frames), 'image')} of {path}"
    return Inputs(rows, {"image": [name for name, _ in frames]}, note)


def _of_idx(path: Path, context: ReadingContext) -> Inputs:
    source = read_images(path)
    parts = {"train": source.rows, "validation": source.validation, "test": source.test}
    real = [(f"{path}:{name}", part.inputs) for name, part in parts.items() if part is not None]
    return _of_parts(real, context, str(path))


def _of_parts(
    parts: Sequence[tuple[str, NDArray[Any]]], context: ReadingContext, place: str
) -> Inputs:
    """Returns the images of each split, one after the other."""
    names = [f"{name}[{row}]" for name, images in parts for row in range(len(images))]
    each = (images[row : row + 1] for _, images in parts for row in range(len(images)))
    rows = (
        Row(name, _framed(image, context), {"image": name})
        for name, image in zip(names, each, strict=True)
    )
    return Inputs(rows, {"image": names}, f"{counted(len(names), 'image')} of {place}")


def _framed(image: NDArray[Any], context: ReadingContext) -> NDArray[np.float32] | DataError:
    try:
        return framed(check_images(image, None), **_frame(context))
    except DataError as error:
        return error
