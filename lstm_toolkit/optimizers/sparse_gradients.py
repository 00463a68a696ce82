"""Gradients of embeddings, in which a row stands once for each of its tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf


def merge_repeated_rows(optimizer: keras.optimizers.Optimizer) -> keras.optimizers.Optimizer:
    """Makes an optimizer add up the gradients of each row of an embedding before it steps.

    The gradient of an embedding is sparse: one row for each token of the batch, the same
    row several times where a token repeats. Keras 3.15 on TensorFlow squares or averages
    those repeats one by one, in Adam, AdamW, Nadam, RMSprop, Adagrad, Adamax and Lamb, and
    clips them one by one: of two gradients 3 and -2 for one row, a first step of Adam with
    learning rate 0.05 moves it by 0.0139 instead of 0.05.

    Args:
        optimizer: Changed in place; saved and loaded it is Keras's own again.

    Returns:
        The same optimizer.
    """
    apply = optimizer.apply

    def apply_merged(grads: Sequence[Any], trainable_variables: Any = None) -> Any:
        return apply([merged(gradient) for gradient in grads], trainable_variables)

    optimizer.apply = apply_merged
    return optimizer


def merged(gradient: Any) -> Any:
    """Returns a sparse gradient with each row once; another as it is."""
    if not isinstance(gradient, tf.IndexedSlices):
        return gradient
    rows, which = tf.unique(gradient.indices)
    values = tf.math.unsorted_segment_sum(gradient.values, which, tf.size(rows))
    return tf.IndexedSlices(values, rows, gradient.dense_shape)
