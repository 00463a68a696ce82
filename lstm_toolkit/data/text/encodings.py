"""From bytes to text: strictly, with the likeliest encoding suggested where it is another one."""

from __future__ import annotations

import codecs
from pathlib import Path

from lstm_toolkit.data.text.likely_encodings import JUDGED, suggestions
from lstm_toolkit.errors import DataError

_BINARY = {
    b"PK\x03\x04": "zip or Excel",
    b"\xd0\xcf\x11\xe0": "Excel",
    b"\x1f\x8b": "gzip",
    b"PAR1": "Parquet",
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"{\\rtf": "RTF",
}
"""How files begin that are no text in any encoding."""


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
    if is_other_kind(content):
        raise not_text(content, encoding, 0, path)
    try:
        text = with_line_feeds(content.decode(encoding).removeprefix("\ufeff"))
    except UnicodeDecodeError as error:
        raise not_text(content, encoding, error.start, path) from error
    except ValueError as error:  # such as idna, which is no encoding of files
        raise _unknown(encoding) from error
    check_zeros(content, encoding, path)
    return text


def is_other_kind(content: bytes) -> bool:
    """Tells whether bytes begin as files do that are no text, some of which decode all the same."""
    return content.startswith(tuple(_BINARY))


def with_line_feeds(text: str) -> str:
    r"""Returns a text whose lines end in `\r` alone, as on old Macintoshes, with `\n` in its place.

    A text with a line feed stays as it is, whatever else stands in it.

    >>> with_line_feeds("one\rtwo\rthree"), with_line_feeds("one\rtwo\n")
    ('one\ntwo\nthree', 'one\rtwo\n')
    """
    inside = text.removesuffix("\r").count("\r")
    return text if "\n" in text or inside < 2 else text.replace("\r", "\n")


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
    other = " or ".join(suggestions(content)) or "gb18030 or cp1252"
    return DataError(
        f"needs text in {encoding}, or its encoding, as in --set encoding={other}. "
        f"Received: byte 0x{content[start]:02x} at offset {offset} of the line",
        path=path,
        line=line + before.count(b"\n"),
    )
