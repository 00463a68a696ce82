"""What the simplest methods look at in a clip: its mean frame, and where its light is."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

STEPS = 16
"""Of a track, whatever the number of a clip's frames."""

DIM = 0.12
"""Differences from the ground, in shares of full light, that count as noise."""


def mean_frames(rows: Any) -> Floats:
    """Returns the mean of each clip's frames in grey, `float32[n, pixels]`."""
    return np.stack([_grey(clip).mean(axis=0).ravel() for clip in rows])


def centroid_tracks(rows: Any) -> Floats:
    """Returns where the middle of what stands out is over time, `float32[n, 2 STEPS]`.

    What stands out is what differs from the ground, the median of a clip's pixels; where nothing
    does, the middle is that of the frame. Clips of other lengths are brought to `STEPS`.
    """
    return np.stack([_track(_grey(clip)) for clip in rows])


def _grey(clip: NDArray[Any]) -> Floats:
    pixels = np.asarray(clip, np.float32) / 255.0
    return pixels[..., :3].mean(axis=-1)


def _track(frames: Floats) -> Floats:
    apart = np.maximum(np.abs(frames - np.median(frames)) - DIM, 0.0)
    mass = apart.sum(axis=(1, 2))
    centres = []
    for axis in (1, 2):
        side = frames.shape[axis]
        places = np.arange(side, dtype=np.float32) / side - 0.5
        moment = apart.sum(axis=3 - axis) @ places
        centres.append(np.divide(moment, mass, out=np.zeros_like(mass), where=mass > 0))
    times = np.linspace(0, 1, len(frames))
    steps = np.linspace(0, 1, STEPS)
    return np.concatenate([np.interp(steps, times, each) for each in centres]).astype(np.float32)
