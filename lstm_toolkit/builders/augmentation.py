"""Small distortions of training images; `predict` and the export leave images alone."""

from __future__ import annotations

from typing import Literal

import keras


def augment_images(
    x: keras.KerasTensor,
    *,
    shift: float = 0.0,
    rotation: float = 0.0,
    zoom: float = 0.0,
    noise: float = 0.0,
    interpolation: Literal["bilinear", "nearest"] = "nearest",
) -> keras.KerasTensor:
    """Moves, turns, scales and blurs each training image a little, at random.

    `fit`, `evaluate` and `predict` do the right thing. Keras's layers for images distort
    also where a model is called without saying so: write `model(x, training=False)`.

    Args:
        x: `float32[batch, height, width]` between 0 and 1; 0 is the ground.
        shift: Largest move, in shares of the height and of the width, in [0, 1).
        rotation: Largest turn either way, in degrees.
        zoom: Largest change of size, as a share of it, in [0, 1); both axes independently.
        noise: Standard deviation of Gaussian noise added to every pixel.
        interpolation: "nearest", for images of so few pixels that moving them by half a
            pixel would blur them, or "bilinear".

    Returns:
        `float32[batch, height, width]`.

    Raises:
        ValueError: If an argument is negative or too large.
    """
    for name, share in (("shift", shift), ("zoom", zoom)):
        if not 0 <= share < 1:
            raise ValueError(f"{name} must be in [0, 1). Received: {name}={share!r}")
    if not 0 <= rotation <= 180:
        raise ValueError(f"rotation must be in [0, 180] degrees. Received: rotation={rotation!r}")
    if noise < 0:
        raise ValueError(f"noise must be at least 0. Received: noise={noise!r}")
    flat = {
        "fill_mode": "constant",
        "fill_value": 0.0,
        "interpolation": interpolation,
        "data_format": "channels_last",
    }
    layers = []
    if shift:
        layers.append(keras.layers.RandomTranslation(shift, shift, **flat))
    if rotation:
        layers.append(keras.layers.RandomRotation(rotation / 360, **flat))
    if zoom:
        layers.append(keras.layers.RandomZoom((-zoom, zoom), (-zoom, zoom), **flat))
    if layers:
        size = x.shape[1:]
        x = keras.layers.Reshape((*size, 1))(x)
        for layer in layers:
            x = layer(x)
        x = keras.layers.Reshape(size)(x)
    return keras.layers.GaussianNoise(noise)(x) if noise else x
