"""Stacked recurrent classifiers of sequences, images read row by row among them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import keras

from lstm_toolkit.builders.augmentation import augment_images
from lstm_toolkit.builders.recurrent import recurrent_stack


def lstm_classifier(
    shape: tuple[int | None, int],
    *,
    classes: int,
    units: Sequence[int],
    dropout: float = 0.0,
    shift: float = 0.0,
    rotation: float = 0.0,
    zoom: float = 0.0,
    noise: float = 0.0,
    interpolation: Literal["bilinear", "nearest"] = "nearest",
    **stack: Any,
) -> keras.Model:
    """Stacks LSTM layers with Dropout between them under a softmax head.

    An image of `[height, width]` is read as `height` time steps of `width` features.

    Args:
        shape: Time steps (None where they vary) and features of one example.
        classes: Number of labels, at least 2.
        units: Width of each recurrent layer, first to last.
        dropout: Share of each layer's outputs dropped in training, in [0, 1).
        shift: See `augment_images`, like the next four; they need a known `shape`.
        rotation: Degrees.
        zoom: Share.
        noise: Standard deviation.
        interpolation: Of moved pixels.
        **stack: Further arguments of `recurrent_stack`: `cell`, `bidirectional`,
            `recurrent_dropout`, `layer_norm`, `residual`, `l2`.

    Returns:
        An uncompiled model from `float32[batch, time, features]` to
        `float32[batch, classes]` probabilities, in float32 under every dtype policy.

    Raises:
        ValueError: If an argument is out of its range.

    Example:
        >>> model = lstm_classifier((28, 28), classes=10, units=(128, 64), dropout=0.2)
        >>> model.output_shape
        (None, 10)
    """
    if classes < 2:
        raise ValueError(f"classes must be at least 2. Received: classes={classes!r}")
    inputs = keras.Input(shape, dtype="float32", name="inputs")
    x = augment_images(
        inputs,
        shift=shift,
        rotation=rotation,
        zoom=zoom,
        noise=noise,
        interpolation=interpolation,
    )
    x = recurrent_stack(x, units=units, dropout=dropout, **stack)
    # Softmax in 16 bits loses small probabilities, so the head keeps 32.
    head = keras.layers.Dense(classes, activation="softmax", dtype="float32", name="probabilities")
    return keras.Model(inputs, head(x), name=f"{stack.get('cell', 'lstm')}_classifier")
