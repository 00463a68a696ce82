"""Training recordings as other voices, at other speeds and through other microphones."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf

LEAST_FRAMES = 4
"""Of a recording that is made faster."""

LOUDEST_NOISE, SILENT = 3.0, -50.0
"""In nats: of power below the loudest band, and where there is none."""

BEND = 0.15
"""How unevenly time passes at most, as a share of the recording that comes too early or late."""


@keras.saving.register_keras_serializable("lstm_toolkit")
class OtherVoices(keras.layers.Layer):
    """Changes spectrograms in training as recordings differ; answers see them as they are.

    Each recording becomes slower or faster (T. Ko et al., 2015, doi:10.21437/Interspeech.2015-711),
    as if its speaker had a longer or shorter vocal tract (N. Jaitly and G. Hinton, 2013), begins
    later and ends earlier or later, is heard through another microphone, and with noise.

    Args:
        speed: Largest change of how long it lasts, as a logarithm.
        tract: Largest change of all frequencies, likewise.
        shift: Frames of silence before and behind it, at most.
        colour: Deviation of smooth changes of its spectrum, in nats.
        noise: Share of the recordings to which noise is added.
        lowest: Frequency of the bands, in Hz.
        highest: Likewise.
        floor: What silence is, in nats.
        seed: Of all that is drawn.
        **options: Of `keras.layers.Layer`.

    Call arguments: `float32[batch, frames, bands + 1]`, the last whether a frame is one. Returns
    the same with other frames.
    """

    def __init__(
        self,
        *,
        speed: float = 0.0,
        tract: float = 0.0,
        shift: int = 0,
        colour: float = 0.0,
        noise: float = 0.0,
        lowest: float = 60.0,
        highest: float = 4000.0,
        floor: float = -11.0,
        seed: int | None = None,
        **options: Any,
    ):
        super().__init__(**{"dtype": "float32", **options})
        self.speed, self.tract, self.shift = speed, tract, shift
        self.colour, self.noise, self.floor = colour, noise, floor
        self.lowest, self.highest, self.seed = lowest, highest, seed
        self._draws = keras.random.SeedGenerator(seed)

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Returns recordings as they are, in training as they might have been."""
        if not training:
            return inputs
        bands, counts = inputs[..., :-1], tf.cast(tf.reduce_sum(inputs[..., -1], axis=1), tf.int32)
        if self.speed:
            bands, counts = self._at_other_speed(bands, counts)
        if self.tract:
            bands = self._of_other_tract(bands)
        if self.shift:
            bands, counts = self._shifted(bands, counts)
        if self.colour:
            bands = bands + self._colours(tf.shape(bands)[0], bands.shape[-1])
        if self.noise:
            bands = self._in_noise(bands)
        there = tf.sequence_mask(counts, tf.shape(bands)[1], tf.float32)[..., None]
        return tf.concat([bands * there, there], axis=-1)

    def _uniform(self, shape: Any, low: float, high: float) -> Any:
        return keras.random.uniform(shape, low, high, seed=self._draws)

    def _normal(self, shape: Any) -> Any:
        return keras.random.normal(shape, seed=self._draws)

    def _at_other_speed(self, bands: Any, counts: Any) -> tuple[Any, Any]:
        """Reads frames between frames, at a speed that changes on the way."""
        rows = tf.shape(bands)[0]
        old = tf.cast(counts, tf.float32)[:, None]
        longer = tf.exp(self._uniform((rows, 1), -self.speed, self.speed))
        new = tf.maximum(tf.round(old * longer), tf.minimum(old, float(LEAST_FRAMES)))
        steps = tf.range(tf.cast(tf.reduce_max(new), tf.int32))
        share = (tf.cast(steps, tf.float32)[None] + 0.5) / new
        bent = share + self._uniform((rows, 1), -BEND, BEND) * share * (1.0 - share)
        places = tf.clip_by_value(bent * old - 0.5, 0.0, old - 1.0)
        return _between(bands, places), tf.cast(new[:, 0], tf.int32)

    def _of_other_tract(self, bands: Any) -> Any:
        """Moves all frequencies by one factor, which on the mel scale is no shift."""
        width = bands.shape[-1]
        first, last = _mel(self.lowest), _mel(self.highest)
        step = (last - first) / (width + 1)
        hertz = 700.0 * (10.0 ** ((first + step * np.arange(1, width + 1)) / 2595.0) - 1.0)
        factors = tf.exp(self._uniform((tf.shape(bands)[0], 1), -self.tract, self.tract))
        moved = tf.minimum(tf.constant(hertz, tf.float32)[None] * factors, self.highest)
        mels = 2595.0 * tf.math.log(1.0 + moved / 700.0) / np.log(10.0)
        places = tf.clip_by_value((mels - first) / step - 1.0, 0.0, width - 1.0)
        turned = _between(tf.transpose(bands, [0, 2, 1]), places)
        return tf.transpose(turned, [0, 2, 1])

    def _shifted(self, bands: Any, counts: Any) -> tuple[Any, Any]:
        """Puts silence before and behind recordings."""
        rows = tf.shape(bands)[0]
        pauses = tf.cast(self._uniform((rows, 2), 0.0, self.shift + 1.0), tf.int32)
        new = counts + tf.reduce_sum(pauses, axis=1)
        places = tf.range(tf.reduce_max(new))[None] - pauses[:, :1]
        spoken = (places >= 0) & (places < counts[:, None])
        moved = tf.gather(bands, tf.where(spoken, places, 0), batch_dims=1)
        return tf.where(spoken[..., None], moved, self.floor), new

    def _colours(self, rows: Any, width: int) -> Any:
        """Returns how much louder each band is: a slope and two waves over all bands."""
        along = np.arange(width, dtype=np.float32) / max(width - 1, 1)
        curves = [2 * along - 1, np.cos(2 * np.pi * along), np.cos(3 * np.pi * along)]
        return tf.matmul(self._normal((rows, 1, 3)) * self.colour, tf.constant(np.stack(curves)))

    def _in_noise(self, bands: Any) -> Any:
        """Adds the power of noise with a slope of its own."""
        rows, frames, width = tf.shape(bands)[0], tf.shape(bands)[1], bands.shape[-1]
        along = tf.linspace(-1.0, 1.0, width)
        level = tf.reduce_max(bands, axis=[1, 2], keepdims=True)
        level -= self._uniform((rows, 1, 1), LOUDEST_NOISE, -self.floor)
        level = tf.where(self._uniform((rows, 1, 1), 0.0, 1.0) < self.noise, level, SILENT)
        grain = tf.math.log(-tf.math.log(self._uniform((rows, frames, width), 1e-3, 1.0)))
        noise = level + self._normal((rows, 1, 1)) * along + 0.5 * grain
        return tf.reduce_logsumexp(tf.stack([bands, noise]), axis=0)

    def compute_output_spec(self, inputs: Any, training: bool = False) -> Any:
        """Returns what the frames are like: as many as there may be."""
        return keras.KerasTensor((inputs.shape[0], None, inputs.shape[2]), "float32")

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments."""
        names = ("speed", "tract", "shift", "colour", "noise", "lowest", "highest", "floor", "seed")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


def _mel(hertz: float) -> float:
    return float(2595.0 * np.log10(1.0 + hertz / 700.0))


def _between(rows: Any, places: Any) -> Any:
    """Returns `float32[batch, n, width]`, rows of `[batch, m, width]` between whole places."""
    low = tf.floor(places)
    share = (places - low)[..., None]
    before = tf.cast(low, tf.int32)
    after = tf.minimum(before + 1, tf.shape(rows)[1] - 1)
    first, second = (tf.gather(rows, each, batch_dims=1) for each in (before, after))
    return first * (1.0 - share) + second * share
