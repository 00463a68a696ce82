"""Which frames of a clip are looked at: evenly over its time."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

LONGEST_PAUSE = 10
"""Times that one frame counts at most: the last one of an animation may stand for seconds."""

USUAL = 0.25
"""Quantile of the frames' durations that counts as one step: pauses make longer ones."""


MOST_STEPS = 1000
"""That one frame stands which is all of a clip; no more are looked at."""


@dataclasses.dataclass(frozen=True)
class Pace:
    """What is usual among all clips of the training.

    Attributes:
        step: Seconds that a frame is shown; 0 if no clip tells.
        steps: Of a clip, which one frame alone stands if its file does not tell how long.
    """

    step: float = 0.0
    steps: int = 1

    @classmethod
    def of(cls, clips: Sequence[NDArray[np.float64]]) -> Pace:
        """Returns that of clips, whose frames' durations are given, those of one frame left out."""
        several = [durations for durations in clips if len(durations) > 1]
        known = np.sort([_usual(each) for each in several])
        known = known[known > 0]
        step = float(known[len(known) // 2]) if len(known) else 0.0
        counts = np.sort([int(repeats(each, cls(step)).sum()) for each in several])
        return cls(step, int(counts[len(counts) // 2]) if len(counts) else 1)


ITS_OWN = Pace()
"""Of a clip of which no others are known."""


def _usual(durations: NDArray[np.float64]) -> float:
    """Returns how long a frame of a clip stands, 0 if that is not known."""
    known = durations[np.isfinite(durations) & (durations > 0)]
    return float(np.quantile(known, USUAL, method="lower")) if len(known) else 0.0


def repeats(durations: Sequence[float] | NDArray[np.float64], pace: Pace = ITS_OWN) -> Ints:
    """Returns how many steps each frame stands, by how long each is shown.

    Programs that write GIFs join frames that look alike, and videos of screens have a frame where
    something changes; so frames are counted by time. If a clip's frames are all longer than
    usual, some were joined in each. What is not known, or 0, counts once.

    Args:
        durations: Seconds of each frame; 0 or NaN if not known.
        pace: What is usual among other clips.

    >>> repeats([1, 1, 3, 1]).tolist(), repeats([0.033, 0.034, 0.033]).tolist()
    ([1, 1, 3, 1], [1, 1, 1])
    >>> repeats([8], Pace(0.5, 12)).tolist(), repeats([0], Pace(0.5, 12)).tolist()
    ([16], [12])
    """
    shown = np.asarray(durations, np.float64)
    known = np.isfinite(shown) & (shown > 0)
    alone = len(shown) == 1
    if not known.any() or (alone and not pace.step):
        return np.full(len(shown), pace.steps if alone else 1, np.int64)
    usual = min(_usual(shown), pace.step or np.inf)
    steps = np.where(known, np.round(np.where(known, shown, usual) / usual), 1)
    return np.clip(steps, 1, MOST_STEPS if alone else LONGEST_PAUSE).astype(np.int64)


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
    right = tf.reduce_all((lengths >= 1) & (lengths <= time))
    told = "needs clips of 1 to all frames"
    with tf.control_dependencies([tf.debugging.Assert(right, [told, lengths])]):
        lengths = tf.identity(lengths)
    lengths = tf.clip_by_value(lengths, 1, tf.maximum(time, 1))
    steps = tf.range(tf.minimum(time, frames))[tf.newaxis]
    even = (2 * steps + 1) * lengths[:, tf.newaxis] // (2 * frames)
    chosen = tf.where(lengths[:, tf.newaxis] > frames, even, tf.minimum(steps, time - 1))
    return tf.gather(clip, chosen, batch_dims=1), tf.minimum(lengths, frames)
