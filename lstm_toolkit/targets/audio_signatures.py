"""Signatures of recordings: samples with their rates and lengths."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from lstm_toolkit.data.readers.audio.sounds import CLIPPED, LEAST_PEAK
from lstm_toolkit.targets.signature import Signature

if TYPE_CHECKING:
    import tensorflow as tf

ROWS = "recordings"
"""The signature that takes what `features.Audio` does."""

FULL = 32_768.0
"""Full scale of whole numbers of 16 bits."""


def audio_signatures(base: Signature) -> dict[str, Signature]:
    """Returns the signatures of an export.

    Args:
        base: From `float32[batch, 1 + time]`: rates, then samples, NaN behind.

    Returns:
        `serving_default` of samples `int16[batch, samples]`, `float32` of fractions of full scale,
        each with `length` (`int32[batch]`, samples that are real) and `rate` (`int32[batch]`,
        samples a second); and `recordings`, which takes what `base` does. All tell, too,
        whether a recording is `clipped`.
    """
    told = _with_clipping(base)
    return {"serving_default": _of(told, "int16"), "float32": _of(told, "float32"), ROWS: told}


def audio_remarks(outputs: Mapping[str, Any], row: int) -> dict[str, list[str]]:
    """Returns what is to be told of a recording beside its answer."""
    return {"remarks": ["clipped"]} if outputs["clipped"][row] else {}


def _with_clipping(base: Signature) -> Signature:
    """Adds `clipped: bool[batch]`, whether the loudest parts of a recording are cut off."""
    import tensorflow as tf

    def answer(rows: tf.Tensor) -> dict[str, tf.Tensor]:
        size = tf.abs(rows[:, 1:])
        real = tf.math.is_finite(size)
        size = tf.where(real, size, 0.0)
        peak = tf.reduce_max(tf.pad(size, [[0, 0], [0, 1]]), axis=1, keepdims=True)
        top = (size >= 0.999 * peak) & real & (peak >= LEAST_PEAK)
        beside = tf.reduce_sum(tf.cast(top[:, 1:] & top[:, :-1], tf.float32), axis=1)
        count = tf.maximum(tf.reduce_sum(tf.cast(real, tf.float32), axis=1), 1.0)
        return {**base.function(rows), "clipped": beside / count > CLIPPED}

    return Signature(answer, base.inputs)


def _of(base: Signature, dtype: str) -> Signature:
    import tensorflow as tf

    (rows,) = base.inputs
    specs = (
        tf.TensorSpec([None, None], dtype, rows.name),
        tf.TensorSpec([None], tf.int32, "length"),
        tf.TensorSpec([None], tf.int32, "rate"),
    )
    scale = 1.0 / FULL if dtype == "int16" else 1.0

    def answer(audio: tf.Tensor, length: tf.Tensor, rate: tf.Tensor) -> dict[str, tf.Tensor]:
        samples = tf.cast(tf.ensure_shape(audio, [None, None]), tf.float32) * scale
        places = tf.range(tf.shape(samples)[1])[None]
        nothing = tf.fill(tf.shape(samples), np.float32(np.nan))
        real = tf.where(places < length[:, None], samples, nothing)
        return base.function(tf.concat([tf.cast(rate, tf.float32)[:, None], real], axis=1))

    def samples(raw: Mapping[str, Any]) -> dict[str, Any]:
        values = np.asarray(raw[rows.name], np.float32)
        audio = values[:, 1:]
        lengths = np.isfinite(audio).sum(axis=1).astype(np.int32)
        whole = np.nan_to_num(audio) / scale
        if dtype == "int16":
            whole = np.clip(np.round(whole), -FULL, FULL - 1)
        rates = values[:, 0].astype(np.int32)
        return {rows.name: whole.astype(dtype), "length": lengths, "rate": rates}

    return Signature(answer, specs, samples=samples)
