"""Simple features of rows, which the simplest models are fitted on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def simple_features(columns: Mapping[str, tuple[Any, Any, Any]]) -> tuple[Any, Any]:
    """Fits transformers on training rows, and puts what they make of all columns side by side.

    Args:
        columns: By name, a scikit-learn transformer, raw training rows and raw test rows.

    Returns:
        Features of the training rows and of the test rows, `[n, features]` each.
    """
    from scipy.sparse import hstack

    fitted = [(model.fit_transform(a), model.transform(b)) for model, a, b in columns.values()]
    train, test = (
        side[0] if len(side) == 1 else hstack(side) for side in zip(*fitted, strict=True)
    )
    return train, test
