"""The frames of clips that are kept: those that are looked at, of one size."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.clips import Clips
from lstm_toolkit.data.frame_pixels import fitted
from lstm_toolkit.data.frame_sampling import frame_choices
from lstm_toolkit.data.inputs.rows import counted
from lstm_toolkit.data.readers.clips.clip import Clip, Facts
from lstm_toolkit.data.readers.tables.cleaning import count_note
from lstm_toolkit.errors import DataError

LONGEST_SIDE = 64
"""Pixels along the longer side of frames whose size nobody asked for."""


@dataclasses.dataclass(frozen=True)
class Sampling:
    """Which frames of a clip are kept.

    Attributes:
        frames: Steps of a clip, at most.
        choices: Frames from which each step of a training clip can choose, odd.
        height: Of a frame; 0 takes that of the commonest clip, see `LONGEST_SIDE`.
        width: Likewise.
    """

    frames: int
    choices: int = 1
    height: int = 0
    width: int = 0


@dataclasses.dataclass(frozen=True, eq=False)
class Kept:
    """Clips of which the frames are kept that are looked at.

    Attributes:
        clips: Of those that could be read.
        rows: Which of all they are.
        damaged: What is wrong with the others, by their places.
        remarks: What is to be told.
    """

    clips: Clips
    rows: list[int]
    damaged: dict[int, DataError]
    remarks: list[str]


def keep_frames(clips: Sequence[Clip], sampling: Sampling, path: Path | None = None) -> Kept:
    """Decodes clips one after the other; of each no more is kept than is looked at.

    Args:
        clips: As they come.
        sampling: Which frames, and of which size.
        path: Where they lie, for messages.

    Raises:
        DataError: If none can be read, or none has several frames.
    """
    facts: dict[int, Facts] = {}
    damaged: dict[int, DataError] = {}
    for row, clip in enumerate(clips):
        try:
            facts[row] = clip.facts()
        except DataError as error:
            damaged[row] = error
    if not facts:
        raise next(iter(damaged.values()))
    size = frame_size(list(facts.values()), sampling)
    chosen = {
        row: frame_choices(each.shown, sampling.frames, sampling.choices)
        for row, each in facts.items()
    }
    total = sum(len(np.unique(numbers)) for numbers in chosen.values())
    values = np.empty((total, *size, 3), np.uint8)
    begin, rows, choices = 0, [], []
    for row, numbers in chosen.items():
        wanted, places = np.unique(numbers, return_inverse=True)
        try:
            _fill(values[begin : begin + len(wanted)], clips[row], wanted)
        except DataError as error:
            damaged[row] = error
            continue
        rows.append(row)
        choices.append(begin + places.reshape(numbers.shape))
        begin += len(wanted)
    if not rows:
        raise next(iter(damaged.values()))
    remarks = list(_remarks([facts[row] for row in rows], sampling, size, path))
    return Kept(Clips.chosen(values[:begin], choices), rows, damaged, remarks)


def _fill(into: NDArray[np.uint8], clip: Clip, wanted: NDArray[np.int64]) -> None:
    number = -1
    for number, frame in enumerate(clip.frames(wanted.tolist())):
        into[number] = fitted(frame, *into.shape[1:3])
    if number + 1 < len(wanted):
        raise DataError(f"{clip.name}: is truncated behind frame {number + 1:,}")


def one_clip(clip: Clip, frames: int, height: int, width: int) -> NDArray[np.uint8]:
    """Returns the frames of a clip that is to be answered, `uint8[steps, height, width, 3]`.

    Raises:
        DataError: If it cannot be read.
    """
    numbers = frame_choices(clip.facts().shown, frames)[:, 0]
    wanted, places = np.unique(numbers, return_inverse=True)
    values = np.empty((len(wanted), height, width, 3), np.uint8)
    _fill(values, clip, wanted)
    return values[places]


def frame_size(facts: Sequence[Facts], sampling: Sampling) -> tuple[int, int]:
    """Returns height and width to which all frames are brought."""
    commonest = Counter((each.height, each.width) for each in facts).most_common(1)[0][0]
    shrink = min(1.0, LONGEST_SIDE / max(commonest))
    own = [max(1, round(side * shrink)) for side in commonest]
    if sampling.height and not sampling.width:
        return sampling.height, max(1, round(sampling.height * commonest[1] / commonest[0]))
    if sampling.width and not sampling.height:
        return max(1, round(sampling.width * commonest[0] / commonest[1])), sampling.width
    return sampling.height or own[0], sampling.width or own[1]


def _remarks(
    facts: Sequence[Facts], sampling: Sampling, size: tuple[int, int], path: Path | None
) -> Iterator[str]:
    steps = [int(each.shown.sum()) for each in facts]
    several = f"{min(steps):,} to " if min(steps) < max(steps) else ""
    chosen = sampling.frames if max(steps) > sampling.frames else "all"
    yield f"{several}{counted(max(steps), 'frame')} a clip, {chosen} looked at"
    sizes = Counter((each.height, each.width) for each in facts)
    others = sum(count for known, count in sizes.items() if known != size)
    if others:
        largest = max(sizes)
        shown = f"{largest[1]}×{largest[0]}"
        yield f"{counted(others, 'clip')} of up to {shown} resized to {size[1]}×{size[0]}"
    yield from count_note(
        sum(each.uneven for each in facts), "clip", "of uneven frame rate, sampled by time"
    )
    single = sum(len(each.shown) == 1 for each in facts)
    if single == len(facts):
        received = f"{counted(single, 'clip')} of one frame each"
        raise DataError(f"needs clips in which something moves. Received: {received}", path=path)
    if single:
        yield f"warning: one frame alone in {single:,} of {counted(len(facts), 'clip')}"
