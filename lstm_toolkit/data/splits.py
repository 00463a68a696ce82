"""Training, validation and test rows that never mix."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import train_test_split

from lstm_toolkit.data.examples import Examples, Source
from lstm_toolkit.errors import DataError


@dataclasses.dataclass(frozen=True)
class Splits:
    """The three parts of a data set."""

    train: Examples
    validation: Examples
    test: Examples


def split(
    source: Source, *, validation_share: float = 0.1, test_share: float = 0.2, seed: int = 0
) -> Splits:
    """Splits at random with the classes' shares kept, and identical inputs kept together.

    A published test split is used as it is; then `test_share` is not.

    Args:
        source: What a reader returned.
        validation_share: Share of the rows for validation, in (0, 1).
        test_share: Share of the rows for the test, in (0, 1).
        seed: Same seed, same rows in each split.

    Raises:
        DataError: If a class has too few rows to stand in every split.
    """
    rows = source.examples
    _check_classes(rows)
    groups = _identical(rows)
    train = np.arange(len(groups))
    if source.test is None:
        train, held_out = _divide(rows, groups, train, test_share, seed)
        test = rows.take(_rows(groups, held_out))
    else:
        test = source.test
    count = validation_share / (1 if source.test is not None else 1 - test_share)
    train, held_out = _divide(rows, groups, train, count, seed)
    return Splits(
        train=rows.take(_rows(groups, train)),
        validation=rows.take(_rows(groups, held_out)),
        test=test,
    )


def _check_classes(rows: Examples) -> None:
    classes = np.unique(rows.labels)
    if len(classes) < 2:
        raise DataError(
            "needs at least two classes. "
            f"Received: {len(rows)} rows, classes={', '.join(classes) or 'none'}"
        )


def _identical(rows: Examples) -> list[list[int]]:
    """Groups the positions of rows whose inputs are the same."""
    groups: dict[object, list[int]] = {}
    for position, value in enumerate(rows.inputs):
        groups.setdefault(value.tobytes() if value.ndim else value.item(), []).append(position)
    return list(groups.values())


def _divide(
    rows: Examples, groups: list[list[int]], chosen: NDArray[np.int64], share: float, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    labels = rows.labels[[groups[group][0] for group in chosen]]
    classes, counts = np.unique(labels, return_counts=True)
    size = max(len(classes), round(share * len(chosen)))
    if counts.min() < 2 or len(chosen) - size < len(classes):
        raise DataError(
            "needs at least three different rows in every class, one for each split. "
            f"Received: {counts.min()} left of class {classes[counts.argmin()]} "
            f"among {len(chosen)} different rows"
        )
    kept, held_out = train_test_split(chosen, test_size=size, random_state=seed, stratify=labels)
    return kept, held_out


def _rows(groups: list[list[int]], chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.array([position for group in np.sort(chosen) for position in groups[group]])
