"""The frames of clips that are kept: those that are looked at, of one size."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.clips import Clips
from lstm_toolkit.data.frame_sampling import Pace, frame_choices, repeats
from lstm_toolkit.data.inputs.rows import counted
from lstm_toolkit.data.readers.clips.clip import Clip, Facts
from lstm_toolkit.data.readers.images.fitting import Frame, fit_picture
from lstm_toolkit.data.readers.tables.cleaning import count_note
from lstm_toolkit.errors import DataError


@dataclasses.dataclass(frozen=True)
class Sampling:
    """Which frames of a clip are kept.

    Attributes:
        frames: Steps of a clip, at most.
        choices: Frames from which each step of a training clip can choose, odd.
        height: Of a frame; 0 takes that of the commonest clip, see `Frame.choose`.
        width: Likewise.
        pad: Whether frames keep their shape, see `Frame`.
        pace: What was learnt; None learns it, and how many frames a training clip has at most.
    """

    frames: int
    choices: int = 1
    height: int = 0
    width: int = 0
    pad: bool = True
    pace: Pace | None = None

    def frame(self, sizes: Sequence[tuple[int, int]]) -> Frame:
        """Returns what all frames are brought to, of clips of these heights and widths."""
        return Frame.choose(sizes, height=self.height, width=self.width, pad=self.pad)


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


def keep_frames(
    clips: Sequence[Clip],
    sampling: Sampling,
    path: Path | None = None,
    training: Sequence[bool] = (),
) -> Kept:
    """Decodes clips one after the other; of each no more is kept than is looked at.

    Args:
        clips: As they come.
        sampling: Which frames, and of which size.
        path: Where they lie, for messages.
        training: Which of them may be trained on; all if empty.

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
    size = sampling.frame([(each.height, each.width) for each in facts.values()])
    ours = [row for row in facts if not training or training[row]] or list(facts)
    pace = sampling.pace or Pace.of([facts[row].durations for row in ours])
    shown = {row: repeats(each.durations, pace) for row, each in facts.items()}
    frames = sampling.frames
    if sampling.pace is None:
        # The network is given no more than training clips have; others are sampled once, to that.
        frames = max(2, min(frames, max(int(shown[row].sum()) for row in ours)))
    chosen = {row: frame_choices(each, frames, sampling.choices) for row, each in shown.items()}
    total = sum(len(np.unique(numbers)) for numbers in chosen.values())
    values = np.empty((total, *size.size, 3), np.uint8)
    begin, rows, choices = 0, [], []
    for row, numbers in chosen.items():
        wanted, places = np.unique(numbers, return_inverse=True)
        try:
            _fill(values[begin : begin + len(wanted)], clips[row], wanted, size)
        except DataError as error:
            damaged[row] = error
            continue
        rows.append(row)
        choices.append(begin + places.reshape(numbers.shape))
        begin += len(wanted)
    if not rows:
        raise next(iter(damaged.values()))
    steps = [int(shown[row].sum()) for row in rows]
    remarks = list(_remarks([facts[row] for row in rows], steps, frames, size, path))
    kept = Clips.chosen(values[:begin], choices)
    return Kept(dataclasses.replace(kept, frames=frames, pace=pace), rows, damaged, remarks)


def _fill(into: NDArray[np.uint8], clip: Clip, wanted: NDArray[np.int64], size: Frame) -> None:
    number = -1
    for number, frame in enumerate(clip.frames(wanted.tolist())):
        into[number] = fit_picture(frame, size)
    if number + 1 < len(wanted):
        raise DataError(f"is truncated behind frame {number + 1:,}", path=Path(clip.name))


def one_clip(clip: Clip, frames: int, size: Frame, pace: Pace) -> NDArray[np.uint8]:
    """Returns the frames of a clip that is to be answered, `uint8[steps, height, width, 3]`.

    Raises:
        DataError: If it cannot be read.
    """
    numbers = frame_choices(repeats(clip.facts().durations, pace), frames)[:, 0]
    wanted, places = np.unique(numbers, return_inverse=True)
    values = np.empty((len(wanted), *size.size, 3), np.uint8)
    _fill(values, clip, wanted, size)
    return values[places]


def _remarks(
    facts: Sequence[Facts], steps: Sequence[int], frames: int, size: Frame, path: Path | None
) -> Iterator[str]:
    several = f"{min(steps):,} to " if min(steps) < max(steps) else ""
    chosen = frames if max(steps) > frames else "all"
    yield f"{several}{counted(max(steps), 'frame')} a clip, {chosen} looked at"
    sizes = Counter((each.height, each.width) for each in facts)
    others = sum(count for known, count in sizes.items() if known != size.size)
    if others:
        largest = max(sizes)
        shown = f"{largest[1]}×{largest[0]}"
        yield f"{counted(others, 'clip')} of up to {shown} resized to {size.width}×{size.height}"
    yield from count_note(
        sum(each.uneven for each in facts), "clip", "of uneven frame rate, sampled by time"
    )
    single = sum(len(each.durations) == 1 for each in facts)
    if single == len(facts):
        received = f"{counted(single, 'clip')} of one frame each"
        raise DataError(f"needs clips in which something moves. Received: {received}", path=path)
    if single:
        yield (
            f"warning: one frame alone in {single:,} of {counted(len(facts), 'clip')}; it stands "
            "for a still clip of as long as its file tells, or as is usual"
        )
