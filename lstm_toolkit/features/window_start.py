"""The linear fit to the letters around each letter with which the training of a tagger begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.features.residues import window_letters

if TYPE_CHECKING:
    from lstm_toolkit.features.feature import Encoded

INVERSE_PENALTY = 0.05
STEPS = 60
"""Of the solver at most."""


def fit_windows(rows: Any, tags: NDArray[np.int32], letters: int, reach: int) -> Any:
    """Returns scikit-learn's logistic regression from windows of letters to tags.

    Args:
        rows: `Ragged` rows of numbers of letters.
        tags: Of all letters, one row after the other.
        letters: How many plain letters there are.
        reach: Letters to both sides.
    """
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=INVERSE_PENALTY, max_iter=STEPS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(window_letters(rows, letters, reach), tags)


def window_start(train: Encoded, letters: int, tags: int, reach: int) -> list[NDArray[np.float32]]:
    """Returns kernel and bias of a convolution that gives each tag's score.

    Args:
        train: Encoded training rows; tags are counted from 1.
        letters: How many plain letters there are.
        tags: How many tags there are.
        reach: Letters to both sides.
    """
    ((_, column),) = train.inputs.items()
    rows: Any = column.rows
    targets: Any = train.targets.rows
    fitted = fit_windows(rows, np.asarray(targets.values), letters, reach)
    kernel = np.zeros((2 * reach + 1, letters, tags), np.float32)
    bias = np.full(tags, -4.0, np.float32)
    weights, offsets = _each_class(fitted)
    for weight, offset, number in zip(weights, offsets, fitted.classes_, strict=True):
        kernel[:, :, number - 1] = weight.reshape(2 * reach + 1, letters)
        bias[number - 1] = offset
    return [kernel, bias]


def _each_class(fitted: Any) -> tuple[Any, Any]:
    """Returns weights a class, also of two, for which scikit-learn keeps one row alone."""
    if len(fitted.classes_) > 2:
        return fitted.coef_, fitted.intercept_
    half, offset = fitted.coef_[0] / 2, fitted.intercept_[0] / 2
    return np.stack([-half, half]), np.array([-offset, offset])
