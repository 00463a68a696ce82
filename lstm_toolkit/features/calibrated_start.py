"""A linear fit that begins a training, as sure of itself as rows held out say that it may be.

Of many features of few rows a fit knows the training rows by heart. A network whose linear path
does so has nothing left to learn, so both the strength of the penalty and the scale of the scores
are chosen by rows that were held out, and a fit that tells nothing of those is zero.
"""

from __future__ import annotations

import dataclasses
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
MOST_ROWS = 3000
"""Rows at most that are fitted on; of more, so many are drawn, since a fit takes the square of
their number in memory and the cube in time."""

Floats = NDArray[np.float64]


def calibrated_start(
    model: keras.Model,
    layer: str,
    train: Encoded,
    feature: Feature[Any],
    state: Any,
    *,
    seed: int = 0,
) -> list[NDArray[np.float32]]:
    """Returns kernel and bias of ridge regression from a layer's outputs to the classes.

    Rows of a group, as relatives, are held out together, and so is what a layer sees of one row.

    Args:
        model: From rows of `feature`, the only one.
        layer: Name of the layer.
        train: Encoded training rows; one-hot classes or their numbers.
        feature: Of the rows.
        state: What was learnt of them.
        seed: Of the rows that are drawn where there are more than `MOST_ROWS`.
    """
    from sklearn.linear_model import Ridge

    some = _drawn(train, seed)
    features, truth = seen_and_truth(model, layer, some, feature, state)
    groups = np.arange(len(some.targets.rows)) if some.groups is None else some.groups
    groups = np.repeat(groups, len(features) // len(groups))
    mean = features.mean(axis=0)
    centred = features - mean
    size = float(np.sqrt((centred**2).sum(axis=1).mean())) or 1.0
    narrow, back = _narrowed(centred / size)
    penalty, scale = _chosen(narrow, 2 * truth - 1, groups)
    fitted = Ridge(alpha=penalty, solver="svd").fit(narrow, 2 * truth - 1)
    kernel = scale * (back @ fitted.coef_.T) / size
    bias = scale * fitted.intercept_ - mean @ kernel
    return [kernel.astype(np.float32), bias.astype(np.float32)]


def _drawn(train: Encoded, seed: int) -> Encoded:
    """Returns `MOST_ROWS` rows at most, with one of each class at least."""
    ((name, column),) = train.inputs.items()
    targets = np.asarray(train.targets.rows)
    if len(targets) <= MOST_ROWS:
        return train
    order = np.random.default_rng(seed).permutation(len(targets))
    classes = targets if targets.ndim == 1 else targets.argmax(axis=1)
    firsts = np.unique(classes[order], return_index=True)[1]
    order = np.concatenate([order[firsts], np.delete(order, firsts)])
    rows = np.sort(order[: max(MOST_ROWS, len(firsts))])
    groups = None if train.groups is None else train.groups[rows]
    inputs = {name: dataclasses.replace(column, rows=column.rows[rows], counts={})}
    return type(train)(inputs, dataclasses.replace(train.targets, rows=targets[rows]), groups)


def _narrowed(features: Floats) -> tuple[Floats, Floats]:
    """Returns as many features as rows at most, and the matrix that leads back to all."""
    rows, width = features.shape
    if width <= rows:
        return features, np.eye(width)
    values, vectors = np.linalg.eigh(features @ features.T)
    kept = values > values.max() * 1e-10
    roots = np.sqrt(values[kept])
    return vectors[:, kept] * roots, features.T @ (vectors[:, kept] / roots)


def _chosen(features: Floats, truth: Floats, groups: NDArray[Any]) -> tuple[float, float]:
    """Returns the penalty and the scale with the least cross-entropy on rows held out."""
    from sklearn.linear_model import Ridge
    from sklearn.model_selection import StratifiedGroupKFold

    numbers, count = truth.argmax(axis=1), truth.shape[1]
    folds = min(FOLDS, *(len(np.unique(groups[numbers == each])) for each in range(count)))
    if folds < 2:
        return float(PENALTIES[-1]), SCALES[0]
    held = np.zeros((len(PENALTIES), *truth.shape))
    for some, others in StratifiedGroupKFold(folds).split(features, numbers, groups):
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
