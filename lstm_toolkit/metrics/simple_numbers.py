"""The simplest ways to a number a row, fitted and scored on the same rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.metrics.forecast_scores import number_scores
from lstm_toolkit.metrics.simple_features import simple_features


def training_mean(train: NDArray[Any], test: NDArray[Any]) -> dict[str, float]:
    """Scores the answer that is always the mean of the training rows.

    Args:
        train: `float32[n, 1]`.
        test: `float32[m, 1]`.

    >>> training_mean(np.array([[1.0], [3.0]]), np.array([[5.0]]))["mae"]
    3.0
    """
    return number_scores(test, np.full_like(test, train.mean()))


def ridge(
    columns: Mapping[str, tuple[Any, Any, Any]], train: NDArray[Any], test: NDArray[Any]
) -> dict[str, float]:
    """Scores scikit-learn's ridge regression on simple features, alpha = 1.

    Args:
        columns: By name, a scikit-learn transformer, raw training rows and raw test rows.
        train: `float32[n, 1]`.
        test: `float32[m, 1]`.
    """
    from sklearn.linear_model import Ridge

    features, features_of_test = simple_features(columns)
    model = Ridge(alpha=1.0, solver="lsqr").fit(features, train[:, 0])
    return number_scores(test, model.predict(features_of_test)[:, None])
