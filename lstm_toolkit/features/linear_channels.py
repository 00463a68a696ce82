"""The linear fit with which the training of a detector begins."""

from __future__ import annotations

from collections.abc import Iterator
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


def linear_channels(
    train: Encoded, state: ChannelScale, across: int
) -> dict[str, list[NDArray[np.float32]]]:
    """Returns ridge regression from what was to what follows, channel by channel.

    Args:
        train: Encoded rows.
        state: Of the feature.
        across: The last steps of all channels that each channel's fit sees.

    Returns:
        Weights of the layers `linear`, from a channel's own changes, and `across`, from all
        channels, times as much as their inputs are divided by.
    """
    window, channels, horizon = state.window, len(state.names), state.horizon
    width = window + (across * channels + 1 if across else 0)
    products, sums = np.zeros((channels, width, width)), np.zeros((channels, width, horizon))
    count = 0
    for values in _frames(train, state):
        past, last = values[:, :, :window], values[:, :, window - 1 : window]
        known, wanted = past - last, values[:, :, window:] - last
        if across:
            newest = past[:, :, window - across :].transpose(1, 2, 0).reshape(len(past[0]), -1)
            wide = np.concatenate([newest, np.ones((len(newest), 1))], axis=1)
            known = np.concatenate([known, np.broadcast_to(wide, (channels, *wide.shape))], axis=2)
        products += known.transpose(0, 2, 1) @ known
        sums += known.transpose(0, 2, 1) @ wanted
        count += known.shape[1]
    kernel = np.linalg.solve(products + RIDGE * count * np.eye(width), sums)
    weights = {"linear": [(kernel[:, :window] * window).astype(np.float32)]}
    if across:
        flat = kernel[:, window:].transpose(1, 2, 0).reshape(across * channels + 1, -1)
        scaled = flat[:-1] * (across * channels)
        weights["across"] = [scaled.astype(np.float32), flat[-1].astype(np.float32)]
    return weights


def _frames(train: Encoded, state: ChannelScale) -> Iterator[NDArray[np.float64]]:
    """Yields `float64[channels, frames, steps]`, on the scale of what is usual."""
    rows: Any = train.inputs["values"].rows
    every = max(1, len(rows) // MOST_FRAMES)
    for begin in range(0, len(rows), CHUNK * every):
        frames = Channels().collate(rows[begin : begin + CHUNK * every : every], state)
        values = np.asarray(frames, np.float64)[..., : len(state.names)]
        yield np.clip(values, -MOST, MOST).transpose(2, 0, 1)
