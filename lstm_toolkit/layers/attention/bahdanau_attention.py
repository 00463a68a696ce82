"""Additive attention."""

from __future__ import annotations

import math
from typing import Any

import keras
import tensorflow as tf

from lstm_toolkit.layers.attention.checks import check_mechanism
from lstm_toolkit.layers.attention.mechanism import PROBABILITY_FNS, AttentionMechanism


@keras.saving.register_keras_serializable(package="lstm_toolkit")
class BahdanauAttention(AttentionMechanism):
    """Scores a memory by a small network over its keys and the query.

    That of D. Bahdanau, K. Cho and Y. Bengio, 2015 (arXiv:1409.0473), with `normalize` that
    of T. Salimans and D. P. Kingma, 2016 (arXiv:1602.07868)::

        score(q, m) = v . tanh(q Q + m W)
        normalised:   g v / |v| . tanh(q Q + m W + b)

    Weights come in the order v, g, b (the last two with `normalize`), Q, W, as in
    `tfa.seq2seq.BahdanauAttention`.

    Args:
        units: Width of queries and keys after their projection.
        memory: `float32[batch, time, depth]`, or see `setup_memory`.
        memory_sequence_length: `int32[batch]`, at least 1.
        normalize: Learns length and direction of v apart, and a shift.
        probability_fn: "softmax" or "hardmax".
        kernel_initializer: Of v.
        dtype: Of this layer and its projections, a name or a policy.
        name: Of the layer.
        **kwargs: `query_layer` and `memory_layer`, in place of the dense layers of queries
            and keys; `trainable`.

    Raises:
        ValueError: If `units` or `probability_fn` is not one of the above.

    Example:
        >>> import numpy as np
        >>> attention = BahdanauAttention(5, memory=np.ones((1, 2, 4), "float32"))
        >>> alignments, _ = attention([np.ones((1, 3)), attention.initial_state(1, "float32")])
        >>> alignments.numpy().tolist()
        [[0.5, 0.5]]
    """

    def __init__(
        self,
        units: int,
        memory: Any = None,
        memory_sequence_length: Any = None,
        normalize: bool = False,
        probability_fn: str = "softmax",
        kernel_initializer: Any = "glorot_uniform",
        dtype: Any = None,
        name: str = "BahdanauAttention",
        **kwargs: Any,
    ) -> None:
        check_mechanism(units, probability_fn)
        layers = {
            which: kwargs.pop(which, None)
            or keras.layers.Dense(units, use_bias=False, name=which, dtype=dtype)
            for which in ("query_layer", "memory_layer")
        }
        self_fn = PROBABILITY_FNS[probability_fn]
        super().__init__(
            memory,
            lambda score, _: self_fn(score),
            memory_sequence_length=memory_sequence_length,
            dtype=dtype,
            name=name,
            **layers,
            **kwargs,
        )
        self.units = units
        self.normalize = normalize
        self.probability_fn_name = probability_fn
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.attention_g: keras.Variable | None = None
        self.attention_b: keras.Variable | None = None

    def build(self, input_shape: Any) -> None:
        """Makes the weights for a query and a state."""
        super().build(input_shape)
        self._build_v()
        self._build_normalization()

    def _build_v(self) -> None:
        self.attention_v = self.add_weight(
            shape=(self.units,), initializer=self.kernel_initializer, name="attention_v"
        )

    def _build_normalization(self) -> None:
        if not self.normalize:
            return
        length = keras.initializers.Constant(math.sqrt(1 / self.units))
        self.attention_g = self.add_weight(shape=(), initializer=length, name="attention_g")
        self.attention_b = self.add_weight(
            shape=(self.units,), initializer="zeros", name="attention_b"
        )

    def _calculate_attention(self, query: Any, state: Any) -> tuple[Any, Any]:
        alignments = self._probabilities(self._score(query), state)
        return alignments, alignments

    def _score(self, query: Any) -> tf.Tensor:
        hidden = self.keys + self.query_layer(query)[:, None]
        v = tf.convert_to_tensor(self.attention_v)
        if self.attention_g is not None:
            hidden += self.attention_b
            v = self.attention_g * v * tf.math.rsqrt(tf.reduce_sum(tf.square(v)))
        return tf.reduce_sum(v * tf.tanh(hidden), -1)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments of the constructor, without the memory."""
        return {
            **super().get_config(),
            "units": self.units,
            "normalize": self.normalize,
            "probability_fn": self.probability_fn_name,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
        }
