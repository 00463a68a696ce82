"""Convolutions over neighbouring steps, and several steps as one token."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


def convolution(x: Any, width: int, kernel: int, real: Any, depth: int, dropout: float) -> Any:
    """Looks at neighbouring steps; padding is zeros again behind it, as before."""
    x = keras.layers.Conv1D(width, kernel, padding="same", name=f"convolution_{depth}")(x)
    x = keras.layers.LayerNormalization(name=f"convolution_norm_{depth}")(x)
    x = keras.layers.Activation("relu", name=f"convolution_relu_{depth}")(x)
    x = keras.layers.SpatialDropout1D(dropout, name=f"convolution_dropout_{depth}")(x)
    return x * ops.cast(real, x.dtype)


def patches(x: Any, patch: int, width: int) -> Any:
    """Returns one token for each patch that begins with a step; zeros fill the last one up."""
    if patch == 1:
        return x
    x = keras.layers.ZeroPadding1D((0, patch - 1), name="filled_up")(x)
    return keras.layers.Conv1D(width, patch, strides=patch, activation="relu", name="tokens")(x)
