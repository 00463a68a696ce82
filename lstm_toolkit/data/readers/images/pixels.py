"""Pixel values: which scale they have, and how they come to lie between 0 and 1."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.errors import DataError

SCALES = (1, 16, 255, 1023, 4095, 65535)
"""The values of full ink: fractions, scikit-learn's digits, 8, 10, 12 and 16 bits."""


def white_level(images: NDArray[Any]) -> int:
    """Returns the scale of a whole data set: the smallest one that holds its maximum.

    >>> white_level(np.array([[[0, 200]]]))
    255
    """
    top = images.max(initial=0)
    return next(scale for scale in SCALES if top <= scale)


def unit_range(images: Any, white: int) -> Any:
    """Brings raw images to the range 0 to 1, each by the scale its brightest pixel shows.

    An image whose maximum is at most 1 is taken as it is, a brighter one is divided by
    255, or by 65535 above that; by another scale only where the training images had it.
    This runs inside the graph, in training and in the export alike.

    Args:
        images: `uint8|uint16|float32[batch, height, width]`.
        white: What `white_level` found in the training split.

    Returns:
        `float32[batch, height, width]`; NaN and negative pixels become 0.
    """
    import tensorflow as tf

    images = tf.cast(images, tf.float32)
    images = tf.where(tf.math.is_finite(images), tf.maximum(images, 0.0), 0.0)
    peak = tf.reduce_max(images, axis=(1, 2), keepdims=True)
    scale, below = tf.ones_like(peak), 1.001  # resized fractions may overshoot a little
    for value in SCALES[1:]:
        if value in (255, 65535, white):
            scale, below = tf.where(peak > below, float(value), scale), value
    return tf.minimum(images / scale, 1.0)


def light_ground(images: NDArray[Any], white: int) -> bool:
    """Returns whether images show something dark on a light ground, as their edges tell.

    Args:
        images: `uint8|uint16|float32[n, height, width]`; the first thousand are looked at.
        white: What `white_level` found in them.

    >>> light_ground(np.array([[[9, 9, 9], [9, 0, 9], [9, 9, 9]]]), 16)
    True
    """
    some = unit_range(images[:1000], white).numpy()
    edges = [some[:, 0], some[:, -1], some[:, :, 0], some[:, :, -1]]
    return bool(np.median(np.concatenate([edge.ravel() for edge in edges])) > 0.5)


def grey_images(images: NDArray[Any], path: Path | None) -> NDArray[Any]:
    """Returns an array of images as numbers `[n, height, width]`, colours turned grey.

    Args:
        images: `[n, height, width]`, or with 1, 3 or 4 channels last or first; of 4 the last is
            how opaque a pixel is, and what lies below is white.
        path: Their file.

    Raises:
        DataError: If the array has another shape or type.
    """
    if images.ndim == 4 and images.shape[-1] not in (1, 3, 4) and images.shape[1] in (1, 3, 4):
        images = np.moveaxis(images, 1, -1)
    if images.ndim == 4 and images.shape[-1] == 1:
        images = images[..., 0]
    if images.ndim == 4 and images.shape[-1] in (3, 4) and images.dtype.kind in "uif":
        return _grey(images)
    if images.ndim != 3 or images.dtype.kind not in "biuf":
        raise DataError(
            "needs images as numbers[n, height, width]. "
            f"Received: {images.dtype}{list(images.shape)}",
            path=path,
        )
    return images


def _grey(images: NDArray[Any]) -> NDArray[Any]:
    """Weighs red, green and blue as ITU-R 601 does, and Pillow."""
    grey = images[..., :3].astype(np.float64) @ (0.299, 0.587, 0.114)
    if images.shape[-1] == 4:
        white = white_level(images)
        opaque = images[..., 3] / white
        grey = grey * opaque + white * (1 - opaque)
    return grey.astype(np.float32) if images.dtype.kind == "f" else np.round(grey).astype(np.int64)


def check_images(images: NDArray[Any], path: Path | None) -> NDArray[Any]:
    """Returns images as `uint8`, `uint16` or `float32[n, height, width]`, see `grey_images`.

    Raises:
        DataError: If the array has another shape or type, is empty, or holds NaN,
            infinite, negative or too large pixels.
    """
    images = grey_images(images, path)
    if not images.size:
        raise DataError(f"needs at least one pixel. Received: {list(images.shape)}", path=path)
    if images.dtype == np.float16:  # in which the largest pixel is infinite
        images = images.astype(np.float32)
    wrong = ~np.isfinite(images) if images.dtype.kind == "f" else np.zeros((), bool)
    wrong = wrong | (images < 0) | (images > SCALES[-1])
    if wrong.any():
        row = int(np.argmax(wrong.reshape(len(images), -1).any(axis=1)))
        value = images[row][wrong[row]].flat[0]
        raise DataError(
            f"needs pixels from 0 to {SCALES[-1]}. Received: {value} in image {row}", path=path
        )
    if images.dtype.kind == "f":
        return images.astype(np.float32, copy=False)
    return images.astype(np.uint8 if images.max() <= 255 else np.uint16, copy=False)
