"""Tokens inside of texts: what divides them, and what says that a text is divided already."""

from __future__ import annotations

import re
import unicodedata

SPACES = " \t\n\r\v\f"
"""What divides tokens; all else, such as a space that must not break, stands inside of them."""

GIVEN = "\x1f"
"""Stands between the tokens of a text that was divided already; it is taken as it is."""

TOKEN = re.compile(f"[^{SPACES}]+")


def tokens_in(text: str) -> list[str]:
    r"""Splits at ASCII white space alone, as the graph does.

    >>> tokens_in("10\u00a0000 Euro")
    ['10\xa0000', 'Euro']
    """
    return TOKEN.findall(text)


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
