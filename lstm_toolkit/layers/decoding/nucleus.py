"""One token drawn from the likeliest ones: by temperature, top-k and top-p."""

from __future__ import annotations

import tensorflow as tf


def draw_likely(
    scores: tf.Tensor,
    chance: tf.Tensor,
    *,
    temperature: tf.Tensor | float,
    top_k: tf.Tensor | int,
    top_p: tf.Tensor | float,
) -> tf.Tensor:
    """Draws one of the likeliest tokens of each row.

    Tokens are laid side by side on a line, the likeliest first, each as long as it is likely; that
    on which `chance` falls is drawn. So a row draws by its own numbers alone.
    Top-p is that of A. Holtzman et al., "The curious case of neural text degeneration", 2020
    (arXiv:1904.09751).

    Args:
        scores: `float32[batch, vocabulary]`, -inf for what is not to be drawn.
        chance: `float32[batch]` in [0, 1).
        temperature: Divides the scores; 0 takes the likeliest token.
        top_k: How many tokens may be drawn, 0 for all.
        top_p: Only the likeliest tokens that together have this probability may be drawn, the one
            that reaches it among them.

    Returns:
        `int32[batch]`.
    """
    scale = tf.maximum(tf.cast(temperature, tf.float32), 1e-6)
    ordered, tokens = tf.math.top_k(scores / scale, k=tf.shape(scores)[-1])
    likely = tf.nn.softmax(ordered)
    before = tf.cumsum(likely, axis=-1, exclusive=True)
    places = tf.range(tf.shape(scores)[-1])[None]
    kept = (before < top_p) & ((places < top_k) | tf.equal(top_k, 0))
    kept = (kept & (ordered > scores.dtype.min)) | tf.equal(places, 0)
    lengths = tf.where(kept & (tf.cast(temperature, tf.float32) > 0), likely, 0.0)
    ends = tf.cumsum(lengths, axis=-1)
    drawn = tf.reduce_sum(tf.cast(ends <= chance[:, None] * ends[:, -1:], tf.int32), axis=-1)
    # Behind the last that may be drawn, where rounding would lead; the first where none has length.
    last = tf.reduce_sum(tf.cast(lengths > 0, tf.int32), axis=-1) - 1
    rank = tf.clip_by_value(drawn, 0, tf.maximum(last, 0))
    return tf.gather(tokens, rank, batch_dims=1)


def penalized(scores: tf.Tensor, seen: tf.Tensor, penalty: tf.Tensor | float) -> tf.Tensor:
    """Makes tokens that were seen less likely (N. Keskar et al., 2019, arXiv:1909.05858).

    Args:
        scores: `float32[batch, vocabulary]`.
        seen: `bool[batch, vocabulary]`.
        penalty: By which their log-probabilities are multiplied; 1 changes nothing.

    Returns:
        `float32[batch, vocabulary]`.
    """
    # Scores have no zero of their own: what counts is how far each is below the highest.
    logs = tf.nn.log_softmax(scores)
    return tf.where(seen, logs * penalty, logs)
