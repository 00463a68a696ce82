"""What training images look like: their ground, ink and framing, and how others differ."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import tensorflow as tf

INK = 0.3
"""Share of the way from ground to the strongest ink above which a pixel is ink."""

LEAST_INK = 0.1
"""Difference from the ground, in the range 0 to 1, below which a frame is empty."""

TRAITS = (
    "ground", "unrest", "peak", "height", "width", "size", "row", "column", "haze", "mass", "edges",
)  # fmt: skip
"""What is measured of a frame, each from 0 to 1: the level of its border; how far the border
departs from that; the strongest ink; the sides of the box around the ink, the longer one, and
where its middle is; the mean of what is above the ground and no ink; the mean of the ink; and
the differences between neighbours, in shares of the ink."""

_SLACK = (0.02, 0.03, 0.1, 0.06, 0.06, 0.06, 0.06, 0.06, 0.02, 0.03, 0.1)
"""By how much a frame may leave the range of the training images in each."""

_MORE = 1.0

_CUT = 0.1
"""By how much ink may be denser at the border than that of any training image."""

_RANGE = (0.002, 0.998)
"""Quantiles of the training images between which they are."""

_GROUND = 0.5
"""Share of the border that in most training images must be ground; of photographs it is not."""

_LEVEL = 0.1
"""How far ground may be from its median."""

SAMPLE = 10_000
"""Training images that are measured."""


@dataclasses.dataclass(frozen=True)
class Looks:
    """What training images look like, ink being light on a dark ground.

    Attributes:
        lowest: The least of each of `TRAITS` that is still alike.
        highest: The greatest.
        size: The longer side of the box around the ink, in shares of the frame's shorter side.
        middle: Row and column of the ink's middle, in shares of the frame's sides.
        by_mass: Whether images are centred by the ink's mass, not by the box around it.
        peak: The strongest ink.
        cut: The most ink at the border, in shares of the mean: above it, ink runs out of an image.
    """

    lowest: tuple[float, ...]
    highest: tuple[float, ...]
    size: float
    middle: tuple[float, float]
    by_mass: bool
    peak: float
    cut: float

    @classmethod
    def learn(cls, frames: NDArray[np.float32]) -> Looks | None:
        """Measures training images.

        Args:
            frames: `float32[n, height, width]` in 0 to 1, ink light.

        Returns:
            None if they have no common ground on which ink could be told.
        """
        import tensorflow as tf

        measured = measure(tf.constant(frames[:SAMPLE]))
        values = {name: value.numpy() for name, value in measured.items()}
        if np.median(values["ground_share"]) < _GROUND:
            return None
        traits = np.stack([values[name] for name in TRAITS], axis=-1)
        low, high = np.quantile(traits, _RANGE, axis=0)
        boxes = np.stack([values["row"], values["column"]], axis=-1)
        masses = np.stack([values["mass_row"], values["mass_column"]], axis=-1)
        by_mass = bool(masses.std(axis=0).sum() < boxes.std(axis=0).sum())
        middle = np.median(masses if by_mass else boxes, axis=0)
        height, width = frames.shape[1:]
        sides = np.maximum(values["height"] * height, values["width"] * width)
        return cls(
            _rounded(low - np.array(_SLACK)),
            _rounded(high + np.array(_SLACK)),
            round(float(np.median(sides) / min(height, width)), 5),
            (round(float(middle[0]), 5), round(float(middle[1]), 5)),
            by_mass,
            round(float(np.median(values["peak"])), 5),
            round(float(np.quantile(values["cut"], _RANGE[1])) + _CUT, 5),
        )

    def alike(self, frames: tf.Tensor) -> tf.Tensor:
        """Tells which `float32[batch, height, width]` look so, `bool[batch]`; in the graph."""
        import tensorflow as tf

        return tf.reduce_all(self._within(frames), axis=-1)

    def placed(self, frames: tf.Tensor) -> tf.Tensor:
        """Tells in which frames the ink is as large and where it is in training images."""
        import tensorflow as tf

        places = [TRAITS.index(name) for name in ("size", "row", "column")]
        return tf.reduce_all(tf.gather(self._within(frames), places, axis=-1), axis=-1)

    def grounded(self, frames: tf.Tensor) -> tf.Tensor:
        """Tells which frames have the ground and the contrast of training images."""
        import tensorflow as tf

        levels = [TRAITS.index(name) for name in ("ground", "unrest", "peak", "haze")]
        return tf.reduce_all(tf.gather(self._within(frames), levels, axis=-1), axis=-1)

    def roughly_alike(self, frames: tf.Tensor) -> tf.Tensor:
        """Tells which frames look so, what resampling does to them allowed for."""
        import tensorflow as tf

        return tf.reduce_all(self._within(frames, _MORE), axis=-1)

    def _within(self, frames: tf.Tensor, more: float = 0.0) -> tf.Tensor:
        """Returns `bool[batch, traits]`; `more` widens the ranges by so many times the slack."""
        import tensorflow as tf

        measured = measure(frames)
        traits = tf.stack([measured[name] for name in TRAITS], axis=-1)
        slack = more * tf.constant(_SLACK)
        return (traits >= self.lowest - slack) & (traits <= self.highest + slack)


def _rounded(values: NDArray[Any]) -> tuple[float, ...]:
    return tuple(round(float(value), 5) for value in values)


def measure(frames: tf.Tensor) -> dict[str, tf.Tensor]:
    """Returns `TRAITS` of frames and what is learnt besides, each `float32[batch]`.

    Args:
        frames: `float32[batch, height, width]` in 0 to 1, ink light.
    """
    import tensorflow as tf

    ring = border(frames)
    ground = median(ring)
    above = tf.nn.relu(frames - ground[:, None, None])
    strength = tf.reduce_max(above, axis=(1, 2))
    ink = above / tf.maximum(strength, 1e-6)[:, None, None]
    mask = ink > INK
    rows, columns = tf.reduce_any(mask, axis=2), tf.reduce_any(mask, axis=1)
    (top, bottom), (left, right) = extent(rows), extent(columns)
    height, width = (tf.cast(tf.shape(frames)[axis], tf.float32) for axis in (1, 2))
    mass_row, mass_column = mass_middle(ink)
    haze = tf.where(mask, 0.0, above)
    return {
        "ground": ground,
        "unrest": tf.reduce_mean(tf.abs(ring - ground[:, None]), axis=1),
        "peak": strength,
        "height": (bottom - top) / height,
        "width": (right - left) / width,
        "size": tf.maximum(bottom - top, right - left) / tf.minimum(height, width),
        "row": (top + bottom) / 2 / height,
        "column": (left + right) / 2 / width,
        "haze": tf.reduce_mean(haze, axis=(1, 2)),
        "mass": tf.reduce_mean(ink, axis=(1, 2)),
        "edges": edges(ink),
        "ground_share": tf.reduce_mean(
            tf.cast(tf.abs(ring - ground[:, None]) < _LEVEL, tf.float32), axis=1
        ),
        "cut": cut(ink),
        "mass_row": mass_row / height,
        "mass_column": mass_column / width,
    }


def cut(ink: tf.Tensor) -> tf.Tensor:
    """Returns how dense ink `float32[batch, h, w]` is at the border, in shares of its mean."""
    import tensorflow as tf

    inside = tf.maximum(tf.reduce_mean(ink, axis=(1, 2)), 1e-6)
    return tf.reduce_mean(border(ink), axis=1) / inside


def edges(ink: tf.Tensor) -> tf.Tensor:
    """Returns the mean difference of neighbouring pixels in shares of the ink's mean."""
    import tensorflow as tf

    steps = tf.image.total_variation(ink[..., None])
    return steps / tf.maximum(tf.reduce_sum(ink, axis=(1, 2)), 1e-6) / 4


