"""Signatures of anomalies in streams: the steps before are kept in the state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from lstm_toolkit.targets.signature import Signature

if TYPE_CHECKING:
    import tensorflow as tf

STREAM = "stream"
SHOWN = 3
"""Steps with which an export is checked."""


def anomaly_signatures(base: Signature, frames: str) -> dict[str, Signature]:
    """Returns `stream`, which is given the next steps of each series, however many.

    Args:
        base: From `float32[batch, steps, channels]`, NaN where a value is missing.
        frames: The name of its input.

    Returns:
        A signature from `float32[batch, new steps, channels]` and the state `recent` and
        `observed` to the answers of `base` for each new step.
    """
    import tensorflow as tf

    (spec,) = base.inputs
    steps, channels = spec.shape[1:]
    kept = steps - 1
    specs = (tf.TensorSpec([None, None, channels], tf.float32, frames),)
    state = tuple(
        tf.TensorSpec([None, kept, channels], tf.float32, name) for name in ("recent", "observed")
    )

    def answer(newest: tf.Tensor, recent: tf.Tensor, observed: tf.Tensor) -> dict[str, tf.Tensor]:
        newest = tf.ensure_shape(newest, specs[0].shape)  # a loaded signature does not look
        known = tf.math.is_finite(newest)
        numbers = tf.concat([recent, tf.where(known, newest, tf.zeros_like(newest))], axis=1)
        there = tf.concat([observed, tf.cast(known, tf.float32)], axis=1)
        missing = tf.fill(tf.shape(numbers), np.float32(np.nan))
        whole = tf.where(there > 0, numbers, missing)
        batch, count = tf.shape(newest)[0], tf.shape(newest)[1]
        places = tf.range(count)[:, None] + tf.range(steps)
        rows = tf.reshape(tf.gather(whole, places, axis=1), [-1, steps, channels])
        told = base.function(rows)
        shaped = {
            # Of no rows, -1 could not be told.
            name: tf.reshape(value, tf.concat([[batch, count], tf.shape(value)[1:]], axis=0))
            for name, value in told.items()
        }
        return {**shaped, "recent": numbers[:, -kept:], "observed": there[:, -kept:]}

    def samples(raw: Mapping[str, Any]) -> dict[str, Any]:
        return {frames: np.asarray(raw[frames], np.float32)[:, -SHOWN:]}

    return {STREAM: Signature(answer, specs, state=state, samples=samples)}
