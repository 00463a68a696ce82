"""Networks from frames of channels to how far their last steps lie from what was foretold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from lstm_toolkit.builders.recurrent import recurrent_stack

MOST = 10.0
"""Spreads from the usual at which values that are foretold from are cut off, so that one of them
does not spoil what follows it."""


def detector(
    steps: int,
    *,
    channels: int,
    horizon: int,
    units: Sequence[int],
    quantiles: int = 3,
    segment: int = 1,
    **stack: Any,
) -> keras.Model:
    """Foretells the last steps of a frame from those before them, and compares.

    Quantiles of all channels and all steps are foretold at once: a linear fit of each channel's
    own past, to which stacked LSTM layers over segments of all channels add what they know. The
    outputs are quantiles less what was observed, so that a quantile loss against zeros trains
    the network.

    Args:
        steps: Of the frame, those that are judged among them.
        channels: How many.
        horizon: How many steps are judged, the last ones.
        units: Width of each recurrent layer, first to last.
        quantiles: How many numbers come out a step and channel.
        segment: Steps read as one; the oldest that fill none are left to the linear path.
        **stack: Further arguments of `recurrent_stack`.

    Returns:
        An uncompiled model from `float32[batch, steps, 2 * channels]` (values, and 1 where there
        is one) to `float32[batch, horizon * channels, quantiles]`; zeros where nothing was
        observed.

    Raises:
        ValueError: If an argument is out of its range.

    Example:
        >>> detector(36, channels=2, horizon=4, units=(8,), segment=8).output_shape
        (None, 8, 3)
    """
    window = steps - horizon
    if min(channels, horizon, segment, quantiles, window) < 1 or segment > window:
        raise ValueError(
            "channels, horizon, segment and quantiles must be at least 1, and segment at most "
            f"steps - horizon. Received: steps={steps}, channels={channels}, horizon={horizon}, "
            f"segment={segment}, quantiles={quantiles}"
        )
    frame = keras.Input((steps, 2 * channels), dtype="float32", name="values")
    past = ops.clip(frame[:, :window, :channels], -MOST, MOST)
    last = past[:, -1:]
    whole = window // segment * segment
    tokens = keras.layers.Concatenate(name="past_steps")([past, frame[:, :window, channels:]])
    shape = (whole // segment, segment * 2 * channels)
    tokens = keras.layers.Reshape(shape, name="segments")(tokens[:, window - whole :])
    tokens = keras.layers.Dense(units[0], activation="relu", name="tokens")(tokens)
    summary = recurrent_stack(tokens, units=units, **stack)
    # Zeros: training begins at the linear fit.
    deep = keras.layers.Dense(
        horizon * channels * quantiles, kernel_initializer="zeros", dtype="float32", name="deep"
    )(summary)
    deep = keras.layers.Reshape((horizon, channels, quantiles), name="quantiles")(deep)
    # Adam moves each weight as far: by all steps together no farther than the other layers.
    line = keras.layers.EinsumDense(
        "bsc,csh->bhc",
        (horizon, channels),
        kernel_initializer="zeros",
        dtype="float32",
        name="linear",
    )((past - last) / window)
    foretold = deep + (last + line)[..., None]
    observed, there = frame[:, window:, :channels], frame[:, window:, channels:]
    errors = (foretold - observed[..., None]) * there[..., None]
    outputs = keras.layers.Reshape((horizon * channels, quantiles), name="errors")(errors)
    return keras.Model(frame, outputs, name="lstm_detector")
