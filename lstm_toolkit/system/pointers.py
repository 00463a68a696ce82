"""Small files that stand for others, which are fetched apart."""

from __future__ import annotations

from pathlib import Path

from lstm_toolkit.errors import DataError

_GIT_LFS = b"version https://git-lfs.github.com/spec/"


def check_pointer(start: bytes, path: Path | None) -> None:
    """Refuses a pointer of Git LFS, which has the name of a file and not its content.

    Args:
        start: The first bytes of a file.
        path: The file; None of bytes.

    Raises:
        DataError: If it is one.
    """
    if start.startswith(_GIT_LFS):
        message = "needs the file itself; git lfs pull fetches it. Received: a pointer of Git LFS"
        raise DataError(message, path=path)
