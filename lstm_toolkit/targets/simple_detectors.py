"""The simplest ways to find anomalies, judged as the network is."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.features.channels import Channels, ChannelScale, training_values
from lstm_toolkit.metrics.robust_scale import robust_scale
from lstm_toolkit.metrics.simple_anomalies import (
    Floats,
    Known,
    Method,
    as_quantiles,
    blocks_of,
    forecast_errors,
    typical_deviation,
)
from lstm_toolkit.metrics.simple_forecasts import chunks
from lstm_toolkit.targets.anomaly_state import AnomaliesState
from lstm_toolkit.targets.step_scores import fitted_state, judged

if TYPE_CHECKING:
    from lstm_toolkit.data.dataset import Dataset

ALARM_SHARE = 0.001
"""Share of usual steps at which they may give an alarm."""


class SimpleDetectors:
    """Fits simple methods on training frames, and scores them on test frames.

    What they foretell goes the way of the network's outputs: frames are scaled as for the network;
    errors are averaged, joined and divided by what is known in the same places. Deviations and
    threshold fit the training frames.

    Args:
        train: The training split.
        test: The test split.
        frames: The column with the frames.
        state: Of the network.
    """

    def __init__(self, train: Dataset, test: Dataset, frames: str, state: AnomaliesState):
        self.train, self.test, self.state = train.columns[frames], test, state
        self.frames = frames

    def scores(self, method: Method) -> dict[str, Any]:
        """Returns `mae` in the same spreads, and the scores by labels where there are such."""
        rows, known, blocks = self._usual
        horizon = self.state.horizon
        foretold = method(rows, horizon)
        errors = forecast_errors(foretold, rows, horizon)
        deviation = typical_deviation(errors, known)
        usual = as_quantiles(errors, known, deviation)
        state = fitted_state(usual, blocks, self.state, ALARM_SHARE)
        parts = []
        for (part,) in chunks(self.test.columns[self.frames]):
            frames, there = self.scaled(part)
            errors = forecast_errors(foretold, frames, horizon)
            parts.append(as_quantiles(errors, there, deviation))
        series = np.asarray(self.test.meta.get("group", np.zeros(len(self.test))))
        return judged(np.concatenate(parts), series, self.test.meta.get("label"), state)

    def scaled(self, frames: Any) -> tuple[NDArray[np.float32], Known]:
        """Returns the numbers that the network is given, and which of those to judge there are."""
        numbers = np.asarray(Channels().collate(frames, self._scale))
        channels = len(self.state.names)
        return numbers[..., :channels], numbers[:, -self.state.horizon :, channels:] > 0

    @cached_property
    def _scale(self) -> ChannelScale:
        centers, spreads = robust_scale(training_values(self.train))
        both = tuple(map(float, centers)), tuple(map(float, spreads))
        steps, state = self.train[:1].shape[1], self.state
        return ChannelScale(steps, state.horizon, state.names, *both, state.scale)

    @cached_property
    def _usual(self) -> tuple[Floats, Known, NDArray[np.int64]]:
        """Returns training frames, which values of them there are, and the block of each."""
        first = self.train[:1]
        rows, blocks = blocks_of(len(self.train), first.size)
        parts = [self.scaled(self.train[part]) for (part,) in chunks(rows)]
        frames, known = (np.concatenate(each) for each in zip(*parts, strict=True))
        return frames, known, blocks
