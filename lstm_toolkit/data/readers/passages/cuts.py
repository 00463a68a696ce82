"""Long texts cut into passages, each with what stands before it."""

from __future__ import annotations

import re
from collections.abc import Iterator

_SPACE = re.compile(r"\s+")

WIDEST = 8
"""Characters that a word may have on average, the space behind it counted; where words are longer,
as in scripts without spaces, passages are cut between characters."""


def passages(text: str, size: int, *, by_words: bool = False) -> Iterator[tuple[int, int]]:
    """Yields where passages begin and end; put together they are the text.

    Args:
        text: A document.
        size: Characters of a passage; or words, with the spaces before them, at the borders of
            which it is cut.
        by_words: Whether `size` counts words.

    >>> [("one two three"[a:b]) for a, b in passages("one two three", 2, by_words=True)]
    ['one two', ' three']
    """
    if not by_words:
        yield from ((begin, min(begin + size, len(text))) for begin in range(0, len(text), size))
        return
    begin = words = 0
    for match in _SPACE.finditer(text):
        for cut in _too_long(begin, match.start(), size * WIDEST):
            yield begin, cut
            begin, words = cut, 0
        words += match.start() > begin
        if words >= size:
            yield begin, match.start()
            begin, words = match.start(), 0
    for cut in _too_long(begin, len(text), size * WIDEST):
        yield begin, cut
        begin = cut
    if begin < len(text):
        yield begin, len(text)


def _too_long(begin: int, end: int, most: int) -> Iterator[int]:
    while end - begin > most:
        begin += most
        yield begin


def before(text: str, begin: int, size: int, *, by_words: bool = False) -> str:
    """Returns what stands before a place, so many characters or words of it.

    >>> before("one two three", 7, 1, by_words=True), before("one two", 4, 2)
    (' two', 'e ')
    """
    if not by_words:
        return text[max(begin - size, 0) : begin]
    start = begin
    for _ in range(size):
        if start <= 0 or begin - start > size * WIDEST:
            break
        start = max(text.rfind(" ", 0, start), text.rfind("\n", 0, start), 0)
    return text[max(start, begin - size * WIDEST) : begin]
