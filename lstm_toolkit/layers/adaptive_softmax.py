"""A softmax over very many tokens, of which rare ones cost less to train."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

_SMALLEST = 4
"""Features by which the rarest tokens are told apart, at least."""


@keras.saving.register_keras_serializable("lstm_toolkit")
class AdaptiveSoftmax(keras.layers.Layer):
    """Tells how likely tokens are, frequent ones by one softmax and rarer ones by two.

    Tokens have to be numbered by how frequent they are. The first softmax is over the frequent
    ones and over groups of the others; a token of a group is as likely as its group times the token
    in it. A group is computed only where its tokens are asked for, and by fewer features the
    rarer it is. What comes out are exact probabilities: they add up to 1. E. Grave et al.,
    "Efficient softmax approximation for GPUs", 2017 (arXiv:1609.04309).

    Args:
        size: Number of tokens.
        cutoffs: Numbers with which groups of rarer tokens begin, ascending, below `size`.
        factor: By which each group has fewer features than the one before.
        **options: Of `keras.layers.Layer`.

    Call arguments: `float[batch, time, width]`, and `int32[batch, time]` the tokens asked for.
    Returns `float32[batch, time]`, their log-probabilities.

    Example:
        >>> layer = AdaptiveSoftmax(10, (4, 7))
        >>> layer(tf.zeros((2, 3, 8)), tf.ones((2, 3), "int32")).shape.as_list()
        [2, 3]
    """

    def __init__(self, size: int, cutoffs: Sequence[int], factor: int = 4, **options: Any):
        super().__init__(**{"dtype": "float32", **options})
        borders = [0, *cutoffs, size]
        if not cutoffs or any(b <= a for a, b in itertools.pairwise(borders)) or factor < 1:
            raise ValueError(
                "cutoffs must ascend between 0 and size, and factor be at least 1. "
                f"Received: cutoffs={tuple(cutoffs)}, size={size}, factor={factor}"
            )
        self.size, self.cutoffs, self.factor = size, tuple(cutoffs), factor
        self.borders = list(itertools.pairwise([*cutoffs, size]))

    def build(self, inputs_shape: Any, wanted_shape: Any = None) -> None:
        """Makes the weights of the first softmax and of each group."""
        width = inputs_shape[-1]
        heads = self.cutoffs[0] + len(self.cutoffs)
        self.head = self.add_weight(shape=(width, heads), name="head")
        self.head_bias = self.add_weight(shape=(heads,), initializer="zeros", name="head_bias")
        self.groups = []
        for place, (begin, end) in enumerate(self.borders, 1):
            narrow = max(width // self.factor**place, _SMALLEST)
            down = self.add_weight(shape=(width, narrow), name=f"down_{place}")
            up = self.add_weight(shape=(narrow, end - begin), name=f"up_{place}")
            bias = self.add_weight(shape=(end - begin,), initializer="zeros", name=f"bias_{place}")
            self.groups.append((down, up, bias))
        self.built = True

    def call(self, inputs: Any, wanted: Any) -> Any:
        """Returns the log-probabilities of the tokens asked for."""
        shape = tf.shape(wanted)
        rows = tf.reshape(tf.cast(inputs, tf.float32), [-1, inputs.shape[-1]])
        flat = tf.reshape(tf.cast(wanted, tf.int32), [-1])
        group = tf.reduce_sum(tf.cast(flat[:, None] >= tf.constant(self.cutoffs), tf.int32), 1)
        first = tf.where(group > 0, self.cutoffs[0] + group - 1, flat)
        total = tf.gather(self._first(rows), first, batch_dims=1)
        for place, (begin, _) in enumerate(self.borders):
            inside = tf.where(tf.equal(group, place + 1))
            logs = self._inside(tf.gather_nd(rows, inside), place)
            own = tf.gather(logs, tf.gather_nd(flat, inside) - begin, batch_dims=1)
            total = tf.tensor_scatter_nd_add(total, inside, own)
        return tf.reshape(total, shape)

    def log_probabilities(self, inputs: Any) -> Any:
        """Returns those of all tokens, `float32[..., size]` for `float[..., width]`."""
        rows = tf.cast(inputs, tf.float32)
        first, count = self._first(rows), self.cutoffs[0]
        parts = [first[..., :count]]
        for place in range(len(self.groups)):
            of_group = first[..., count + place : count + place + 1]
            parts.append(of_group + self._inside(rows, place))
        return tf.concat(parts, axis=-1)

    def _first(self, rows: Any) -> Any:
        return tf.nn.log_softmax(tf.matmul(rows, self.head) + self.head_bias)

    def _inside(self, rows: Any, place: int) -> Any:
        down, up, bias = self.groups[place]
        return tf.nn.log_softmax(tf.matmul(tf.matmul(rows, down), up) + bias)

    def compute_output_spec(self, inputs: Any, wanted: Any) -> keras.KerasTensor:
        """Returns shape and dtype of what comes out."""
        return keras.KerasTensor(wanted.shape, dtype="float32")

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments."""
        own = {"size": self.size, "cutoffs": list(self.cutoffs), "factor": self.factor}
        return {**super().get_config(), **own}
