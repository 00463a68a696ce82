"""Tables that arrive line by line, from a pipe or a growing file: CSV, or JSON Lines."""

from __future__ import annotations

import csv
import itertools
import json
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from lstm_toolkit.data.inputs.rows import Row
from lstm_toolkit.data.readers.tables.columns import TEXT_NAMES, listed
from lstm_toolkit.data.readers.tables.table import as_text
from lstm_toolkit.data.splits.parts import fold
from lstm_toolkit.errors import DataError, did_you_mean
from lstm_toolkit.serving.standard_input import STDIN, line_groups

HEADLINE_NAMES = (*TEXT_NAMES, "headline", "title", "body")
SEPARATORS = ",\t;|"

LONGEST_ROW = 50
"""Lines of a row; a quote that is not closed by then is none."""


def rows_of_lines(
    groups: Iterator[list[str]], text_column: str, path: Path = STDIN
) -> Iterator[list[Row]]:
    """Yields rows as their lines come, those that come together in one list.

    A line that is no row gives a `Row` whose value is what is wrong with it. A quoted cell
    may hold the end of a line.

    Args:
        groups: Lines, those that came together in one list.
        text_column: Of the text; "" finds it by its name.
        path: What the lines are called in messages.

    Raises:
        DataError: If the first line is neither a JSON object nor a header, or no column is one
            of texts.
    """
    reader: _JsonLines | _Delimited | None = None
    blank = 0
    for group in groups:
        lines = group
        if reader is None:
            lines = list(itertools.dropwhile(lambda line: not line.strip(), group))
            blank += len(group) - len(lines)
            if not lines:
                continue
            kind = _JsonLines if lines[0].lstrip().startswith("{") else _Delimited
            reader = kind(text_column, path, blank)
        rows = list(reader.read(lines))
        if rows:
            yield rows
    if reader is not None:
        yield list(reader.end())


def growing_lines(
    path: Path, encoding: str, pause: float, sleep: Callable[[float], None] = time.sleep
) -> Iterator[list[str]]:
    """Yields the lines of a file and then, for ever, those that are added to it.

    Args:
        path: Of the file.
        encoding: Of it.
        pause: Seconds between two looks.
        sleep: Waits so long.

    Raises:
        DataError: If it is not text, or gets shorter.
    """
    with path.open("rb") as file:
        yield from line_groups(_Growing(file, path, pause, sleep), encoding)  # type: ignore[arg-type]


class _Growing:
    """A file whose end is waited for; only whole lines are given."""

    def __init__(self, file: BinaryIO, path: Path, pause: float, sleep: Callable[[float], None]):
        self.file, self.path, self.pause, self.sleep = file, path, pause, sleep

    def read(self, size: int) -> bytes:
        while True:
            content = self.file.read(size)
            if content:
                return content
            if self.path.stat().st_size < self.file.tell():
                raise DataError("got shorter while it was watched", path=self.path)
            self.sleep(self.pause)


class _JsonLines:
    def __init__(self, text_column: str, path: Path, line: int):
        self.text_column, self.path, self.line = text_column, path, line

    def read(self, lines: Sequence[str]) -> Iterator[Row]:
        for line in lines:
            self.line += 1
            if not line.strip():
                continue
            try:
                cells = json.loads(line)
            except (ValueError, RecursionError):
                cells = None
            if not isinstance(cells, dict):
                wrong = DataError("needs a JSON object", path=self.path, line=self.line)
                yield Row(line[:80], wrong)
                continue
            column = self.text_column or _text_column(cells, self.path)
            yield _row(cells, column, self.path, self.line)

    def end(self) -> Iterator[Row]:
        yield from ()


class _Delimited:
    def __init__(self, text_column: str, path: Path, line: int):
        self.text_column, self.path, self.line = text_column, path, line
        self.header: list[str] = []
        self.separator = ","
        self.held: list[str] = []

    def read(self, lines: Sequence[str]) -> Iterator[Row]:
        for line in lines:
            self.line += 1
            self.held.append(line)
            yield from self._held()

    def end(self) -> Iterator[Row]:
        while self.held:
            yield from self._unclosed()

    def _held(self) -> Iterator[Row]:
        """Yields the row of the lines that are held, once it is whole."""
        whole = "\n".join(self.held)
        if self.header and _is_open(whole, self.separator):
            if len(self.held) == LONGEST_ROW:
                yield from self._unclosed()
            return
        self.held = []
        if whole.strip():
            yield from self._row(whole)

    def _unclosed(self) -> Iterator[Row]:
        """Gives up the first line that is held, and reads the others anew."""
        first, *others = self.held
        line = self.line - len(others)
        yield Row(first[:80], DataError("a quote is not closed", path=self.path, line=line))
        self.held, self.line = [], line
        yield from self.read(others)

    def _row(self, line: str) -> Iterator[Row]:
        if not self.header:
            self.separator = max(SEPARATORS, key=line.count)
            self.header = [name.strip() for name in self._cells(line)]
            self.text_column = self.text_column or _text_column(self.header, self.path)
            if self.text_column not in self.header:
                nearest = did_you_mean(self.text_column, self.header)
                raise DataError(f"no column `{self.text_column}`, {nearest}", path=self.path)
            return
        try:
            cells = self._cells(line)
        except csv.Error as error:
            yield Row(line[:80], DataError(f"is no row. {error}", path=self.path, line=self.line))
            return
        if len(cells) != len(self.header):
            problem = f"needs {len(self.header)} cells, as the header has. Received: {len(cells)}"
            yield Row(line[:80], DataError(problem, path=self.path, line=self.line))
            return
        named = dict(zip(self.header, cells, strict=True))
        yield _row(named, self.text_column, self.path, self.line)

    def _cells(self, line: str) -> list[str]:
        return next(csv.reader([line], delimiter=self.separator))


def _is_open(text: str, separator: str) -> bool:
    """Tells whether the last cell is quoted and not closed yet."""
    try:
        list(csv.reader([text], delimiter=separator, strict=True))
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False


def _row(cells: Mapping[str, object], column: str, path: Path, line: int) -> Row:
    text = as_text(cells.get(column)).strip()
    if not text:
        return Row(f"line {line}", DataError(f"needs a text in {column}", path=path, line=line))
    return Row(text, text, cells)


def _text_column(names: Collection[str], path: Path) -> str:
    folded = {fold(name): name for name in names}
    found = next((folded[name] for name in HEADLINE_NAMES if name in folded), None)
    if found is None:
        raise DataError(
            "needs a header, or JSON objects, with a column of texts; name it by "
            f"--set text_column=. Received: {listed(list(names))}",
            path=path,
        )
    return found
