"""Lines of long files, which are read anew each time instead of being held."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lstm_toolkit.data.inputs.long_files import changed, is_long
from lstm_toolkit.data.inputs.rows import Inputs, Row, counted
from lstm_toolkit.data.readers.tables.label_lines import PREFIX
from lstm_toolkit.data.readers.tables.parts.contract import (
    IrregularError,
    in_parts,
    open_binary,
    read_lines,
    regular,
)
from lstm_toolkit.data.text.encodings import check_zeros, is_other_kind
from lstm_toolkit.data.text.likely_encodings import JUDGED
from lstm_toolkit.data.text.wrongly_decoded import WronglyDecoded, decoding_remarks
from lstm_toolkit.errors import DataError


class FileLines:
    r"""Lines of a file, which only \n and \r\n end; it was read to its end once.

    Args:
        path: The file.
        encoding: Of it.

    Attributes:
        count: How many there are.
        remarks: What is to be told of its encoding.

    Raises:
        IrregularError: If it is to be read whole, which tells what is wrong with it.
        DataError: Likewise.
    """

    def __init__(self, path: Path, encoding: str):
        self._path, self._encoding = path, encoding
        with regular(), open_binary(path) as file:
            start = file.read(JUDGED)
        check_zeros(start, encoding, path)
        if is_other_kind(start):
            raise IrregularError
        doubts, self.count = WronglyDecoded(), 0
        for group in in_parts(self._read()):
            doubts.see(group)
            self.count += len(group)
        if self.count < 2:  # its lines may end in another way
            raise IrregularError
        self.remarks = [*decoding_remarks(start, encoding), *doubts.remarks()]

    def __iter__(self) -> Iterator[str]:
        try:
            yield from self._read()
        except IrregularError:
            raise changed(self._path) from None

    def _read(self) -> Iterator[str]:
        for line in read_lines(self._path, self._encoding):
            yield line.removesuffix("\n").removesuffix("\r")


def file_lines(path: Path, encoding: str) -> FileLines | None:
    """Returns the lines of a long file; None of one that is short, or has to be read whole."""
    try:
        return FileLines(path, encoding) if is_long(path) else None
    except (IrregularError, DataError, OSError):
        return None


def long_lines(path: Path, encoding: str, bars: str = "") -> Inputs | None:
    """Returns the lines of a long file, one row each.

    Args:
        path: The file.
        encoding: Of it.
        bars: What stands in the first line of a table, besides tabs.

    Returns:
        None if it is short, its lines are rows of a table or begin with labels, or they cannot
        be read.
    """
    lines = file_lines(path, encoding)
    if lines is None or _are_rows(lines, bars):
        return None
    note = "; ".join([f"{counted(lines.count, 'line')} of {path}", *lines.remarks])
    return Inputs((Row(line, line, {"text": line}) for line in lines), {"text": [""]}, note)


def _are_rows(lines: FileLines, bars: str) -> bool:
    tabs: set[int] = set()
    filled, labelled = 0, 0
    for line in lines:
        if not line.strip():
            continue
        if not filled and bars and bars in line:
            return True
        tabs.add(line.count("\t"))
        filled += 1
        labelled += line.lstrip().startswith(PREFIX)
    return (len(tabs) == 1 and tabs != {0}) or 0 < labelled >= 0.9 * filled
