"""Training, validation and test pairs that share no sentence."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from lstm_toolkit.data.dataset import Dataset, Source
from lstm_toolkit.data.splits.at_random import row_key
from lstm_toolkit.data.splits.splitter import Splits, count_of, published_parts
from lstm_toolkit.errors import DataError

_Sides = tuple[tuple[int, object], tuple[int, object]]


@dataclasses.dataclass(frozen=True)
class Connected:
    """Splits pairs at random so that no sentence of either side stands in two splits.

    Pairs that share a source sentence or a target sentence, also by way of others, stay
    together, so that both directions give the same rows; a group that is larger than a split
    goes to training. Sentences are the same if they differ in case, in white space or in the
    width of characters alone. A published split is used as it is; then its size is not, and
    pairs that share a sentence with it are left out of the others.

    Attributes:
        both: Whether sentences of both sides are kept apart; if not, those of the source alone,
            as where many prompts have the same reply.
    """

    both: bool = True

    def split(self, source: Source, *, validation: float, test: float, seed: int) -> Splits:
        """Divides the pairs, see `Splitter.split`.

        Returns:
            Splits of the sizes asked for, or smaller where groups do not fit.

        Raises:
            ValueError: If a size is neither a share nor a number from 1.
            DataError: If there are too few pairs, or too few that can be kept apart.
        """
        wanted = {"test": _checked("test", test), "validation": _checked("validation", validation)}
        parts = published_parts(source)
        sides = self._sides(source.rows)
        known = {side for part in parts.values() for pair in self._sides(part) for side in pair}
        rows = [row for row, pair in enumerate(sides) if known.isdisjoint(pair)]
        groups = connected([sides[row] for row in rows])
        left = np.random.default_rng(seed).permutation(len(groups)).tolist()
        sizes = _sizes({name: wanted[name] for name in wanted if name not in parts}, groups)
        for name, size in sizes.items():
            chosen, left = fill(groups, left, size)
            _check_any(chosen, groups)
            parts[name] = _take(source.rows, rows, groups, chosen)
        train = _take(source.rows, rows, groups, left)
        return Splits(train, parts["validation"], parts["test"], len(sides) - len(rows))

    def _sides(self, pairs: Dataset) -> list[_Sides]:
        """Returns what must not stand in two splits of each pair."""
        # Numbered, since a name may be written alike in both languages.
        sources = [(0, row_key(source)) for source in pairs.inputs]
        targets = [(1, row_key(target)) for target in pairs.labels] if self.both else sources
        return list(zip(sources, targets, strict=True))


def connected(rows: Iterable[Iterable[object]]) -> list[list[int]]:
    """Groups the positions of rows, such as pairs, that share a member, also by way of others.

    Args:
        rows: One thing or more each, that can be compared.

    Returns:
        Each position once, in order within a group; groups are in the order of their first.

    >>> connected([("a", 1), ("b", 2), ("c", 1), ("b", 3), ("d", 4), ("c", 3)])
    [[0, 1, 2, 3, 5], [4]]
    """
    parents: list[int] = []
    first: dict[object, int] = {}

    def root(row: int) -> int:
        while parents[row] != row:
            parents[row] = row = parents[parents[row]]
        return row

    for row, members in enumerate(rows):
        parents.append(row)
        for member in members:
            one, other = sorted((root(first.setdefault(member, row)), root(row)))
            parents[other] = one
    groups: dict[int, list[int]] = {}
    for row in range(len(parents)):
        groups.setdefault(root(row), []).append(row)
    return list(groups.values())


def _checked(name: str, size: float) -> float:
    if not (0 < size < 1 or (size >= 1 and float(size).is_integer())):
        raise ValueError(
            f"{name} must be a share in (0, 1) or a number of pairs from 1. Received: {name}={size}"
        )
    return size


def _sizes(wanted: Mapping[str, float], groups: Sequence[Sequence[int]]) -> dict[str, int]:
    """Returns how many pairs each split may have, less where too few can be kept apart."""
    count = sum(map(len, groups))
    sizes = {name: count_of(size, count) for name, size in wanted.items()}
    total = sum(sizes.values())
    if count <= total:
        asked = " and ".join(f"{size:,} for {name}" for name, size in sizes.items())
        where = " outside the published splits" if len(wanted) < 2 else ""
        raise DataError(
            f"needs at least one pair for training beside {asked or 'the published splits'}. "
            f"Received: {count:,}{where}"
        )
    free = sum(len(group) for group in groups if len(group) <= min(sizes.values(), default=0))
    if free < total:
        return {name: max(1, size * free // total) for name, size in sizes.items()}
    return sizes


def _check_any(chosen: Sequence[int], groups: Sequence[Sequence[int]]) -> None:
    if not chosen:
        raise DataError(
            "needs pairs for each split that share no sentence with those of another. "
            f"Received: {sum(map(len, groups)):,} pairs, of which only {len(groups):,} groups "
            f"share none, the largest of {max(map(len, groups)):,}"
        )


def fill(
    groups: Sequence[Sequence[int]], order: Sequence[int], size: int
) -> tuple[list[int], list[int]]:
    """Takes groups as they come as long as they fit; returns those, and the others."""
    chosen: list[int] = []
    left: list[int] = []
    for group in order:
        fits = len(groups[group]) <= size
        (chosen if fits else left).append(group)
        size -= len(groups[group]) if fits else 0
    return chosen, left


def _take(
    pairs: Dataset,
    rows: Sequence[int],
    groups: Sequence[Sequence[int]],
    chosen: Iterable[int],
) -> Dataset:
    positions = sorted(rows[row] for group in chosen for row in groups[group])
    return pairs.take(np.array(positions, np.int64))
