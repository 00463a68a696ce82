"""Small convolutional networks over pictures: a grid of vectors, or one vector."""

from __future__ import annotations

from collections.abc import Sequence

import keras


def picture_grid(
    x: keras.KerasTensor,
    *,
    filters: Sequence[int],
    depth: int = 1,
    dropout: float = 0.0,
    name: str = "cnn",
) -> keras.KerasTensor:
    """Turns pictures into a grid of vectors, each of which sees a part of them.

    Each stage is `depth` convolutions of 3×3 with batch normalisation (arXiv:1502.03167) and
    ReLU, around which its input is added (arXiv:1512.03385), and a maximum of 2×2 after all
    stages but the last.

    Args:
        x: `float32[batch, height, width, channels]` between 0 and 1.
        filters: Width of each stage; the sides are halved between them, as long as they can.
        depth: Convolutions of a stage.
        dropout: Share of the channels that are dropped after each stage in training, in [0, 1).
        name: The beginning of the layers' names.

    Returns:
        `float[batch, rows, columns, filters[-1]]`.

    Raises:
        ValueError: If an argument is out of its range.

    Example:
        >>> picture_grid(keras.Input((32, 48, 3)), filters=(8, 16)).shape
        (None, 16, 24, 16)
    """
    _check(filters, depth, dropout)
    x = keras.layers.Rescaling(2.0, -1.0, name=f"{name}_scale")(x)
    for stage, width in enumerate(filters, 1):
        if stage > 1:
            x = keras.layers.MaxPooling2D(2, padding="same", name=f"{name}_pool_{stage}")(x)
        x = _stage(x, width, depth, f"{name}_{stage}")
        x = keras.layers.SpatialDropout2D(dropout, name=f"{name}_dropout_{stage}")(x)
    return x


def picture_vector(
    x: keras.KerasTensor,
    *,
    filters: Sequence[int],
    depth: int = 1,
    dropout: float = 0.0,
    name: str = "cnn",
) -> keras.KerasTensor:
    """Turns pictures into one vector each: the mean of `picture_grid`, which has the arguments.

    Returns:
        `float[batch, filters[-1]]`.

    Example:
        >>> picture_vector(keras.Input((32, 32, 3)), filters=(8, 16)).shape
        (None, 16)
    """
    grid = picture_grid(x, filters=filters, depth=depth, dropout=dropout, name=name)
    return keras.layers.GlobalAveragePooling2D(name=f"{name}_mean")(grid)


def _stage(x: keras.KerasTensor, width: int, depth: int, name: str) -> keras.KerasTensor:
    first = x = _convolution(x, width, f"{name}_1")
    for place in range(2, depth + 1):
        x = _convolution(x, width, f"{name}_{place}")
    return x if depth == 1 else keras.layers.Add(name=f"{name}_sum")([first, x])


def _convolution(x: keras.KerasTensor, width: int, name: str) -> keras.KerasTensor:
    x = keras.layers.Conv2D(
        width, 3, padding="same", use_bias=False, kernel_initializer="he_normal", name=name
    )(x)
    x = keras.layers.BatchNormalization(momentum=0.9, name=f"{name}_norm")(x)
    return keras.layers.ReLU(name=f"{name}_relu")(x)


def _check(filters: Sequence[int], depth: int, dropout: float) -> None:
    if not filters or any(not isinstance(width, int) or width < 1 for width in filters):
        raise ValueError(
            f"filters must be integers of at least 1. Received: filters={tuple(filters)!r}"
        )
    if not isinstance(depth, int) or depth < 1:
        raise ValueError(f"depth must be an integer of at least 1. Received: depth={depth!r}")
    if not 0 <= dropout < 1:
        raise ValueError(f"dropout must be in [0, 1). Received: dropout={dropout!r}")
