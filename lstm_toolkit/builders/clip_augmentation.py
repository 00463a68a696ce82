"""Distortions of training clips that leave what moves where as it is."""

from __future__ import annotations

import keras
from keras import ops


def augment_clips(
    x: keras.KerasTensor,
    *,
    shift: float = 0.0,
    zoom: float = 0.0,
    brightness: float = 0.0,
    noise: float = 0.0,
) -> keras.KerasTensor:
    """Moves, scales and lights each training clip a little, all its frames alike.

    Nothing is mirrored or turned, and time does not run backwards: what moves to the left would
    move to the right, and what is opened be closed.

    Args:
        x: `float32[batch, frames, height, width, channels]` in 0 to 1.
        shift: Largest move, in shares of height and width, in [0, 1).
        zoom: Largest change of size, as a share of it, in [0, 1).
        brightness: Largest change of all pixels, in shares of full light, in [0, 1).
        noise: Standard deviation of Gaussian noise in every pixel.

    Returns:
        As `x`.

    Raises:
        ValueError: If an argument is out of its range.
    """
    for name, share in (("shift", shift), ("zoom", zoom), ("brightness", brightness)):
        if not 0 <= share < 1:
            raise ValueError(f"{name} must be in [0, 1). Received: {name}={share!r}")
    if noise < 0:
        raise ValueError(f"noise must be at least 0. Received: noise={noise!r}")
    layers: list[keras.Layer] = []
    flat = {"fill_mode": "nearest", "interpolation": "bilinear", "data_format": "channels_last"}
    if shift:
        layers.append(keras.layers.RandomTranslation(shift, shift, **flat, name="shift"))
    if zoom:
        layers.append(keras.layers.RandomZoom((-zoom, zoom), **flat, name="zoom"))
    if brightness:
        layers.append(keras.layers.RandomBrightness(brightness, (0.0, 1.0), name="brightness"))
    if layers:
        # A picture a clip, whose channels are all its frames', is distorted as one.
        _, frames, height, width, channels = x.shape
        x = ops.transpose(x, (0, 2, 3, 1, 4))
        x = keras.layers.Reshape((height, width, frames * channels), name="one_picture")(x)
        for layer in layers:
            x = layer(x)
        x = keras.layers.Reshape((height, width, frames, channels), name="frames")(x)
        x = ops.transpose(x, (0, 3, 1, 2, 4))
    return keras.layers.GaussianNoise(noise, name="noise")(x) if noise else x
