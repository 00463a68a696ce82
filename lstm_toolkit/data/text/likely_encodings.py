"""Which encodings bytes may be in, the likeliest first."""

from __future__ import annotations

import codecs
import re
import unicodedata
from itertools import pairwise

JUDGED = 64 * 1024
"""Bytes of a file by which its encoding is judged."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte-order marks; that of UTF-16 is the beginning of one of UTF-32, so it comes later."""

_NEAR = 0.7
"""Share of the best confidence from which a candidate is judged by its text, too."""

_EVIDENCE = 3
"""Bytes beyond ASCII that are needed to tell encodings apart; of fewer the commonest is taken."""

_RARE = (
    (r"mac|iso8859-(?:3|4|6|8|10|13|14|16)$", 0.6),
    (r"cp(?:437|7..|8..)$", 0.8),
    (r"iso8859-(?:1|9|15)$", 0.9),
)
"""Encodings of old Macintoshes, of DOS, and of Unix before UTF-8: how usual files of them are."""

_SUPERSETS = {
    **dict.fromkeys(("gb2312", "gbk", "hz"), "gb18030"),
    **dict.fromkeys(("iso8859-1", "ascii"), "cp1252"),
    **dict.fromkeys(("tis-620", "iso8859-11"), "cp874"),
    **{"euc_kr": "cp949", "shift_jis": "cp932", "big5": "cp950", "iso8859-9": "cp1254"},
}
"""Encodings of which systems write a larger one; only that reads all that they write."""

_WORD = re.compile(r"[^\W\d_]+")

_LETTER = "A-Za-z\u00c0-\u024f\u0370-\u0e7f"

_CHOPPED = re.compile(
    rf"[{_LETTER}][^\w\s'’‘“”–—…·\-.,;:!?/@&+*#()\[\]\"]+(?=[{_LETTER}])"
    rf"|(?<!\w)[¤¦¨©ª¬¯±¶¸¹º¼½¾]+(?=[{_LETTER}])"
)
"""Signs between letters, such as the section sign that is a German letter of another encoding."""


def likely_encodings(content: bytes) -> list[str]:
    """Returns the names of encodings that bytes may be in, the likeliest first.

    A byte-order mark is proof. Else chardet proposes candidates by the frequencies of
    letters; of those that are about as likely, the one whose text has the fewest oddities
    comes first.

    Args:
        content: The beginning of a file, or all of it.

    Returns:
        Names that Python knows, each giving another text; none if nothing fits.

    >>> likely_encodings("it’s – „naïve“, don’t you think?".encode("cp1252"))[0]
    'cp1252'
    """
    return [name for name, _ in judge_encodings(content[:JUDGED])]


def suggestions(content: bytes) -> list[str]:
    """Returns the likeliest encoding, and the next one if it is nearly as likely."""
    judged = judge_encodings(content[:JUDGED])[:2]
    return [name for name, sure in judged if sure >= _NEAR * judged[0][1]]


def judge_encodings(part: bytes) -> list[tuple[str, float]]:
    """Returns candidates that give different texts, the likeliest first, and how sure it is."""
    marked = [(name, 1.0) for mark, name in _BOMS if part.startswith(mark)]
    if marked:
        return marked[:1]
    few = 0 < sum(byte > 0x7F for byte in part) < _EVIDENCE and _reads(part, "cp1252")
    candidates = [("cp1252", 1.0)] if few else _candidates(part) or _utf16(part)
    best = max((sure for _, sure in candidates), default=0.0)
    texts = {name: read_anyway(part, name) for name, _ in candidates}

    def unlikeliness(candidate: tuple[str, float]) -> tuple[bool, int, float]:
        name, sure = candidate
        far = sure < _NEAR * best
        return far, 0 if far else oddities(texts[name]), -sure

    different: dict[str, tuple[str, float]] = {}
    for name, sure in sorted(candidates, key=unlikeliness):
        different.setdefault(texts[name], (name, sure))
    return list(different.values())


def _utf16(part: bytes) -> list[tuple[str, float]]:
    """Returns UTF-16 without a mark, which chardet sees in Latin letters alone."""
    names = ("utf-16-le", "utf-16-be")
    return [
        (name, 1.0)
        for name in names
        if len(part) % 2 == 0 and not oddities(read_anyway(part, name))
    ]


def _candidates(part: bytes) -> list[tuple[str, float]]:
    """Returns what chardet proposes: names of encodings, and how sure it is."""
    import chardet

    eras = chardet.EncodingEra
    proposed = chardet.detect_all(
        part,
        ignore_threshold=True,
        encoding_era=eras.MODERN_WEB | eras.LEGACY_ISO | eras.DOS | eras.LEGACY_MAC,
    )
    found = ((str(one["encoding"] or ""), one["confidence"] or 0.0) for one in proposed)
    named = ((_usual(name, part), sure) for name, sure in found if name)
    return [(name, sure * _usualness(name)) for name, sure in named]


def _usualness(name: str) -> float:
    """Returns how usual files of an encoding are, which chardet holds to be equally likely."""
    return next((share for pattern, share in _RARE if re.match(pattern, name)), 1.0)


def _usual(name: str, part: bytes) -> str:
    """Returns an encoding's name as people write it, of the largest that reads the bytes."""
    known = codecs.lookup(name).name
    larger = _SUPERSETS.get(known, known)
    return larger if larger == known or _reads(part, larger) else known


def _reads(part: bytes, name: str) -> bool:
    return "\ufffd" not in read_anyway(part, name)


def read_anyway(part: bytes, name: str) -> str:
    """Returns bytes as text; a character that is cut off at the end does not count."""
    return codecs.getincrementaldecoder(name)("replace").decode(part)


def oddities(text: str) -> int:
    """Counts what text of no language has.

    Characters that are controls, unassigned or private; signs between letters; capitals
    inside of words; words of two scripts.

    >>> oddities("Straße"), oddities("Stra§e"), oddities("pЕСrМ")
    (0, 1, 2)
    """
    odd = sum(
        unicodedata.category(sign) in ("Cc", "Cn", "Co") and sign not in "\t\n\r"
        for sign in text
        if not sign.isascii() or sign < " "
    )
    odd += text.count("\ufffd") + len(_CHOPPED.findall(text))
    words = (word for word in _WORD.findall(text) if not word.isascii())
    return odd + sum(_odd_case(word) + _mixed(word) for word in words)


def _odd_case(word: str) -> bool:
    return bool(not word.isupper() and any(a.islower() and b.isupper() for a, b in pairwise(word)))


def _mixed(word: str) -> bool:
    """Tells whether letters of two alphabets stand in a word."""
    return sum(any(low <= sign <= high for sign in word) for low, high in _ALPHABETS) > 1


_ALPHABETS = (("A", "ɏ"), ("Ͱ", "Ͽ"), ("Ѐ", "ӿ"), ("֐", "׿"), ("؀", "ۿ"), ("฀", "๿"))
"""Latin, Greek, Cyrillic, Hebrew, Arabic and Thai, from the first letter to the last."""
