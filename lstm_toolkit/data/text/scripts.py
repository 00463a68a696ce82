"""Which script a text is written in, and pairs that are not in the usual ones."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

_BY_NAME = {
    **{"CJK": "Han", "HIRAGANA": "Kana", "KATAKANA": "Kana", "HANGUL": "Hangul"},
    **{"LATIN": "Latin", "CYRILLIC": "Cyrillic", "GREEK": "Greek", "ARABIC": "Arabic"},
    **{"HEBREW": "Hebrew", "DEVANAGARI": "Devanagari", "BENGALI": "Bengali", "TAMIL": "Tamil"},
    **{"TELUGU": "Telugu", "THAI": "Thai", "LAO": "Lao", "KHMER": "Khmer", "MYANMAR": "Myanmar"},
    **{"GEORGIAN": "Georgian", "ARMENIAN": "Armenian", "ETHIOPIC": "Ethiopic"},
    **{"SINHALA": "Sinhala", "GUJARATI": "Gujarati", "GURMUKHI": "Gurmukhi", "TIBETAN": "Tibetan"},
    **{"KANNADA": "Kannada", "MALAYALAM": "Malayalam", "ORIYA": "Oriya", "MONGOLIAN": "Mongolian"},
}
"""How Unicode's names of letters begin, and the script's name."""

_UNSPACED = frozenset({"Han", "Kana", "Thai", "Lao", "Khmer", "Myanmar"})

_LATIN = frozenset({"Latin"})
_LETTER = re.compile("[A-Za-z]")
_JAPANESE = frozenset({"Han", "Kana"})


def scripts(text: str) -> frozenset[str]:
    """Returns the scripts of a text's letters.

    >>> sorted(scripts("Tom 游泳。"))
    ['Han', 'Latin']
    """
    if text.isascii():
        return _LATIN if _LETTER.search(text) else frozenset()
    return frozenset(filter(None, map(_script, set(text))))


def is_unspaced(text: str) -> bool:
    """Tells whether a text's letters are all of scripts that put no spaces between words.

    >>> is_unspaced("京"), is_unspaced("a"), is_unspaced("1")
    (True, False, False)
    """
    found = scripts(text)
    return bool(found) and found <= _UNSPACED


def usual_scripts(texts: Sequence[str]) -> frozenset[str]:
    """Returns the script that most texts hold, or both of Japanese; none if there is none.

    >>> sorted(usual_scripts(["你好", "好", "Tom"]))
    ['Han']
    """
    return _usual([scripts(text) for text in texts])


def out_of_place(sources: Sequence[str], targets: Sequence[str]) -> tuple[list[int], str]:
    """Finds pairs whose sides look swapped, or are in another script than the others.

    A side is in another script if it has letters, but none of its side's usual script.

    Args:
        sources: The source sentences.
        targets: Their translations.

    Returns:
        The positions of such pairs, and the usual scripts.

    >>> out_of_place(["Hi", "OK", "好"], ["你好", "好", "OK"])
    ([2], 'Latin → Han')
    """
    sides = [[scripts(text) for text in texts] for texts in (sources, targets)]
    usual = [_usual(side) for side in sides]
    rows = [
        row
        for row, pair in enumerate(zip(*sides, strict=True))
        if any(found and known.isdisjoint(found) for found, known in zip(pair, usual, strict=True))
    ]
    return rows, " → ".join("+".join(sorted(known)) or "none" for known in usual)


@lru_cache(maxsize=2**16)
def _script(character: str) -> str:
    if not character.isalpha():
        return ""
    words = unicodedata.name(character, "").replace("-", " ").split()
    known = (word for word in words[:2] if word not in ("FULLWIDTH", "HALFWIDTH"))
    return _BY_NAME.get(next(known, ""), "")


def _usual(found: Sequence[frozenset[str]]) -> frozenset[str]:
    counts = Counter(script for each in found for script in each)
    if not counts:
        return frozenset()
    first = max(sorted(counts), key=counts.__getitem__)
    # A fifth, since names and loan words alone are in Kana in a text of Han.
    if first in _JAPANESE and counts["Kana"] * 5 >= len(found):
        return _JAPANESE
    return frozenset({first})
