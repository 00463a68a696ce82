"""Stretches of time and of pitch that are hidden in training."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable("lstm_toolkit")
class HiddenBands(keras.layers.Layer):
    """Hides bands and stretches of spectrograms in training (SpecAugment).

    After D. Park et al., 2019 (arXiv:1904.08779), in whose way what is hidden becomes the mean,
    which is 0 of what is brought to its own scale.

    Args:
        bands: Widest band that is hidden.
        frames: Longest stretch, a fifth of the recording at most.
        times: How many of each.
        seed: Of all that is drawn.
        **options: Of `keras.layers.Layer`.

    Call arguments: `float32[batch, frames, bands]`, and how many frames of each are real,
    `float32[batch]`.
    """

    def __init__(
        self,
        bands: int,
        frames: int,
        times: int = 2,
        seed: int | None = None,
        **options: Any,
    ):
        super().__init__(**{"dtype": "float32", **options})
        self.bands, self.frames, self.times, self.seed = bands, frames, times, seed
        self._draws = keras.random.SeedGenerator(seed)

    def call(self, x: Any, counts: Any, training: bool = False) -> Any:
        """Returns spectrograms as they are, in training with gaps."""
        if not training:
            return x
        rows, time, width = tf.shape(x)[0], tf.shape(x)[1], x.shape[-1]
        steps = tf.range(time, dtype=tf.float32)[None]
        pitch = tf.range(width, dtype=tf.float32)[None]
        real = counts[:, None]
        for _ in range(self.times):
            first = self._drawn(rows, 1.0) * real
            length = self._drawn(rows, 1.0) * tf.minimum(float(self.frames), 0.2 * real)
            lowest, broad = self._drawn(rows, width), self._drawn(rows, self.bands)
            gap = _inside(steps, first, length)[:, :, None] | _inside(pitch, lowest, broad)[:, None]
            x = tf.where(gap, 0.0, x)
        return x

    def _drawn(self, rows: Any, most: float) -> Any:
        return keras.random.uniform((rows, 1), 0.0, float(most), seed=self._draws)

    def compute_output_spec(self, x: Any, counts: Any, training: bool = False) -> Any:
        """Returns what spectrograms are like: as they were."""
        return keras.KerasTensor(x.shape, "float32")

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments."""
        names = ("bands", "frames", "times", "seed")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


def _inside(places: Any, first: Any, length: Any) -> Any:
    return (places >= first) & (places < first + length)
