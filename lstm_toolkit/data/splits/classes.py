"""Training, validation and test rows that never mix."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import train_test_split

from lstm_toolkit.data.examples import Examples, Source
from lstm_toolkit.data.splits.text_keys import text_key
from lstm_toolkit.errors import DataError


@dataclasses.dataclass(frozen=True)
class Splits:
    """The three parts of a data set."""

    train: Examples
    validation: Examples
    test: Examples
    repeated: int = 0
    """Rows left out of training because they stand in a published split too."""


def split(
    source: Source, *, validation_share: float = 0.1, test_share: float = 0.2, seed: int = 0
) -> Splits:
    """Splits at random with the classes' shares kept, and identical inputs kept together.

    A published split is used as it is; then its share is not, and rows that stand in it are
    left out of the others. Texts that differ in case, white space or other things which no
    tokenizer keeps are the same, see `text_key`.

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
    groups, repeated = _identical(rows, source.published)
    _check_left(rows, groups, repeated, source)
    train = np.arange(len(groups))
    if source.test is None:
        train, held_out = _divide(rows, groups, train, test_share, seed)
        test = rows.take(_rows(groups, held_out))
    else:
        test = source.test
    if source.validation is None:
        share = validation_share / (1 if source.test is not None else 1 - test_share)
        train, held_out = _divide(rows, groups, train, share, seed)
        validation = rows.take(_rows(groups, held_out))
    else:
        validation = source.validation
    return Splits(rows.take(_rows(groups, train)), validation, test, repeated)


def _check_classes(rows: Examples) -> None:
    classes = np.unique(rows.labels)
    if len(classes) < 2:
        raise DataError(
            "needs at least two classes. "
            f"Received: {len(rows)} rows, classes={', '.join(classes) or 'none'}"
        )


def _check_left(rows: Examples, groups: list[list[int]], repeated: int, source: Source) -> None:
    left = {str(rows.labels[group[0]]) for group in groups}
    lost = sorted(set(map(str, rows.labels)) - left)
    if lost:
        published = "test split" if source.validation is None else "splits"
        raise DataError(
            f"needs rows of every class that do not stand in the published {published} too. "
            f"Received: none of class {', '.join(lost)}; {repeated} of {len(rows)} rows do"
        )


def _identical(rows: Examples, published: Iterable[Examples]) -> tuple[list[list[int]], int]:
    """Groups the positions of rows whose inputs are the same; leaves out published ones."""
    known = {identity(value) for part in published for value in part.inputs}
    groups: dict[object, list[int]] = {}
    repeated = 0
    for position, value in enumerate(rows.inputs):
        key = identity(value)
        if key in known:
            repeated += 1
        else:
            groups.setdefault(key, []).append(position)
    return list(groups.values()), repeated


def identity(value: Any) -> object:
    """Returns what is the same for identical rows, and for texts that read alike.

    Args:
        value: A text or an array.

    >>> identity(" A  film"), identity("Ａ film")
    ('afilm', 'afilm')
    """
    if isinstance(value, str):
        return text_key(value)
    return value.tobytes()


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
