"""Networks from one frame to a vector: a small one of convolutions, or a known backbone."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

import keras

from lstm_toolkit.builders.pictures import picture_grid


def frame_vector(
    x: keras.KerasTensor,
    *,
    filters: Sequence[int],
    depth: int,
    features: int,
    dropout: float = 0.0,
) -> keras.KerasTensor:
    """Turns frames into what is seen in them, wherever it is, and where what is.

    A mean over places, as pictures alone have it, would not tell where something is.

    Args:
        x: `float32[batch, height, width, channels]` between 0 and 1.
        filters: Of the stages of `picture_grid`.
        depth: Convolutions of each.
        features: Width of each half of the vector: the strongest answer of each filter, wherever
            it is, and a dense layer over the places.
        dropout: Share of the places' answers dropped in training.

    Returns:
        `float32[batch, 2 features]`.
    """
    grid = picture_grid(x, filters=filters, depth=depth, name="frame")
    what = keras.layers.GlobalMaxPooling2D(name="anywhere")(grid)
    what = keras.layers.Dense(features, activation="relu", name="seen_anywhere")(what)
    where = keras.layers.Conv2D(16, 1, activation="relu", name="places")(grid)
    where = keras.layers.Flatten(name="all_places")(where)
    where = keras.layers.Dropout(dropout, name="dropped_places")(where)
    where = keras.layers.Dense(features, activation="relu", name="seen_where")(where)
    return keras.layers.Concatenate(name="frame_features")([what, where])


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
            with warnings.catch_warnings():
                # Keras merely warns of layers that the file leaves as they began.
                warnings.simplefilter("error", UserWarning)
                network.load_weights(str(weights))
    except (ValueError, OSError, KeyError, UserWarning) as error:
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
