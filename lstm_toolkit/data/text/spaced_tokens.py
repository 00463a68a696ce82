"""Tokens inside of texts: what divides them, and what says that a text is divided already."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

SPACES = " \t\n\r\v\f"
"""What divides tokens; all else, such as a space that must not break, stands inside of them."""

GIVEN = "\x1f"
"""Stands between the tokens of a text that was divided already; it is taken as it is."""

REPLACED = "parts of texts with U+001F, which is now U+241F"

TOKEN = re.compile(f"[^{SPACES}]+")


def tokens_in(text: str) -> list[str]:
    r"""Splits at ASCII white space alone, as the graph does.

    >>> tokens_in("10\u00a0000 Euro")
    ['10\xa0000', 'Euro']
    """
    return TOKEN.findall(text)


def without_given(text: str, counts: Counter[str]) -> str:
    r"""Returns a token or text as it stands in data, where `GIVEN` would be taken for a border.

    Args:
        text: Of which every character keeps its place.
        counts: What is to be told; `REPLACED` is added.

    >>> without_given("a\x1fb", Counter())
    'a␟b'
    """
    counts.update([REPLACED] * (GIVEN in text))
    return text.replace(GIVEN, "␟")


def characters(word: str) -> list[str]:
    """Returns the characters of a word, each with the marks behind it.

    >>> len(characters("e\u0301a"))
    2
    """
    parts: list[str] = []
    for character in word:
        if parts and unicodedata.category(character).startswith("M"):
            parts[-1] += character
        else:
            parts.append(character)
    return parts
