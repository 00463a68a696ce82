"""Small distortions of training pictures; `predict` and the export leave pictures alone."""

from __future__ import annotations

import keras


def augment_pictures(
    x: keras.KerasTensor,
    *,
    shift: float = 0.0,
    rotation: float = 0.0,
    zoom: float = 0.0,
    colour: float = 0.0,
    flip: bool = False,
) -> keras.KerasTensor:
    """Moves, turns, scales and tints each training picture a little, at random.

    What comes in at the borders is what stands there. As with `augment_images`, write
    `model(x, training=False)` where a model is called without `predict`.

    Args:
        x: `float32[batch, height, width, 3]` between 0 and 1.
        shift: Largest move, in shares of the height and of the width, in [0, 1).
        rotation: Largest turn either way, in degrees.
        zoom: Largest change of size, as a share of it, in [0, 1).
        colour: Largest change of brightness and of contrast, as a share of it, in [0, 1).
        flip: Mirrors half of the pictures, left and right; not where sides are told.

    Returns:
        `float32[batch, height, width, 3]`.

    Raises:
        ValueError: If an argument is out of its range.
    """
    for name, share in (("shift", shift), ("zoom", zoom), ("colour", colour)):
        if not 0 <= share < 1:
            raise ValueError(f"{name} must be in [0, 1). Received: {name}={share!r}")
    if not 0 <= rotation <= 180:
        raise ValueError(f"rotation must be in [0, 180] degrees. Received: rotation={rotation!r}")
    layers = keras.layers
    border = {"fill_mode": "nearest", "data_format": "channels_last"}
    chosen = [
        layers.RandomFlip("horizontal", data_format="channels_last") if flip else None,
        layers.RandomTranslation(shift, shift, **border) if shift else None,
        layers.RandomRotation(rotation / 360, **border) if rotation else None,
        layers.RandomZoom((-zoom, zoom), **border) if zoom else None,
        layers.RandomBrightness(colour, value_range=(0, 1)) if colour else None,
        layers.RandomContrast(colour, value_range=(0, 1)) if colour else None,
    ]
    for layer in filter(None, chosen):
        x = layer(x)
    return x
