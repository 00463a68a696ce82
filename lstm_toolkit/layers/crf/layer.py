"""A conditional random field as a Keras layer, which saves, loads and clones with its network."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf
from keras import ops

from lstm_toolkit.layers.crf.decoding import crf_decode
from lstm_toolkit.layers.crf.scores import crf_log_likelihood


@keras.saving.register_keras_serializable("lstm_toolkit")
class CRF(keras.layers.Layer):
    """Puts potentials of tags together with the transitions between neighbouring tags.

    A network has one output, so all that loss and decoding need is packed into it: behind the
    time steps follow the rows of the transition matrix, and the last feature tells which steps
    are real. `unpack` takes it apart. J. Lafferty et al., 2001; G. Lample et al., 2016
    (arXiv:1603.01360).

    Args:
        **options: Of `keras.layers.Layer`.

    Call arguments: potentials `float32[batch, time, tags]`, and `bool[batch, time]`, which
    steps are real. Returns `float32[batch, time + tags, tags + 1]`.

    Example:
        >>> packed = CRF()(tf.zeros((2, 5, 3)), tf.ones((2, 5), "bool"))
        >>> [part.shape.as_list() for part in unpack(packed)]
        [[2, 5, 3], [2], [3, 3]]
    """

    def __init__(self, **options: Any):
        super().__init__(**{"dtype": "float32", **options})
        self.supports_masking = True

    def build(self, potentials_shape: Any, real_shape: Any = None) -> None:
        """Makes the transitions, from row to column."""
        tags = potentials_shape[-1]
        self.transitions = self.add_weight(
            name="transitions", shape=(tags, tags), initializer="glorot_uniform"
        )

    def call(self, potentials: Any, real: Any) -> Any:
        """Packs potentials, real steps and transitions."""
        tags = potentials.shape[-1]
        steps = ops.concatenate([potentials, ops.cast(real, potentials.dtype)[..., None]], -1)
        rows = ops.pad(ops.convert_to_tensor(self.transitions), [[0, 0], [0, 1]])
        shape = (ops.shape(potentials)[0], tags, tags + 1)
        return ops.concatenate([steps, ops.broadcast_to(rows[None], shape)], axis=1)

    def compute_output_shape(self, potentials_shape: Any, real_shape: Any = None) -> Any:
        """Returns the shape of what is packed."""
        batch, time, tags = potentials_shape
        return batch, None if time is None else time + tags, tags + 1


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

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments."""
        return {"name": self.name}
