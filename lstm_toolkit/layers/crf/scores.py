"""Linear-chain conditional random fields: what a sequence of tags is worth.

J. Lafferty, A. McCallum and F. Pereira, 2001. A sequence scores the sum of its potentials and
of the transitions between neighbouring tags; its probability is the exponential of that,
divided by the sum over all sequences. Steps behind a row's length count for nothing, and a row
of length 0 scores 0.
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf


def crf_log_likelihood(
    inputs: Any, tag_indices: Any, sequence_lengths: Any, transition_params: Any = None
) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns the log-probability of each row's tags.

    Args:
        inputs: Potentials, `float32[batch, time, tags]`, for instance of an LSTM and a dense
            layer.
        tag_indices: `int32[batch, time]`.
        sequence_lengths: `int32[batch]`.
        transition_params: `float32[tags, tags]`, from row to column. Without them a new
            variable is drawn, which only an eager call can give.

    Returns:
        `float32[batch]`, and the transitions.

    Example:
        >>> import numpy as np
        >>> even = np.zeros((1, 2, 2), "float32")
        >>> found, _ = crf_log_likelihood(even, [[0, 1]], [2], np.zeros((2, 2), "float32"))
        >>> np.exp(found).round(4).tolist()
        [0.25]
    """
    inputs = tf.convert_to_tensor(inputs)
    if transition_params is None:
        tags = inputs.shape[2]
        transition_params = tf.Variable(keras.initializers.GlorotUniform()((tags, tags)))
    transitions = tf.cast(transition_params, inputs.dtype)
    score = crf_sequence_score(inputs, tag_indices, sequence_lengths, transitions)
    return score - crf_log_norm(inputs, sequence_lengths, transitions), transitions


def crf_sequence_score(
    inputs: Any, tag_indices: Any, sequence_lengths: Any, transition_params: Any
) -> tf.Tensor:
    """Returns the scores of each row's tags, `float32[batch]`; arguments as above."""
    return crf_unary_score(tag_indices, sequence_lengths, inputs) + crf_binary_score(
        tag_indices, sequence_lengths, transition_params
    )


def crf_unary_score(tag_indices: Any, sequence_lengths: Any, inputs: Any) -> tf.Tensor:
    """Returns the sum of the potentials of each row's tags, `float32[batch]`."""
    inputs = tf.convert_to_tensor(inputs)
    potentials = tf.gather(inputs, tf.cast(tag_indices, tf.int32), batch_dims=2)
    return _summed(potentials, sequence_lengths)


def crf_binary_score(tag_indices: Any, sequence_lengths: Any, transition_params: Any) -> tf.Tensor:
    """Returns the sum of the transitions between each row's tags, `float32[batch]`."""
    tags = tf.cast(tag_indices, tf.int32)
    pairs = tf.stack([tags[:, :-1], tags[:, 1:]], axis=-1)
    return _summed(tf.gather_nd(transition_params, pairs), tf.cast(sequence_lengths, tf.int32) - 1)


def _summed(parts: tf.Tensor, lengths: Any) -> tf.Tensor:
    real = tf.sequence_mask(tf.cast(lengths, tf.int32), tf.shape(parts)[1], parts.dtype)
    return tf.reduce_sum(parts * real, axis=1)


def crf_log_norm(inputs: Any, sequence_lengths: Any, transition_params: Any) -> tf.Tensor:
    """Returns the logarithm of the sum over all sequences of tags.

    Args:
        inputs: `float32[batch, time, tags]`.
        sequence_lengths: `int32[batch]`.
        transition_params: `float32[tags, tags]`.

    Returns:
        `float32[batch]`.
    """
    inputs = tf.convert_to_tensor(inputs)
    lengths = tf.cast(sequence_lengths, tf.int32)
    steps = tf.range(1, tf.shape(inputs)[1])

    def forward(scores: tf.Tensor, step: tf.Tensor) -> tf.Tensor:
        paths = tf.reduce_logsumexp(scores[:, :, None] + transition_params, axis=1)
        return tf.where((step < lengths)[:, None], paths + inputs[:, step], scores)

    scores = tf.foldl(forward, steps, inputs[:, 0])
    norm = tf.reduce_logsumexp(scores, axis=1)
    return tf.where(lengths > 0, norm, tf.zeros_like(norm))


def crf_multitag_sequence_score(
    inputs: Any, tag_bitmap: Any, sequence_lengths: Any, transition_params: Any
) -> tf.Tensor:
    """Returns the logarithm of the sum over all sequences that a bitmap allows.

    Args:
        inputs: `float32[batch, time, tags]`.
        tag_bitmap: `bool[batch, time, tags]`, True at allowed tags.
        sequence_lengths: `int32[batch]`.
        transition_params: `float32[tags, tags]`.

    Returns:
        `float32[batch]`.
    """
    return crf_log_norm(allowed_alone(inputs, tag_bitmap), sequence_lengths, transition_params)


def allowed_alone(inputs: Any, tag_bitmap: Any) -> tf.Tensor:
    """Returns potentials with minus infinity at tags that a bitmap does not allow."""
    inputs = tf.convert_to_tensor(inputs)
    return tf.where(tf.cast(tag_bitmap, tf.bool), inputs, tf.cast(float("-inf"), inputs.dtype))
