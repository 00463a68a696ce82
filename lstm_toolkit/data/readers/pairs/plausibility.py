"""Whether pairs look like translations: copied, swapped, or shifted ones are told."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.text.scripts import out_of_place, usual_scripts

Pairs = Sequence[tuple[str, str]]

SHIFTS = (1, -1, 2, -2, 3, -3)
"""By how many rows the translations may have slipped."""

FEWEST, SURE = 30, 8.0
"""Of how many pairs a slipped run must be, and by how many standard errors their lengths must agree
better with others than with each other's."""

SWAPPED = 0.9
"""What the words of either sentence must say for the other side, in nats."""

_ROUNDS = 3

_FIGURES = re.compile(r"\d{1,18}")
_GROUPED = re.compile(r"(?<!\d)\d{1,3}([.,'’ \u00a0\u2009\u202f])\d{3}(?:\1\d{3})*(?!\d)")
"""Numbers with signs between groups of three figures, which languages write unlike."""
_WORD = re.compile(r"[^\W\d_]+")


def copied(pairs: Pairs) -> list[int]:
    """Returns the positions of pairs whose sides are the same words, two at least.

    >>> copied([("A red  car.", "a red car"), ("Anna", "Anna"), ("Yes it is", "Ja")])
    [0]
    """
    return [
        row
        for row, (source, target) in enumerate(pairs)
        if len(words := _words(source)) > 1 and words == _words(target)
    ]


def swapped(pairs: Pairs) -> tuple[list[int], str]:
    """Returns the positions of pairs whose sides look exchanged, and by what they do.

    Sides in different scripts are told apart by them. Otherwise by their words: those of
    either sentence stand more often on the other side, its own pair not counted.

    >>> swapped([("Hi", "你好"), ("OK", "好"), ("好", "OK")])
    ([2], 'Latin → Han')
    """
    sources, targets = zip(*pairs, strict=True)
    if usual_scripts(sources) != usual_scripts(targets):
        return out_of_place(sources, targets)
    sides = [(_words(source), _words(target)) for source, target in pairs]
    # Again with those exchanged that were found: a word may stand in swapped pairs alone.
    rows: list[int] = []
    for _ in range(_ROUNDS):
        rows = _exchanged(sides, set(rows))
    return rows, "by their words"


def _exchanged(sides: Sequence[tuple[list[str], list[str]]], known: set[int]) -> list[int]:
    """Returns the positions of pairs that fit the other way round, `known` ones counted so."""
    own: Counter[str] = Counter()
    other: Counter[str] = Counter()
    for row, (source, target) in enumerate(sides):
        own.update(target if row in known else source)
        other.update(source if row in known else target)
    found = []
    for row, (source, target) in enumerate(sides):
        pair = (target, source) if row in known else (source, target)
        here, there = map(Counter, pair)  # its own pair is no witness
        votes = (
            sum(_vote(other[w] - there[w], own[w] - here[w]) for w in source),
            sum(_vote(own[w] - here[w], other[w] - there[w]) for w in target),
        )
        if source != target and min(votes) > SWAPPED:
            found.append(row)
    return found


def _vote(here: int, there: int) -> float:
    """Returns how much a word speaks for the side on which it stands so often, 1 nat at most."""
    return min(max(math.log((here + 0.5) / (there + 0.5)), -1.0), 1.0)


def other_numbers(pairs: Pairs) -> tuple[list[int], int]:
    """Returns the positions of pairs that have no number in common, and how many have some at all.

    Only those with figures on both sides count: a number may be written as a word.

    >>> other_numbers([("7 cars", "7 Autos"), ("8 cars", "9 Autos"), ("one", "1")])
    ([1], 2)
    >>> other_numbers([("1,250 cars", "1250 Autos"), ("2 million", "2.000.000")])
    ([], 2)
    """
    found, total = [], 0
    for row, sides in enumerate(pairs):
        source, target = map(_figures, sides)
        total += bool(source and target)
        if source and target and source.isdisjoint(target):
            found.append(row)
    return found, total


def _figures(text: str) -> set[int]:
    """Returns the whole numbers in a text, without thousands, which may be a word."""
    figures = _FIGURES.findall(_GROUPED.sub(lambda group: re.sub(r"\D", "", group[0]), text))
    for group in _GROUPED.finditer(text):
        figures += group[0].split(" ") if group[1] == " " else []  # or two numbers side by side
    return {_without_thousands(int(digits)) for digits in figures}


def _without_thousands(number: int) -> int:
    while number and number % 1000 == 0:
        number //= 1000
    return number


def shifted(pairs: Pairs) -> tuple[int, int, int] | None:
    """Finds a run of pairs whose lengths agree with those of other rows, not with each other's.

    Returns:
        How many rows the translations are late, the first row of the run, and its length; None if
        lengths agree where they should.
    """
    one, other = (
        np.log1p([float(len(pair[side].replace(" ", ""))) for pair in pairs]) for side in (0, 1)
    )
    best: tuple[float, tuple[int, int, int]] | None = None
    for shift in SHIFTS:
        gains = _gains(one, other, shift)
        begin, end = _best_run(gains)
        part = gains[begin:end]
        if len(part) < FEWEST or (best is not None and part.sum() <= best[0]):
            continue
        if part.sum() > SURE * (part.std() * np.sqrt(len(part)) + 1e-9):
            best = float(part.sum()), (shift, begin + max(-shift, 0), end - begin)
    return None if best is None else best[1]


def _gains(one: NDArray[np.float64], other: NDArray[np.float64], shift: int) -> NDArray[np.float64]:
    """Returns for each row how much better its length agrees with that `shift` rows on."""
    difference = other - one
    ratio = np.median(difference)
    here = np.minimum(np.abs(difference - ratio), 1.0)
    count = len(one) - abs(shift)
    if shift > 0:
        there, here = other[shift:] - one[:count], here[:count]
    else:
        there, here = other[:count] - one[-shift:], here[-shift:]
    return here - np.minimum(np.abs(there - ratio), 1.0)


def _best_run(gains: NDArray[np.float64]) -> tuple[int, int]:
    """Returns begin and end of the run with the greatest sum."""
    sums = np.concatenate(([0.0], np.cumsum(gains)))
    lowest = np.minimum.accumulate(sums)
    end = int(np.argmax(sums - lowest))
    return int(np.argmin(sums[: end + 1])), end


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
