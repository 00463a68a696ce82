"""Signatures of forecasts: of one series a row, of several channels, and of a step at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from lstm_toolkit.targets.signature import Signature

if TYPE_CHECKING:
    import tensorflow as tf


def forecast_signatures(base: Signature, series: str) -> dict[str, Signature]:
    """Returns the signatures of an export.

    Args:
        base: From `float32[batch, steps]`, NaN where a value is missing, and what goes with it.
        series: The name of the input with the values.

    Returns:
        `serving_default` of raw windows with channels and a mask; `series`, which is `base`; and
        `stream`, which is given the next value of each series and keeps those before it, unless
        past covariates would have to be kept too.
    """
    signatures = {"serving_default": _of_channels(base, series), "series": base}
    if "past" not in {spec.name for spec in base.inputs}:
        signatures["stream"] = _of_steps(base, series)
    return signatures


def _of_channels(base: Signature, series: str) -> Signature:
    import tensorflow as tf

    values, *others = base.inputs
    steps = values.shape[1]
    specs = (
        tf.TensorSpec([None, steps, None], tf.float32, series),
        tf.TensorSpec([None, steps, None], tf.float32, "mask"),
        *others,
    )

    def answer(numbers: tf.Tensor, mask: tf.Tensor, *more: tf.Tensor) -> dict[str, tf.Tensor]:
        # A loaded signature does not look.
        numbers = tf.ensure_shape(numbers, specs[0].shape)
        mask = tf.ensure_shape(mask, specs[1].shape)
        batch, channels = tf.shape(numbers)[0], tf.shape(numbers)[2]
        missing = tf.fill(tf.shape(numbers), np.float32(np.nan))
        rows = tf.where(mask > 0, numbers, missing)
        rows = tf.reshape(tf.transpose(rows, [0, 2, 1]), [-1, steps])
        told = base.function(rows, *(tf.repeat(each, channels, axis=0) for each in more))
        return {
            # Of no rows, -1 could not be told.
            name: tf.transpose(tf.reshape(value, [batch, channels, tf.shape(value)[1]]), [0, 2, 1])
            if value.shape.rank == 2
            else value
            for name, value in told.items()
        }

    def samples(raw: Mapping[str, Any]) -> dict[str, Any]:
        numbers = np.asarray(raw[series], np.float32)[..., None]
        known = np.isfinite(numbers)
        return {**raw, series: np.where(known, numbers, 0.0), "mask": known.astype(np.float32)}

    return Signature(answer, specs, samples=samples)


def _of_steps(base: Signature, series: str) -> Signature:
    """Keeps the values of the window in its state; before it is full, older ones are missing."""
    import tensorflow as tf

    values, *others = base.inputs
    steps = values.shape[1]
    specs = (tf.TensorSpec([None], tf.float32, series), *others)
    state = tuple(tf.TensorSpec([None, steps], tf.float32, name) for name in ("recent", "observed"))

    def answer(newest: tf.Tensor, *more: tf.Tensor) -> dict[str, tf.Tensor]:
        *given, recent, observed = more
        known = tf.math.is_finite(newest)
        number = tf.where(known, newest, tf.zeros_like(newest))
        recent = tf.concat([recent[:, 1:], number[:, None]], axis=1)
        observed = tf.concat([observed[:, 1:], tf.cast(known, tf.float32)[:, None]], axis=1)
        missing = tf.fill(tf.shape(recent), np.float32(np.nan))
        told = base.function(tf.where(observed > 0, recent, missing), *given)
        return {**told, "recent": recent, "observed": observed}

    def samples(raw: Mapping[str, Any]) -> dict[str, Any]:
        return {**raw, series: np.asarray(raw[series], np.float32)[:, -1]}

    return Signature(answer, specs, state=state, samples=samples)
