"""Networks from windows of several channels to classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from lstm_toolkit.builders.patches import convolution, patches
from lstm_toolkit.builders.pooled_stack import pooled_stack
from lstm_toolkit.builders.pooling import Pooling
from lstm_toolkit.builders.random_kernels import kernel_features
from lstm_toolkit.builders.series_augmentation import augment_series
from lstm_toolkit.builders.wide_path import wide_scores

SMALLEST = 1e-3
"""Deviation of a window, in shares of that of the training, that counts as none."""


def sensor_classifier(
    channels: int,
    *,
    classes: int,
    units: Sequence[int],
    steps: int | None = None,
    longest: int = 1,
    kernels: int = 0,
    patch: int = 1,
    filters: int = 0,
    kernel: int = 1,
    time_pooling: Pooling = "max_mean",
    own_scale: bool = False,
    dropout: float = 0.0,
    jitter: float = 0.0,
    scale: float = 0.0,
    shift: float = 0.0,
    time_mask: float = 0.0,
    channel_mask: float = 0.0,
    **stack: Any,
) -> keras.Model:
    """Puts stacked LSTM layers with Dropout on patches of steps, and a softmax head on them.

    Convolutions look at neighbouring steps first (F. Ordóñez and D. Roggen, 2016,
    doi:10.3390/s16010115); then each patch of steps becomes one token (arXiv:2211.14730), so that
    the LSTM makes fewer and longer strides. What is missing is 0, the mean of the training, and
    the network is told so; padding on the right changes no answer.

    Args:
        channels: Of a step, at least 1.
        classes: Number of labels, at least 2.
        units: Width of each recurrent layer, first to last.
        steps: Of every window; None where they vary, and a mask is needed.
        longest: Steps of the longest window, where they vary.
        kernels: Random convolutions of a linear path beside the LSTM, see `kernel_features`; its
            weights, the layer "wide", are zeros and not trained. In training the path is dropped
            for half of the windows, so that the LSTM does not rest on it.
        patch: Steps read as one token.
        filters: Width of two convolutions before that; 0 reads the steps as they are.
        kernel: Steps that a convolution sees, odd.
        time_pooling: What the last layer's outputs become, see `pool`; "last" takes its last state.
        own_scale: Gives the network each window on its own scale too, beside that of the training:
            how somebody moves who hardly moves would else be too small to be seen.
        dropout: Share of each layer's outputs dropped in training, in [0, 1).
        jitter: See `augment_series`, like the next four.
        scale: Deviation of each channel's factor.
        shift: Deviation of what is added to each channel.
        time_mask: Share of the steps.
        channel_mask: Share of the channels.
        **stack: Further arguments of `recurrent_stack`.

    Returns:
        An uncompiled model from `float32[batch, time, 2 channels + 1]` (values, whether each is
        known, and whether the step is one or padding) to `float32[batch, classes]` probabilities.

    Raises:
        ValueError: If an argument is out of its range.

    Example:
        >>> sensor_classifier(3, classes=2, steps=64, patch=4, units=(8,)).output_shape
        (None, 2)
    """
    if channels < 1 or classes < 2 or patch < 1 or kernel < 1 or kernel % 2 == 0:
        raise ValueError(
            "channels and patch must be at least 1, classes at least 2, and kernel odd. Received: "
            f"channels={channels}, classes={classes}, patch={patch}, kernel={kernel}"
        )
    inputs = keras.Input((steps, 2 * channels + 1), dtype="float32", name="windows")
    values, known = inputs[..., :channels], inputs[..., channels : 2 * channels]
    real = inputs[..., 2 * channels :]
    seen = kernel_features(values, real, steps or longest, kernels) if kernels else None
    values, known = augment_series(
        values,
        known,
        jitter=jitter,
        scale=scale,
        shift=shift,
        time_mask=time_mask,
        channel_mask=channel_mask,
    )
    parts = [values, known, *([_on_own_scale(values, known)] if own_scale else [])]
    x = keras.layers.Concatenate(name="values_and_known")(parts)
    for depth in (1, 2) if filters else ():
        x = convolution(x, filters, kernel, real, depth, dropout)
    x = patches(x, patch, filters or units[0])
    there = real[:, ::patch, 0] > 0
    x = pooled_stack(
        x, there, time_pooling, masked=steps is None, units=units, dropout=dropout, **stack
    )
    # Softmax in 16 bits loses small probabilities, so the head keeps 32.
    scores = keras.layers.Dense(classes, dtype="float32", name="scores")(x)
    if seen is not None:
        scores = keras.layers.Add(name="deep_and_wide")([scores, wide_scores(seen, classes)])
    outputs = keras.layers.Softmax(dtype="float32", name="probabilities")(scores)
    return keras.Model(inputs, outputs, name=f"{stack.get('cell', 'lstm')}_sensor_classifier")


def _on_own_scale(values: Any, known: Any) -> Any:
    """Returns each channel of each window with a mean of 0 and a deviation of 1; 0 if unknown."""
    count = ops.maximum(ops.sum(known, axis=1, keepdims=True), 1.0)
    mean = ops.sum(values * known, axis=1, keepdims=True) / count
    apart = (values - mean) * known
    spread = ops.sqrt(ops.sum(ops.square(apart), axis=1, keepdims=True) / count)
    return apart / (spread + SMALLEST)
