"""Attention that only moves forward: from choosing probabilities to alignments."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import keras
import tensorflow as tf

if TYPE_CHECKING:
    from lstm_toolkit.layers.attention.mechanism import AttentionMechanism as _Mechanism
else:
    _Mechanism = object

MODES = ("parallel", "recursive", "hard")


def monotonic_attention(p_choose_i: Any, previous_attention: Any, mode: str) -> tf.Tensor:
    """Returns where to read, given where the last step read.

    A step begins where the last one ended, and stops at memory entry i with probability
    p_i, as in C. Raffel et al., 2017 (arXiv:1704.00784)::

        q_i = (1 - p_{i-1}) q_{i-1} + previous_i,    attention_i = p_i q_i

    Args:
        p_choose_i: `float32[batch, time]` in [0, 1].
        previous_attention: `float32[batch, time]`; for the first step 1 at entry 0.
        mode: "recursive" reckons step by step, exact and slow; "parallel" by cumulative sums
            and products, inexact for long memories or probabilities near 0 or 1; "hard"
            expects probabilities of 0 and 1 alone, and is exact and fast.

    Returns:
        `float32[batch, time]`, which sums to at most 1.

    Raises:
        ValueError: If `mode` is unknown.

    Example:
        >>> monotonic_attention([[0.0, 1.0, 1.0]], [[1.0, 0.0, 0.0]], "hard").numpy().tolist()
        [[0.0, 1.0, 0.0]]
    """
    check_mode(mode)
    p, previous = tf.convert_to_tensor(p_choose_i), tf.convert_to_tensor(previous_attention)
    if mode == "recursive":
        return _recursive(p, previous)
    if mode == "hard":
        p *= tf.cumsum(previous, axis=1)
        return p * tf.math.cumprod(1 - p, axis=1, exclusive=True)
    passed = safe_cumprod(1 - p, axis=1, exclusive=True)
    return p * passed * tf.cumsum(previous / tf.clip_by_value(passed, 1e-10, 1.0), axis=1)


def _recursive(p: tf.Tensor, previous: tf.Tensor) -> tf.Tensor:
    go_on = tf.concat([tf.ones_like(p[:, :1]), 1 - p[:, :-1]], 1)
    steps = (tf.transpose(go_on), tf.transpose(previous))
    q = tf.scan(lambda last, step: step[0] * last + step[1], steps, tf.zeros_like(p[:, 0]))
    return p * tf.transpose(q)


def safe_cumprod(x: Any, *args: Any, **kwargs: Any) -> tf.Tensor:
    """Returns cumulative products by way of logarithms, so that they do not underflow.

    Args:
        x: Numbers in [0, 1]; those next to 0 count as the smallest normal number.
        *args: As for `tf.cumsum`.
        **kwargs: As for `tf.cumsum`.

    Example:
        >>> safe_cumprod([0.5, 0.5, 1.0]).numpy().tolist()
        [0.5, 0.25, 0.25]
    """
    x = tf.convert_to_tensor(x)
    tiny = tf.experimental.numpy.finfo(x.dtype.as_numpy_dtype).tiny
    return tf.exp(tf.cumsum(tf.math.log(tf.clip_by_value(x, tiny, 1)), *args, **kwargs))


def monotonic_probabilities(
    score: tf.Tensor, previous: tf.Tensor, *, sigmoid_noise: float, mode: str, seed: int | None
) -> tf.Tensor:
    """Returns alignments of scores.

    Args:
        score: `float32[batch, time]`.
        previous: Alignments of the last step, `float32[batch, time]`.
        sigmoid_noise: Standard deviation of noise added to the scores, in training and
            inference alike.
        mode: See `monotonic_attention`.
        seed: Of the noise.
    """
    if sigmoid_noise > 0:
        score += sigmoid_noise * tf.random.normal(tf.shape(score), dtype=score.dtype, seed=seed)
    p = tf.cast(score > 0, score.dtype) if mode == "hard" else tf.sigmoid(score)
    return monotonic_attention(p, previous, mode)


def check_mode(mode: str) -> None:
    """Raises if there is no such mode.

    Raises:
        ValueError: If `mode` is unknown.
    """
    if mode not in MODES:
        raise ValueError(f"mode must be one of {', '.join(MODES)}. Received: mode={mode!r}")


class MovesForward(_Mechanism):
    """What attention that only moves forward has beside a mechanism, from which it also inherits.

    The mechanism's constructor comes first, then `_move_forward`; `build` makes the shift by
    `_build_score_bias` where its place among the weights is.
    """

    def _move_forward(
        self, *, sigmoid_noise: float, sigmoid_noise_seed: int | None, score_bias_init: float,
        mode: str,
    ) -> None:  # fmt: skip
        self.sigmoid_noise = sigmoid_noise
        self.sigmoid_noise_seed = sigmoid_noise_seed
        self.score_bias_init = score_bias_init
        self.mode = mode
        self.probability_fn = functools.partial(
            monotonic_probabilities,
            sigmoid_noise=sigmoid_noise,
            mode=mode,
            seed=sigmoid_noise_seed,
        )

    def _build_score_bias(self) -> None:
        first = keras.initializers.Constant(self.score_bias_init)
        self.attention_score_bias = self.add_weight(
            shape=(), initializer=first, name="attention_score_bias"
        )

    def _score(self, query: Any) -> Any:
        return super()._score(query) + self.attention_score_bias

    def initial_alignments(self, batch_size: Any, dtype: Any) -> tf.Tensor:
        """Returns 1 at the first entry of the memory, `[batch, time]`."""
        return tf.one_hot(tf.zeros([batch_size], tf.int32), self._steps, dtype=dtype)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments of the constructor, without the memory."""
        config = super().get_config()
        del config["probability_fn"]
        return {
            **config,
            "sigmoid_noise": self.sigmoid_noise,
            "sigmoid_noise_seed": self.sigmoid_noise_seed,
            "score_bias_init": self.score_bias_init,
            "mode": self.mode,
        }
