"""What is the same of all tables that are read a part at a time, so that memory does not grow.

Only what is alike throughout is read so. Whatever is not ends in `IrregularError`; read whole by
`tables.read_table`, it is judged, and told with its line.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import zlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Protocol, TypeVar

from lstm_toolkit.data.readers.tables.delimited import BadQuotesError
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.system.archives import open_gzip

PART = 4096
"""Rows in a part."""

HEAD = 10_000
"""Rows by which header and columns are told."""

PART_CELLS, HEAD_CELLS = 2**17, 2**20
"""Cells in them, at most: rows of pixels are wide."""

HEAD_LETTERS = 2**20
"""Letters by which the form is told."""

Item = TypeVar("Item")


class IrregularError(Exception):
    """What is not alike throughout, and has to be read whole."""


class Parts(Protocol):
    """A table that is read a part at a time.

    Attributes:
        head: Its first rows, with what is to be told of the form.
    """

    head: Table

    def tables(self) -> Iterator[Table]:
        """Yields all rows, some at a time; each call reads the file anew."""

    @property
    def left_out(self) -> Mapping[str, int]:
        """How many rows the last reading left out, by the reason."""


def part_rows(width: int = 1) -> int:
    """Returns how many rows of so many cells are a part."""
    return max(1, min(PART, PART_CELLS // width))


def head_rows(width: int = 1) -> int:
    """Returns by how many rows of so many cells a table is told."""
    return max(1, min(HEAD, HEAD_CELLS // width))


def in_parts(items: Iterable[Item], width: int = 1) -> Iterator[list[Item]]:
    """Yields items of so many cells a part at a time."""
    rest = iter(items)
    while group := list(islice(rest, part_rows(width))):
        yield group


def open_binary(path: Path) -> BinaryIO:
    """Opens a file, unpacked if its name ends in `.gz`."""
    return open_gzip(path) if path.suffix.lower() == ".gz" else path.open("rb")


@contextlib.contextmanager
def regular() -> Iterator[None]:
    """Turns what a damaged file raises into `IrregularError`."""
    try:
        yield
    except (
        UnicodeError,
        LookupError,
        BadQuotesError,
        EOFError,
        gzip.BadGzipFile,
        zlib.error,
    ) as error:
        raise IrregularError from error


def read_lines(path: Path, encoding: str, newline: str = "\n") -> Iterator[str]:
    r"""Yields lines as they are, without a byte-order mark.

    Args:
        path: The file.
        encoding: Of it.
        newline: What ends lines: `\n` alone, or with "" `\r` too.
    """
    with regular(), io.TextIOWrapper(open_binary(path), encoding, newline=newline) as file:
        start = True
        for line in file:
            yield line.removeprefix("\ufeff") if start else line
            start = False


def read_start(path: Path, encoding: str) -> str:
    """Returns the first `HEAD_LETTERS` letters of a file, without a byte-order mark."""
    with regular(), io.TextIOWrapper(open_binary(path), encoding, newline="") as file:
        return file.read(HEAD_LETTERS).removeprefix("\ufeff")
