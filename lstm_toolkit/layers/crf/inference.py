"""What a conditional random field says beside its best tags: how sure it is, and the next best."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from lstm_toolkit.layers.crf.scores import crf_log_norm

_NEVER = -1e30
"""The score of a path that does not exist."""


def crf_marginals(potentials: Any, transition_params: Any, sequence_length: Any) -> tf.Tensor:
    """Returns how probable each tag is at each step, over all sequences (forward-backward).

    Args:
        potentials: `float32[batch, time, tags]`.
        transition_params: `float32[tags, tags]`, from row to column.
        sequence_length: `int32[batch]`.

    Returns:
        `float32[batch, time, tags]`, which sum to 1 at real steps and are 0 behind them.

    Example:
        >>> import numpy as np
        >>> even = np.zeros((1, 2, 4), "float32")
        >>> crf_marginals(even, np.zeros((4, 4), "float32"), [1]).numpy()[0].tolist()
        [[0.25, 0.25, 0.25, 0.25], [0.0, 0.0, 0.0, 0.0]]
    """
    potentials = _with_a_step_more(potentials)
    lengths = tf.cast(sequence_length, tf.int32)
    time = tf.shape(potentials)[1]
    steps = tf.transpose(potentials, [1, 0, 2])

    def forward(scores: tf.Tensor, step: tuple[tf.Tensor, tf.Tensor]) -> tf.Tensor:
        place, potential = step
        paths = tf.reduce_logsumexp(scores[:, :, None] + transition_params, axis=1)
        return tf.where((place < lengths)[:, None], paths + potential, scores)

    def backward(scores: tf.Tensor, step: tuple[tf.Tensor, tf.Tensor]) -> tf.Tensor:
        place, after = step
        paths = tf.reduce_logsumexp((scores + after)[:, None, :] + transition_params, axis=2)
        return tf.where((place + 1 < lengths)[:, None], paths, tf.zeros_like(scores))

    later = tf.scan(forward, (tf.range(1, time), steps[1:]), steps[0])
    alphas = tf.concat([steps[:1], later], axis=0)
    last = tf.zeros_like(steps[0])
    earlier = tf.scan(backward, (tf.range(time - 1), steps[1:]), last, reverse=True)
    betas = tf.concat([earlier, last[None]], axis=0)
    shares = tf.nn.softmax(alphas + betas, axis=-1)
    real = tf.sequence_mask(lengths, time, shares.dtype)
    return (tf.transpose(shares, [1, 0, 2]) * real[:, :, None])[:, :-1]


def _with_a_step_more(potentials: Any) -> tf.Tensor:
    """Adds a step behind all others, without which `tf.scan` fails where there is one alone."""
    return tf.pad(tf.convert_to_tensor(potentials), [[0, 0], [0, 1], [0, 0]])


def crf_nbest(
    potentials: Any, transition_params: Any, sequence_length: Any, count: Any
) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns the best sequences of tags, the best first.

    Each step remembers the `count` best paths to each tag (list Viterbi; N. Seshadri and C.-E.
    Sundberg, 1994, doi:10.1109/26.275271).

    Args:
        potentials: `float32[batch, time, tags]`.
        transition_params: `float32[tags, tags]`, from row to column.
        sequence_length: `int32[batch]`; 0 counts as 1.
        count: `int32`, how many sequences.

    Returns:
        Tags `int32[batch, count, time]`, 0 behind the length, and the logarithms of their
        probabilities `float32[batch, count]`, far below -1e9 where there are no more sequences.

    Example:
        >>> import numpy as np
        >>> likes = np.log([[[0.6, 0.4], [0.9, 0.1]]]).astype("float32")
        >>> tags, scores = crf_nbest(likes, np.zeros((2, 2), "float32"), [2], 2)
        >>> tags.numpy().tolist(), [f"{share:.2f}" for share in np.exp(scores[0])]
        ([[[0, 0], [1, 0]]], ['0.54', '0.36'])
    """
    potentials = _with_a_step_more(potentials)
    lengths = tf.maximum(tf.cast(sequence_length, tf.int32), 1)
    shape = tf.shape(potentials)
    batch, time, tags = shape[0], shape[1], shape[2]
    count = tf.cast(count, tf.int32)
    first = tf.concat(
        [potentials[:, 0, :, None], tf.fill([batch, tags, count - 1], _NEVER)], axis=2
    )
    # A path is a tag and its rank there, one number: tag * count + rank.
    stay = tf.broadcast_to(tf.range(tags * count), [batch, tags * count])

    def forward(
        state: tuple[tf.Tensor, tf.Tensor], place: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        scores = state[0]
        paths = scores[:, :, :, None] + transition_params[None, :, None, :]
        flat = tf.transpose(tf.reshape(paths, [batch, tags * count, tags]), [0, 2, 1])
        best, origins = tf.math.top_k(flat, count)
        real = (place < lengths)[:, None]
        following = tf.where(real[:, :, None], best + potentials[:, place, :, None], scores)
        pointers = tf.where(real, tf.reshape(origins, [batch, tags * count]), stay)
        return following, pointers

    scores, pointers = tf.scan(forward, tf.range(1, time), (first, stay))
    every = tf.concat([first[None], scores], axis=0)[-1]
    best, last = tf.math.top_k(tf.reshape(every, [batch, tags * count]), count)

    def backward(paths: tf.Tensor, pointer: tf.Tensor) -> tf.Tensor:
        return tf.gather(pointer, paths, batch_dims=1)

    before = tf.scan(backward, pointers, last, reverse=True)
    paths = tf.transpose(tf.concat([before, last[None]], axis=0), [1, 2, 0])
    real = tf.sequence_mask(lengths, time, tf.int32)[:, None, :]
    norm = crf_log_norm(potentials, lengths, transition_params)
    return (paths // count * real)[:, :, :-1], best - norm[:, None]
