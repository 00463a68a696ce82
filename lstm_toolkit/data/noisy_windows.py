"""Windows of clean signals with noise that is made when a batch is taken, and never stored."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.columns import Windows
from lstm_toolkit.data.noise import Noise, add_noise

FIXED = 0
"""In place of seed and epoch, of rows that are scored: the same for every run."""


@dataclasses.dataclass(frozen=True, eq=False)
class Recipe:
    """Which noise is made.

    Attributes:
        kinds: Of noise, each as often as the others.
        levels: In dB, see `add_noise`.
        rate: Samples a second, None if that is not known.
    """

    kinds: tuple[Noise, ...]
    levels: tuple[float, ...]
    rate: float | None = None

    @property
    def combinations(self) -> int:
        """How many pairs of kind and level there are."""
        return len(self.kinds) * len(self.levels)

    def at(self, number: int) -> tuple[Noise, float]:
        """Returns a pair of kind and level by its number."""
        number %= self.combinations
        return self.kinds[number % len(self.kinds)], self.levels[number // len(self.kinds)]


@dataclasses.dataclass(frozen=True, eq=False)
class NoisyWindows(Windows):
    """Windows over clean values, to which noise is added as rows are taken.

    As it is, a row has the kind and the level that `numbers` give it, the same at every look.
    Trainings take `of_epoch`: there both are drawn anew, as functions of seed, epoch and row, so
    that a training that goes on after a kill sees the noise that it would have seen.

    Attributes:
        numbers: `int64[n]`, see `Recipe.at`; with `starts` they tell rows apart.
        deviations: `float64[n]`, of the signal that each window is of.
        recipe: Of the noise.
        epoch: Seed and epoch; None for rows that are scored.
    """

    numbers: NDArray[np.int64]
    deviations: NDArray[np.float64]
    recipe: Recipe
    epoch: tuple[int, int] | None = None

    def __getitem__(self, rows: Any) -> NDArray[Any]:
        clean = super().__getitem__(rows)
        known = zip(self.starts[rows], self.numbers[rows], self.deviations[rows], strict=True)
        noisy = [
            self._noisy(window[:, 0], int(start), int(number), float(deviation))
            for window, (start, number, deviation) in zip(clean, known, strict=True)
        ]
        return np.stack(noisy)[..., None] if noisy else clean

    def _noisy(
        self, clean: NDArray[np.float32], start: int, number: int, deviation: float
    ) -> NDArray[np.float32]:
        recipe = self.recipe
        if self.epoch is None:
            rng = np.random.default_rng([FIXED, start, number])
            kind, level = recipe.at(number)
        else:
            seed, epoch = self.epoch
            rng = np.random.default_rng([1 + seed, epoch, start, number])
            kind = recipe.kinds[rng.integers(len(recipe.kinds))]
            level = rng.uniform(min(recipe.levels), max(recipe.levels))
        return add_noise(kind, clean, level, deviation, rng, recipe.rate)

    def of_epoch(self, seed: int, epoch: int) -> NoisyWindows:
        """Returns the same windows with the noise of an epoch of training."""
        return dataclasses.replace(self, epoch=(seed, epoch))

    def subset(self, rows: NDArray[np.int64]) -> NoisyWindows:
        """Returns some of the windows, over the same values."""
        return dataclasses.replace(
            self,
            starts=self.starts[rows],
            numbers=self.numbers[rows],
            deviations=self.deviations[rows],
        )
