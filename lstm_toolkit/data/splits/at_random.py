"""Rows at random, classes in their shares, and what reads alike on one side."""

from __future__ import annotations

import dataclasses
import hashlib
from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.columns import Ragged
from lstm_toolkit.data.dataset import Dataset, Source
from lstm_toolkit.data.readers.texts.small_classes import check_classes
from lstm_toolkit.data.splits.splitter import Splits, published_parts
from lstm_toolkit.data.splits.text_keys import text_key
from lstm_toolkit.errors import DataError

LARGE = 4096
"""Bytes from which a row is told from others by its digest."""


@dataclasses.dataclass(frozen=True)
class AtRandom:
    """Splits at random, identical inputs kept together.

    A published split is used as it is; then its share is not, and rows that stand in it are
    left out of the others. Texts that differ in case, white space or other things which no
    tokenizer keeps are the same, see `text_key`.

    Attributes:
        within: The target whose classes stand in each split in their shares; "" for targets
            that are no classes.
        pools: Whether the task has the settings min_rows and small_classes, by which errors
            say what can be done about small classes.
    """

    within: str = "label"
    pools: bool = False

    def split(self, source: Source, *, validation: float, test: float, seed: int) -> Splits:
        """Divides the rows, see `Splitter.split`.

        Raises:
            DataError: If there are too few rows, or too few of a class, for every split.
        """
        rows, parts = source.rows, published_parts(source)
        labels = self._labels(rows)
        groups, repeated = _identical(rows, parts.values())
        if self.within:
            _check_classes(labels)
            _check_left(labels, groups, repeated, source)
            if self.pools:
                sizes = Counter(map(str, labels[_firsts(groups)]))
                check_classes(sizes, 3 - len(parts), most=2)
        elif not len(groups):
            raise DataError(
                "needs rows that do not stand in the published splits too. "
                f"Received: {repeated} of {len(labels)} rows do"
            )
        train = np.arange(len(groups))
        taken = 0.0
        # The test first, so that its rows do not depend on the size of the validation.
        for name, share in (("test", test), ("validation", validation)):
            if name not in parts:
                # A share is one of all rows, a part of which the test has taken.
                size = round(share / (1 - taken) * len(train)) if share < 1 else int(share)
                taken = share if share < 1 else share / len(groups)
                train, held_out = _divide(labels, groups, train, size, seed)
                parts[name] = rows.take(_rows(groups, held_out))
        return Splits(rows.take(_rows(groups, train)), parts["validation"], parts["test"], repeated)

    def _labels(self, rows: Dataset) -> NDArray[Any]:
        """Returns the class of each row; one class where there are none."""
        return np.asarray(rows.targets[self.within]) if self.within else np.full(len(rows), "")


def _check_classes(labels: NDArray[Any]) -> None:
    classes = np.unique(labels)
    if len(classes) < 2:
        raise DataError(
            "needs at least two classes. "
            f"Received: {len(labels)} rows, classes={', '.join(classes) or 'none'}"
        )


def _check_left(labels: NDArray[Any], groups: Ragged, repeated: int, source: Source) -> None:
    left = set(map(str, labels[_firsts(groups)]))
    lost = sorted(set(map(str, labels)) - left)
    if lost:
        published = "test split" if source.validation is None else "splits"
        raise DataError(
            f"needs rows of every class that do not stand in the published {published} too. "
            f"Received: none of class {', '.join(lost)}; {repeated} of {len(labels)} rows do"
        )


def _identical(rows: Dataset, published: Iterable[Dataset]) -> tuple[Ragged, int]:
    """Groups the positions of rows whose inputs are the same; leaves out published ones.

    Returns:
        Positions, a row for each group, in the order of their first; and how many are left out.
    """
    keys = _hashes(rows)
    known = [_hashes(part) for part in published]
    positions = np.flatnonzero(~np.isin(keys, np.concatenate([keys[:0], *known])))
    _, firsts, groups = np.unique(keys[positions], return_index=True, return_inverse=True)
    places = np.argsort(np.argsort(firsts))[groups]
    ordered = positions[np.argsort(places, kind="stable")]
    return Ragged.from_lengths(ordered, np.bincount(places)), len(keys) - len(positions)


def _hashes(rows: Dataset) -> NDArray[np.int64]:
    """Returns what is the same for rows whose inputs are identical, `int64[n]`.

    Of a million rows, two that differ have the same once in 37 million sets, and then merely stand
    in the same split; the keys themselves would take many times the memory.
    """
    return np.fromiter(map(hash, row_keys(rows)), np.int64, len(rows))


def row_keys(rows: Dataset) -> Iterable[object]:
    """Yields for each row what is the same for rows whose inputs are identical."""
    return zip(*(map(row_key, column) for column in rows.columns.values()), strict=True)


def row_key(value: Any) -> object:
    """Returns what is the same for identical values, and for texts that read alike.

    Args:
        value: A text, a number or an array.

    >>> row_key(" A  film"), row_key("Ａ film")
    ('afilm', 'afilm')
    """
    if isinstance(value, str):
        return text_key(value)
    array = np.asarray(value)
    # Objects are kept as pointers, which tell nothing of what they point to.
    if array.dtype == object:
        return tuple(map(str, array.ravel()))
    # What is large, as a clip, is remembered by its digest.
    content = array.tobytes()
    return content if len(content) < LARGE else hashlib.sha256(content).digest()


def _divide(
    every: NDArray[Any],
    groups: Ragged,
    chosen: NDArray[np.int64],
    size: int,
    seed: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    from sklearn.model_selection import train_test_split

    labels = every[_firsts(groups)[chosen]]
    classes, counts = np.unique(labels, return_counts=True)
    size = max(len(classes), size)
    if counts.min() < 2 or len(chosen) - size < len(classes):
        raise DataError(_too_few(classes, counts))
    rest, held_out = train_test_split(chosen, test_size=size, random_state=seed, stratify=labels)
    return rest, held_out


def _too_few(classes: NDArray[Any], counts: NDArray[np.int64]) -> str:
    if not any(classes):
        return f"needs different rows for each split. Received: {counts.sum()} left"
    return (
        "needs at least three different rows in every class, one for each split. "
        f"Received: {counts.min()} left of class {classes[counts.argmin()]} "
        f"among {counts.sum()} different rows"
    )


def _firsts(groups: Ragged) -> NDArray[np.int64]:
    """Returns the first position of each group."""
    firsts: NDArray[np.int64] = groups.values[groups.offsets[:-1]]
    return firsts


def _rows(groups: Ragged, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    """Returns the positions in these groups."""
    positions: NDArray[np.int64] = groups[np.sort(chosen)].values
    return positions
