"""Signatures of windows: with a mask, with missing values as NaN, and of a step at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from lstm_toolkit.targets.signature import Signature

if TYPE_CHECKING:
    import tensorflow as tf


SMOOTHING = 0.7
"""With which exports are checked, and streams answered by default."""


def window_signatures(base: Signature, classes: int) -> dict[str, Signature]:
    """Returns the signatures of an export.

    Args:
        base: From `float32[batch, time, channels]`, NaN where a value is missing.
        classes: Number of labels.

    Returns:
        `serving_default` of windows with a mask; `windows`, which is `base`; and of windows of
        one length `stream`, which is given the next step of each stream, and keeps those before.
    """
    signatures = {"serving_default": _masked(base), "windows": base}
    if base.inputs[0].shape[1] is not None:
        signatures["stream"] = _of_steps(base, classes)
    return signatures


def _masked(base: Signature) -> Signature:
    """Takes 0 in the mask for a value that is missing, and for padding on the right."""
    import tensorflow as tf

    (windows,) = base.inputs
    specs = (
        tf.TensorSpec(windows.shape, tf.float32, windows.name),
        tf.TensorSpec(windows.shape, tf.float32, "mask"),
    )

    def answer(values: tf.Tensor, mask: tf.Tensor) -> dict[str, tf.Tensor]:
        # A loaded signature does not look.
        values = tf.ensure_shape(values, windows.shape)
        mask = tf.ensure_shape(mask, windows.shape)
        return base.function(tf.where(mask > 0, values, tf.fill(tf.shape(values), np.nan)))

    def samples(raw: Mapping[str, Any]) -> dict[str, Any]:
        values = np.asarray(raw[windows.name], np.float32)
        known = np.isfinite(values)
        return {windows.name: np.where(known, values, 0.0), "mask": known.astype(np.float32)}

    return Signature(answer, specs, samples=samples)


def _of_steps(base: Signature, classes: int) -> Signature:
    """Keeps the steps of a window in its state; before it is full, older ones are missing.

    Probabilities are averaged over time: each step keeps a share of those before.
    """
    import tensorflow as tf

    (windows,) = base.inputs
    _, steps, channels = windows.shape
    specs = (tf.TensorSpec([None, channels], tf.float32, windows.name),)
    state = (
        tf.TensorSpec([None, steps, channels], tf.float32, "recent"),
        tf.TensorSpec([None, steps, channels], tf.float32, "observed"),
        tf.TensorSpec([None, classes], tf.float32, "averaged"),
    )

    def answer(
        newest: tf.Tensor,
        smoothing: tf.Tensor,
        recent: tf.Tensor,
        observed: tf.Tensor,
        averaged: tf.Tensor,
    ) -> dict[str, tf.Tensor]:
        known = tf.math.is_finite(newest)
        number = tf.where(known, newest, tf.zeros_like(newest))
        recent = tf.concat([recent[:, 1:], number[:, None]], axis=1)
        observed = tf.concat([observed[:, 1:], tf.cast(known, tf.float32)[:, None]], axis=1)
        told = base.function(tf.where(observed > 0, recent, tf.fill(tf.shape(recent), np.nan)))
        averaged = smoothing * averaged + (1.0 - smoothing) * told["probabilities"]
        # At first the shares of what was before are missing.
        smooth = averaged / tf.reduce_sum(averaged, axis=-1, keepdims=True)
        best = tf.argmax(smooth, axis=-1)
        return {
            **told,
            "label": tf.gather(told["labels"], best, batch_dims=1),
            "probability": tf.reduce_max(smooth, axis=-1),
            "probabilities": smooth,
            "recent": recent,
            "observed": observed,
            "averaged": averaged,
        }

    def samples(raw: Mapping[str, Any]) -> dict[str, Any]:
        return {windows.name: np.nan_to_num(np.asarray(raw[windows.name], np.float32)[:, -1])}

    return Signature(
        answer,
        specs,
        parameters=(tf.TensorSpec([], tf.float32, "smoothing"),),
        examples={"smoothing": SMOOTHING},
        state=state,
        samples=samples,
    )
