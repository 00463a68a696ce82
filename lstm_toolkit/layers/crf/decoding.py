"""The best sequence of tags of a conditional random field (doi:10.1109/TIT.1967.1054010)."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from lstm_toolkit.layers.crf.scores import allowed_alone


def crf_decode(
    potentials: Any, transition_params: Any, sequence_length: Any
) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns the best tags of each row.

    Args:
        potentials: `float32[batch, time, tags]`.
        transition_params: `float32[tags, tags]`, from row to column.
        sequence_length: `int32[batch]`; 0 counts as 1.

    Returns:
        Tags `int32[batch, time]`, 0 behind the length; their score `float32[batch]`.

    Example:
        >>> import numpy as np
        >>> likes = np.array([[[3.0, 0.0], [1.0, 0.0], [9.0, 9.0]]], "float32")
        >>> change = np.array([[0.0, 2.0], [0.0, 0.0]], "float32")
        >>> tags, score = crf_decode(likes, change, [2])
        >>> tags.numpy().tolist(), score.numpy().tolist()
        ([[0, 1, 0]], [5.0])
    """
    potentials = tf.convert_to_tensor(potentials)
    lengths = tf.maximum(tf.cast(sequence_length, tf.int32), 1)
    if potentials.shape[1] == 1:
        return _one_step(potentials)
    time = tf.shape(potentials)[1]
    tags, score = tf.cond(
        time > 1,
        lambda: _many_steps(potentials, transition_params, lengths),
        lambda: _one_step(potentials),
    )
    return tags * tf.sequence_mask(lengths, time, tf.int32), score


def _one_step(potentials: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    return tf.argmax(potentials, 2, output_type=tf.int32), tf.reduce_max(potentials[:, 0], 1)


def _many_steps(
    potentials: tf.Tensor, transitions: Any, lengths: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    scores, pointers = _forward(potentials, transitions, lengths)
    last = tf.argmax(scores, axis=1, output_type=tf.int32)
    return _backward(pointers, last), tf.reduce_max(scores, axis=1)


def _forward(
    potentials: tf.Tensor, transitions: Any, lengths: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns the last scores, and for each later step where each tag came from."""
    shape = tf.shape(potentials[:, 0])
    stay = tf.broadcast_to(tf.range(shape[1]), shape)

    def step(state: tuple[tf.Tensor, tf.Tensor], time: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        paths = state[0][:, :, None] + transitions
        real = (time < lengths)[:, None]
        scores = tf.where(real, tf.reduce_max(paths, 1) + potentials[:, time], state[0])
        return scores, tf.where(real, tf.argmax(paths, 1, output_type=tf.int32), stay)

    steps = tf.range(1, tf.shape(potentials)[1])
    scores, pointers = tf.scan(step, steps, (potentials[:, 0], stay))
    return scores[-1], pointers


def _backward(pointers: tf.Tensor, last: tf.Tensor) -> tf.Tensor:
    # Turned round by hand: `reverse=True` fills its answers from behind, which tf2onnx loses.
    before = tf.scan(
        lambda tag, pointer: tf.gather(pointer, tag, batch_dims=1), tf.reverse(pointers, [0]), last
    )
    return tf.transpose(tf.concat([tf.reverse(before, [0]), last[None]], axis=0))


def crf_constrained_decode(
    potentials: Any, tag_bitmap: Any, transition_params: Any, sequence_length: Any
) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns the best tags among those that `tag_bitmap`, `bool[batch, time, tags]`, allows."""
    return crf_decode(allowed_alone(potentials, tag_bitmap), transition_params, sequence_length)


def viterbi_decode(score: Any, transition_params: Any) -> tuple[list[int], float]:
    """Returns the best tags of one sequence, reckoned with NumPy.

    Args:
        score: Potentials, `float32[time, tags]`.
        transition_params: `float32[tags, tags]`.

    Returns:
        The tags, and their score.

    Example:
        >>> viterbi_decode([[3.0, 0.0], [1.0, 0.0]], [[0.0, 2.0], [0.0, 0.0]])
        ([0, 1], 5.0)
    """
    potentials, transitions = np.asarray(score), np.asarray(transition_params)
    scores, pointers = potentials[0], []
    for potential in potentials[1:]:
        paths = scores[:, None] + transitions
        pointers.append(paths.argmax(0))
        scores = potential + paths.max(0)
    tags = [int(scores.argmax())]
    for pointer in reversed(pointers):
        tags.append(int(pointer[tags[-1]]))
    return tags[::-1], float(scores.max())
