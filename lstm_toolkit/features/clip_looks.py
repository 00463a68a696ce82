"""What clips look like in a few numbers, and which are unlike those of the training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lstm_toolkit.features.clip_frames import FrameState

if TYPE_CHECKING:
    import tensorflow as tf
    from numpy.typing import NDArray

MARGIN = 0.25
"""Share of the range of a clip's statistics in training by which others may lie outside of it."""

LEAST_MARGIN = 0.02
"""The same at least, where all training clips are alike; statistics lie between 0 and 1."""

STATISTICS = ("light", "contrast", "motion", "colour")
"""Of a clip, each between 0 and 1: mean and deviation of its pixels, mean change of a pixel from
frame to frame, and mean distance of its colours from grey."""

FEATURED = np.array([0.0, 1.0, 1.0, 0.0])
"""Of which of them little means that nothing is shown."""


def learnt_range(seen: NDArray[np.float64]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Returns what statistics of clips that are like the training's lie between.

    Args:
        seen: `float64[n, len(STATISTICS)]` of the training clips.
    """
    margin = np.maximum(MARGIN * np.ptp(seen, axis=0), LEAST_MARGIN)
    low, high = seen.min(axis=0), seen.max(axis=0)
    # What shows hardly anything is unlike, however near that is to what shows little.
    least = np.maximum(low - margin, low * MARGIN * FEATURED)
    return tuple(map(float, least)), tuple(map(float, high + margin))


def statistics(frames: tf.Tensor, lengths: tf.Tensor) -> tf.Tensor:
    """Returns `float32[batch, len(STATISTICS)]` of fitted frames; in the graph."""
    import tensorflow as tf

    pixels = tf.cast(frames, tf.float32) / 255.0
    real = tf.sequence_mask(lengths, tf.shape(frames)[1], tf.float32)
    light = _mean(pixels, real)
    apart = tf.square(pixels - light[:, None, None, None, None])
    change = tf.abs(pixels[:, 1:] - pixels[:, :-1])
    colour = tf.abs(pixels - tf.reduce_mean(pixels, axis=-1, keepdims=True))
    parts = [light, tf.sqrt(_mean(apart, real)), _mean(change, real[:, 1:]), _mean(colour, real)]
    return tf.stack(parts, axis=-1)


def _mean(values: tf.Tensor, real: tf.Tensor) -> tf.Tensor:
    """Returns the mean over real frames, 0 where there is none."""
    import tensorflow as tf

    each = tf.reduce_mean(values, axis=(2, 3, 4)) * real
    return tf.reduce_sum(each, axis=1) / tf.maximum(tf.reduce_sum(real, axis=1), 1.0)


def unlike(frames: tf.Tensor, lengths: tf.Tensor, state: FrameState) -> tf.Tensor:
    """Tells which clips are unlike the training's, `bool[batch]`; in the graph.

    They are if a statistic is far outside of the training's, or if they have less than half of
    the frames of the shortest.
    """
    import tensorflow as tf

    seen = statistics(frames, lengths)
    outside = (seen < tf.constant(state.lowest)) | (seen > tf.constant(state.highest))
    # One frame tells nothing of motion.
    counts = tf.stack([tf.ones_like(lengths), tf.ones_like(lengths), lengths - 1,
                       tf.ones_like(lengths)], axis=-1)  # fmt: skip
    return tf.reduce_any(outside & (counts > 0), axis=-1) | (2 * lengths < state.shortest)
