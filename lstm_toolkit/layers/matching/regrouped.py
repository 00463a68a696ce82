"""Rows that were read one by one, put together again."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable("lstm_toolkit")
class Regrouped(keras.layers.Layer):
    """Undoes a reshape of `[batch, parts, …]` to `[batch * parts, …]`, whatever both are.

    Call arguments: a list of `[batch * parts, width]`, and something that is `[batch, parts, …]`;
    returns `[batch, parts, width]`.

    Example:
        >>> Regrouped()([tf.zeros([6, 4]), tf.zeros([2, 3, 9])]).shape
        TensorShape([2, 3, 4])
    """

    def call(self, inputs: list[Any]) -> Any:
        """Returns the rows in their groups."""
        rows, like = inputs
        shape = tf.concat([tf.shape(like)[:2], tf.shape(rows)[1:]], axis=0)
        grouped = tf.reshape(rows, shape)
        return tf.ensure_shape(grouped, [*like.shape[:2], *rows.shape[1:]])

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        """Returns the shape of the groups."""
        rows, like = input_shape
        return (*like[:2], *rows[1:])
