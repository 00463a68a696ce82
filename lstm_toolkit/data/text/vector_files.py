"""Files of word vectors, line by line or in word2vec's binary form, never unpickled."""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.errors import DataError
from lstm_toolkit.system.archives import open_gzip

_MARKS = {
    b"PK": "a zip archive",
    b"\x1f\x8b": "gzipped data",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
    b"\x80\x02": "a pickle, as of gensim; save it with save_word2vec_format",
    b"\x80\x03": "a pickle, as of gensim; save it with save_word2vec_format",
    b"\x80\x04": "a pickle, as of gensim; save it with save_word2vec_format",
    b"\x80\x05": "a pickle, as of gensim; save it with save_word2vec_format",
}
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1b]")
"""Stands in files that word2vec or fastText wrote as `.bin`, never in words."""
_COUNTS = re.compile(rb"(\d{1,9})[ \t](\d{1,5})\r?\n")
_DIVIDERS = re.compile(r"[ \t]+")
_LONGEST_WORD = 10_000
"""Bytes of a word in binary files."""


class Entry(NamedTuple):
    """A word and its numbers, texts or read already, with the line that they stand on."""

    word: str
    numbers: list[str] | NDArray[np.float32]
    width: int
    line: int | None


class VectorFile:
    """A file of word vectors.

    Args:
        path: Text in UTF-8 or word2vec's binary form, gzipped if its name ends in `.gz`.

    Attributes:
        stated: How many vectors its first line says that it holds; None if it says nothing.
        held: How many whole ones were read.
    """

    def __init__(self, path: Path):
        self.path = path
        self.stated: int | None = None
        self.held = 0

    def entries(self) -> Iterator[Entry]:
        """Yields the words in the file's order.

        Raises:
            DataError: If it is truncated, damaged, or of another form.
        """
        self.stated, self.held = None, 0
        try:
            for entry in self._read(_is_binary(self.path)):
                self.held += len(entry.numbers) == entry.width
                yield entry
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise DataError(f"is truncated or damaged. {error}", path=self.path) from error
        except OSError as error:
            raise DataError(f"cannot be read. {error.strerror}", path=self.path) from error

    def remarks(self) -> list[str]:
        """Tells, once all was read, whether the file holds what its first line says."""
        if self.stated in (None, self.held):
            return []
        return [
            f"warning: {self.path} holds {self.held:,} vectors, {self.stated:,} by its first line; "
            "fetch it again if it was cut off"
        ]

    def _read(self, binary: bool) -> Iterator[Entry]:
        with _opened(self.path) as file:
            if binary:
                yield from self._binary(file)
            else:
                text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="replace", newline="\n")
                yield from self._lines(text)

    def _lines(self, file: IO[str]) -> Iterator[Entry]:
        """Reads lines of a word and its numbers; a word may hold spaces, as some of GloVe's do."""
        width = 0
        for line, text in enumerate(file, start=1):
            cells = _DIVIDERS.split(text.rstrip())
            if not width:
                width = _width(cells)
                if line == width == 1 and _is_number(cells[0]):
                    width, self.stated = 0, int(cells[0]) if cells[0].isdecimal() else None
                    continue  # counts
            spaced = len(cells) > width + 1 and not _is_number(cells[-width - 1])
            words = len(cells) - width if width and spaced else 1
            yield Entry(" ".join(cells[:words]), cells[words:], width, line)

    def _binary(self, file: Any) -> Iterator[Entry]:
        """Reads word2vec's form: counts, then each word, a space, and float32 numbers."""
        count, width = map(int, file.readline().split())
        for number in range(count):
            word = bytearray()
            while (byte := file.read(1)) not in (b" ", b""):
                word += byte
                if len(word) > _LONGEST_WORD:
                    break
            content = file.read(4 * width)
            if byte != b" " or len(content) < 4 * width:
                raise DataError(
                    f"is truncated or damaged. Received: {number:,} of {count:,} vectors",
                    path=self.path,
                )
            vector = np.frombuffer(content, "<f4")
            yield Entry(word.lstrip(b"\n").decode("utf-8", "replace"), vector, width, None)


def _is_binary(path: Path) -> bool:
    """Tells whether a file is in word2vec's binary form, and refuses those of other programs."""
    with _opened(path) as start:
        head = start.read(4096)
    received = next((kind for mark, kind in _MARKS.items() if head.startswith(mark)), "")
    binary = bool(_BINARY.search(head))
    if received or (binary and not _COUNTS.match(head)):
        raise DataError(
            "needs word vectors as text in UTF-8 or as word2vec's .bin, plain or gzipped "
            f"(.gz). Received: {received or 'other binary data'}",
            path=path,
        )
    return binary


def _opened(path: Path) -> BinaryIO:
    return open_gzip(path) if path.suffix.lower() == ".gz" else path.open("rb")


def _width(cells: list[str]) -> int:
    """Returns how many numbers stand at the end of a line, behind one word at least."""
    last = next(
        (place for place in range(len(cells), 1, -1) if not _is_number(cells[place - 1])), 1
    )
    return len(cells) - last


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
