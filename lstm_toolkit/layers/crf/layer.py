"""A conditional random field as a Keras layer, which saves, loads and clones with its network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from lstm_toolkit.layers.crf.decoding import crf_decode
from lstm_toolkit.layers.crf.scores import crf_log_likelihood

FORBIDDEN = -1000.0
"""What a pair of tags that is not allowed costs; finite, so that no score becomes NaN."""


@keras.saving.register_keras_serializable("lstm_toolkit")
class CRF(keras.layers.Layer):
    """Puts potentials of tags together with the transitions between neighbouring tags.

    A network has one output, so all that loss and decoding need is packed into it: behind the
    time steps follow the rows of the transition matrix, and the last feature tells which steps
    are real. `unpack` takes it apart. J. Lafferty et al., 2001; G. Lample et al., 2016
    (arXiv:1603.01360).

    Args:
        allowed: Which tags may follow which, `bool[tags + 1, tags + 1]` as lists, from row to
            column; the last row says which may begin a sequence, the last column which may
            end one. None allows all.
        borders: Whether tags have scores of their own at the beginning and at the end.
        **options: Of `keras.layers.Layer`.

    Call arguments: potentials `float32[batch, time, tags]`, and `bool[batch, time]`, which
    steps are real. Returns `float32[batch, time + tags, tags + 1]`.

    Example:
        >>> packed = CRF()(tf.zeros((2, 5, 3)), tf.ones((2, 5), "bool"))
        >>> [part.shape.as_list() for part in unpack(packed)]
        [[2, 5, 3], [2], [3, 3]]
    """

    def __init__(
        self,
        allowed: Sequence[Sequence[bool]] | None = None,
        *,
        borders: bool = False,
        **options: Any,
    ):
        super().__init__(**{"dtype": "float32", **options})
        self.allowed, self.borders = allowed, borders
        self.supports_masking = True

    def build(self, potentials_shape: Any, real_shape: Any = None) -> None:
        """Makes the transitions, from row to column, and the scores of borders.

        Raises:
            ValueError: If `allowed` is of another number of tags.
        """
        tags = potentials_shape[-1]
        self.transitions = self.add_weight(
            name="transitions", shape=(tags, tags), initializer="glorot_uniform"
        )
        if self.borders:
            self.first = self.add_weight(name="first", shape=(tags,), initializer="zeros")
            self.last = self.add_weight(name="last", shape=(tags,), initializer="zeros")
        self.costs = None
        if self.allowed is not None:
            shape = np.shape(self.allowed)
            if shape != (tags + 1, tags + 1):
                raise ValueError(
                    f"allowed must be of shape ({tags + 1}, {tags + 1}). Received: shape={shape}"
                )
            self.costs = np.where(np.array(self.allowed), 0.0, FORBIDDEN).astype(np.float32)

    def call(self, potentials: Any, real: Any) -> Any:
        """Packs potentials, real steps and transitions."""
        tags = potentials.shape[-1]
        real = ops.cast(real, potentials.dtype)
        transitions = ops.convert_to_tensor(self.transitions)
        if self.costs is not None:
            transitions = transitions + self.costs[:-1, :-1]
        steps = ops.concatenate([self._with_borders(potentials, real), real[..., None]], -1)
        rows = ops.pad(transitions, [[0, 0], [0, 1]])
        shape = (ops.shape(potentials)[0], tags, tags + 1)
        return ops.concatenate([steps, ops.broadcast_to(rows[None], shape)], axis=1)

    def _with_borders(self, potentials: Any, real: Any) -> Any:
        """Adds what a tag is worth as the first and as the last of the real steps."""
        if self.costs is None and not self.borders:
            return potentials
        last_steps = real - ops.pad(real[:, 1:], [[0, 0], [0, 1]])
        first_steps = real - ops.pad(real[:, :-1], [[0, 0], [1, 0]])
        first = ops.convert_to_tensor(self.first) if self.borders else 0.0
        last = ops.convert_to_tensor(self.last) if self.borders else 0.0
        if self.costs is not None:
            first, last = first + self.costs[-1, :-1], last + self.costs[:-1, -1]
        at_first = ops.maximum(first_steps, 0.0)[..., None] * first
        return potentials + at_first + ops.maximum(last_steps, 0.0)[..., None] * last

    def compute_output_shape(self, potentials_shape: Any, real_shape: Any = None) -> Any:
        """Returns the shape of what is packed."""
        batch, time, tags = potentials_shape
        return batch, None if time is None else time + tags, tags + 1

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments."""
        return {**super().get_config(), "allowed": self.allowed, "borders": self.borders}


def unpack(outputs: Any) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Takes apart what `CRF` packed.

    Returns:
        Potentials `float32[batch, time, tags]`, `int32[batch]` real steps, transitions
        `float32[tags, tags]`.
    """
    tags = outputs.shape[-1] - 1
    lengths = tf.reduce_sum(tf.cast(outputs[:, :-tags, tags] > 0.5, tf.int32), axis=1)
    # That of the first row; a sum, since there may be none.
    transitions = tf.reduce_sum(outputs[:1, -tags:, :tags], axis=0)
    return outputs[:, :-tags, :tags], lengths, transitions


def best_tags(outputs: Any) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns the best tags `int32[batch, time]`, 0 behind an end, and `int32[batch]` steps."""
    potentials, lengths, transitions = unpack(outputs)
    tags, _ = crf_decode(potentials, transitions, lengths)
    return tags, lengths


def tag_losses(numbers: Any, outputs: Any) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns each row's negative log-likelihood in nats, and its tokens, `float32[batch]`.

    Args:
        numbers: `int[batch, time]` of the right tags counted from 1, 0 for padding.
        outputs: What `CRF` packed.
    """
    potentials, lengths, transitions = unpack(outputs)
    tags = tf.maximum(tf.cast(numbers, tf.int32) - 1, 0)
    found, _ = crf_log_likelihood(potentials, tags, lengths, transitions)
    return -found, tf.cast(lengths, found.dtype)


@keras.saving.register_keras_serializable("lstm_toolkit")
class CRFLoss(keras.losses.Loss):
    """The negative log-likelihood of each row's tags, in nats a token.

    Call arguments: `int[batch, time]` numbers of tags counted from 1, 0 for padding, and what
    `CRF` packed.
    """

    def __init__(self, name: str = "crf_loss"):
        super().__init__(name=name)

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Returns a scalar. Keras would divide by the number of rows."""
        potentials, lengths, transitions = unpack(y_pred)
        numbers = tf.maximum(tf.cast(y_true, tf.int32) - 1, 0)
        found, _ = crf_log_likelihood(potentials, numbers, lengths, transitions)
        weights = (
            tf.ones_like(found) if sample_weight is None else tf.cast(sample_weight, tf.float32)
        )
        tokens = tf.reduce_sum(tf.cast(lengths, tf.float32) * weights)
        return -tf.reduce_sum(found * weights) / tf.maximum(tokens, 1.0)

    def divisor(self, y_true: Any, sample_weight: Any = None) -> Any:
        """Returns by what the sum over a batch is divided: the number of tokens, weighted."""
        tokens = ops.sum(ops.cast(ops.not_equal(y_true, 0), "float32"), axis=1)
        if sample_weight is not None:
            tokens = tokens * ops.cast(sample_weight, "float32")
        return ops.sum(tokens)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments."""
        return {"name": self.name}
