"""Rows by groups, with the classes in their shares in every split."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.columns import Windows
from lstm_toolkit.data.dataset import Dataset, Source
from lstm_toolkit.data.splits.joined import joined_groups
from lstm_toolkit.data.splits.splitter import Splits, assemble, count_of, published_parts
from lstm_toolkit.errors import DataError

Ints = NDArray[np.int64]

BLOCKS = 10
"""Stretches of rows into which each class is divided where rows have no groups."""

FEW_BLOCKS = 5
"""Of windows that overlap: where two stretches meet, some have to be left out."""


@dataclasses.dataclass(frozen=True)
class BalancedGroups:
    """Splits whole groups, so that each split has the classes in their shares.

    Rows without groups are split by stretches of rows of one class that follow each other: those
    side by side may be of one recording. Training windows that share steps with others are left
    out. A class that one group alone has stays in training, and so does one of which they would be
    all.

    Attributes:
        column: Of `Dataset.meta`, `str[n]`; rows may lack it.
        target: Of `Dataset.targets`, the classes.
        alike: Whether groups that share an input are one, and rows that share a group or an
            input with a published split are left out, see `joined_groups`.
    """

    column: str = "group"
    target: str = "label"
    alike: bool = False

    def split(self, source: Source, *, validation: float, test: float, seed: int) -> Splits:
        """Divides the rows, see `Splitter.split`.

        Raises:
            DataError: If there are fewer than two classes, or too few groups.
        """
        repeated = 0
        if self.alike:
            source, repeated = joined_groups(source, self.column)
        rows = source.rows
        labels = np.asarray(rows.targets[self.target])
        check_classes(labels)
        groups = self._groups(rows, labels)
        published = published_parts(source)
        wanted = {"test": test, "validation": validation}
        sizes = {n: count_of(size, len(rows)) for n, size in wanted.items() if n not in published}
        left, parts = np.arange(len(rows)), {}
        for name, size in sizes.items():
            left, parts[name] = _held_out(left, labels, groups, size / len(left), seed)
        train = _training(rows, left, parts)
        lost = np.flatnonzero(~np.isin(labels, labels[train]))
        if len(lost):
            parts = {
                name: _without_shared(rows, np.setdiff1d(part, lost), lost)
                for name, part in parts.items()
            }
            train = _training(rows, np.union1d(left, lost), parts)
        if {"validation", "test"} <= parts.keys():
            parts["validation"] = _without_shared(rows, parts["validation"], parts["test"])
        shared = len(rows) - len(train) - sum(map(len, parts.values()))
        divided = assemble(source, {**parts, "train": train})
        return dataclasses.replace(divided, shared=shared, repeated=repeated)

    def _groups(self, rows: Dataset, labels: NDArray[Any]) -> NDArray[Any]:
        if self.column in rows.meta:
            return np.asarray(rows.meta[self.column])
        return stretches(labels)


def check_classes(labels: NDArray[Any]) -> None:
    """Raises `DataError` if there are fewer than two classes."""
    classes = np.unique(labels)
    if len(classes) < 2:
        raise DataError(
            "needs at least two classes. "
            f"Received: {len(labels)} rows, classes={', '.join(map(str, classes)) or 'none'}"
        )


def stretches(labels: NDArray[Any], count: int = BLOCKS) -> NDArray[np.str_]:
    """Returns for each row one of so many stretches of rows of its class.

    >>> stretches(np.array(["a"] * 3 + ["b"])).tolist()
    ['a 0', 'a 3', 'a 6', 'b 0']
    """
    blocks = np.empty(len(labels), object)
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        numbers = np.arange(len(rows)) * count // len(rows)
        blocks[rows] = [f"{label} {number}" for number in numbers]
    return blocks.astype(np.str_)


def _held_out(
    rows: Ints, labels: NDArray[Any], groups: NDArray[Any], share: float, seed: int
) -> tuple[Ints, Ints]:
    """Returns the rows that are left, and those of whole groups that make up about a share."""
    from sklearn.model_selection import StratifiedGroupKFold

    own, classes = groups[rows], labels[rows]
    count, most = len(np.unique(own)), int(np.unique(classes, return_counts=True)[1].max())
    folds = min(max(2, round(1 / share)), count, most)
    if folds < 2:
        raise DataError(
            "needs groups for each of train, validation and test. Received: "
            f"{len(np.unique(groups))}"
        )
    divided = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of classes with fewer rows than folds
        parts = [held for _, held in divided.split(rows, classes, own)]
    held = max(parts, key=lambda part: _fitness(classes, own, part, share))
    chosen = np.isin(own, _spared(classes, own, np.unique(own[held])))
    return rows[~chosen], rows[chosen]


def _fitness(
    classes: NDArray[Any], groups: NDArray[Any], held: Ints, share: float
) -> tuple[int, float]:
    """Returns how many classes a split would test, and how near it is to its size."""
    names = _spared(classes, groups, np.unique(groups[held]))
    rows = np.isin(groups, names)
    return len(np.unique(classes[rows])), -abs(float(rows.mean()) - share)


def _spared(classes: NDArray[Any], groups: NDArray[Any], held: NDArray[Any]) -> NDArray[Any]:
    """Returns the groups that can be held out without taking all rows of some class."""
    names = list(held)
    for label in np.unique(classes):
        having = np.unique(groups[classes == label])
        if np.isin(having, names).all():
            # The group with most rows of the class stays.
            stays = max(having, key=lambda name: int(((groups == name) & (classes == label)).sum()))
            names.remove(stays)
    return np.array(names, dtype=held.dtype)


def _training(rows: Dataset, left: Ints, parts: Mapping[str, Ints]) -> Ints:
    """Returns rows that share no step with those of the other parts."""
    for part in parts.values():
        left = _without_shared(rows, left, part)
    return left


def _without_shared(rows: Dataset, some: Ints, others: Ints) -> Ints:
    """Returns rows whose windows share no step with windows of the others."""
    for column in rows.columns.values():
        if isinstance(column, Windows) and len(others):
            taken = np.sort(column.starts[others])
            starts = column.starts[some]
            after = np.searchsorted(taken, starts - column.steps, side="right")
            nearest = taken[np.minimum(after, len(taken) - 1)]
            shared = (after < len(taken)) & (np.abs(nearest - starts) < column.steps)
            some = some[~shared]
    return some
