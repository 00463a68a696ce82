"""Tables that arrive line by line, from a pipe or a growing file: CSV, or JSON Lines."""

from __future__ import annotations

import csv
import dataclasses
import itertools
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from lstm_toolkit.data.inputs.rows import Row
from lstm_toolkit.data.readers.tables.columns import TEXT_NAMES, listed
from lstm_toolkit.data.readers.tables.table import as_text
from lstm_toolkit.data.splits.parts import fold
from lstm_toolkit.errors import DataError, did_you_mean
from lstm_toolkit.serving.standard_input import STDIN, line_groups
from lstm_toolkit.system.json_text import RepeatedNameError, read_json

HEADLINE_NAMES = (*TEXT_NAMES, "headline", "title", "body")
SEPARATORS = ",\t;|"

LONGEST_ROW = 50
"""Lines of a row; a quote that is not closed by then is none."""


@dataclasses.dataclass(frozen=True)
class TextColumns:
    """Which columns hold the text.

    Attributes:
        stated: By the caller, with `+` between several; they must be there.
        trained: Those of the training, taken where they are there.
        separator: Of cells; "" finds it.
    """

    stated: str = ""
    trained: str = ""
    separator: str = ""

    def among(self, names: Collection[str], path: Path) -> tuple[str, ...]:
        """Returns the columns of a table, or of an object.

        Raises:
            DataError: If one that was stated is not there, or none is known.
        """
        for wanted in filter(None, (self.stated, self.trained)):
            columns = (wanted,) if wanted in names else tuple(_parts(wanted))
            lacking = [column for column in columns if column not in names]
            if not lacking:
                return columns
            if wanted == self.stated:
                nearest = did_you_mean(lacking[0], names)
                raise DataError(f"no column `{lacking[0]}`, {nearest}", path=path)
        folded = {fold(name): name for name in names}
        found = next((folded[name] for name in HEADLINE_NAMES if name in folded), None)
        if found is None:
            raise DataError(
                "needs a header, or JSON objects, with a column of texts; name it by "
                f"--set text_column=. Received: {listed(list(names))}",
                path=path,
            )
        return (found,)


def _parts(names: str) -> Iterator[str]:
    yield from (name.strip() for name in names.split("+"))


def rows_of_lines(
    groups: Iterator[list[str]], columns: TextColumns, path: Path = STDIN
) -> Iterator[list[Row]]:
    """Yields rows as their lines come, those that come together in one list.

    A line that is no row gives a `Row` whose value is what is wrong with it. A quoted cell
    may hold the end of a line.

    Args:
        groups: Lines, those that came together in one list.
        columns: See `TextColumns`.
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
            reader = kind(columns, path, blank)
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
    def __init__(self, columns: TextColumns, path: Path, line: int):
        self.columns, self.path, self.line = columns, path, line
        self.begun = False

    def read(self, lines: Sequence[str]) -> Iterator[Row]:
        for line in lines:
            self.line += 1
            if not line.strip():
                continue
            try:
                cells = self._cells(line)
            except DataError as error:
                yield Row(line[:80], error)
                continue
            try:
                texts = self.columns.among(cells, self.path)
            except DataError as error:
                if not self.begun:
                    raise
                yield Row(line[:80], error)
                continue
            self.begun = True
            yield _row(cells, texts, self.path, self.line)

    def _cells(self, line: str) -> dict[str, Any]:
        message = "needs a JSON object"
        try:
            cells = read_json(line)
        except RepeatedNameError as error:
            cells, message = None, str(error)
        except (ValueError, RecursionError):
            cells = None
        if not isinstance(cells, dict):
            raise DataError(message, path=self.path, line=self.line)
        return cells

    def end(self) -> Iterator[Row]:
        yield from ()


class _Delimited:
    def __init__(self, columns: TextColumns, path: Path, line: int):
        self.columns, self.path, self.line = columns, path, line
        self.header: list[str] = []
        self.texts: tuple[str, ...] = ()
        self.separator = columns.separator
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
        fault = _fault(whole, self.separator) if self.header else ""
        if fault == OPEN and len(self.held) < LONGEST_ROW:
            return
        if fault and len(self.held) > 1:  # its quote was none
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
            self.separator = self.separator or max(SEPARATORS, key=line.count)
            self.header = [name.strip() for name in self._cells(line)]
            self.texts = self.columns.among(self.header, self.path)
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
        yield _row(named, self.texts, self.path, self.line)

    def _cells(self, line: str) -> list[str]:
        return next(csv.reader([line], delimiter=self.separator))


OPEN = "unexpected end of data"
"""What `csv` says where the last cell is quoted and not closed yet."""


def _fault(text: str, separator: str) -> str:
    """Returns what breaks the rules of CSV, "" if nothing does."""
    try:
        list(csv.reader([text], delimiter=separator, strict=True))
    except csv.Error as error:
        return str(error)
    return ""


def _row(cells: Mapping[str, object], columns: Sequence[str], path: Path, line: int) -> Row:
    text = " ".join(filter(None, (as_text(cells.get(name)).strip() for name in columns)))
    if not text:
        wrong = DataError(f"needs a text in {' + '.join(columns)}", path=path, line=line)
        return Row(f"line {line}", wrong)
    return Row(text, text, cells)
