"""Compressed files, unpacked no further than honest ones go."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path
from typing import BinaryIO

from lstm_toolkit.errors import DataError

MOST_UNPACKED = 256 * 2**20
"""Bytes to which any file may unpack."""

MOST_TIMES = 200
"""Times its size to which a larger one may; texts and images rarely grow thirtyfold."""

_CHUNK = 2**20


def gunzip(path: Path) -> bytes:
    """Returns what a gzipped file holds.

    Raises:
        DataError: If it unpacks to far more than it should.
        EOFError, gzip.BadGzipFile, zlib.error, OSError: If it is damaged or cannot be read.
    """
    with open_gzip(path) as file:
        return file.read()


def open_gzip(path: Path) -> BinaryIO:
    """Opens a gzipped file to be read a piece at a time; reading raises as `gunzip` does."""
    return _Gunzip(path)  # type: ignore[return-value]  # which GzipFile is all but in name


class _Gunzip(gzip.GzipFile):
    def __init__(self, path: Path):
        super().__init__(path, "rb")
        self._path = path
        self._limit = max(MOST_UNPACKED, MOST_TIMES * path.stat().st_size)

    def _checked(self, part: bytes) -> bytes:
        if self.tell() > self._limit:
            raise _bomb(self._path, self._limit)
        return part

    def read(self, size: int | None = -1) -> bytes:
        if size is not None and size >= 0:
            return self._checked(super().read(size))
        parts = []
        while part := self._checked(super().read(_CHUNK)):
            parts.append(part)
        return b"".join(parts)

    def read1(self, size: int = -1) -> bytes:
        return self._checked(super().read1(size))


def check_zip(path: Path, content: bytes | None = None) -> None:
    """Refuses an archive of which a file unpacks to far more than it should.

    Args:
        path: The archive.
        content: What it holds, where that was read already.

    Raises:
        DataError: If one does.
        zipfile.BadZipFile, OSError: If it is damaged or cannot be read.
    """
    with zipfile.ZipFile(path if content is None else io.BytesIO(content)) as archive:
        for member in archive.infolist():  # no more is ever read than is stated here
            limit = max(MOST_UNPACKED, MOST_TIMES * member.compress_size)
            if member.file_size > limit:
                raise _bomb(path, limit)


def _bomb(path: Path, limit: int) -> DataError:
    return DataError(
        f"unpacks to more than {limit:,} bytes, as no honest file of its size does; unpack it "
        "yourself if it is one",
        path=path,
    )
