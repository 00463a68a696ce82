"""Small distortions of training windows; `predict` and the export leave windows alone."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

HIDDEN_STEPS = 8
"""How long a stretch is that is hidden at once."""


def augment_series(
    values: Any,
    known: Any,
    *,
    jitter: float = 0.0,
    scale: float = 0.0,
    shift: float = 0.0,
    time_mask: float = 0.0,
    channel_mask: float = 0.0,
) -> tuple[Any, Any]:
    """Shakes, scales, shifts and hides some of each training window, at random.

    What is hidden looks like what is missing, so that the network learns to do without
    (T. Um et al., 2017, arXiv:1706.00527; D. Park et al., 2019, arXiv:1904.08779).

    Args:
        values: `float32[batch, time, channels]` with a deviation of about 1.
        known: Likewise, 1 where there is a value, else 0.
        jitter: Standard deviation of noise added to every value.
        scale: Standard deviation of the factor of each channel, which is 1 on average.
        shift: Standard deviation of what is added to each channel throughout, as by a sensor
            that is worn or held in another way.
        time_mask: Share of the steps that is hidden in all channels, `HIDDEN_STEPS` at a time.
        channel_mask: Share of the channels that is hidden altogether.

    Returns:
        Values, 0 where they are not known, and which are.

    Raises:
        ValueError: If an argument is negative or too large.
    """
    for name, share in (("time_mask", time_mask), ("channel_mask", channel_mask)):
        if not 0 <= share < 1:
            raise ValueError(f"{name} must be in [0, 1). Received: {name}={share!r}")
    for name, size in (("jitter", jitter), ("scale", scale), ("shift", shift)):
        if size < 0:
            raise ValueError(f"{name} must be at least 0. Received: {name}={size!r}")
    if scale:
        ones = ops.ones_like(values[:, :1])
        values = values * keras.layers.GaussianNoise(scale, name="scale")(ones)
    if shift:
        zeros = ops.zeros_like(values[:, :1])
        values = values + keras.layers.GaussianNoise(shift, name="shift")(zeros)
    if jitter:
        values = keras.layers.GaussianNoise(jitter, name="jitter")(values)
    if time_mask:
        known = known * _stretches(ops.ones_like(known[..., :1]), time_mask)
    if channel_mask:
        some = keras.layers.Dropout(channel_mask, name="channel_mask")
        known = known * ops.sign(some(ops.ones_like(known[:, :1])))
    return values * known, known


def _stretches(ones: Any, share: float) -> Any:
    """Returns 0 in stretches that make up about so much of the steps, else 1."""
    begins = keras.layers.Dropout(share / HIDDEN_STEPS, name="time_mask")(ones)
    begins = 1.0 - ops.sign(begins)
    wide = keras.layers.MaxPooling1D(HIDDEN_STEPS, strides=1, padding="same", name="hidden_steps")
    return 1.0 - wide(begins)
