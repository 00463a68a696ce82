"""Clips of any number, size and channels, brought to what the network takes; in graphs."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from lstm_toolkit.data.frame_sampling import ITS_OWN, Pace
from lstm_toolkit.data.readers.images.fitting import Frame, fitted
from lstm_toolkit.system.files import write_json

if TYPE_CHECKING:
    import tensorflow as tf

PADDING = -1.0
"""Stands in every pixel of a frame that is none; pixels lie between 0 and 1."""

CHANNELS = (1, 3, 4)
"""Of frames: grey, colours, and colours with how opaque a pixel is."""


@dataclasses.dataclass(frozen=True)
class FrameState:
    """Size and number of frames, and what training clips look like.

    Attributes:
        frame: Size of a frame, and how frames are brought to it.
        frames: Steps of a clip, at most.
        shortest: Steps of the shortest training clip.
        most: The setting `frames`, which `frames` is if a training clip has so many.
        pace: By which durations of frames become steps.
        lowest: Of each of `STATISTICS`, below which a clip is unlike them.
        highest: Likewise, above which it is.
    """

    frame: Frame
    frames: int
    shortest: int
    lowest: tuple[float, ...]
    highest: tuple[float, ...]
    most: int = 0
    pace: Pace = ITS_OWN

    def save(self, folder: Path) -> None:
        """Writes `clip.json`."""
        write_json(folder / "clip.json", dataclasses.asdict(self))


def full_lengths(values: tf.Tensor) -> tf.Tensor:
    """Returns `int32[batch]`: every frame of a batch is one."""
    import tensorflow as tf

    return tf.fill([tf.shape(values)[0]], tf.shape(values)[1])


def fit(clip: tf.Tensor, lengths: tf.Tensor, state: FrameState) -> tuple[tf.Tensor, tf.Tensor]:
    """Samples frames, and brings them to colours and to one size; in the graph.

    Args:
        clip: `uint8[batch, time, height, width, channels]`.
        lengths: `int32[batch]`, how many frames of each are real.
        state: What was learnt.

    Returns:
        `uint8[batch, steps, height, width, 3]`, and how many steps of each are real.
    """
    import tensorflow as tf

    from lstm_toolkit.data.frame_sampling import sampled

    clip, lengths = sampled(clip, lengths, state.frames)
    shape = tf.shape(clip)
    flat = in_colours(tf.reshape(clip, tf.concat([[-1], shape[2:]], axis=0)))
    small = fitted(flat, state.frame)
    return tf.reshape(small, [shape[0], shape[1], *state.frame.size, 3]), lengths


def padded(frames: tf.Tensor, lengths: tf.Tensor, state: FrameState) -> tf.Tensor:
    """Returns `float32[batch, frames, height, width, 3]` as the network takes it; in the graph."""
    import tensorflow as tf

    real = tf.sequence_mask(lengths, tf.shape(frames)[1])[..., None, None, None]
    pixels = tf.where(real, tf.cast(frames, tf.float32) / 255.0, PADDING)
    missing = state.frames - tf.shape(frames)[1]
    filled = tf.pad(pixels, [[0, 0], [0, missing], *[[0, 0]] * 3], constant_values=PADDING)
    return tf.ensure_shape(filled, [None, state.frames, *state.frame.size, 3])


def in_colours(frames: tf.Tensor) -> tf.Tensor:
    """Returns `uint8[n, height, width, 3]` of frames with any of `CHANNELS`; in the graph.

    What is not opaque lies on white.
    """
    import tensorflow as tf

    channels = frames.shape[-1]
    if channels == 3:
        return frames

    def on_white() -> tf.Tensor:
        numbers = tf.cast(frames, tf.float32)
        opaque = numbers[..., 3:] / 255.0
        laid = numbers[..., :3] * opaque + 255.0 * (1.0 - opaque)
        return tf.cast(tf.round(laid), tf.uint8)

    def plain() -> tf.Tensor:
        return tf.broadcast_to(frames[..., :3], tf.concat([tf.shape(frames)[:-1], [3]], axis=0))

    if channels is not None:
        return on_white() if channels == 4 else plain()
    count = tf.shape(frames)[-1]
    known = tf.reduce_any(count == tf.constant(CHANNELS))
    with tf.control_dependencies([tf.debugging.Assert(known, ["needs 1, 3 or 4 channels"])]):
        count = tf.identity(count)
    return tf.ensure_shape(tf.cond(count == 4, on_white, plain), [None, None, None, 3])
