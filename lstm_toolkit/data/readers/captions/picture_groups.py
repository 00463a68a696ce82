"""Which pictures belong together: those of one group, and those that look exactly alike."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.readers.tables.cleaning import count_note
from lstm_toolkit.data.splits.connected import connected


def look_of(picture: NDArray[np.uint8]) -> str:
    """Returns what pictures that look exactly alike share."""
    return f"alike {hashlib.sha256(picture.tobytes()).hexdigest()[:16]}"


def picture_groups(
    pictures: NDArray[np.uint8], stated: Iterable[tuple[int, str]]
) -> NDArray[np.str_]:
    """Joins pictures that share a group or a look, also by way of others.

    Args:
        pictures: `uint8[n, height, width, 3]`.
        stated: The number of a picture and a group that it is said to be of; a picture may be of
            several, and of none.

    Returns:
        `str[n]`, the first of the groups that are joined; of none, the look.

    >>> picture_groups(np.arange(3, dtype=np.uint8), [(0, "a"), (1, "b"), (2, "c"), (1, "c")])
    array(['a', 'b', 'b'], dtype='<U22')
    """
    of_each: list[list[str]] = [[] for _ in pictures]
    for picture, group in stated:
        of_each[picture].append(group)
    looks = list(map(look_of, pictures))
    shared = [
        [(True, look), *((False, group) for group in groups)]
        for look, groups in zip(looks, of_each, strict=True)
    ]
    names = np.array(looks, np.str_)
    widest = max((len(group) for groups in of_each for group in groups), default=0)
    names = names.astype(f"<U{max(widest, names.dtype.itemsize // 4)}")
    for members in connected(shared):
        groups = [group for picture in members for group in of_each[picture]]
        names[members] = groups[0] if groups else looks[members[0]]
    return names


def joined_note(names: NDArray[np.str_], stated: Iterable[tuple[int, str]]) -> Iterator[str]:
    """Yields how many of the groups that were stated are part of another."""
    pairs = list(stated)
    groups = {group for _, group in pairs}
    joined = len(groups) - len({str(names[picture]) for picture, _ in pairs})
    yield from count_note(joined, "group", "joined to another, by a picture or a look of both")
