"""The simplest ways to several labels a row, fitted and scored on the same rows."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.metrics.label_scores import simple_label_scores
from lstm_toolkit.metrics.simple_features import simple_features


def frequent_labels(train: NDArray[np.bool_], test: NDArray[np.bool_]) -> dict[str, float]:
    """Scores the same labels for every row: those most frequent, as many as serve training best."""
    order = np.argsort(-train.mean(axis=0), kind="stable")
    answers = [np.isin(np.arange(train.shape[1]), order[: n + 1]) for n in range(len(order))]
    scores = [
        simple_label_scores(train, np.tile(answer, (len(train), 1)))["micro_f1"]
        for answer in answers
    ]
    return simple_label_scores(test, np.tile(answers[int(np.argmax(scores))], (len(test), 1)))


def one_vs_rest(
    columns: Mapping[str, tuple[Any, Any, Any]],
    train: NDArray[np.bool_],
    test: NDArray[np.bool_],
) -> dict[str, float]:
    """Scores a logistic regression a label on simple features, C = 10.

    Args:
        columns: By name, a scikit-learn transformer, raw training rows and raw test rows.
        train: `bool[n, labels]`.
        test: `bool[m, labels]`.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier

    features, features_of_test = simple_features(columns)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of labels that every training row has, or none
        model = OneVsRestClassifier(LogisticRegression(C=10.0, max_iter=200)).fit(
            features, train.astype(int)
        )
    return simple_label_scores(test, np.asarray(model.predict(features_of_test), bool))
