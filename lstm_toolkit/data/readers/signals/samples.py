"""Made pulses, to try cleaning signals with."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RATE = 128.0
"""Samples a second."""
WAVES = (
    (-0.2, 0.12, 0.025),
    (-0.03, -0.1, 0.01),
    (0.0, 1.0, 0.012),
    (0.03, -0.2, 0.01),
    (0.25, 0.3, 0.045),
)
"""Of a heartbeat: when it is, in seconds from its peak, how high, and how wide."""


def sample_pulses(seconds: int = 180, seed: int = 0) -> NDArray[np.float32]:
    """Returns made heartbeats, `float32[time]` in millivolts: five waves each, never alike.

    After P. McSharry et al., 2003 (doi:10.1109/TBME.2003.808805), in a much simpler form.
    """
    rng = np.random.default_rng(seed)
    times = np.arange(int(seconds * RATE)) / RATE
    values = np.zeros(len(times))
    beat = 0.3
    while beat < seconds + 1:
        strength, width = 1 + 0.1 * rng.normal(), 1 + 0.05 * rng.normal()
        early = rng.random() < 0.05  # a beat out of turn, broad and high
        for place, height, spread in WAVES:
            wide = spread * width * (2.5 if early else 1.0)
            high = height * strength * (1.4 if early else 1.0)
            near = slice(
                *np.searchsorted(times, [beat + place - 6 * wide, beat + place + 6 * wide])
            )
            values[near] += high * np.exp(-0.5 * ((times[near] - beat - place) / wide) ** 2)
        beat += 0.8 + 0.06 * np.sin(beat / 2) + 0.03 * rng.normal() - (0.2 if early else 0.0)
    return values.astype(np.float32)
