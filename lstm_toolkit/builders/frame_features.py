"""Networks from one frame to a vector: a small one of convolutions, or a known backbone."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras


def small_network(
    shape: tuple[int, int, int], *, filters: Sequence[int], features: int, dropout: float = 0.0
) -> keras.Model:
    """Returns convolutions that halve a frame, and what they see in all of it and where.

    Args:
        shape: Height, width and channels of a frame.
        filters: Of each convolution; each halves height and width.
        features: Width of each of the two halves of the vector: the strongest answer of each
            filter, wherever it is, and a dense layer over the places.
        dropout: Share of the places' answers dropped in training.

    Returns:
        A model from `float32[batch, height, width, channels]` to `float32[batch, 2 features]`.

    Raises:
        ValueError: If there is no convolution.
    """
    if not filters or min(filters) < 1:
        raise ValueError(f"filters must be at least 1 each. Received: filters={filters!r}")
    inputs = keras.Input(shape, dtype="float32", name="frame")
    x: Any = inputs
    for depth, width in enumerate(filters, 1):
        x = keras.layers.Conv2D(
            width,
            3,
            padding="same",
            activation="relu",
            kernel_initializer="he_normal",
            name=f"convolution_{depth}",
        )(x)
        if min(x.shape[1:3]) > 1 and depth < len(filters):
            x = keras.layers.MaxPooling2D(2, padding="same", name=f"half_{depth}")(x)
    what = keras.layers.GlobalMaxPooling2D(name="anywhere")(x)
    what = keras.layers.Dense(features, activation="relu", name="what")(what)
    where = keras.layers.Conv2D(16, 1, activation="relu", name="places")(x)
    where = keras.layers.Flatten(name="all_places")(where)
    where = keras.layers.Dropout(dropout, name="dropped_places")(where)
    where = keras.layers.Dense(features, activation="relu", name="where")(where)
    outputs = keras.layers.Concatenate(name="frame_features")([what, where])
    return keras.Model(inputs, outputs, name="frame_network")


def backbone_network(
    shape: tuple[int, int, int], name: str, weights: str | Path | None, *, trainable: bool = False
) -> keras.Model:
    """Returns a network of `keras.applications` without its head, its outputs averaged over places.

    Args:
        shape: Height, width and channels of a frame.
        name: Of its function, such as "MobileNetV2".
        weights: A file of them without a head; nothing is looked for on the network. None begins
            with random ones.
        trainable: Whether its weights are trained further; random ones are in any case.

    Returns:
        A model from `float32[batch, height, width, 3]` in 0 to 1 to `float32[batch, width]`.

    Raises:
        ValueError: If there is no such network, the file is not one of its weights, or frames are
            too small.
    """
    if name not in backbones():
        raise ValueError(f"backbone must be in keras.applications. Received: backbone={name!r}")
    make = getattr(keras.applications, name)
    try:
        network = make(include_top=False, weights=None, input_shape=shape, pooling="avg")
        if weights is not None:
            network.load_weights(str(weights))
    except (ValueError, OSError, KeyError) as error:
        said = " ".join(str(error).split())[:160]
        raise ValueError(
            f"backbone={name} or its weights cannot be used for frames of {shape[:2]}. {said}"
        ) from error
    network.trainable = trainable or weights is None
    inputs = keras.Input(shape, dtype="float32", name="frame")
    prepared = sys.modules[make.__module__].preprocess_input(inputs * 255.0)
    return keras.Model(inputs, network(prepared, training=False), name="frame_network")


def backbones() -> list[str]:
    """Returns the names of the networks of `keras.applications`."""
    every = vars(keras.applications).items()
    return sorted(name for name, value in every if callable(value) and name[:1].isupper())
