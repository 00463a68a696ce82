"""Made recordings of gestures, to try sensors with."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.readers.sensors.recordings import Recording

RATE = 50
"""Steps a second."""

PEOPLE = 12
TURNS = 3
"""How often each person makes each gesture."""

CHANNELS = ("acc_x", "acc_y", "acc_z", "turn_x", "turn_y", "turn_z")
GRAVITY = 9.81

GESTURES = ("circle", "rest", "shake", "swipe", "tap")

Floats = NDArray[np.float64]


def sample_recordings(seed: int = 0) -> tuple[list[Recording], tuple[str, ...]]:
    """Returns a recording of each person, and the names of the channels.

    People differ in tempo, strength and how they hold the sensor, which sometimes loses values.
    """
    rng = np.random.default_rng(seed)
    return [_of_person(f"person {n}", rng) for n in range(1, PEOPLE + 1)], CHANNELS


def _of_person(name: str, rng: np.random.Generator) -> Recording:
    tempo, strength = rng.uniform(0.75, 1.35), rng.uniform(0.6, 1.5)
    turned = _rotation(rng.normal(0, 0.2, 3))
    values, labels = [], []
    for _ in range(TURNS):
        for gesture in rng.permutation(GESTURES):
            steps = int(rng.integers(3 * RATE, 6 * RATE))
            moved = _gesture(gesture, steps, tempo * rng.uniform(0.9, 1.1), strength, rng)
            moved[:, 2] += GRAVITY
            values.append(np.concatenate([moved[:, :3] @ turned, moved[:, 3:] @ turned], axis=1))
            labels += [gesture] * steps
    whole = np.concatenate(values)
    whole += rng.normal(0, 0.25, whole.shape)
    _lose(whole, rng)
    times = np.arange(len(whole)) / RATE
    return Recording(
        name, whole.astype(np.float32), times, np.array(labels, object), name, timed=True
    )


def _gesture(
    gesture: str, steps: int, tempo: float, strength: float, rng: np.random.Generator
) -> Floats:
    """Returns how a gesture moves and turns the sensor, `float64[steps, 6]`."""
    phase = 2 * np.pi * tempo * np.arange(steps) / RATE + rng.uniform(0, 2 * np.pi)
    moved = np.zeros((steps, 6))
    if gesture == "circle":
        moved[:, 0], moved[:, 1] = 3 * np.sin(phase), 3 * np.cos(phase)
        moved[:, 5] = 1.5
    elif gesture == "swipe":
        moved[:, 0] = 4 * np.sin(phase) * np.abs(np.sin(phase / 2))
        moved[:, 5] = 1.5 * np.cos(phase)
    elif gesture == "shake":
        moved[:, 0] = 3 * np.sin(4 * phase)
        moved[:, 4] = 2 * np.cos(4 * phase)
    elif gesture == "tap":
        moved[:, 2] = 6 * np.exp(-((np.sin(phase / 1.5) - 1) ** 2) / 0.02)
    return moved * strength


def _rotation(angles: Floats) -> Floats:
    """Returns the rotation about three axes, one after the other."""
    whole = np.eye(3)
    for axis, angle in enumerate(angles):
        first, second = (axis + 1) % 3, (axis + 2) % 3
        turn = np.eye(3)
        turn[first, first] = turn[second, second] = np.cos(angle)
        turn[first, second], turn[second, first] = -np.sin(angle), np.sin(angle)
        whole = whole @ turn
    return whole


def _lose(values: Floats, rng: np.random.Generator) -> None:
    """Takes away single values, and the second sensor for a while."""
    values[rng.random(values.shape) < 0.005] = np.nan
    for _ in range(3):
        begin = int(rng.integers(0, len(values) - RATE))
        values[begin : begin + int(rng.integers(RATE // 2, 2 * RATE)), 3:] = np.nan