def border(frames: tf.Tensor) -> tf.Tensor:
    """Returns the outermost pixels, `float32[batch, pixels]`."""
    import tensorflow as tf

    sides = [frames[:, 0], frames[:, -1], frames[:, 1:-1, 0], frames[:, 1:-1, -1]]
    return tf.concat(sides, axis=1)


def median(values: tf.Tensor) -> tf.Tensor:
    """Returns the median of each row, `float32[batch]`."""
    return quantile(values, 0.5)


def quantile(values: tf.Tensor, share: float) -> tf.Tensor:
    """Returns the value below which this share of the last axis lies."""
    import tensorflow as tf

    count = tf.shape(values)[-1]
    place = tf.cast(tf.round(share * tf.cast(count - 1, tf.float32)), tf.int32)
    return tf.gather(tf.sort(values, axis=-1), place, axis=-1)


def extent(inked: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns where ink begins and ends in `bool[batch, side]`, in pixels; all of it if none is."""
    import tensorflow as tf

    side = tf.shape(inked)[1]
    marks = tf.cast(inked | ~tf.reduce_any(inked, axis=1, keepdims=True), tf.int32)
    first = tf.argmax(marks, axis=1, output_type=tf.int32)
    last = side - tf.argmax(marks[:, ::-1], axis=1, output_type=tf.int32)
    return tf.cast(first, tf.float32), tf.cast(last, tf.float32)


def mass_middle(ink: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns row and column of the centre of mass of `float32[batch, h, w]`, in pixels."""
    import tensorflow as tf

    total = tf.maximum(tf.reduce_sum(ink, axis=(1, 2)), 1e-6)

    def middle(profile: tf.Tensor) -> tf.Tensor:
        places = tf.range(tf.cast(tf.shape(profile)[1], tf.float32)) + 0.5
        return tf.reduce_sum(profile * places, axis=1) / total

    return middle(tf.reduce_sum(ink, axis=2)), middle(tf.reduce_sum(ink, axis=1))
