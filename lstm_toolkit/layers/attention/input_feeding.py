"""A decoder that hands what attention gave at each step to the next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable("lstm_toolkit")
class InputFeedingDecoder(keras.layers.Layer):
    """Stacked LSTM cells whose input is the token's vector beside the last attention vector.

    "Input feeding" of T. Luong et al., 2015 (arXiv:1508.04025), section 3.3. Steps depend on
    each other through attention, so that each is computed alone.

    Args:
        units: Width of each LSTM cell, first to last.
        width: Of the attention vector tanh(W[context; output]).
        additive: Compares by tanh of a sum, as Bahdanau does, instead of by a product.
        use_scale: Gives the comparison a learnt factor.
        dropout: Share of the cells' outputs dropped in training, in [0, 1).
        **kwargs: Of every layer.

    Call arguments: `float[batch, time, features]` vectors of the tokens, `memory` `float[batch,
    source, features]` with its mask, `keys` `float[batch, source, units[-1]]`, and `states`,
    hidden and cell state `float[batch, units]` of each layer, one after the other. Returns
    `float[batch, time, width]` attention vectors.
    """

    def __init__(
        self,
        units: Sequence[int],
        width: int,
        *,
        additive: bool = False,
        use_scale: bool = False,
        dropout: float = 0.0,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.units, self.width = tuple(units), width
        self.additive, self.use_scale, self.dropout = additive, use_scale, dropout
        policy = self.dtype_policy
        self.cells = [keras.layers.LSTMCell(n, dtype=policy) for n in self.units]
        self.queries = (
            keras.layers.Dense(self.units[-1], use_bias=False, dtype=policy) if additive else None
        )
        kind = keras.layers.AdditiveAttention if additive else keras.layers.Attention
        self.attention = kind(use_scale=use_scale, dtype=policy)
        self.vector = keras.layers.Dense(width, activation="tanh", use_bias=False, dtype=policy)
        self.drop = keras.layers.Dropout(dropout, dtype=policy)
        self.supports_masking = True

    def build(self, x_shape: Any, memory_shape: Any, keys_shape: Any, states_shape: Any) -> None:
        """Builds cells and attention."""
        features = x_shape[-1] + self.width
        for cell in self.cells:
            cell.build((None, features))
            features = cell.units
        if self.queries is not None:
            self.queries.build((None, None, features))
        self.attention.build([(None, None, features), memory_shape, keys_shape])
        self.vector.build((None, None, memory_shape[-1] + features))

    def call(
        self,
        x: Any,
        memory: Any,
        keys: Any,
        states: Sequence[Any],
        memory_mask: Any = None,
        training: bool = False,
    ) -> Any:
        """Runs over all steps, see the class."""
        steps = tf.shape(x)[1]
        outputs = tf.TensorArray(x.dtype, steps, element_shape=(None, self.width))
        by_time = tf.TensorArray(x.dtype, steps).unstack(tf.transpose(x, [1, 0, 2]))
        fed = tf.zeros([tf.shape(x)[0], self.width], x.dtype)

        def body(time: Any, fed: Any, states: Any, outputs: Any) -> Any:
            rows = tf.concat([by_time.read(time), fed], axis=-1)
            after = []
            for cell, state in zip(self.cells, _pairs(states), strict=True):
                rows, new = cell(rows, state)
                rows = self.drop(rows, training=training)
                after += new
            query = tf.expand_dims(rows, 1)
            context = self.attention(
                [query if self.queries is None else self.queries(query), memory, keys],
                mask=[None, memory_mask, None],
            )
            vector = self.vector(tf.concat([context, query], axis=-1))[:, 0]
            return time + 1, vector, tuple(after), outputs.write(time, vector)

        first = (tf.constant(0), fed, tuple(tf.cast(part, x.dtype) for part in states), outputs)
        *_, outputs = tf.while_loop(lambda time, *_: time < steps, body, first)
        return tf.transpose(outputs.stack(), [1, 0, 2])

    def compute_mask(self, *_: Any, **__: Any) -> None:
        """Returns none: what follows a token changes nothing before it."""
        return

    def compute_output_spec(self, x: Any, *_: Any, **__: Any) -> keras.KerasTensor:
        """Returns `float[batch, time, width]`."""
        return keras.KerasTensor((*x.shape[:2], self.width), dtype=self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments."""
        names = ("units", "width", "additive", "use_scale", "dropout")
        return super().get_config() | {name: getattr(self, name) for name in names}


def _pairs(states: Sequence[Any]) -> list[list[Any]]:
    return [[states[i], states[i + 1]] for i in range(0, len(states), 2)]
