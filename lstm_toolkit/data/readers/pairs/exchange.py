"""Pairs as translators' programs write them: TMX, and lines with `|||` between the sides."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path

from lstm_toolkit.data.readers.pairs.tmx import TranslationMemory, as_columns, name_columns
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.readers.texts.folders import read_bytes
from lstm_toolkit.data.text.encodings import decode
from lstm_toolkit.errors import DataError

BARS = "|||"
"""What stands between two sides in files for word alignment, as of fast_align."""

DIVIDED = f"sides divided by {BARS}"
"""The remark on such a file."""

_OTHERS = {
    **dict.fromkeys((".xlf", ".xliff", ".sdlxliff", ".mxliff", ".mqxliff"), "XLIFF"),
    **dict.fromkeys((".po", ".pot", ".mo"), "gettext"),
    ".tbx": "TBX",
}
"""Forms that hold more than pairs: states, comments, plurals."""


def read_exchange(
    path: Path, encoding: str, names_header: Callable[[Sequence[Sequence[str]]], bool]
) -> Table | None:
    """Reads a file in one of these forms.

    Args:
        path: The file, packed if its name ends in `.gz`.
        encoding: Of text files; XML says its own.
        names_header: Tells from all rows whether the first names the columns.

    Returns:
        A column a language or side; None if the file is of another form.

    Raises:
        DataError: If the file is damaged, or of a form that is not read.
    """
    form = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    suffix = form.suffix.lower()
    if suffix in _OTHERS:
        raise DataError(
            "needs pairs as .tmx, or as a table with a column a side; most programs export "
            f"one of them. Received: {_OTHERS[suffix]} ({suffix})",
            path=path,
        )
    if suffix == ".tmx":
        return _tmx(read_bytes(path), path)
    if suffix in (".txt", ""):
        return _bars(decode(read_bytes(path), encoding, path), path, names_header)
    return None


def _bars(
    text: str, path: Path, names_header: Callable[[Sequence[Sequence[str]]], bool]
) -> Table | None:
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if not lines or BARS not in lines[0][1] or "\t" in lines[0][1]:
        return None
    rows = [sides(line, path, number) for number, line in lines]
    numbers, names = [number for number, _ in lines], ["1", "2"]
    if names_header(rows):
        names, rows, numbers = rows[0], rows[1:], numbers[1:]
    if not rows:
        raise DataError("needs at least one row under the header. Received: none", path=path)
    columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    return Table(columns, numbers, path, (DIVIDED,))


def sides(line: str, path: Path, number: int) -> list[str]:
    """Returns both sides of a line.

    Raises:
        DataError: If there are not two.
    """
    row = [cell.strip() for cell in line.split(BARS)]
    if len(row) != 2:
        raise DataError(
            f"needs two sides with {BARS} between them. Received: {len(row)}",
            path=path,
            line=number,
        )
    return row


def _tmx(content: bytes, path: Path) -> Table:
    memory = TranslationMemory(io.BytesIO(content), path)
    rows = list(memory.units())
    columns = as_columns(rows, name_columns(memory, len(rows), path))
    return Table(columns, (), path, tuple(memory.remarks()))
