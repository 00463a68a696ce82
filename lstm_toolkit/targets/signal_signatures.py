"""Signatures of exports that clean signals: of any length and many channels, or as samples come."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from lstm_toolkit.targets.signature import Signature

if TYPE_CHECKING:
    import tensorflow as tf

    from lstm_toolkit.builders.denoiser_steps import DenoiserSteps

Rows = Callable[["tf.Tensor"], "tf.Tensor"]
"""From `float32[rows, time]` to the same, clean; in the graph."""

OVERLAP = 4
"""Windows that each sample lies in."""
BLOCK = 256
"""Windows that go through the network at a time."""


def of_channels(
    rows: Rows, steps: int, name: str, facts: Mapping[str, int] | None = None
) -> Signature:
    """Returns the signature of raw signals.

    Args:
        rows: Cleans single channels.
        steps: Samples of a window.
        name: Of the input.
        facts: Of a causal network, told with each answer: its `delay` and its `segment`.

    Returns:
        From `float32[batch, time, channels]`, NaN where a sample is missing, to `clean` of the same
        shape, how many samples were `filled`, and how many of these lie so far from all known ones
        that they are `averaged`, the mean of their channel; without `facts` also whether signals
        were shorter than a window and `padded`.
    """
    import tensorflow as tf

    spec = tf.TensorSpec([None, None, None], tf.float32, name)

    def answer(values: tf.Tensor) -> dict[str, tf.Tensor]:
        values = tf.ensure_shape(values, spec.shape)  # a loaded signature does not look
        batch, time, channels = tf.unstack(tf.shape(values))
        flat = tf.reshape(tf.transpose(values, [0, 2, 1]), [batch * channels, time])
        count = batch * channels
        # Loops cannot be run over no rows.
        some = tf.pad(flat, [[0, tf.cast(tf.equal(count, 0), tf.int32)], [0, 0]])
        clean = tf.reshape(rows(some)[:count], [batch, channels, time])
        clean = tf.transpose(clean, [0, 2, 1])
        missing = tf.logical_not(tf.math.is_finite(values))
        alone = tf.logical_and(missing, tf.math.is_nan(clean))
        told = {
            "clean": tf.where(alone, _means(values, missing), clean),
            "filled": _counts(missing),
            "averaged": _counts(alone),
        }
        if facts is None:
            told["padded"] = tf.fill([batch], time < steps)
        return told | {key: tf.fill([batch], value) for key, value in (facts or {}).items()}

    return Signature(answer, (spec,))


def _counts(of: tf.Tensor) -> tf.Tensor:
    import tensorflow as tf

    return tf.reduce_sum(tf.cast(of, tf.int32), axis=[1, 2])


def _means(values: tf.Tensor, missing: tf.Tensor) -> tf.Tensor:
    """Returns the mean of what is known of each channel, 0 of one without."""
    import tensorflow as tf

    known = tf.cast(tf.logical_not(missing), tf.float32)
    total = tf.reduce_sum(tf.where(missing, 0.0, values), axis=1, keepdims=True)
    return tf.math.divide_no_nan(total, tf.reduce_sum(known, axis=1, keepdims=True))


def overlapping(window: Rows, steps: int) -> Rows:
    """Returns what cleans signals of any length by windows that overlap.

    What windows say of a sample is averaged with a taper, by which it counts less near their ends
    (overlap-add). The last window is filled up with missing samples. A window without a known
    sample says nothing; samples that lie in no other are NaN.

    Args:
        window: Cleans `float32[windows, steps]`.
        steps: Samples of a window.
    """
    import tensorflow as tf

    hop = max(1, steps // OVERLAP)
    taper = np.square(np.sin(np.pi * (np.arange(steps) + 0.5) / steps)).astype(np.float32)

    def clean(rows: tf.Tensor) -> tf.Tensor:
        count, time = tf.unstack(tf.shape(rows))
        windows = 1 + tf.maximum(0, (time - steps + hop - 1) // hop)
        whole = (windows - 1) * hop + steps
        padded = tf.pad(rows, [[0, 0], [0, whole - time]], constant_values=float("nan"))
        frames = tf.reshape(tf.signal.frame(padded, steps, hop), [count * windows, steps])
        cleaned = tf.reshape(_in_blocks(window, frames, steps), [count, windows, steps])
        known = tf.reduce_any(tf.math.is_finite(frames), axis=1)
        tapers = tf.reshape(tf.cast(known, tf.float32), [count, windows, 1]) * taper
        total = tf.signal.overlap_and_add(cleaned * tapers, hop)
        weight = tf.signal.overlap_and_add(tapers, hop)
        return (total / weight)[:, :time]

    return clean


def _in_blocks(window: Rows, frames: tf.Tensor, steps: int) -> tf.Tensor:
    """Cleans windows a block at a time, so that memory does not grow with the signal."""
    import tensorflow as tf

    count = tf.shape(frames)[0]
    size = tf.maximum(1, tf.minimum(count, BLOCK))
    blocks = (count + size - 1) // size
    padded = tf.pad(frames, [[0, blocks * size - count], [0, 0]])
    spec = tf.TensorSpec([None, steps], tf.float32)
    cleaned = tf.map_fn(window, tf.reshape(padded, [blocks, size, steps]), fn_output_signature=spec)
    return tf.reshape(cleaned, [blocks * size, steps])[:count]


def stream(steps: DenoiserSteps, decay: float, name: str) -> Signature:
    """Returns the signature of the next samples of signals, with all that has to be remembered.

    Args:
        steps: The network.
        decay: See `features.signal.running`.
        name: Of the input.

    Returns:
        From `float32[batch, time, 1]`, time a multiple of the network's segment, to `clean` of the
        same shape, later by the network's delay, and whether each sample is `ready`: before the
        first sample there was none.
    """
    import tensorflow as tf

    spec = tf.TensorSpec([None, None, 1], tf.float32, name)
    sums = tf.TensorSpec([None, 3], tf.float32, "sums")
    seen = tf.TensorSpec([None], tf.int32, "seen")

    def answer(values: tf.Tensor, *state: tf.Tensor) -> dict[str, tf.Tensor]:
        clean, moved = _next(steps, decay, values[..., 0], state[:-1])
        time = tf.shape(values)[1]
        places = state[-1][:, None] + tf.range(time)[None, :]
        names = [each.name for each in (sums, *steps.specs)]
        # Counted no further than is needed, or a long stream would count past 32 bits.
        count = tf.minimum(state[-1] + time, steps.delay)
        return {
            "clean": clean[..., None],
            "ready": places >= steps.delay,
            **dict(zip(names, moved, strict=True)),
            "seen": count,
        }

    def samples(raw: Mapping[str, Any]) -> dict[str, Any]:
        numbers = np.asarray(raw[name], np.float32)
        return {**raw, name: numbers[:, : 2 * steps.segment]}

    return Signature(answer, (spec,), state=(sums, *steps.specs, seen), samples=samples)


def _next(
    steps: DenoiserSteps, decay: float, values: tf.Tensor, state: tuple[tf.Tensor, ...]
) -> tuple[tf.Tensor, list[tf.Tensor]]:
    from lstm_toolkit.features.signal import running

    inputs, sums = running(values, decay, state[0])
    clean, after = steps(inputs, state[1:])
    return clean, [sums, *after]


def streamed(steps: DenoiserSteps, decay: float, block: int) -> Rows:
    """Returns what cleans whole signals as `stream` would, so many samples at a time.

    What comes out is moved back by the delay: the last samples are answered as if those after them
    were missing.

    Args:
        steps: The network.
        decay: See `features.signal.running`.
        block: Samples, a multiple of the network's segment.
    """
    import tensorflow as tf

    def clean(rows: tf.Tensor) -> tf.Tensor:
        count, time = tf.unstack(tf.shape(rows))
        blocks = tf.maximum(1, (time + steps.delay + block - 1) // block)
        padded = tf.pad(rows, [[0, 0], [0, blocks * block - time]], constant_values=float("nan"))
        parts = tf.transpose(tf.reshape(padded, [count, blocks, block]), [1, 0, 2])
        zeros = [tf.zeros([count, 3])]
        zeros += [tf.zeros([count, *spec.shape[1:]]) for spec in steps.specs]

        def step(before: Any, values: tf.Tensor) -> Any:
            cleaned, after = _next(steps, decay, values, before[1:])
            return (cleaned, *after)

        first = (tf.zeros([count, block]), *zeros)
        cleaned = tf.scan(step, parts, first)[0]
        whole = tf.reshape(tf.transpose(cleaned, [1, 0, 2]), [count, blocks * block])
        return whole[:, steps.delay : steps.delay + time]

    return clean
