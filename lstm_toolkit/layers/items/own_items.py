"""How likely what comes next is an item that was there before."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

_NEVER = -1e9
_LEAST = 1e-9
"""The probability of an item that was not there, whose logarithm must be finite."""

_STEPS = 16
"""Distances that are told apart; longer ones are alike."""


@keras.saving.register_keras_serializable("lstm_toolkit")
class OwnItems(keras.layers.Layer):
    """Blends the probability of an item with that of the session's own items.

    At each step a gate tells how likely an item comes again, and attention over the steps so far
    which one, by their states and by how long ago they were. As in RepeatNet (P. Ren et al., 2019,
    arXiv:1812.02646), the probability is that of both ways together.

    Args:
        width: Of keys and queries.
        **options: Of every Keras layer.

    Call arguments: `float[batch, time, features]` states; `int32[batch, time]` items that were
    read, 0 for padding on the right; `int32[batch, time]` items that are wanted; and
    `float32[batch, time]`, their log-probabilities among all items. Returns the log-probabilities
    of both ways together, `float32[batch, time]`.

    Example:
        >>> items, wanted = tf.constant([[2, 3]]), tf.constant([[3, 2]])
        >>> OwnItems(4)(tf.ones((1, 2, 8)), items, wanted, tf.zeros((1, 2))).shape.as_list()
        [1, 2]
    """

    def __init__(self, width: int, **options: Any):
        super().__init__(**{**options, "dtype": "float32"})
        if width < 1:
            raise ValueError(f"width must be at least 1. Received: width={width!r}")
        self.width = width

    def build(self, states_shape: Any, *shapes: Any) -> None:
        """Makes the weights of queries, keys, distances and the gate."""
        features = states_shape[-1]
        self.queries = self.add_weight(shape=(features, self.width), name="queries")
        self.keys = self.add_weight(shape=(features, self.width), name="keys")
        self.distances = self.add_weight(shape=(_STEPS,), initializer="zeros", name="distances")
        self.gate = self.add_weight(shape=(features, 1), name="gate")
        start = keras.initializers.Constant(-1.0)
        self.gate_bias = self.add_weight(shape=(1,), initializer=start, name="gate_bias")
        self.built = True

    def call(self, states: Any, items: Any, wanted: Any, logs: Any) -> Any:
        """Returns log-probabilities."""
        again, attention = self.ways(states, items)
        same = tf.cast(tf.equal(items[:, None, :], wanted[:, :, None]), tf.float32)
        own = tf.reduce_sum(attention * same, axis=-1)
        new = tf.math.log_sigmoid(-again) + logs
        old = tf.math.log_sigmoid(again) + tf.math.log(tf.maximum(own, _LEAST))
        highest = tf.maximum(new, old)
        return highest + tf.math.log(tf.exp(new - highest) + tf.exp(old - highest))

    def ways(self, states: Any, items: Any) -> tuple[Any, Any]:
        """Returns the gate before its sigmoid, and attention.

        Returns:
            `float32[batch, time]`, and `float32[batch, time, time]` over the steps so far.
        """
        states = tf.cast(states, tf.float32)
        queries, keys = tf.matmul(states, self.queries), tf.matmul(states, self.keys)
        scores = tf.matmul(queries, keys, transpose_b=True) * self.width**-0.5
        steps = tf.range(tf.shape(items)[1])
        ago = steps[:, None] - steps[None, :]
        scores += tf.gather(self.distances, tf.clip_by_value(ago, 0, _STEPS - 1))
        there = (ago >= 0) & tf.not_equal(items, 0)[:, None, :]
        attention = tf.nn.softmax(tf.where(there, scores, _NEVER))
        again = tf.matmul(states, self.gate)[..., 0] + self.gate_bias
        return again, attention

    def compute_output_spec(
        self, states: Any, items: Any, wanted: Any, logs: Any
    ) -> keras.KerasTensor:
        """Returns shape and dtype of what comes out."""
        return keras.KerasTensor(logs.shape, dtype="float32")

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments."""
        return {**super().get_config(), "width": self.width}
