"""From bytes to text: strictly, with the likeliest encoding suggested where it is another one."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from lstm_toolkit.errors import DataError

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

_BINARY = {
    b"PK\x03\x04": "zip or Excel",
    b"\xd0\xcf\x11\xe0": "Excel",
    b"\x1f\x8b": "gzip",
    b"PAR1": "Parquet",
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
}
"""How files begin that are no text in any encoding."""

_NEAR = 0.7
"""Share of the best confidence from which a candidate is judged by its text, too."""

_EVIDENCE = 3
"""Bytes beyond ASCII that are needed to tell encodings apart; of fewer the commonest is taken."""

_DOUBTED = 0.5
"""Share of the best confidence below which the encoding that was asked for is doubted."""

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

_MOJIBAKE = re.compile(r"[ÂÃâÐÑ][\u0080-¿ŒœŠšŸŽžƒˆ˜–—‘’‚“”„†‡•…‰‹›€™]|ï¿½|锟斤拷")
"""What UTF-8 looks like when it was read as Latin-1 or cp1252, or as Chinese after a loss."""

_WRONG = re.compile(rf"[\x00\x1b\x80-\x84\x86-\x9f\ufffd]|{_MOJIBAKE.pattern}")
# U+0085 ends lines on some systems, and is no sign of anything.


def decode(content: bytes, encoding: str, path: Path) -> str:
    """Returns bytes as text, without a byte-order mark.

    Args:
        content: What the file holds.
        encoding: Python's name of an encoding.
        path: The file, or what else the bytes are from, for the message.

    Raises:
        DataError: If there is no such encoding, or with the line and the byte that is not
            text in it, and the encoding that it seems to be.
    """
    check_encoding(encoding)
    try:
        text = content.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise not_text(content, encoding, error.start, path) from error
    except ValueError as error:  # such as idna, which is no encoding of files
        raise _unknown(encoding) from error
    check_zeros(content, encoding, path)
    return text


def check_zeros(content: bytes, encoding: str, path: Path) -> None:
    """Refuses UTF-16 and the like where another encoding would read its zeros as characters.

    Raises:
        DataError: If a quarter of the bytes are zero.
    """
    wide = codecs.lookup(encoding).name.startswith(("utf-16", "utf-32"))
    if not wide and content[:JUDGED].count(0) * 4 > len(content[:JUDGED]):
        raise not_text(content, encoding, content.index(0), path)


def check_encoding(encoding: str) -> None:
    """Refuses what is not the name of an encoding of text.

    Raises:
        DataError: If Python knows none of that name.
    """
    try:
        known = codecs.lookup(encoding)._is_text_encoding
    except (LookupError, ValueError):
        known = False
    if not known:
        raise _unknown(encoding)


def _unknown(encoding: str) -> DataError:
    return DataError(
        "needs the name of an encoding, such as utf-8, gb18030 or cp1252. "
        f"Received: encoding={encoding}"
    )


def not_text(content: bytes, encoding: str, start: int, path: Path, *, line: int = 1) -> DataError:
    """Returns what is to be said of bytes that are not text in an encoding, or in none.

    Args:
        content: The bytes.
        encoding: Its name.
        start: Where the first byte stands that is not.
        path: Where the bytes are from.
        line: The number of the first line among them.
    """
    kind = next((kind for begin, kind in _BINARY.items() if content.startswith(begin)), "")
    if kind:
        return DataError(
            f"needs text. Received: what begins like a {kind} file; save it under a name that "
            "says so, and give that file",
            path=path,
        )
    before = content[:start]
    offset = start - before.rfind(b"\n") - 1
    other = " or ".join(_suggestions(content)) or "gb18030 or cp1252"
    return DataError(
        f"needs text in {encoding}, or its encoding, as in --set encoding={other}. "
        f"Received: byte 0x{content[start]:02x} at offset {offset} of the line",
        path=path,
        line=line + before.count(b"\n"),
    )


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
    return [name for name, _ in _judged(content[:JUDGED])]


def _suggestions(content: bytes) -> list[str]:
    """Returns the likeliest encoding, and the next one if it is nearly as likely."""
    judged = _judged(content[:JUDGED])[:2]
    return [name for name, sure in judged if sure >= _NEAR * judged[0][1]]


def _judged(part: bytes) -> list[tuple[str, float]]:
    """Returns candidates that give different texts, the likeliest first, and how sure it is."""
    marked = [(name, 1.0) for mark, name in _BOMS if part.startswith(mark)]
    if marked:
        return marked[:1]
    few = 0 < sum(byte > 0x7F for byte in part) < _EVIDENCE and _reads(part, "cp1252")
    candidates = [("cp1252", 1.0)] if few else _candidates(part) or _utf16(part)
    best = max((sure for _, sure in candidates), default=0.0)
    texts = {name: _text(part, name) for name, _ in candidates}

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
    return [(name, 1.0) for name in names if len(part) % 2 == 0 and not oddities(_text(part, name))]


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
    return "\ufffd" not in _text(part, name)


def _text(part: bytes, name: str) -> str:
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


def decoding_remarks(content: bytes, encoding: str) -> list[str]:
    """Tells whether bytes that were read in an encoding look like another one.

    A decoding that succeeds is no proof: most encodings read any bytes.

    Args:
        content: What was read.
        encoding: In what.

    Returns:
        One remark, or none. UTF-8 and UTF-16 are not doubted: other text is hardly ever
        valid in them.
    """
    part = content[:JUDGED]
    if part.isascii() or codecs.lookup(encoding).name.startswith("utf"):
        return []
    text, judged = _text(part, encoding), _judged(part)
    if not judged or text == _text(part, judged[0][0]):
        return []
    other, sure = judged[0]
    own = next((each for name, each in judged if _text(part, name) == text), 0.0)
    if own < _DOUBTED * sure or oddities(_text(part, other)) < oddities(text):
        return [f"warning: the text looks like {other}, not {encoding}: --set encoding={other}"]
    return []


def wrongly_decoded(texts: Sequence[str]) -> list[str]:
    r"""Tells how many texts look as if they had been decoded wrongly, here or before.

    Args:
        texts: As they were read.

    Returns:
        One remark with an example, or none.

    >>> wrongly_decoded(["don\x92t", "fine"])
    ["warning: 1 of 2 cells looks wrongly decoded, as by another encoding: 'don\\x92t'"]
    """
    doubts = WronglyDecoded()
    doubts.see(texts)
    return doubts.remarks()


class WronglyDecoded:
    """How many texts look as if they had been decoded wrongly, of all that are seen."""

    def __init__(self) -> None:
        self._seen, self._wrong, self._example = 0, 0, ""

    def see(self, texts: Sequence[str]) -> None:
        """Looks at texts."""
        wrong = [match for text in texts if (match := _WRONG.search(text))]
        if wrong and not self._wrong:
            self._example = wrong[0].string[max(wrong[0].start() - 8, 0) :][:20]
        self._seen += len(texts)
        self._wrong += len(wrong)

    def remarks(self) -> list[str]:
        """Returns one remark with an example, or none."""
        if not self._wrong:
            return []
        looks = "looks" if self._wrong == 1 else "look"
        return [
            f"warning: {self._wrong:,} of {self._seen:,} cells {looks} wrongly decoded, as by "
            f"another encoding: {self._example!r}"
        ]
