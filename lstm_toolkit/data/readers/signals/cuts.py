"""Windows of signals for training, validation and test, each from a stretch of its own."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.columns import Windows
from lstm_toolkit.data.dataset import Dataset
from lstm_toolkit.data.noisy_windows import NoisyWindows, Recipe
from lstm_toolkit.data.readers.signals.pairs import Floats, Pair

Ints = NDArray[np.int64]

LEAST = 16
"""Samples that a stretch needs."""
MOST_TRAINED = 8000
"""Windows that training cuts where no stride is stated: of long signals they overlap less."""
MOST_SCORED = 2000
"""Windows that are scored of a split, where each would come with every kind and level of noise."""


@dataclasses.dataclass(frozen=True, eq=False)
class Stretch:
    """A part of a signal.

    Attributes:
        name: Of the signal.
        pair: Its samples.
    """

    name: str
    pair: Pair

    @property
    def known(self) -> bool:
        """Whether enough of its clean samples are there."""
        return int(np.isfinite(self.pair.clean).sum()) >= LEAST


def stretches(
    pairs: Mapping[str, Pair], validation: float, test: float
) -> dict[str, list[Stretch]]:
    """Divides each signal in time: the first part trains, the next validates, the last tests.

    Args:
        pairs: By the names of the signals.
        validation: Share of each signal.
        test: Likewise.

    Returns:
        Stretches of enough samples, for `train`, `validation` and `test`.
    """
    parts: dict[str, list[Stretch]] = {"train": [], "validation": [], "test": []}
    for name, pair in pairs.items():
        length = len(pair.clean)
        begin = length - round(length * (validation + test))
        end = length - round(length * test)
        for part, (first, last) in zip(
            parts, ((0, begin), (begin, end), (end, length)), strict=True
        ):
            noisy = None if pair.noisy is None else pair.noisy[first:last]
            stretch = Stretch(name, Pair(pair.clean[first:last], noisy))
            if stretch.known:
                parts[part].append(stretch)
    return parts


def cut(
    parts: Sequence[Stretch], window: int, stride: int, recipe: Recipe, *, scored: bool
) -> Dataset:
    """Cuts windows from stretches; one that is shorter than a window is filled up with NaN.

    Args:
        parts: At least one.
        window: Samples of each.
        stride: Samples between the beginnings of two; the last of a stretch ends with it.
        recipe: Of the noise, where signals have no noisy form.
        scored: Whether rows are for scores: then each window comes with every kind and level of
            noise, or with several of them in turn where windows are many.

    Returns:
        `values`, `float32[n, window, 1]`; the target `clean`, `float32[n, window]`; and of each row
        `group`, `window`, `mean` and `deviation` of its stretch, and of made noise `noise` and
        `level`.
    """
    lengths = np.array([max(window, len(each.pair.clean)) for each in parts])
    begins = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    clean = _joined([each.pair.clean for each in parts], lengths)
    places = [_starts(length, window, stride) for length in lengths]
    starts = np.concatenate([begin + own for begin, own in zip(begins, places, strict=True)])
    which = np.repeat(np.arange(len(parts)), [len(own) for own in places])
    there = np.array([np.isfinite(clean[start : start + window]).any() for start in starts])
    starts, which = starts[there], which[there]
    made = parts[0].pair.noisy is None
    repeats = _repeats(len(starts), recipe) if made and scored else 1
    starts, which = np.repeat(starts, repeats), np.repeat(which, repeats)
    numbers = np.arange(len(starts)) if repeats < recipe.combinations else _grid(starts, recipe)
    means = np.array([np.nanmean(each.pair.clean, dtype=np.float64) for each in parts])
    spreads = np.array([np.nanstd(each.pair.clean, dtype=np.float64) for each in parts])
    deviations = np.where(spreads > 0, spreads, 1.0)[which]
    meta: dict[str, Any] = {
        "group": np.array([each.name for each in parts])[which],
        "window": starts,
        "mean": means[which],
        "deviation": deviations,
    }
    if made:
        noisy: Windows = NoisyWindows(clean[:, None], starts, window, numbers, deviations, recipe)
    else:
        samples = [each.pair.noisy for each in parts if each.pair.noisy is not None]
        noisy = Windows(_joined(samples, lengths)[:, None], starts, window)
    if made and scored:
        told = [recipe.at(int(number)) for number in numbers]
        kinds, levels = zip(*told, strict=True)
        meta |= {"noise": np.array(kinds), "level": np.array(levels)}
    return Dataset({"values": noisy}, {"clean": Windows(clean, starts, window)}, meta)


def _joined(parts: Sequence[Floats], lengths: Ints) -> Floats:
    """Puts stretches one after the other, each filled up with NaN to its length."""
    filled = (
        np.pad(part, (0, length - len(part)), constant_values=np.nan)
        for part, length in zip(parts, lengths, strict=True)
    )
    return np.concatenate(list(filled))


def _starts(length: int, window: int, stride: int) -> Ints:
    """Returns where windows begin: every stride, and where the last one ends with the stretch."""
    starts = np.arange(0, length - window + 1, stride)
    return np.unique([*starts, length - window]).astype(np.int64)


def _repeats(windows: int, recipe: Recipe) -> int:
    return int(np.clip(MOST_SCORED // max(windows, 1), 1, recipe.combinations))


def _grid(starts: Ints, recipe: Recipe) -> Ints:
    """Returns numbers of all pairs of kind and level, for each window."""
    return np.tile(np.arange(recipe.combinations), len(starts) // recipe.combinations)


def stride_of(parts: Sequence[Stretch], window: int, stated: int | None) -> int:
    """Returns how far apart windows of training begin: an eighth of a window, or farther."""
    if stated is not None:
        return stated
    samples = sum(len(each.pair.clean) for each in parts)
    return max(1, window // 8, samples // MOST_TRAINED)


def short_ones(pairs: Mapping[str, Pair], window: int) -> Iterator[str]:
    """Yields the names of signals that are shorter than a window."""
    yield from (name for name, pair in pairs.items() if len(pair.clean) < window)
