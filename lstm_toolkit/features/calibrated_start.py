"""A linear fit that begins a training, as sure of itself as rows held out say that it may be.

Of many features of few rows a fit knows the training rows by heart. A network whose linear path
does so has nothing left to learn, so both the strength of the penalty and the scale of the scores
are chosen by rows that were held out, and a fit that tells nothing of those is zero.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.features.kernel_start import seen_and_truth

if TYPE_CHECKING:
    import keras

    from lstm_toolkit.features.feature import Encoded, Feature

PENALTIES = np.logspace(-3, 5, 17)
"""Penalties that are tried, of features whose squares are 1 on average, summed."""
SCALES = (0.0, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0)
"""By what a fit of 1 for the right class and -1 for others may be multiplied to be a score."""
FOLDS = 3

Floats = NDArray[np.float64]


def calibrated_start(
    model: keras.Model, layer: str, train: Encoded, feature: Feature[Any], state: Any
) -> list[NDArray[np.float32]]:
    """Returns kernel and bias of ridge regression from a layer's outputs to the classes.

    Neighbouring rows of a class, which may be relatives, are held out together.

    Args:
        model: From rows of `feature`, the only one.
        layer: Name of the layer.
        train: Encoded training rows; one-hot classes or their numbers.
        feature: Of the rows.
        state: What was learnt of them.
    """
    from sklearn.linear_model import Ridge

    features, truth = seen_and_truth(model, layer, train, feature, state)
    mean = features.mean(axis=0)
    centred = features - mean
    size = float(np.sqrt((centred**2).sum(axis=1).mean())) or 1.0
    narrow, back = _narrowed(centred / size)
    penalty, scale = _chosen(narrow, 2 * truth - 1)
    fitted = Ridge(alpha=penalty, solver="svd").fit(narrow, 2 * truth - 1)
    kernel = scale * (back @ fitted.coef_.T) / size
    bias = scale * fitted.intercept_ - mean @ kernel
    return [kernel.astype(np.float32), bias.astype(np.float32)]


def _narrowed(features: Floats) -> tuple[Floats, Floats]:
    """Returns as many features as rows at most, and the matrix that leads back to all."""
    rows, width = features.shape
    if width <= rows:
        return features, np.eye(width)
    values, vectors = np.linalg.eigh(features @ features.T)
    kept = values > values.max() * 1e-10
    roots = np.sqrt(values[kept])
    return vectors[:, kept] * roots, features.T @ (vectors[:, kept] / roots)


def _chosen(features: Floats, truth: Floats) -> tuple[float, float]:
    """Returns the penalty and the scale with the least cross-entropy on rows held out."""
    from sklearn.linear_model import Ridge
    from sklearn.model_selection import StratifiedKFold

    numbers, count = truth.argmax(axis=1), truth.shape[1]
    folds = min(FOLDS, int(np.bincount(numbers, minlength=count).min()))
    if folds < 2:
        return float(PENALTIES[-1]), SCALES[0]
    held = np.zeros((len(PENALTIES), *truth.shape))
    for some, others in StratifiedKFold(folds).split(features, numbers):
        every = Ridge(alpha=np.repeat(PENALTIES, count), solver="svd")
        every.fit(features[some], np.tile(truth[some], (1, len(PENALTIES))))
        answers = every.predict(features[others]).reshape(len(others), len(PENALTIES), count)
        held[:, others] = answers.transpose(1, 0, 2)
    losses = np.array([[_loss(scale * each, numbers) for scale in SCALES] for each in held])
    best = np.unravel_index(losses.argmin(), losses.shape)
    return float(PENALTIES[best[0]]), SCALES[best[1]]


def _loss(scores: Floats, numbers: NDArray[np.int64]) -> float:
    from scipy.special import logsumexp

    right = scores[np.arange(len(scores)), numbers]
    return float((logsumexp(scores, axis=1) - right).mean())
