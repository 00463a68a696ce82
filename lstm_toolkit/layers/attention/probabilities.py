"""Attention to one place alone."""

from __future__ import annotations

from typing import Any

import tensorflow as tf


def hardmax(logits: Any, name: str | None = None) -> tf.Tensor:
    """Returns 1 at the highest logit, the first of equal ones, and 0 elsewhere.

    Args:
        logits: `float32[..., classes]`; float16, bfloat16 and float64 too.
        name: Of the operations.

    Returns:
        One-hot vectors in the shape and dtype of `logits`. No gradient passes through.

    Example:
        >>> hardmax([[0.1, 3.0, 2.0]]).numpy().tolist()
        [[0.0, 1.0, 0.0]]
    """
    with tf.name_scope(name or "hardmax"):
        logits = tf.convert_to_tensor(logits)
        depth = logits.shape[-1] or tf.shape(logits)[-1]
        return tf.one_hot(tf.argmax(logits, -1), depth, dtype=logits.dtype)
