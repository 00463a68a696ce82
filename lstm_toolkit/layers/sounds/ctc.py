"""Connectionist temporal classification: tokens that no one has aligned with steps.

A. Graves et al., 2006 (doi:10.1145/1143844.1143891). The blank is the last class.
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf
from keras import ops

FAR_BELOW = -1e9
"""Stands for the logarithm of 0."""


def unpacked(outputs: Any) -> tuple[Any, Any]:
    """Returns `float32[batch, steps, classes]` scores, and how many steps are real, `int32[batch]`.

    Args:
        outputs: Scores with a last column that is 1 where a step is one, and 0 at padding.
    """
    outputs = tf.cast(outputs, tf.float32)
    return outputs[..., :-1], tf.cast(tf.reduce_sum(outputs[..., -1], axis=1), tf.int32)


def fits(numbers: Any, outputs: Any) -> Any:
    """Returns `bool[batch]`, whether a row has a step for each token and each pause between equals.

    Args:
        numbers: `int[batch, tokens]`, counted from 1; 0 is padding.
        outputs: See `unpacked`.
    """
    _, lengths = unpacked(outputs)
    numbers = tf.cast(numbers, tf.int32)
    real = numbers > 0
    repeats = (numbers[:, 1:] == numbers[:, :-1]) & real[:, 1:]
    needed = [tf.reduce_sum(tf.cast(each, tf.int32), axis=1) for each in (real, repeats)]
    return sum(needed) <= lengths


def ctc_losses(numbers: Any, outputs: Any) -> Any:
    """Returns `float32[batch]`, the negative log-likelihood of each row's tokens.

    Tokens for which there are not enough steps lose nothing, see `fits`.

    Args:
        numbers: `int[batch, tokens]`, counted from 1; 0 is padding.
        outputs: See `unpacked`.
    """
    scores, lengths = unpacked(outputs)
    numbers = tf.pad(tf.cast(numbers, tf.int32), [[0, 0], [0, 1]])
    empty, fitting = tf.reduce_all(numbers == 0, axis=1), fits(numbers, outputs)
    # TensorFlow refuses rows without tokens, and makes an infinity of tokens that do not fit: such
    # rows are given one token, whose loss is not used.
    one = tf.one_hot(0, tf.shape(numbers)[1], dtype=tf.int32)
    filled = tf.where((empty | ~fitting)[:, None], one, numbers)
    places = tf.where(filled > 0)
    losses = tf.raw_ops.CTCLoss(
        inputs=tf.transpose(scores, [1, 0, 2]),
        labels_indices=places,
        labels_values=tf.gather_nd(filled, places) - 1,
        sequence_length=lengths,
        ignore_longer_outputs_than_inputs=True,
    ).loss
    losses = tf.where(fitting, losses, 0.0)
    return tf.where(empty, _silence_losses(scores, outputs[..., -1]), losses)


def _silence_losses(scores: Any, real: Any) -> Any:
    """Returns what rows lose in which nothing is said: all steps are blanks."""
    blanks = tf.nn.log_softmax(scores)[..., -1]
    return -tf.reduce_sum(blanks * tf.cast(real, tf.float32), axis=1)


@keras.saving.register_keras_serializable("lstm_toolkit")
class CTCLoss(keras.losses.Loss):
    """The negative log-likelihood of tokens over all ways to align them, in nats a token.

    Rows with fewer steps than their tokens need count for nothing.

    Call arguments: `int[batch, tokens]` numbers counted from 1, 0 for padding, and what `unpacked`
    takes.
    """

    def __init__(self, name: str = "ctc_loss"):
        super().__init__(name=name)

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Returns a scalar. Keras would divide by the number of rows."""
        weights = tf.cast(fits(y_true, y_pred), tf.float32)
        if sample_weight is not None:
            weights *= tf.cast(sample_weight, tf.float32)
        losses = ctc_losses(y_true, y_pred) * weights
        return tf.reduce_sum(losses) / tf.maximum(self.divisor(y_true, weights), 1.0)

    def divisor(self, y_true: Any, sample_weight: Any = None) -> Any:
        """Returns by what the sum over a batch is divided: the number of tokens, weighted."""
        tokens = ops.sum(ops.cast(ops.not_equal(y_true, 0), "float32"), axis=1)
        if sample_weight is not None:
            tokens = tokens * ops.cast(sample_weight, "float32")
        return ops.sum(tokens)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments."""
        return {"name": self.name}


def ctc_decode(outputs: Any, beams: int = 1) -> tuple[Any, Any, Any]:
    """Finds the likeliest tokens: of the best path, or of the best sum over paths that beams hold.

    Args:
        outputs: See `unpacked`.
        beams: Sequences that are followed at a time; 1 takes the best class of each step.

    Returns:
        `int32[batch, tokens]` numbers counted from 1, 0 behind; how many there are; and the
        logarithm of their probability over all alignments, `float32[batch]`.
    """
    scores, lengths = unpacked(outputs)
    steps_first = tf.transpose(tf.nn.log_softmax(scores), [1, 0, 2])
    if beams == 1:
        (found,), _ = tf.nn.ctc_greedy_decoder(steps_first, lengths)
    else:
        (found,), _ = tf.nn.ctc_beam_search_decoder(steps_first, lengths, beams, top_paths=1)
    dense = tf.sparse.to_dense(found, default_value=-1)
    numbers = tf.cast(dense, tf.int32) + 1
    rows = tf.shape(scores)[0]
    numbers = tf.reshape(numbers, [rows, tf.shape(numbers)[1]])
    counts = tf.reduce_sum(tf.cast(numbers > 0, tf.int32), axis=1)
    return numbers, counts, -ctc_losses(numbers, outputs)


def ctc_times(numbers: Any, outputs: Any) -> tuple[Any, Any]:
    """Finds when tokens are said, by their likeliest alignment.

    Args:
        numbers: `int32[batch, tokens]`, counted from 1; 0 behind.
        outputs: See `unpacked`.

    Returns:
        `int32[batch, tokens]` first and last steps, -1 behind.
    """
    scores, lengths = unpacked(outputs)
    logs = tf.nn.log_softmax(scores)
    blank = tf.shape(scores)[2] - 1
    rows, count = tf.shape(numbers)[0], tf.shape(numbers)[1]
    labels = tf.where(numbers > 0, numbers - 1, blank)
    blanks = tf.fill([rows, count], blank)
    states = tf.concat([tf.reshape(tf.stack([blanks, labels], 2), [rows, -1]), blanks[:, :1]], 1)
    states = tf.cond(count > 0, lambda: states, lambda: tf.fill([rows, 1], blank))
    emitted = tf.transpose(tf.gather(logs, states, axis=2, batch_dims=1), [1, 0, 2])
    skips = _may_skip(states, blank)
    first = tf.where(tf.range(tf.shape(states)[1])[None] < 2, emitted[0], FAR_BELOW)

    def forward(before: Any, step: Any) -> Any:
        best, _, place = before
        shifted = [tf.pad(best, [[0, 0], [n, 0]], constant_values=FAR_BELOW) for n in (1, 2)]
        ways = [best, *(each[:, : tf.shape(best)[1]] for each in shifted)]
        ways[2] = tf.where(skips, ways[2], FAR_BELOW)
        stacked = tf.stack(ways)
        going = (place < lengths)[:, None]
        chosen = tf.where(going, tf.argmax(stacked, output_type=tf.int32), 0)
        now = tf.where(going, tf.reduce_max(stacked, axis=0) + step, best)
        return now, chosen, place + 1

    start = (first, tf.zeros_like(states), tf.constant(1))
    best, ways, _ = tf.scan(forward, emitted[1:], start)
    last = tf.cond(tf.shape(best)[0] > 0, lambda: best[-1], lambda: first)
    tokens = tf.reduce_sum(tf.cast(numbers > 0, tf.int32), axis=1)
    ends = tf.stack([2 * tokens, tf.maximum(2 * tokens - 1, 0)], axis=1)
    better = tf.argmax(tf.gather(last, ends, axis=1, batch_dims=1), axis=1, output_type=tf.int32)
    final = tf.gather(ends, better, axis=1, batch_dims=1)
    backward = tf.scan(
        lambda state, way: state - tf.gather(way, state, axis=1, batch_dims=1),
        ways,
        final,
        reverse=True,
    )
    path = tf.transpose(tf.concat([backward, final[None]], axis=0))
    return _first_and_last(path, lengths, count, numbers > 0)


def _may_skip(states: Any, blank: Any) -> Any:
    """Tells which states may follow the one before the one before: other tokens, not blanks."""
    earlier = tf.pad(states, [[0, 0], [2, 0]], constant_values=-1)[:, : tf.shape(states)[1]]
    return (states != blank) & (states != earlier)


def _first_and_last(path: Any, lengths: Any, count: Any, real: Any) -> tuple[Any, Any]:
    """Returns the first and last step at which each token is."""
    steps = tf.range(tf.shape(path)[1])
    there = tf.sequence_mask(lengths, tf.shape(path)[1])
    at = path[:, :, None] == (2 * tf.range(count) + 1)[None, None]
    at &= there[:, :, None]
    far = tf.shape(path)[1]
    first = tf.reduce_min(tf.where(at, steps[None, :, None], far), axis=1)
    last = tf.reduce_max(tf.where(at, steps[None, :, None], -1), axis=1)
    return tf.where(real, first, -1), tf.where(real, last, -1)
