"""Networks from noisy signals to clean ones, sample for sample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from lstm_toolkit.builders.recurrent import CELLS, recurrent_stack

BOUND = 8.0
"""To which scaled samples are pressed together before the first layer, so that one impulse does not
drown out all else."""
CONTEXT = 2
"""Segments that a segment is read with, on each side; causal networks read as many before it."""
AROUND = 4
"""Samples beside each that its median is taken with, half of them on each side."""


def tokens_of_delay(delay: int, segment: int) -> int:
    """Returns how many segments later a causal network may answer, for a delay in samples.

    The first sample of a segment waits for the segment's end, too.

    >>> tokens_of_delay(20, 4), tokens_of_delay(0, 1)
    (4, 0)
    """
    return max(0, (delay + 1) // segment - 1)


def denoiser(
    steps: int,
    *,
    units: Sequence[int],
    segment: int,
    coarse: int = 0,
    causal: bool = False,
    delay: int = 0,
    **stack: Any,
) -> keras.Model:
    """Reads a noisy window in segments by stacked LSTM layers, and writes it clean.

    Each sample that comes out is that which came in and the median around it, as far as gates let
    them pass, and what the network puts in their place. Segments are read with their neighbours
    by one convolution. What is slow, such as a baseline that wanders, is seen by a small LSTM over
    averages, which goes over the whole window in few steps.

    Args:
        steps: Samples of a window, a multiple of `segment`.
        units: Width of each recurrent layer, first to last.
        segment: Samples that are read as one step.
        coarse: Segments that the small LSTM reads as one step, of which the window is a multiple; 0
            leaves it out, as causal networks do.
        causal: Whether a sample depends on no later ones than `delay` allows; otherwise layers
            read in both directions.
        delay: Samples of which a causal network may wait.
        **stack: Further arguments of `recurrent_stack`.

    Returns:
        An uncompiled model from `float32[batch, steps, 4]` (samples on their scale, 1 where there
        is one, level and scale, see `features.Signal`) to `float32[batch, steps]`.

    Raises:
        ValueError: If `steps` is no multiple of `segment`, or an argument is out of its range.

    Example:
        >>> denoiser(64, units=(8,), segment=4).output_shape
        (None, 64)
    """
    if min(segment, steps) < 1 or steps % (segment * max(coarse, 1)) or min(delay, coarse) < 0:
        raise ValueError(
            "steps must be a multiple of segment, and of coarse segments; delay at least 0. "
            f"Received: steps={steps}, segment={segment}, coarse={coarse}, delay={delay}"
        )
    inputs = keras.Input((steps, 4), dtype="float32", name="values")
    later = tokens_of_delay(delay, segment) * segment if causal else 0
    around = CONTEXT * segment
    features = seen(inputs, medians(inputs[..., 0], 0 if causal else AROUND // 2))
    padded = ops.pad(features, [[0, 0], [around, later if causal else around], [0, 0]])
    width = segment + around if causal else segment + 2 * around
    tokens = keras.layers.Conv1D(
        units[0], width, strides=segment, activation="relu", name="tokens"
    )(padded)
    if coarse and not causal:
        slow = _slow(features, coarse * segment, max(1, units[0] // 2), stack.get("cell", "lstm"))
        slow = keras.layers.UpSampling1D(coarse, name="slow_again")(slow)
        tokens = keras.layers.Concatenate(name="with_slow")([tokens, slow])
    tokens = recurrent_stack(
        tokens, units=units, bidirectional=not causal, return_sequences=True, **stack
    )
    heads = keras.layers.Dense(3 * segment, dtype="float32", name="gates_and_values")(tokens)
    middle = medians(inputs[..., 0], ahead(later) if causal else AROUND // 2)
    outputs = mixed(heads[:, later // segment :], inputs, middle, segment)
    return keras.Model(inputs, outputs, name="lstm_denoiser")


def _slow(features: Any, width: int, units: int, cell: Any) -> Any:
    """Returns what is known of so many samples at a time, `float32[batch, parts, 2 * units]`."""
    averages = keras.layers.AveragePooling1D(width, name="averages")(features)
    read = CELLS[cell](units, return_sequences=True, name="slow")
    return keras.layers.Bidirectional(read, name="slow_both_ways")(averages)


def ahead(later: int) -> int:
    """Returns how many later samples a median is taken with, where so many are there."""
    return min(AROUND // 2, later)


def medians(samples: Any, after: int) -> Any:
    """Returns the median of each sample and `AROUND` others, `float32[batch, steps]`.

    Args:
        samples: `float32[batch, steps]`; those beyond its ends count as 0.
        after: How many of the others are later.
    """
    padded = ops.pad(samples, [[0, 0], [AROUND - after, after]])
    return medians_within(padded)


def medians_within(samples: Any) -> Any:
    """Returns medians of so many samples in a row, `float32[batch, steps - AROUND]`."""
    shifted = [samples[:, place : place - AROUND or None] for place in range(AROUND + 1)]
    return ops.sort(ops.stack(shifted, axis=-1), axis=-1)[..., AROUND // 2]


def seen(inputs: Any, middle: Any) -> Any:
    """Returns what the first layer is given, `float32[batch, steps, 3]`.

    Args:
        inputs: `float32[batch, steps, 4]`, see `denoiser`.
        middle: `float32[batch, steps]`, medians.

    Returns:
        Samples, and how far they are from their medians, between bounds; and where there is one.
    """
    samples, known = inputs[..., 0], inputs[..., 1]
    return ops.stack([_pressed(samples), _pressed((samples - middle) * known), known], axis=-1)


def _pressed(samples: Any) -> Any:
    return samples / (1.0 + ops.abs(samples) / BOUND)


def mixed(heads: Any, inputs: Any, middle: Any, segment: int) -> Any:
    """Returns `float32[batch, steps]`, clean samples on their own scale again.

    Args:
        heads: `float32[batch, segments, 3 * segment]`: how much of each sample passes, how much
            of the median around it, and what is added.
        inputs: `float32[batch, steps, 4]`, see `denoiser`.
        middle: `float32[batch, steps]`, medians.
        segment: Samples in one.
    """
    shape = (-1, heads.shape[1] * segment if heads.shape[1] else ops.shape(inputs)[1])
    gates, others, values = (
        ops.reshape(heads[..., part * segment : (part + 1) * segment], shape) for part in range(3)
    )
    samples = ops.sigmoid(gates) * inputs[..., 0] + ops.sigmoid(others) * middle + values
    return samples * inputs[..., 3] + inputs[..., 2]
