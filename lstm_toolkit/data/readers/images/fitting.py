"""Pictures in colour, brought to one frame: by the same function in readers and in graphs."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import tensorflow as tf

MOST = 64
"""Pixels along the longer side of a frame that nobody asked for."""


@dataclasses.dataclass(frozen=True)
class Frame:
    """What every picture is brought to.

    Attributes:
        height: Rows of pixels.
        width: Columns of pixels.
        pad: Whether a picture keeps its shape, and what is left of the frame gets the colour of
            its border; if not, it is stretched.
    """

    height: int
    width: int
    pad: bool = True

    @classmethod
    def choose(
        cls,
        sizes: Sequence[tuple[int, int]],
        *,
        height: int = 0,
        width: int = 0,
        pad: bool = True,
    ) -> Frame:
        """Returns the frame that is asked for, or else the commonest size, made smaller.

        Args:
            sizes: Heights and widths of the pictures.
            height: Rows that are asked for; 0 leaves it open, `width` likewise.
            width: Columns.
            pad: See `Frame`.

        >>> Frame.choose([(480, 640), (480, 640), (32, 32)])
        Frame(height=48, width=64, pad=True)
        """
        own = Counter(sizes).most_common(1)[0][0]
        scale = min(1.0, MOST / max(own))
        usual = [max(1, round(side * scale)) for side in own]
        return cls(height or usual[0], width or usual[1], pad)

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        return self.height, self.width


def fitted(images: tf.Tensor, frame: Frame) -> tf.Tensor:
    """Brings a batch of pictures to a frame; those of its size stay as they are. In graphs.

    Args:
        images: `uint8[batch, h, w, 3]` of any one size.
        frame: What they are brought to.

    Returns:
        `uint8[batch, height, width, 3]`.
    """
    import tensorflow as tf

    if tuple(images.shape[1:3]) == frame.size:
        return images
    inner = tf.constant(frame.size)
    if frame.pad:
        own = tf.cast(tf.shape(images)[1:3], tf.float32)
        scale = tf.reduce_min(tf.constant(frame.size, tf.float32) / own)
        inner = tf.clip_by_value(tf.cast(tf.round(own * scale), tf.int32), 1, frame.size)
    values = tf.cast(images, tf.float32)
    ground = _border(values)
    resized = tf.image.resize(values, inner, antialias=True) - ground
    before = (tf.constant(frame.size) - inner) // 2
    after = tf.constant(frame.size) - inner - before
    none = tf.zeros([1, 2], tf.int32)
    sides = tf.concat([none, tf.stack([before, after], axis=1), none], axis=0)
    padded = tf.ensure_shape(tf.pad(resized, sides) + ground, [None, *frame.size, 3])
    return tf.cast(tf.clip_by_value(tf.round(padded), 0.0, 255.0), tf.uint8)


def _border(values: tf.Tensor) -> tf.Tensor:
    """Returns the median colour of the outermost pixels, `float32[batch, 1, 1, 3]`."""
    import tensorflow as tf

    edges = [values[:, 0], values[:, -1], values[:, :, 0], values[:, :, -1]]
    ordered = tf.sort(tf.concat(edges, axis=1), axis=1)
    return ordered[:, tf.shape(ordered)[1] // 2][:, tf.newaxis, tf.newaxis]


@lru_cache(maxsize=8)
def _fitting(frame: Frame) -> Any:
    """Returns `fitted` as one graph for pictures of all sizes."""
    import tensorflow as tf

    spec = tf.TensorSpec([None, None, None, 3], tf.uint8)
    return tf.function(lambda images: fitted(images, frame), [spec], autograph=False)


def fit_picture(picture: NDArray[np.uint8], frame: Frame) -> NDArray[np.uint8]:
    """Brings `uint8[h, w, 3]` to a frame, as exports do."""
    if picture.shape[:2] == frame.size:
        return picture
    brought: NDArray[np.uint8] = _fitting(frame)(picture[None]).numpy()[0]
    return brought


def fit_pictures(
    pictures: Iterable[NDArray[np.uint8]], count: int, frame: Frame
) -> NDArray[np.uint8]:
    """Brings so many pictures, one after the other, to `uint8[count, height, width, 3]`."""
    column = np.empty((count, *frame.size, 3), np.uint8)
    for row, picture in enumerate(pictures):
        column[row] = fit_picture(picture, frame)
    return column
