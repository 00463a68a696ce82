"""Which frames of a clip are looked at: evenly over its time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

LONGEST_PAUSE = 10
"""Times that one frame counts at most: the last one of an animation may stand for seconds."""

USUAL = 0.25
"""Quantile of the frames' durations that counts as one step: pauses make longer ones."""


def repeats(durations: Sequence[float]) -> Ints:
    """Returns how many steps each frame stands, by how long each is shown, in any unit.

    Programs that write GIFs join frames that look alike, and videos of screens have a frame where
    something changes; so frames are counted by time. What is not known, or 0, counts once.

    >>> repeats([100, 100, 300, 100]).tolist(), repeats([33, 34, 33]).tolist()
    ([1, 1, 3, 1], [1, 1, 1])
    """
    shown = np.asarray(durations, np.float64)
    known = np.isfinite(shown) & (shown > 0)
    if not known.any():
        return np.ones(len(shown), np.int64)
    usual = float(np.quantile(shown[known], USUAL, method="lower"))
    steps = np.where(known, np.round(np.where(known, shown, usual) / usual), 1)
    return np.clip(steps, 1, LONGEST_PAUSE).astype(np.int64)


def frame_choices(shown: Ints, frames: int, choices: int = 1) -> Ints:
    """Returns the numbers of the frames of a clip that are looked at.

    Args:
        shown: `int64[n]`, how many steps each frame stands.
        frames: Steps that are looked at, at most; of a clip with fewer all are.
        choices: How many neighbours each step can choose from, odd; the middle one is that of
            even sampling, whatever their number.

    Returns:
        `int64[steps, choices]`.

    >>> frame_choices(np.ones(6, np.int64), 2, 3).tolist()
    [[0, 1, 2], [3, 4, 5]]
    >>> frame_choices(np.array([1, 2]), 8).tolist()
    [[0], [1], [1]]
    """
    ends = np.cumsum(shown)
    total = int(ends[-1])
    if total <= frames:
        return np.repeat(np.repeat(np.arange(len(shown)), shown)[:, None], choices, axis=1)
    parts = frames * choices
    steps = (2 * np.arange(parts) + 1) * total // (2 * parts)
    return np.searchsorted(ends, steps, side="right").reshape(frames, choices)


def sampled(clip: Any, lengths: Any, frames: int) -> tuple[Any, Any]:
    """Samples a batch of clips as `frame_choices` does those of files; in the graph.

    Args:
        clip: `[batch, time, height, width, channels]`.
        lengths: `int32[batch]`, how many frames of each are real.
        frames: Steps that are looked at, at most.

    Returns:
        `[batch, steps, height, width, channels]`, and how many steps of each are real.
    """
    import tensorflow as tf

    time = tf.shape(clip)[1]
    lengths = tf.clip_by_value(lengths, 1, tf.maximum(time, 1))
    steps = tf.range(tf.minimum(time, frames))[tf.newaxis]
    even = (2 * steps + 1) * lengths[:, tf.newaxis] // (2 * frames)
    chosen = tf.where(lengths[:, tf.newaxis] > frames, even, tf.minimum(steps, time - 1))
    return tf.gather(clip, chosen, batch_dims=1), tf.minimum(lengths, frames)
