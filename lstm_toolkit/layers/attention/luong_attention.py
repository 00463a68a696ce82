"""Multiplicative attention."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from lstm_toolkit.layers.attention.checks import check_mechanism
from lstm_toolkit.layers.attention.mechanism import PROBABILITY_FNS, AttentionMechanism


@keras.saving.register_keras_serializable(package="lstm_toolkit")
class LuongAttention(AttentionMechanism):
    """Scores a memory by the inner product of its keys with the query.

    That of M.-T. Luong, H. Pham and C. D. Manning, 2015 (arXiv:1508.04025)::

        score(q, m) = g * q . (m W)

    Weights come in the order g (with `scale`), W, as in `tfa.seq2seq.LuongAttention`.

    Args:
        units: Width of the keys; must be that of the query, the output of the cell.
        memory: `float32[batch, time, depth]`, or see `setup_memory`.
        memory_sequence_length: `int32[batch]`, at least 1.
        scale: Multiplies scores by a weight, 1 at first.
        probability_fn: "softmax" or "hardmax".
        dtype: Of this layer and its keys, a name or a policy.
        name: Of the layer.
        **kwargs: `memory_layer`, in place of the dense layer that makes keys; `trainable`.

    Raises:
        ValueError: If `units` or `probability_fn` is not one of the above.

    Example:
        >>> import numpy as np
        >>> attention = LuongAttention(2, memory=np.ones((1, 3, 4), "float32"),
        ...                            memory_sequence_length=[2])
        >>> alignments, _ = attention([np.ones((1, 2)), attention.initial_state(1, "float32")])
        >>> alignments.numpy().tolist()
        [[0.5, 0.5, 0.0]]
    """

    def __init__(
        self,
        units: int,
        memory: Any = None,
        memory_sequence_length: Any = None,
        scale: bool = False,
        probability_fn: str = "softmax",
        dtype: Any = None,
        name: str = "LuongAttention",
        **kwargs: Any,
    ) -> None:
        check_mechanism(units, probability_fn)
        kwargs.pop("query_layer", None)
        memory_layer = kwargs.pop("memory_layer", None) or keras.layers.Dense(
            units, use_bias=False, name="memory_layer", dtype=dtype
        )
        self_fn = PROBABILITY_FNS[probability_fn]
        super().__init__(
            memory,
            lambda score, _: self_fn(score),
            memory_layer=memory_layer,
            memory_sequence_length=memory_sequence_length,
            dtype=dtype,
            name=name,
            **kwargs,
        )
        self.units = units
        self.scale = scale
        self.probability_fn_name = probability_fn
        self.scale_weight: keras.Variable | None = None

    def build(self, input_shape: Any) -> None:
        """Makes the weights for a query and a state."""
        check_query(self, input_shape[0][-1])
        super().build(input_shape)
        if self.scale:
            self.scale_weight = self.add_weight(shape=(), initializer="ones", name="attention_g")

    def _calculate_attention(self, query: Any, state: Any) -> tuple[Any, Any]:
        alignments = self._probabilities(self._score(query), state)
        return alignments, alignments

    def _score(self, query: Any) -> Any:
        score = luong_score(query, self.keys)
        return score if self.scale_weight is None else self.scale_weight * score

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments of the constructor, without the memory."""
        return {
            **super().get_config(),
            "units": self.units,
            "scale": self.scale,
            "probability_fn": self.probability_fn_name,
        }


def check_query(attention: AttentionMechanism, width: int) -> None:
    """Raises if queries are not as wide as the keys.

    Raises:
        ValueError: If the two differ; nothing is known before there is a memory.
    """
    if attention.keys is not None and attention.keys.shape[-1] != width:
        raise ValueError(
            "units must be the width of the query, which is the output of the cell. "
            f"Received: units={attention.keys.shape[-1]}, a query of width {width}"
        )


def luong_score(query: Any, keys: Any) -> tf.Tensor:
    """Returns inner products `float32[batch, time]`.

    Args:
        query: `float32[batch, units]`.
        keys: `float32[batch, time, units]`.
    """
    return tf.squeeze(tf.matmul(query[:, None], keys, transpose_b=True), 1)
