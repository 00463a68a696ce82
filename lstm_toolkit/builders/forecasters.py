"""Networks from windows of numbers to the numbers that follow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import keras
import numpy as np
from keras import ops

from lstm_toolkit.builders.recurrent import recurrent_stack

SMALLEST = 1e-6
"""Scale of a window, relative to its values, below which it counts as constant."""


def forecaster(
    steps: int,
    *,
    horizon: int,
    units: Sequence[int],
    quantiles: int = 1,
    segment: int = 1,
    season: int = 1,
    skip: Literal["linear", "season", "none"] = "linear",
    covariates: dict[str, tuple[int, ...]] | None = None,
    **stack: Any,
) -> keras.Model:
    """Adds stacked LSTM layers over segments of a window to a linear forecast.

    All steps are foretold at once. Each window is brought to its own scale: its last value is
    subtracted, and the mean distance from its mean divided by; both are undone at the end. A
    linear path beside the LSTM begins the forecast (arXiv:2205.13504). Segments, such as the
    hours of a day, are read as one step each, and written so, too (arXiv:2308.11200).

    Args:
        steps: Of the window.
        horizon: Steps to foretell.
        units: Width of each recurrent layer, first to last.
        quantiles: How many numbers come out a step.
        segment: Steps read as one; the oldest that fill none are left to the linear path.
        season: Steps after which values repeat: a missing one is taken from a season ago.
        skip: The path beside the LSTM: linear from all steps, or the last season again.
        covariates: Shapes of rows of further inputs by name: `start` and `known`, `(steps +
            horizon, width)`; `past`, `(steps, width)`; `static`, `(width,)`.
        **stack: Further arguments of `recurrent_stack`.

    Returns:
        An uncompiled model from `values`, `float32[batch, steps, 2]` (numbers, and 1 where there
        is one), or from a mapping where there are covariates, to `float32[batch, horizon,
        quantiles]`.

    Raises:
        ValueError: If an argument is out of its range.

    Example:
        >>> forecaster(96, horizon=24, units=(32,), segment=8).output_shape
        (None, 24, 1)
    """
    if min(steps, horizon, segment, quantiles, season) < 1 or segment > steps:
        raise ValueError(
            "steps, horizon, segment, quantiles and season must be at least 1, and segment at most "
            f"steps. Received: steps={steps}, horizon={horizon}, segment={segment}, "
            f"quantiles={quantiles}, season={season}"
        )
    shapes = covariates or {}
    inputs = {"values": keras.Input((steps, 2), dtype="float32", name="values")}
    inputs |= {name: keras.Input(shape, name=name) for name, shape in shapes.items()}
    changes, last, spread = _normalised(inputs["values"], season)
    later = [inputs[name] for name in ("start", "known") if name in inputs]
    past = [changes[..., None], inputs["values"][..., 1:]]
    past += [inputs["past"]] if "past" in inputs else []
    past += [each[:, :steps] for each in later]
    tokens = _segments(past, segment)
    tokens = keras.layers.Dense(units[0], activation="relu", name="tokens")(tokens)
    summary = recurrent_stack(tokens, units=units, **stack)
    if "static" in inputs:
        summary = keras.layers.Concatenate(name="with_static")([summary, inputs["static"]])
    deep = _unfolded(summary, [each[:, steps:] for each in later], horizon, segment, quantiles)
    line = _skip(changes, horizon, season, skip)
    if line is not None:  # repeated, since LiteRT's converter stumbles over the broadcast
        deep = deep + ops.repeat(line[..., None], quantiles, axis=-1)
    foretold = deep
    outputs = foretold * spread[..., None] + last[..., None]
    return keras.Model(inputs if shapes else inputs["values"], outputs, name="lstm_forecaster")


def segment_of(steps: int, season: int) -> int:
    """Returns how many steps are best read as one: a season, a part of a long one, or an eighth.

    >>> segment_of(96, 24), segment_of(336, 168), segment_of(96, 1)
    (24, 42, 12)
    """
    eighth = max(1, steps // 8)
    if 1 < season <= steps // 4:
        return season
    parts = [part for part in range(2, eighth + 1) if season % part == 0]
    return max(parts, default=eighth)


def _normalised(values: Any, season: int) -> tuple[Any, Any, Any]:
    """Returns windows on their own scale, their last values, and their scales.

    What is missing is taken from a season ago, or else is the mean of the window.
    """
    numbers, known = values[..., 0], values[..., 1]
    steps = numbers.shape[1]
    count = ops.maximum(ops.sum(known, axis=1, keepdims=True), 1.0)
    mean = ops.sum(numbers * known, axis=1, keepdims=True) / count
    whole = numbers * known + mean * (1.0 - known)
    if season < steps:
        before = ops.concatenate([whole[:, :season], whole[:, :-season]], axis=1)
        whole = numbers * known + before * (1.0 - known)
    # The last value that is known: of places counted from 1, the greatest.
    places = known * np.arange(1, steps + 1, dtype=np.float32)
    newest = ops.max(places, axis=1, keepdims=True)
    last = ops.sum(
        numbers * ops.cast(ops.equal(places, newest), "float32") * known, axis=1, keepdims=True
    )
    spread = ops.mean(ops.abs(whole - mean), axis=1, keepdims=True)
    constant = spread <= SMALLEST * ops.maximum(ops.abs(mean), 1e-30)
    spread = ops.where(constant, ops.ones_like(spread), spread)
    return (whole - last) / spread, last, spread


def _segments(past: list[Any], segment: int) -> Any:
    """Returns `float32[batch, segments, width]`, the newest steps of all inputs."""
    joined = keras.layers.Concatenate(name="past_steps")(past)
    steps, width = joined.shape[1:]
    whole = steps // segment * segment
    shape = (whole // segment, segment * width)
    return keras.layers.Reshape(shape, name="segments")(joined[:, steps - whole :])


def _unfolded(summary: Any, later: list[Any], horizon: int, segment: int, quantiles: int) -> Any:
    """Returns `float32[batch, horizon, quantiles]` from what the LSTM knows in the end.

    The segments to come share their weights, and differ by their place and by what is known of
    them.
    """
    width = summary.shape[-1]
    count = -(-horizon // segment)
    place = keras.layers.Dense(count * width, use_bias=True, name="places")(summary)
    states = keras.layers.Reshape((count, width), name="steps_to_come")(place)
    if later:
        known = keras.layers.Concatenate(name="known_steps")(later) if len(later) > 1 else later[0]
        missing = count * segment - horizon
        known = ops.pad(known, [[0, 0], [0, missing], [0, 0]]) if missing else known
        shape = (count, segment * known.shape[-1])
        known = keras.layers.Reshape(shape, name="known_segments")(known)
        states = states + keras.layers.Dense(width, use_bias=False, name="of_known")(known)
    states = ops.tanh(states)
    # Zeros: training begins at the linear forecast.
    head = keras.layers.Dense(
        segment * quantiles, kernel_initializer="zeros", dtype="float32", name="deep"
    )
    wide = keras.layers.Reshape((count * segment, quantiles), name="unfolded")(head(states))
    return wide[:, :horizon]


def _skip(changes: Any, horizon: int, season: int, skip: str) -> Any:
    if skip == "none":
        return None
    if skip == "season":
        steps = changes.shape[1]
        places = steps - min(season, steps) + np.arange(horizon) % min(season, steps)
        return ops.take(changes, places, axis=1)
    layer = keras.layers.Dense(horizon, kernel_initializer="zeros", dtype="float32", name="linear")
    # Adam moves each weight as far: by all steps together no farther than the other layers.
    return layer(changes / changes.shape[1])
