"""The linear fit with which the training of a forecaster begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.metrics.simple_forecasts import linear_weights

if TYPE_CHECKING:
    from lstm_toolkit.features.feature import Encoded


def linear_start(train: Encoded) -> list[NDArray[np.float32]]:
    """Returns kernel and bias of ridge regression from the training windows to what follows.

    Rows count by what their errors are divided by in the loss.

    Args:
        train: Encoded rows; targets hold that last, see `Quantiles.encode`.
    """
    targets = train.targets.rows
    weights = _InverseSquares(targets)
    steps = _Targets(targets)
    windows: Any = train.inputs["values"].rows
    kernel, bias = linear_weights(windows, steps, weights)
    return [kernel * windows.shape[1], bias]  # its input is divided by so much


class _Targets:
    """The targets without what their errors are divided by."""

    def __init__(self, rows: Any):
        self.rows = rows
        self.shape = (len(rows), rows[:1].shape[1] - 1)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, rows: Any) -> Any:
        return self.rows[rows][:, :-1]


class _InverseSquares(_Targets):
    """How much each row counts."""

    def __getitem__(self, rows: Any) -> Any:
        return 1.0 / np.square(self.rows[rows][:, -1])
