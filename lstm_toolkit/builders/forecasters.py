"""Networks from windows of numbers to the numbers that follow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from lstm_toolkit.builders.recurrent import recurrent_stack


def forecaster(
    steps: int, *, horizon: int, units: Sequence[int], segment: int = 1, **stack: Any
) -> keras.Model:
    """Adds stacked LSTM layers over segments of a window to a linear forecast.

    All steps are foretold at once. The last value is subtracted from the window and added to
    the forecast, so that the network learns changes; a linear path beside the LSTM begins
    the forecast (arXiv:2205.13504), and segments of several steps are read as one
    (arXiv:2308.11200).

    Args:
        steps: Of the window.
        horizon: Steps to foretell.
        units: Width of each recurrent layer, first to last.
        segment: Steps read as one; `steps` must be a multiple of it.
        **stack: Further arguments of `recurrent_stack`.

    Returns:
        An uncompiled model from `float32[batch, steps]` to `float32[batch, horizon]`.

    Raises:
        ValueError: If an argument is out of its range.

    Example:
        >>> forecaster(96, horizon=24, units=(32,), segment=8).output_shape
        (None, 24)
    """
    if steps < 1 or horizon < 1 or segment < 1 or steps % segment:
        raise ValueError(
            "steps must be a multiple of segment, and all at least 1. "
            f"Received: steps={steps}, segment={segment}, horizon={horizon}"
        )
    inputs = keras.Input((steps,), dtype="float32", name="values")
    last = inputs[:, -1:]
    changes = inputs - last
    segments = keras.layers.Reshape((steps // segment, segment), name="segments")(changes)
    deep = recurrent_stack(segments, units=units, **stack)
    # Zeros: training begins at the linear forecast.
    head = keras.layers.Dense(horizon, kernel_initializer="zeros", dtype="float32", name="deep")
    line = keras.layers.Dense(horizon, kernel_initializer="zeros", dtype="float32", name="linear")
    changed = keras.layers.Add(dtype="float32", name="changes")([head(deep), line(changes)])
    return keras.Model(inputs, changed + last, name="lstm_forecaster")
