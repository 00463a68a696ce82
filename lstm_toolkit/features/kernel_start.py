"""The linear fit to what a layer sees, with which the training of a classifier begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.columns import Ragged

if TYPE_CHECKING:
    import keras

    from lstm_toolkit.features.feature import Encoded, Feature

CHUNK = 256
"""Rows that are looked at at a time."""

SHARPNESS = 3.0
"""By what a fit of 1 for the right class and -1 for others is multiplied to be a score."""


def kernel_start(
    model: keras.Model,
    layer: str,
    train: Encoded,
    feature: Feature[Any],
    state: Any,
    sharpness: float = SHARPNESS,
) -> list[NDArray[np.float32]]:
    """Returns kernel and bias of ridge regression from a layer's outputs to the classes.

    Args:
        model: From rows of `feature`, the only one.
        layer: Name of the layer.
        train: Encoded training rows; one-hot classes or their numbers.
        feature: Of the rows.
        state: What was learnt of them.
        sharpness: By what a fit of 1 for the right class and -1 for others is multiplied.
    """
    import keras
    import tensorflow as tf
    from sklearn.linear_model import RidgeCV

    seen = keras.Model(model.input, model.get_layer(layer).output)
    ((_, column),) = train.inputs.items()
    rows, targets = column.rows, np.asarray(train.targets.rows)
    classes = int(model.output_shape[-1])
    truth = targets if targets.ndim == 2 else np.eye(classes)[targets]
    parts = []
    for begin in range(0, len(rows), CHUNK):
        some: Any = rows[begin : begin + CHUNK]
        batch = some.to_tensor() if type(some) is Ragged else tf.constant(np.asarray(some, np.float32))
        parts.append(np.asarray(seen(feature.collate(batch, state), training=False)))
    features = np.concatenate(parts).astype(np.float64)
    mean, deviation = features.mean(axis=0), features.std(axis=0)
    deviation = np.where(deviation > 1e-6, deviation, np.inf)
    fitted = RidgeCV(alphas=np.logspace(0, 5, 11)).fit((features - mean) / deviation, 2 * truth - 1)
    kernel = sharpness * (fitted.coef_ / deviation).T
    bias = sharpness * fitted.intercept_ - mean @ kernel
    return [kernel.astype(np.float32), bias.astype(np.float32)]
