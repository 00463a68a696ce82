"""From samples of any rate to the loudness of bands of pitch, inside graphs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import tensorflow as tf

FRAME, HOP = 0.025, 0.010
"""Seconds that a frame sees, and between the beginnings of two."""

RANGE = 11.0
"""How far below the loudest band of a recording others may lie, in nats of power (48 dB)."""

LEAST_POWER = 1e-10
"""Of a band: far below that of one step of 16 bits."""

ROOM = 0.05
"""Seconds of silence behind a recording, so that its end does not reach its beginning."""


def at_one_rate(samples: tf.Tensor, lengths: tf.Tensor, rates: tf.Tensor, rate: int) -> Any:
    """Brings recordings to one rate, by leaving out or adding the highest frequencies.

    Args:
        samples: `float32[batch, time]`, zeros behind each recording.
        lengths: `int32[batch]`, how many samples are real.
        rates: `float32[batch]`, samples a second.
        rate: That of the answer.

    Returns:
        Samples and lengths again.
    """
    import tensorflow as tf

    factors = tf.cast(rate, tf.float32) / rates
    longer = tf.cast(tf.math.ceil(tf.cast(lengths, tf.float32) * factors - 1e-3), tf.int32)
    longer = tf.where(lengths > 0, tf.maximum(longer, 1), 0)
    most = tf.reduce_max(longer)

    def one(row: Any) -> tf.Tensor:
        own, length, new, factor = row
        before = length + tf.cast(ROOM * tf.cast(rate, tf.float32) / factor, tf.int32) + 1
        after = tf.maximum(tf.cast(tf.round(tf.cast(before, tf.float32) * factor), tf.int32), 2)
        padded = tf.pad(own[:length], [[0, before - length]])
        waves = tf.signal.rfft(padded, [before])
        bins = after // 2 + 1
        fitted = tf.pad(waves[:bins], [[0, tf.maximum(bins - tf.shape(waves)[0], 0)]])
        again = tf.signal.irfft(fitted, [after]) * factor
        again = tf.pad(again[:new], [[0, tf.maximum(new - after, 0)]])
        return tf.pad(again, [[0, most - new]])

    def resampled() -> tf.Tensor:
        spec = tf.TensorSpec([None], tf.float32)
        return tf.map_fn(one, (samples, lengths, longer, factors), fn_output_signature=spec)

    alike = tf.reduce_all(tf.abs(factors - 1.0) < 1e-6)
    return tf.cond(alike, lambda: samples[:, :most], resampled), longer


def frame_counts(lengths: Any, rate: int) -> Any:
    """Returns how many frames recordings of so many samples have, at least one each."""
    import tensorflow as tf

    frame, hop = round(FRAME * rate), round(HOP * rate)
    return tf.maximum(1 + (tf.maximum(lengths - frame, 0) + hop - 1) // hop, 1)


def log_mel(
    samples: tf.Tensor, lengths: tf.Tensor, *, rate: int, mels: int, lowest: float, highest: float
) -> tf.RaggedTensor:
    """Returns how loud bands of pitch are in each frame, in nats below the recording's loudest.

    Args:
        samples: `float32[batch, time]`, zeros behind each recording.
        lengths: `int32[batch]`, how many samples are real.
        rate: Samples a second.
        mels: Bands, equally wide on the mel scale.
        lowest: Frequency, in Hz.
        highest: Likewise.

    Returns:
        `float32[batch, (frames), mels]`, from `-RANGE` to 0.
    """
    import tensorflow as tf

    frame, hop = round(FRAME * rate), round(HOP * rate)
    real = tf.sequence_mask(lengths, tf.shape(samples)[1], tf.float32)
    count = tf.maximum(tf.cast(lengths, tf.float32), 1.0)[:, None]
    level = tf.reduce_sum(samples * real, axis=1, keepdims=True) / count
    frames = frame_counts(lengths, rate)
    needed = frame + hop * (tf.reduce_max(frames) - 1)
    centred = (samples - level) * real
    padded = tf.pad(centred, [[0, 0], [0, tf.maximum(needed - tf.shape(samples)[1], 0)]])
    size = 2 ** (frame - 1).bit_length()
    waves = tf.signal.stft(padded[:, :needed], frame, hop, size)
    power = tf.square(tf.math.real(waves)) + tf.square(tf.math.imag(waves))
    bands = tf.signal.linear_to_mel_weight_matrix(mels, size // 2 + 1, rate, lowest, highest)
    loud = tf.math.log(tf.tensordot(power, bands, 1) / frame + LEAST_POWER)
    there = tf.sequence_mask(frames, tf.shape(loud)[1])
    own = tf.where(there[..., None], loud, tf.fill(tf.shape(loud), loud.dtype.min))
    peak = tf.reduce_max(own, axis=[1, 2], keepdims=True)
    below = tf.maximum(loud - peak, -RANGE)
    return tf.RaggedTensor.from_row_lengths(
        tf.boolean_mask(below, there), tf.cast(frames, tf.int64), validate=False
    )
