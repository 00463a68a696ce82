"""How many words two texts have in common, each with a weight that is learnt."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable("lstm_toolkit")
class WordsInCommon(keras.layers.Layer):
    """The cosine of bags of hashed words, of each text with each known one.

    Weights of hashes begin at 1 and are to be set to inverse document frequencies. Words that no
    training text has count too, by their hash. A text without any has nothing in common.

    Args:
        buckets: How many hashes there are, 0 counted, which stands for padding.

    Call arguments: a list of `int32[batch, time, kinds]` hashes of texts and of known ones, in [0,
    buckets); returns `float32[texts, known]`.

    Example:
        >>> texts = tf.constant([[[3]], [[0]]])
        >>> WordsInCommon(8)([texts, texts]).numpy().tolist()
        [[1.0, 0.0], [0.0, 0.0]]
    """

    def __init__(self, buckets: int, **options: Any):
        super().__init__(dtype="float32", **{k: v for k, v in options.items() if k != "dtype"})
        if buckets < 2:
            raise ValueError(f"buckets must be at least 2. Received: buckets={buckets!r}")
        self.buckets = buckets

    def build(self, input_shape: Any) -> None:
        """Makes the weights."""
        self.bucket_weights = self.add_weight(
            shape=(self.buckets,), initializer="ones", name="bucket_weights"
        )

    def call(self, inputs: list[Any]) -> Any:
        """Returns cosines.

        What the known ones hold of each word of a text is taken out and added up: a product of
        both bags, nearly all zeros, would take a hundred times as long.
        """
        texts, known_texts = (self._by_bucket(hashes) for hashes in inputs)
        squares = tf.reduce_sum(tf.square(texts.bags), axis=0)
        known = tf.reduce_sum(tf.square(known_texts.bags), axis=0)
        held = tf.gather(known_texts.bags, texts.hashes)  # [texts, steps, known]
        sums = tf.einsum("ts,tsk->tk", texts.weights, held)
        return sums * tf.math.rsqrt(squares + 1e-9)[:, None] * tf.math.rsqrt(known + 1e-9)[None, :]

    def _by_bucket(self, hashes: Any) -> _Columns:
        rows = tf.shape(hashes)[0]
        flat = tf.reshape(hashes, [rows, -1])
        weights = self._weights(flat)
        places = flat * rows + tf.range(rows, dtype=flat.dtype)[:, None]
        sums = tf.math.unsorted_segment_sum(
            tf.reshape(weights, [-1]), tf.reshape(places, [-1]), rows * self.buckets
        )
        return _Columns(flat, weights, tf.reshape(sums, [self.buckets, rows]))

    def _weights(self, flat: Any) -> Any:
        return tf.where(flat > 0, tf.gather(self.bucket_weights, flat), 0.0)

    def bags(self, hashes: Any) -> Any:
        """Returns `float32[batch, buckets]` unit vectors, whose products are the cosines."""
        columns = self._by_bucket(hashes)
        bags = tf.transpose(columns.bags)
        return bags * tf.math.rsqrt(tf.reduce_sum(tf.square(bags), axis=1, keepdims=True) + 1e-9)

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, Any]:
        """Returns the shape of the cosines."""
        return input_shape[0][0], input_shape[1][0]

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments."""
        return {**super().get_config(), "buckets": self.buckets}


class _Columns:
    """Hashes and weights `[batch, steps]`, and sums of weights `[buckets, batch]`."""

    def __init__(self, hashes: Any, weights: Any, bags: Any):
        self.hashes, self.weights, self.bags = hashes, weights, bags
