"""Frames as the network takes them: 8 bits of red, green and blue, of one size."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

CHANNELS = (1, 3, 4)
"""Of frames: grey, colours, and colours with how opaque a pixel is."""


def in_colours(frames: Any) -> Any:
    """Returns `uint8[..., 3]` of `uint8[..., channels]`, see `CHANNELS`; in the graph.

    What is not opaque lies on white.
    """
    import tensorflow as tf

    frames = tf.convert_to_tensor(frames)
    if frames.shape[-1] == 3:
        return frames
    channels = tf.shape(frames)[-1]
    known = tf.reduce_any(channels == tf.constant(CHANNELS))
    with tf.control_dependencies([tf.debugging.Assert(known, ["needs 1, 3 or 4 channels"])]):
        frames = tf.identity(frames)

    def on_white() -> Any:
        numbers = tf.cast(frames, tf.int32)
        opaque = numbers[..., 3:]
        laid = (numbers[..., :3] * opaque + 255 * (255 - opaque) + 127) // 255
        return tf.cast(laid, tf.uint8)

    def plain() -> Any:
        return tf.broadcast_to(frames[..., :3], [*tf.unstack(tf.shape(frames)[:-1]), 3])

    if frames.shape[-1] is not None:
        return on_white() if frames.shape[-1] == 4 else plain()
    return tf.cond(channels == 4, on_white, plain)


def resized(frames: Any, height: int, width: int) -> Any:
    """Returns `uint8[n, height, width, 3]` of `uint8[n, h, w, 3]`; in the graph.

    Readers and exports resize by this one function, so that a clip is answered alike by both.
    """
    import tensorflow as tf

    def resize() -> Any:
        small = tf.image.resize(frames, (height, width), antialias=True)
        return tf.cast(tf.clip_by_value(tf.round(small), 0, 255), tf.uint8)

    same = tf.reduce_all(tf.shape(frames)[1:3] == (height, width))
    sized = tf.cond(same, lambda: frames, resize)
    return tf.ensure_shape(sized, [None, height, width, 3])


def fitted(frame: NDArray[Any], height: int, width: int) -> NDArray[np.uint8]:
    """Returns one frame, `uint8[h, w, 3]`, of that size."""
    if frame.shape[:2] == (height, width):
        return frame
    small: NDArray[np.uint8] = resized(frame[None], height, width).numpy()[0]
    return small
