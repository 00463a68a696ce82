"""Characters that no text should hold, and how a note counts what was done about them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lstm_toolkit.data.text.wrongly_decoded import wrongly_decoded

# \t, \n and \r are left: a text may have lines.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def printable(texts: Sequence[str]) -> tuple[list[str], list[str]]:
    r"""Turns control characters into spaces, and lone surrogates, which UTF-8 cannot hold.

    Args:
        texts: As they stand in the data.

    Returns:
        The texts, and what is to be told of them.

    >>> printable(["a\x07b", "\ud800"])
    (['a b', '�'], ['1 cell with lone surrogates, replaced by U+FFFD'])
    """
    spaced = [_CONTROL.sub(" ", text) for text in texts]
    lone = [
        row for row, text in enumerate(spaced) if not text.isascii() and _SURROGATE.search(text)
    ]
    for row in lone:
        spaced[row] = _SURROGATE.sub("\ufffd", spaced[row])
    replaced = count_note(len(lone), "cell", "with lone surrogates, replaced by U+FFFD")
    return spaced, replaced + wrongly_decoded(texts)


def count_note(number: int, noun: str, what: str) -> list[str]:
    """Returns a remark, or none where there is nothing to be told.

    >>> count_note(2, "text", "dropped"), count_note(0, "text", "dropped")
    (['2 texts dropped'], [])
    """
    return [f"{number:,} {noun}{'' if number == 1 else 's'} {what}"] if number else []
