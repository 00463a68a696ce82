"""Sequences of unequal length to one vector each, with padded steps left out."""

from __future__ import annotations

from typing import Literal

import keras
from keras import ops

Kind = Literal["max", "mean", "max_mean", "attention"]
Pooling = Literal["last", "max", "mean", "max_mean", "attention"]

_FAR_BELOW = -1e4
"""Stands for minus infinity; float16 holds it."""


def pool(
    x: keras.KerasTensor, real: keras.KerasTensor, kind: Kind, *, prefix: str = ""
) -> keras.KerasTensor:
    """Pools over the time axis.

    Padded steps hold the last output on a CPU and zeros on a GPU, and must not count.

    Args:
        x: `float32[batch, time, width]`.
        real: `bool[batch, time]`, False at padded steps; True at one step of each row at
            least.
        kind: "max" or "mean" of each feature, one beside the other ("max_mean"), or the
            mean weighted by "attention": one score a step from a dense layer of tanh, as
            in Z. Yang et al., 2016 (doi:10.18653/v1/N16-1174).
        prefix: What the names of layers begin with, where a network pools several times.

    Returns:
        `float32[batch, width]`, twice as wide for "max_mean".

    Raises:
        ValueError: If `kind` is unknown.
    """
    steps = ops.expand_dims(real, -1)
    if kind == "max":
        return ops.max(ops.where(steps, x, _FAR_BELOW), axis=1)
    if kind == "max_mean":
        return ops.concatenate([pool(x, real, "max"), pool(x, real, "mean")], axis=-1)
    if kind == "mean":
        return _weighted(x, steps)
    if kind == "attention":
        name = f"{prefix}attention_hidden"
        hidden = keras.layers.Dense(x.shape[-1], activation="tanh", name=name)(x)
        scores = keras.layers.Dense(1, use_bias=False, name=f"{prefix}attention_score")(hidden)
        scores = ops.where(steps, _wide(scores), _FAR_BELOW)
        return _weighted(x, ops.softmax(scores, axis=1))
    raise ValueError(f"kind must be one of max, mean, max_mean, attention. Received: kind={kind!r}")


def _weighted(x: keras.KerasTensor, weights: keras.KerasTensor) -> keras.KerasTensor:
    # Padded steps weigh nothing, but zero times whatever stands there must be zero too.
    weights = _wide(weights)
    # Rows without a step have no mean; NaN would spoil gradients even where it is not looked at.
    total = ops.maximum(ops.sum(weights, axis=1), keras.config.epsilon())
    return ops.cast(ops.sum(_wide(x) * weights, axis=1) / total, x.dtype)


def _wide(x: keras.KerasTensor) -> keras.KerasTensor:
    # Sums of 16-bit numbers lose the small ones: 2048 + 1 is 2048 there.
    return ops.cast(x, keras.backend.result_type(x.dtype, "float32"))
