"""Gradient boosting of trees on numbers and categories, as scikit-learn has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.metrics.forecast_scores import number_scores
from lstm_toolkit.metrics.simple_classifiers import scores_of_classes

MOST = 255
"""Categories of a column that trees are told apart; rarer ones are one."""

Columns = Mapping[str, tuple[Any, Any]]
"""Raw training rows and raw test rows by column."""


def boosted_classes(
    columns: Columns, train: NDArray[np.int32], test: NDArray[np.int32]
) -> dict[str, float]:
    """Scores `HistGradientBoostingClassifier` with its defaults.

    Args:
        columns: Of numbers (NaN where one is missing) and categories.
        train: `int32[n]` classes of the training rows.
        test: `int32[m]` classes of the test rows.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier

    known, asked, kinds = _features(columns)
    model = HistGradientBoostingClassifier(categorical_features=kinds, random_state=0)
    return scores_of_classes(test, model.fit(known, train).predict(asked))


def boosted_numbers(columns: Columns, train: NDArray[Any], test: NDArray[Any]) -> dict[str, float]:
    """Scores `HistGradientBoostingRegressor` on absolute errors, or else with its defaults.

    Args:
        columns: See `boosted_classes`.
        train: `float32[n, 1]`.
        test: `float32[m, 1]`.
    """
    from sklearn.ensemble import HistGradientBoostingRegressor

    known, asked, kinds = _features(columns)
    model = HistGradientBoostingRegressor(
        loss="absolute_error", categorical_features=kinds, random_state=0
    )
    return number_scores(test, model.fit(known, train[:, 0]).predict(asked)[:, None])


def _features(columns: Columns) -> tuple[NDArray[Any], NDArray[Any], list[bool]]:
    """Returns features of both sides, and which of them are categories."""
    sides, kinds = [], []
    for known, asked in columns.values():
        categories = np.asarray(known).dtype.kind in "OU"
        kinds.append(categories)
        sides.append(_codes(known, asked) if categories else _numbers(known, asked))
    first, second = (np.stack(side, axis=1) for side in zip(*sides, strict=True))
    return first, second, kinds


def _numbers(known: Any, asked: Any) -> tuple[NDArray[Any], NDArray[Any]]:
    return np.asarray(known, np.float64), np.asarray(asked, np.float64)


def _codes(known: Any, asked: Any) -> tuple[NDArray[Any], NDArray[Any]]:
    """Returns the numbers of the most frequent categories; NaN of others."""
    names, counts = np.unique([str(each) for each in known], return_counts=True)
    frequent = names[np.argsort(-counts, kind="stable")][: MOST - 1]
    code = {name: float(place) for place, name in enumerate(frequent)}
    return tuple(
        np.array([code.get(str(each), np.nan) for each in side]) for side in (known, asked)
    )  # type: ignore[return-value]
