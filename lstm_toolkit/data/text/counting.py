"""How often tokens and pairs of neighbouring ones occur, in one pass over any number of texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.text.vocabulary import START

AT_ONCE = 2**20
"""Numbers that wait until they are counted: sorting few at a time would sort the others again."""

PARTS = 16
"""Into which a tally is divided."""


Counts = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Different numbers in their order, and how often each occurs."""


class Tally:
    """How often each of many numbers occurs; only different ones are kept.

    >>> tally = Tally()
    >>> tally.add(np.array([7, 3, 7]))
    >>> [part.tolist() for part in tally.counts()]
    [[3, 7], [1, 2]]
    """

    def __init__(self) -> None:
        nothing = np.zeros(0, np.int64)
        # Each part is merged by itself, so that merging needs room for one of them alone.
        self._parts = [(nothing, nothing)] * PARTS
        self._waiting: list[NDArray[np.int64]] = []
        self._size, self._next = 0, AT_ONCE

    def add(self, numbers: NDArray[np.int64]) -> None:
        """Counts numbers from 0 on, `int64[n]`."""
        self._waiting.append(numbers)
        self._size += len(numbers)
        if self._size > self._next:
            self._merge()

    def counts(self, most: int = 0, least: int = 1) -> Counts:
        """Returns different numbers in their order, and how often each occurs.

        Args:
            most: How many of the most frequent are asked for, those as frequent as the last with
                them; 0 asks for all.
            least: Occurrences that a number needs.
        """
        self._merge()
        counts = np.concatenate([counts for _, counts in self._parts])
        if len(counts) > most > 0:
            counts.partition(len(counts) - most)
            least = max(least, int(counts[-most]))
        # What is rare is left out before parts are put together: it is most of them.
        chosen = [(numbers[n >= least], n[n >= least]) for numbers, n in self._parts]
        numbers, counts = (np.concatenate(sides) for sides in zip(*chosen, strict=True))
        order = np.argsort(numbers)
        return numbers[order], counts[order]

    def _merge(self) -> None:
        if not self._waiting:
            return
        numbers, counts = np.unique(np.concatenate(self._waiting), return_counts=True)
        self._waiting, self._size = [], 0
        for place in range(PARTS):
            here = numbers % PARTS == place
            self._parts[place] = _merged(self._parts[place], (numbers[here], counts[here]))
        self._next = max(AT_ONCE, sum(len(part) for part, _ in self._parts) // 2)


def _merged(one: Counts, other: Counts) -> Counts:
    """Returns the sums of counts, by numbers that are in order."""
    numbers, counts = (np.concatenate(sides) for sides in zip(one, other, strict=True))
    order = np.argsort(numbers, kind="stable")  # which merges, since both are in order
    numbers, counts = numbers[order], counts[order]
    firsts = np.flatnonzero(np.diff(numbers, prepend=-1))
    return numbers[firsts], np.add.reduceat(counts, firsts) if len(firsts) else counts


class _Numbers(dict[bytes, int]):
    """Numbers of tokens, a new one for each that is new."""

    def __missing__(self, token: bytes) -> int:
        return self.setdefault(token, len(self))


class TokenCounts:
    """How often tokens occur, and pairs of neighbouring ones.

    Pairs are kept as two numbers, which takes a tenth of the memory of their texts.

    Args:
        pairs: Whether pairs are counted.
    """

    def __init__(self, *, pairs: bool = False):
        self._known = _Numbers({START.encode(): 0})
        self._tokens, self._pairs = Tally(), Tally() if pairs else None

    def add(self, tokens: NDArray[np.object_], starts: NDArray[np.int64]) -> None:
        """Counts the tokens of some rows.

        Args:
            tokens: `object[total]`, UTF-8 bytes as TensorFlow gives them, of all rows.
            starts: `int64[rows]`, where each row begins.
        """
        numbers = np.fromiter(map(self._known.__getitem__, tokens), np.int64, len(tokens))
        self._tokens.add(numbers)
        if self._pairs is not None:
            before = np.concatenate([[0], numbers[:-1]])
            before[starts[starts < len(before)]] = 0  # rows without a token begin there as well
            self._pairs.add((before << 32) | numbers)

    def tokens(self) -> Counter[str]:
        """Returns how often each token occurs."""
        names = self._names()
        numbers, counts = self._tokens.counts()
        return _by_name((names[number] for number in numbers), counts)

    def pairs(self, most: int, least: int) -> Counter[str]:
        """Returns how often the most frequent pairs occur, with a space between their tokens.

        Args:
            most: How many are asked for; those as frequent as the last come with them.
            least: Occurrences that a pair needs.
        """
        if self._pairs is None:
            return Counter()
        names = self._names()
        numbers, counts = self._pairs.counts(most, least)
        joined = (f"{names[pair >> 32]} {names[pair & (2**32 - 1)]}" for pair in numbers)
        return _by_name(joined, counts)

    def _names(self) -> list[str]:
        return [token.decode("utf-8", "replace") for token in self._known]


def _by_name(names: Iterable[str], counts: NDArray[np.int64]) -> Counter[str]:
    named: Counter[str] = Counter()
    for name, count in zip(names, counts.tolist(), strict=True):
        named[name] += count
    return named
