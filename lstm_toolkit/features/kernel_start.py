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
) -> list[NDArray[np.float32]]:
    """Returns kernel and bias of ridge regression from a layer's outputs to the classes.

    Args:
        model: From rows of `feature`, the only one.
        layer: Name of the layer.
        train: Encoded training rows; one-hot classes or their numbers.
        feature: Of the rows.
        state: What was learnt of them.
    """
    from sklearn.linear_model import RidgeCV

    features, truth = seen_and_truth(model, layer, train, feature, state)
    mean, deviation = features.mean(axis=0), features.std(axis=0)
    deviation = np.where(deviation > 1e-6, deviation, np.inf)
    fitted = RidgeCV(alphas=np.logspace(0, 5, 11)).fit((features - mean) / deviation, 2 * truth - 1)
    kernel = SHARPNESS * (fitted.coef_ / deviation).T
    bias = SHARPNESS * fitted.intercept_ - mean @ kernel
    return [kernel.astype(np.float32), bias.astype(np.float32)]


def seen_and_truth(
    model: keras.Model, layer: str, train: Encoded, feature: Feature[Any], state: Any
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Returns a layer's outputs for all training rows, and one-hot classes; see `kernel_start`.

    Of a layer that sees each row several times, one batch behind the other, as both strands of
    DNA, the outputs for a row follow each other.
    """
    import keras
    import tensorflow as tf

    seen = keras.Model(model.input, model.get_layer(layer).output)
    ((_, column),) = train.inputs.items()
    rows, targets = column.rows, np.asarray(train.targets.rows)
    classes = int(model.output_shape[-1])
    truth = targets if targets.ndim == 2 else np.eye(classes)[targets]
    parts = []
    for begin in range(0, len(rows), CHUNK):
        some: Any = rows[begin : begin + CHUNK]
        batch = some.to_tensor() if type(some) is Ragged else tf.constant(_numbers(some))
        outputs = np.asarray(seen(feature.collate(batch, state), training=False), np.float64)
        copies = len(outputs) // len(some)
        parts.append(outputs.reshape(copies, len(some), -1).swapaxes(0, 1))
    whole = np.concatenate(parts)
    return whole.reshape(-1, whole.shape[2]), np.repeat(truth, whole.shape[1], axis=0)


def _numbers(rows: Any) -> NDArray[np.float32]:
    return np.asarray(rows, np.float32)
