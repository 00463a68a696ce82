"""The simplest classifiers, to compare a network with: fitted and scored on the same rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.metrics.simple_features import simple_features

STEPS = 200
"""Of the solver at most; more change no digit that is shown."""


def most_frequent(train: NDArray[np.int32], test: NDArray[np.int32]) -> dict[str, float]:
    """Scores the answer that is always the class most frequent in training."""
    commonest = int(np.bincount(train).argmax())
    return scores_of_classes(test, np.full(len(test), commonest))


def logistic_regression(
    columns: Mapping[str, tuple[Any, Any, Any]],
    train: NDArray[np.int32],
    test: NDArray[np.int32],
) -> dict[str, float]:
    """Scores scikit-learn's logistic regression on simple features, C = 10.

    Args:
        columns: By name, a scikit-learn transformer, raw training rows and raw test rows.
        train: `int32[n]` classes of the training rows.
        test: `int32[m]` classes of the test rows.
    """
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    features, features_of_test = simple_features(columns)
    scale = np.abs(features).max() or 1.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = LogisticRegression(C=10.0, max_iter=STEPS).fit(features / scale, train)
    return scores_of_classes(test, model.predict(features_of_test / scale))


def linear_svm(
    columns: Mapping[str, tuple[Any, Any, Any]],
    train: NDArray[np.int32],
    test: NDArray[np.int32],
) -> dict[str, float]:
    """Scores scikit-learn's linear support vector machine on simple features, C = 1.

    Args:
        columns: See `logistic_regression`.
        train: Likewise.
        test: Likewise.
    """
    from sklearn.svm import LinearSVC

    return _fitted_scores(LinearSVC(C=1.0, random_state=0), columns, train, test)


def rbf_svm(
    columns: Mapping[str, tuple[Any, Any, Any]],
    train: NDArray[np.int32],
    test: NDArray[np.int32],
) -> dict[str, float]:
    """Scores scikit-learn's support vector machine with radial kernels on simple features, C = 10.

    Args:
        columns: See `logistic_regression`.
        train: Likewise.
        test: Likewise.
    """
    from sklearn.svm import SVC

    return _fitted_scores(SVC(C=10.0), columns, train, test)


def _fitted_scores(
    model: Any,
    columns: Mapping[str, tuple[Any, Any, Any]],
    train: NDArray[np.int32],
    test: NDArray[np.int32],
) -> dict[str, float]:
    """Fits a classifier of scikit-learn to simple features, and scores it."""
    import warnings

    from sklearn.exceptions import ConvergenceWarning

    features, features_of_test = simple_features(columns)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(features, train)
    return scores_of_classes(test, model.predict(features_of_test))


def scores_of_classes(truth: NDArray[np.int32], answers: NDArray[Any]) -> dict[str, float]:
    """Returns accuracy and macro F1 of answers, `int32[n]` classes as the truth."""
    from sklearn import metrics

    occurring = np.union1d(truth, answers)
    macro = metrics.f1_score(truth, answers, labels=occurring, average="macro", zero_division=0.0)
    return {
        "accuracy": float(metrics.accuracy_score(truth, answers)),
        "macro_f1": float(macro),
    }
