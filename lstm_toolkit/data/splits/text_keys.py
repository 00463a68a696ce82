"""Which texts count as the same when rows are split."""

from __future__ import annotations

import re
import unicodedata

_BREAK = re.compile(r"<br[\t\n\f\r ]*/?>", re.IGNORECASE)
_UNSEEN = {"Cc", "Cf", "Zs", "Zl", "Zp"}
_LEFT_OUT = "'\u2018\u2019\u02bc\u2400\u2581"
"""Apostrophes, and what the tokenizer writes for a blank text and for a space."""


class _Unseen(dict[int, int | None]):
    """A table for `str.translate` without what cannot be seen, filled as it is asked."""

    def __missing__(self, code: int) -> int | None:
        letter = chr(code)
        out = letter in _LEFT_OUT or unicodedata.category(letter) in _UNSEEN
        return self.setdefault(code, None if out else code)


_SEEN = _Unseen()


def text_key(text: str) -> str:
    """Returns what is the same for texts that read alike.

    Case, width of characters, white space, apostrophes, HTML line breaks and invisible
    characters are left aside. Texts with the same tokens have the same key, see
    `data.text.tokens`: a network cannot tell them apart, so they must not stand on both sides of
    a split.

    >>> text_key("Don\u2019t<br />GO") == text_key("don't  go")
    True
    """
    seen = _BREAK.sub("", text).translate(_SEEN)
    return _folded(_folded(seen)).translate(_SEEN)


def quick_key(text: str) -> str:
    """Returns what is the same for texts that differ in case and white space alone.

    It takes a tenth of the time of `text_key`, for remarks on rows that stay where they are.

    >>> quick_key(" A  film") == quick_key("a Film")
    True
    """
    return " ".join(text.split()).casefold()


def _folded(text: str) -> str:
    # Twice, since folding can leave characters that NFKC would fold again.
    return unicodedata.normalize("NFKC", text).casefold()
