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
    code: int = 0,
    across: int = 0,
    **stack: Any,
) -> keras.Model:
    """Foretells the last steps of a frame from those before them, or rebuilds them, and compares.

    Quantiles of all channels and all steps are foretold at once: a linear fit of each channel's
    own past, to which stacked LSTM layers over segments of all channels add what they know. With
    a `code` the layers read the last steps too, but only so many numbers lead from what they read
    to the outputs: an autoencoder, which knows what is usual and nothing else
    (arXiv:1607.00148). The outputs are quantiles less what was observed, so that a quantile loss
    against zeros trains the network.

    Args:
        steps: Of the frame, those that are judged among them.
        channels: How many.
        horizon: How many steps are judged, the last ones.
        units: Width of each recurrent layer, first to last.
        quantiles: How many numbers come out a step and channel.
        segment: Steps read as one; the oldest that fill none are left to the linear path.
        code: Numbers through which the last steps are rebuilt; 0 foretells them.
        across: Last steps of all channels that the linear fit of each sees, beside its own past.
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
    read = steps if code else window
    seen = ops.clip(frame[:, :read, :channels], -MOST, MOST)
    summary = _summary([seen, frame[:, :read, channels:]], segment, units, stack)
    if code:
        summary = keras.layers.Dense(code, name="code")(summary)
    # Zeros: training begins at the linear fit, or at what is usual.
    deep = keras.layers.Dense(
        horizon * channels * quantiles,
        kernel_initializer="glorot_uniform" if code else "zeros",
        dtype="float32",
        name="deep",
    )(summary)
    deep = keras.layers.Reshape((horizon, channels, quantiles), name="quantiles")(deep)
    foretold = deep if code else deep + _linear(seen, horizon, min(across, window))[..., None]
    observed, there = frame[:, window:, :channels], frame[:, window:, channels:]
    errors = (foretold - observed[..., None]) * there[..., None]
    outputs = keras.layers.Reshape((horizon * channels, quantiles), name="errors")(errors)
    return keras.Model(frame, outputs, name="lstm_detector")


def _summary(seen: list[Any], segment: int, units: Sequence[int], stack: dict[str, Any]) -> Any:
    """Returns what stacked layers make of the newest steps, segments of them at a time."""
    joined = keras.layers.Concatenate(name="steps")(seen)
    steps, width = joined.shape[1:]
    whole = steps // segment * segment
    shape = (whole // segment, segment * width)
    tokens = keras.layers.Reshape(shape, name="segments")(joined[:, steps - whole :])
    tokens = keras.layers.Dense(units[0], activation="relu", name="tokens")(tokens)
    return recurrent_stack(tokens, units=units, **stack)


def _linear(past: Any, horizon: int, across: int) -> Any:
    """Returns `float32[batch, horizon, channels]`: the last value, and a fit of those before.

    To the fit of a channel's own past is added one of the last steps of all channels.
    """
    last, (window, channels) = past[:, -1:], past.shape[1:]
    # Adam moves each weight as far: by all steps together no farther than the other layers.
    line = last + keras.layers.EinsumDense(
        "bsc,csh->bhc",
        (horizon, channels),
        kernel_initializer="zeros",
        dtype="float32",
        name="linear",
    )((past - last) / window)
    if not across:
        return line
    flat = keras.layers.Flatten(name="all_channels")(past[:, window - across :])
    wide = keras.layers.Dense(
        horizon * channels, kernel_initializer="zeros", dtype="float32", name="across"
    )(flat / (across * channels))
    return line + keras.layers.Reshape((horizon, channels), name="of_all_channels")(wide)
