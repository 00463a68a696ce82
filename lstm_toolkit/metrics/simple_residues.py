"""The simplest tagger of letters that looks at their neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from lstm_toolkit.metrics.tag_scores import tag_scores

REACH = 7
"""Neighbours to both sides."""
INVERSE_PENALTY = 0.1
STEPS = 60


def window_regression(
    train: Sequence[str],
    train_tags: Sequence[Sequence[str]],
    test: Sequence[str],
    test_tags: Sequence[Sequence[str]],
) -> dict[str, float]:
    """Scores scikit-learn's logistic regression on the letters around each letter.

    Args:
        train: Sequences.
        train_tags: Of each letter.
        test: Sequences.
        test_tags: What is right.
    """
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import OneHotEncoder

    encoder = OneHotEncoder(handle_unknown="ignore", dtype=np.float32)
    features = encoder.fit_transform(_windows(train))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = LogisticRegression(C=INVERSE_PENALTY, max_iter=STEPS)
        model.fit(features, [tag for row in train_tags for tag in row])
    flat = model.predict(encoder.transform(_windows(test)))
    ends = np.cumsum([len(row) for row in test])[:-1]
    answers = [part.tolist() for part in np.split(flat, ends)]
    return dict(tag_scores([list(row) for row in test_tags], answers, of_entities=False))


def _windows(rows: Sequence[str]) -> Any:
    filled = [" " * REACH + row.upper() + " " * REACH for row in rows]
    return np.array(
        [list(row[at : at + 2 * REACH + 1]) for row in filled for at in range(len(row) - 2 * REACH)]
    )
