"""Clips: frames of unequal number, of which trainings see other ones in each epoch."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.columns import Ragged
from lstm_toolkit.data.frame_sampling import ITS_OWN, Pace

Ints = NDArray[np.int64]

FIRST_FRAMES = 2
"""Keeps the random numbers of clips apart from others of the same seed and epoch."""


@dataclasses.dataclass(frozen=True, eq=False)
class Clips(Ragged):
    """Rows of frames; each step of a row chooses one of several frames near to each other.

    As it is, a row has the frames in the middle, the same at every look. Trainings take
    `of_epoch`: there each row is moved by an offset of its own, which follows from seed, epoch and
    row, so that a training that goes on after a kill sees the frames that it would have seen.

    Attributes:
        values: All frames, `uint8[total, height, width, 3]`.
        offsets: `int64[n + 1]`, where the steps of each row begin among all steps.
        choices: `int64[steps, choices]` places in `values`; the middle one is the step's own.
        numbers: `int64[n]`, by which rows are told apart whatever their order.
        epoch: Seed and epoch; None for rows that are scored.
        frames: Steps that a row has at most; 0 takes those of the longest.
        pace: By which its files were read.

    Example:
        >>> frames = np.arange(6, dtype=np.uint8).reshape(6, 1, 1, 1)
        >>> clips = Clips.chosen(frames, [np.array([[0, 1, 2], [3, 4, 5]])])
        >>> clips[np.array([0])].to_list()
        [[[[[1]]], [[[4]]]]]
    """

    by_length = False  # all are padded to one length, as the network takes them

    choices: Ints
    numbers: Ints
    epoch: tuple[int, int] | None = None
    frames: int = 0
    pace: Pace = ITS_OWN

    @classmethod
    def chosen(cls, values: NDArray[Any], choices: Sequence[Ints]) -> Clips:
        """Puts rows together of frames in `values`; `choices` has one array a row."""
        offsets = np.zeros(len(choices) + 1, np.int64)
        np.cumsum([len(row) for row in choices], out=offsets[1:])
        joined = np.concatenate(choices) if len(choices) else np.zeros((0, 1), np.int64)
        return cls(values, offsets, joined, np.arange(len(choices)))

    @classmethod
    def of_frames(cls, rows: Sequence[NDArray[Any]]) -> Clips:
        """Returns rows as they are given, `uint8[frames, height, width, 3]` of one size."""
        begins = np.cumsum([0, *map(len, rows)])
        places = [np.arange(a, b)[:, None] for a, b in pairwise(begins)]
        return cls.chosen(np.concatenate(rows), places)

    def __getitem__(self, rows: Any) -> Any:
        if isinstance(rows, slice):
            rows = np.arange(len(self))[rows]
        rows = np.asarray(rows)
        steps, lengths = self._steps(rows)
        chosen = np.repeat(self._offsets_of(rows), lengths)
        return Ragged.from_lengths(self.values[self.choices[steps, chosen]], lengths)

    def __iter__(self) -> Iterator[NDArray[Any]]:
        for row in range(len(self)):
            yield self[np.array([row])].values

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        rows, lengths = self[:], self.lengths
        steps = int(lengths.max(initial=0))
        padded = np.zeros((len(self), steps, *self.values.shape[1:]), dtype or self.values.dtype)
        padded[np.arange(steps) < lengths[:, None]] = rows.values
        return padded

    def _steps(self, rows: Ints) -> tuple[Ints, Ints]:
        """Returns the steps of rows among all, and how many each has."""
        lengths = self.lengths[rows]
        starts = np.repeat(self.offsets[:-1][rows] - (np.cumsum(lengths) - lengths), lengths)
        return starts + np.arange(len(starts)), lengths

    def _offsets_of(self, rows: Ints) -> Ints:
        count = self.choices.shape[1]
        if self.epoch is None:
            return np.full(len(rows), count // 2)
        seed = [FIRST_FRAMES, *self.epoch]
        numbers = self.numbers[rows]
        drawn = [np.random.default_rng([*seed, int(number)]).integers(count) for number in numbers]
        return np.array(drawn, np.int64)

    def of_epoch(self, seed: int, epoch: int) -> Clips:
        """Returns the same clips with the frames of an epoch of training."""
        return dataclasses.replace(self, epoch=(seed, epoch))

    def subset(self, rows: Ints) -> Clips:
        """Returns some of the clips, over the same frames."""
        steps, lengths = self._steps(np.asarray(rows))
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        return dataclasses.replace(
            self, offsets=offsets, choices=self.choices[steps], numbers=self.numbers[rows]
        )

    def to_list(self) -> list[list[Any]]:
        """Returns the rows as lists."""
        return [row.tolist() for row in self]

    def to_tensor(self) -> Any:
        """Returns the same rows for TensorFlow."""
        return self[:].to_tensor()

    @classmethod
    def concatenate(cls, parts: Sequence[Ragged]) -> Self:
        """Puts the rows of one after those of the other, as they are scored."""
        rows = [row for part in parts for row in part]
        return cls.of_frames(rows)  # type: ignore[return-value]
