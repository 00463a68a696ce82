"""Vectors of items that read and score: one matrix at both ends of a network over sessions."""

from __future__ import annotations

import math
from typing import Any

import keras
import tensorflow as tf

from lstm_toolkit.layers.losses.token_scores import token_losses

_SPREAD = 0.1
"""Vectors begin within it."""

_SCALE = 12.0
"""With which cosines are multiplied at first; see arXiv:1909.04276."""

_FLATTENED = 0.75
"""Power of the counts by which items are drawn, as in arXiv:1301.3781."""

_NEVER = -1e9
_LEAST = 1e-12
"""The square of the length of a vector that is divided by, at least."""


@keras.saving.register_keras_serializable("lstm_toolkit")
class ItemVectors(keras.layers.Layer):
    """Looks vectors of items up, and tells by cosines with them how likely items come next.

    Numbers 0 and 1 stand for padding and for what is unknown; they never come next. Lengths of
    vectors grow with how frequent items are, so that products would recommend these alone; cosines
    do not (P. Gupta et al., "NISER", 2019, arXiv:1909.04276).

    Args:
        size: Number of items, 0 and 1 counted.
        width: Of a vector.
        negatives: Items by which the sum over all is estimated in training, drawn anew for each
            batch (importance sampling, Y. Bengio and J.-S. Senécal, 2008,
            doi:10.1109/TNN.2007.912312); 0 sums over all.
        seed: Of what is drawn.
        **options: Of every Keras layer.

    Call arguments: `int32[batch, time]` numbers; or `float[batch, time, width]` and `wanted`,
    `int32[batch, time]` numbers, 0 for none, of which `float32[batch, time]` log-probabilities come
    back.

    Example:
        >>> layer = ItemVectors(6, 4)
        >>> layer(layer(tf.constant([[2, 3]])), wanted=tf.constant([[3, 0]])).shape.as_list()
        [1, 2]
    """

    of_data = ("counts",)

    def __init__(
        self, size: int, width: int, negatives: int = 0, seed: int | None = None, **options: Any
    ):
        super().__init__(**options)
        if size < 3 or width < 1 or negatives < 0:
            raise ValueError(
                "size must be at least 3, width at least 1 and negatives at least 0. "
                f"Received: size={size!r}, width={width!r}, negatives={negatives!r}"
            )
        self.size, self.width, self.negatives, self.seed = size, width, negatives, seed
        self.seeds = keras.random.SeedGenerator(seed)

    def build(self, input_shape: Any = None) -> None:
        """Makes the vectors, the factor of cosines, and the counts of items."""
        start = keras.initializers.RandomUniform(-_SPREAD, _SPREAD)
        self.vectors = self.add_weight(
            shape=(self.size, self.width), initializer=start, name="vectors"
        )
        self.logarithm = self.add_weight(
            shape=(), initializer=keras.initializers.Constant(math.log(_SCALE)), name="logarithm"
        )
        self.counts = self.add_weight(
            shape=(self.size,), initializer="ones", trainable=False, name="counts"
        )
        self.built = True

    def call(self, inputs: Any, wanted: Any = None, training: bool = False) -> Any:
        """Returns vectors, or log-probabilities of `wanted`."""
        if wanted is None:
            return tf.gather(tf.cast(self.vectors, self.compute_dtype), tf.cast(inputs, tf.int32))
        wanted = tf.cast(wanted, tf.int32)
        places = tf.where(wanted > 1)
        rows, items = tf.gather_nd(inputs, places), tf.gather_nd(wanted, places)
        sampled = training and self.negatives > 0
        logs = self._estimated(rows, items) if sampled else self._exact(rows, items)
        return tf.tensor_scatter_nd_update(tf.zeros(tf.shape(wanted)), places, logs)

    def probabilities(self, rows: Any, inverse_lengths: Any) -> Any:
        """Returns `float32[n, size]`, those of all items, and 0 of the first two.

        Args:
            rows: `float[n, width]`.
            inverse_lengths: See there; to reckon them takes longer than one answer.
        """
        vectors = tf.cast(self.vectors, tf.float32)
        scores = tf.matmul(self._scaled(rows), vectors, transpose_b=True) * inverse_lengths
        barred = tf.reduce_sum(tf.one_hot([0, 1], self.size, _NEVER), axis=0)
        return tf.nn.softmax(scores + barred)

    def inverse_lengths(self) -> Any:
        """Returns `float32[size]`, 1 divided by the length of each vector."""
        squares = tf.reduce_sum(tf.square(tf.cast(self.vectors, tf.float32)), axis=1)
        return tf.math.rsqrt(tf.maximum(squares, _LEAST))

    def _scores(self, rows: Any) -> Any:
        """Returns `float32[n, size - 2]`, of the items from number 2 on."""
        return tf.matmul(self._scaled(rows), _unit(self.vectors[2:]), transpose_b=True)

    def _scaled(self, rows: Any) -> Any:
        return _unit(rows) * tf.exp(tf.cast(self.logarithm, tf.float32))

    def _exact(self, rows: Any, items: Any) -> Any:
        losses, _ = token_losses((items - 2)[None], self._scores(rows)[None])
        return -losses[0]

    def _estimated(self, rows: Any, items: Any) -> Any:
        scaled = self._scaled(rows)
        drawn, logarithms = self._draw()
        own = tf.reduce_sum(scaled * _unit(tf.gather(self.vectors, items)), axis=1)
        others = tf.matmul(scaled, _unit(tf.gather(self.vectors, drawn)), transpose_b=True)
        others = tf.where(items[:, None] == drawn[None], _NEVER, others - logarithms)
        scores = tf.concat([own[:, None], others], axis=1)
        losses, _ = token_losses(tf.zeros_like(items)[None], scores[None])
        return -losses[0]

    def _draw(self) -> tuple[Any, Any]:
        """Returns numbers of items, and logarithms of how often each is drawn on average."""
        counts = tf.concat(
            [tf.zeros([2]), tf.pow(tf.cast(self.counts[2:], tf.float32), _FLATTENED)], 0
        )
        ends = tf.cumsum(counts)
        chance = keras.random.uniform((self.negatives,), dtype="float32", seed=self.seeds)
        drawn = tf.searchsorted(ends, chance * ends[-1], side="right")
        drawn = tf.clip_by_value(drawn, 2, self.size - 1)
        often = self.negatives * tf.gather(counts, drawn) / ends[-1]
        return drawn, tf.math.log(tf.maximum(often, 1e-12))

    def compute_output_spec(
        self, inputs: Any, wanted: Any = None, training: bool = False
    ) -> keras.KerasTensor:
        """Returns shape and dtype of what comes out."""
        if wanted is None:
            return keras.KerasTensor((*inputs.shape, self.width), dtype=self.compute_dtype)
        return keras.KerasTensor(wanted.shape, dtype="float32")

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments."""
        own = {"size": self.size, "width": self.width, "negatives": self.negatives}
        return {**super().get_config(), **own, "seed": self.seed}


def _unit(rows: Any) -> Any:
    return tf.math.l2_normalize(tf.cast(rows, tf.float32), axis=-1)
