"""How often recordings were taken: steps between times, and those that are left out."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.readers.sensors.recordings import Recording
from lstm_toolkit.errors import DataError

NEAR = 0.2
"""How far the step of one recording may be from that of another, in shares of it."""


def step_of(recordings: Sequence[Recording], stated: float | None = None) -> float:
    """Returns the time between two steps that recordings have in common, 0 if none is told.

    Args:
        recordings: Of one rate.
        stated: The step, where it is known; None finds it.

    Raises:
        DataError: If a recording was taken at another rate, with its place.
    """
    timed = [each for each in recordings if each.timed and len(each) > 1]
    if not timed:
        return 0.0
    steps = np.array([float(np.median(np.diff(each.times))) for each in timed])
    common = stated or float(np.median(steps))
    other = np.abs(steps / common - 1.0) > NEAR
    if other.any():
        which = int(other.argmax())
        raise DataError(
            f"needs recordings at one rate, a step every {_shown(common)}. Received: every "
            f"{_shown(float(steps[which]))}{timed[which].said()}; bring them to one, as with "
            "pandas' resample",
            **timed[which].place(1),
        )
    return common


def _shown(step: float) -> str:
    return f"{step:.6g}"


def on_grid(recording: Recording, step: float, longest: int) -> tuple[list[Recording], int, int]:
    """Puts missing values where steps are left out, and parts a recording at long gaps.

    Args:
        recording: Its times rise.
        step: Between two steps; 0 leaves it as it is.
        longest: Steps that may be left out; more of them part it.

    Returns:
        Its parts, how many steps were filled in, and how many times are between two steps.
    """
    if not recording.timed or not step or len(recording) < 2:
        return [recording], 0, 0
    gaps = np.diff(recording.times) / step
    steps = np.maximum(np.round(gaps), 1).astype(np.int64)
    uneven = int((np.abs(gaps - steps) > NEAR).sum())
    cuts = np.flatnonzero(steps - 1 > longest) + 1
    parts, filled = [], 0
    for begin, end in zip([0, *cuts], [*cuts, len(recording)], strict=True):
        part, more = _filled(recording, int(begin), int(end), steps[begin : end - 1])
        parts.append(part)
        filled += more
    return parts, filled, uneven


def _filled(
    whole: Recording, begin: int, end: int, steps: NDArray[np.int64]
) -> tuple[Recording, int]:
    places = np.concatenate([[0], np.cumsum(steps)]).astype(np.int64)
    length = int(places[-1]) + 1
    if length == end - begin:
        rows = slice(begin, end)
        return _part(whole, whole.values[rows], whole.times[rows], whole.labels[rows], begin), 0
    values = np.full((length, whole.values.shape[1]), np.nan, np.float32)
    values[places] = whole.values[begin:end]
    before = np.repeat(np.arange(end - begin), np.diff([*places, length]))
    times = np.interp(np.arange(length), places, whole.times[begin:end])
    # A step that is left out has the label of the one before it.
    labels = whole.labels[begin:end][before]
    part = _part(whole, values, times, labels, begin, before)
    return part, length - (end - begin)


def _part(
    whole: Recording,
    values: NDArray[np.float32],
    times: NDArray[np.float64],
    labels: NDArray[np.object_],
    begin: int,
    rows: NDArray[np.int64] | None = None,
) -> Recording:
    def place(step: int) -> dict[str, object]:
        return whole.place(begin + (step if rows is None else int(rows[step])))

    return dataclasses.replace(whole, values=values, times=times, labels=labels, place=place)
