"""The linear fit to random convolutions with which the training of a sensor classifier begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import keras

    from lstm_toolkit.features.feature import Encoded, Feature

CHUNK = 256
"""Windows that are looked at at a time."""

SHARPNESS = 3.0
"""By what a fit of 1 for the right class and -1 for others is multiplied to be a score."""


def kernel_start(
    model: keras.Model, layer: str, train: Encoded, feature: Feature[Any], state: Any
) -> list[NDArray[np.float32]]:
    """Returns kernel and bias of ridge regression from a layer's outputs to the classes.

    Args:
        model: From windows of `feature`.
        layer: Name of the layer.
        train: Encoded training rows; one-hot classes or their numbers.
        feature: Of the windows.
        state: What was learnt of them.
    """
    import keras
    import tensorflow as tf
    from sklearn.linear_model import RidgeCV

    seen = keras.Model(model.input, model.get_layer(layer).output)
    rows, targets = train.inputs["values"].rows, np.asarray(train.targets.rows)
    classes = int(model.output_shape[-1])
    truth = targets if targets.ndim == 2 else np.eye(classes)[targets]
    parts = []
    for begin in range(0, len(rows), CHUNK):
        some = rows[begin : begin + CHUNK]
        windows = tf.constant(np.asarray(some, np.float32))
        parts.append(np.asarray(seen(feature.collate(windows, state), training=False)))
    features = np.concatenate(parts).astype(np.float64)
    mean, deviation = features.mean(axis=0), features.std(axis=0)
    deviation = np.where(deviation > 1e-6, deviation, np.inf)
    fitted = RidgeCV(alphas=np.logspace(0, 5, 11)).fit((features - mean) / deviation, 2 * truth - 1)
    kernel = SHARPNESS * (fitted.coef_ / deviation).T
    bias = SHARPNESS * fitted.intercept_ - mean @ kernel
    return [kernel.astype(np.float32), bias.astype(np.float32)]
