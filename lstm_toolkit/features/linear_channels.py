"""The linear fit with which the training of a detector begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.features.channels import Channels, ChannelScale

if TYPE_CHECKING:
    from lstm_toolkit.features.feature import Encoded

CHUNK = 2048
"""Frames taken at a time."""
MOST_FRAMES = 50_000
"""Frames at most; of more, every so many-th is taken."""
MOST = 10.0
"""Spreads at which values are cut off, as the network does."""
RIDGE = 3e-3
"""Added to the diagonal, for each frame."""


def linear_channels(train: Encoded, state: ChannelScale) -> NDArray[np.float32]:
    """Returns ridge regression from each channel's changes in a window to those that follow.

    Args:
        train: Encoded rows.
        state: Of the feature.

    Returns:
        `float32[channels, window, horizon]`, times the window, by which its input is divided.
    """
    rows: Any = train.inputs["values"].rows
    window, channels = state.window, len(state.names)
    products = np.zeros((channels, window, window))
    sums = np.zeros((channels, window, state.horizon))
    every, count = max(1, len(rows) // MOST_FRAMES), 0
    for begin in range(0, len(rows), CHUNK * every):
        frames = Channels().collate(rows[begin : begin + CHUNK * every : every], state)
        values = np.clip(np.asarray(frames, np.float64)[..., :channels], -MOST, MOST)
        values = values.transpose(2, 0, 1)
        changes = values - values[..., window - 1 : window]
        known, wanted = changes[..., :window], changes[..., window:]
        products += known.transpose(0, 2, 1) @ known
        sums += known.transpose(0, 2, 1) @ wanted
        count += len(frames)
    kernel = np.linalg.solve(products + RIDGE * count * np.eye(window), sums)
    return (kernel * window).astype(np.float32)
