"""Whether a GIF file is whole: its blocks from the first to the one that ends it."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from lstm_toolkit.errors import DataError

EXTENSION, PICTURE, END = b"\x21", b"\x2c", b"\x3b"
"""With what blocks of a GIF begin (CompuServe, Graphics Interchange Format 89a, 1990)."""


def check_gif(file: BinaryIO, path: Path) -> None:
    """Goes through the blocks of a GIF file, without decoding them.

    Args:
        file: Open, at its beginning.
        path: For the message.

    Raises:
        DataError: If it ends before the block that ends it, or a block is of no known kind.
    """
    header = file.read(13)
    _skip_colours(file, header[10] if len(header) == 13 else 0)
    pictures = 0
    while True:
        kind = file.read(1)
        if kind == END:
            return
        if kind == EXTENSION:
            file.read(1)
        elif kind == PICTURE:
            pictures += 1
            place = file.read(9)
            _skip_colours(file, place[8] if len(place) == 9 else 0)
            file.read(1)
        else:
            if kind:
                raise DataError(f"is damaged behind the start of frame {pictures}", path=path)
            raise DataError(f"is truncated behind the start of frame {pictures}", path=path)
        while length := file.read(1):
            if length == b"\0":
                break
            if len(file.read(length[0])) < length[0]:
                break


def _skip_colours(file: BinaryIO, flags: int) -> None:
    """Goes over a table of colours, if there is one."""
    if flags & 0x80:
        file.read(3 * 2 ** ((flags & 7) + 1))
