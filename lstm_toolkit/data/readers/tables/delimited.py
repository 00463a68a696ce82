"""Text with a separator between cells: CSV and TSV in their dialects."""

from __future__ import annotations

import contextlib
import csv
import dataclasses
import io
import re
from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from lstm_toolkit.data.readers.tables.columns import few_valued
from lstm_toolkit.data.readers.tables.headers import Rows, check_widths, count_titles
from lstm_toolkit.data.splits.parts import fold
from lstm_toolkit.errors import DataError

SEPARATORS = ("\t", ",", ";", "|")
"""The likeliest first, where several divide all lines alike; texts hold no tabs."""

_SAMPLE = 200_000
"""Letters at the beginning that tell the separator."""

_QUOTED = re.compile(r'"(?:[^"]++|"")*+"')
_SEP_LINE = re.compile(r'"?sep=(.)"?[ \t]*(?:\r\n|\n|\r)', re.IGNORECASE)

Keeps = Callable[[Sequence[str]], bool]

# Python's own reader is taken, not pandas: it knows on which line a record starts, tells when
# quotes do not match, and keeps NUL.


def read_delimited(
    text: str,
    path: Path,
    keeps: Keeps,
    *,
    names: Collection[str] = (),
    separator: str = "",
    tabbed: bool = False,
) -> Rows:
    """Divides text into rows of cells.

    Args:
        text: What the file holds. Lines end with LF, CR LF or, on old Macs, CR; the first may
            name the separator, as in `sep=;`.
        path: The file, for messages.
        keeps: Tells whether a row is one, and no blank line.
        names: How columns may be called.
        separator: Between cells, or the word "tab"; "" finds it.
        tabbed: Whether tabs are expected, and no quotes.

    Raises:
        DataError: With the line, if quotes do not match or rows are of unequal length.
    """
    first = _SEP_LINE.match(text)
    dialect = find_dialect(text, names=names, separator=separator, tabbed=tabbed)
    text = text[first.end() :] if first else text
    if "\r" in text and "\n" not in text:
        text = text.replace("\r", "\n")
    if dialect.quoted:
        rows = _quoted(text, path, dialect.separator, keeps)
    else:
        rows = _tabbed(text, path, keeps)
    if not dialect.skipped:
        return rows
    lines = array("q", (line + dialect.skipped for line in rows.lines))
    return Rows(rows.cells, lines, rows.remarks)


@dataclasses.dataclass(frozen=True)
class Dialect:
    """How cells are divided.

    Attributes:
        separator: Between them.
        quoted: Whether quotes may stand around them; if not, they are signs like others.
        skipped: Lines before the table, such as `sep=;`.
    """

    separator: str
    quoted: bool
    skipped: int = 0


def find_dialect(
    text: str, *, names: Collection[str] = (), separator: str = "", tabbed: bool = False
) -> Dialect:
    """Returns how the cells of a text are divided, of which the beginning is enough.

    Args:
        text: See `read_delimited`, and for the others too.
        names: How columns may be called.
        separator: What is stated.
        tabbed: Whether tabs are expected.

    Raises:
        DataError: If the separator that is stated is none.
    """
    separator = _checked(separator)
    first = _SEP_LINE.match(text)
    if first:
        separator = separator or first[1]
        text = text[first.end() :]
    if "\r" in text and "\n" not in text:
        text = text.replace("\r", "\n")
    head = text.lstrip("\n\r").partition("\n")[0]
    if tabbed and not separator and "\t" not in head:
        # A table of one column has no tab either; then no other sign may divide it.
        separator = find_separator(text, names, default="\t")
    quoted = not (tabbed and separator in ("", "\t"))
    separator = separator or (find_separator(text, names) if quoted else "\t")
    return Dialect(separator, quoted, 1 if first else 0)


def _checked(separator: str) -> str:
    separator = {"tab": "\t", "\\t": "\t"}.get(separator.lower(), separator)
    if len(separator) > 1 or separator in ('"', "\n", "\r"):
        raise DataError(f"needs one sign between cells, or tab. Received: separator={separator}")
    return separator


def find_separator(text: str, names: Collection[str] = (), *, default: str = "") -> str:
    r"""Returns the sign that divides every line alike, best into columns of known names.

    Args:
        text: What the file holds.
        names: How columns may be called.
        default: Where no sign divides lines alike; "" takes the most frequent of the first.

    >>> find_separator("a;b, c\n1, 2;3\n4;5\n")
    ';'
    """
    sample = text[:_SAMPLE]
    sample = sample if len(sample) == len(text) else sample.rpartition("\n")[0]
    scores = {each: _evenness(sample, each, names) for each in SEPARATORS}
    best = max(SEPARATORS, key=scores.__getitem__)
    if any(scores[best]):
        return best
    first = text.lstrip().partition("\n")[0]
    return default or ("," if "," in first else max(SEPARATORS, key=first.count))


def _evenness(sample: str, separator: str, names: Collection[str]) -> tuple[float, ...]:
    """Returns how well a separator divides lines.

    That is whether rows have one width, how many columns have known names, how many may be
    labels, and the share of rows of that width.
    """
    with contextlib.suppress(csv.Error):
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=separator)
        rows = [row for row in islice(reader, 300) if any(map(str.strip, row))]
        rows = rows[count_titles(rows, names) :]
        width, count = (Counter(map(len, rows)).most_common(1) or [(0, 0)])[0]
        if width > 1 and (count > 1 or len(rows) == 1):
            known = len({fold(cell) for cell in rows[0]} & set(names))
            columns = zip(*(row for row in rows[1:] if len(row) == width), strict=True)
            share = count / len(rows)
            return share >= 0.9, known, sum(map(few_valued, columns)), share
    return (0.0,)


def _tabbed(text: str, path: Path, keeps: Keeps) -> Rows:
    # Published sets of tab-separated texts are not quoted: " is a character like any other.
    # Read as quoted, they lose rows in silence between a text that opens with " and a later
    # one that ends with it. So only lines that do not come out even can say otherwise.
    lines = [(number, row) for number, row in plain_records(text.split("\n")) if keeps(row)]
    rows = [row for _, row in lines]
    even = all(len(row) == len(rows[0]) for row in rows)
    if not even and '"' in text:
        with contextlib.suppress(DataError):
            quoted = _quoted(text, path, "\t", keeps)
            check_widths(quoted, path)
            return quoted
    return Rows(_unquoted(rows) if even else rows, [number for number, _ in lines])


def _quoted(text: str, path: Path, separator: str, keeps: Keeps) -> Rows:
    r"""Reads quoted cells; a quote inside is doubled, or written `\"` throughout."""
    try:
        return _split(text, path, separator, keeps)
    except DataError:
        if '\\"' not in text:
            raise
        with contextlib.suppress(DataError):
            rows = _split(text.replace('\\"', '""'), path, separator, keeps)
            check_widths(rows, path)
            return Rows(rows.cells, rows.lines, (r"\" read as a quote",))
        raise


def _split(text: str, path: Path, separator: str, keeps: Keeps) -> Rows:
    """Returns the cells and the first line of each record that is not blank."""
    rows: list[list[str]] = []
    lines = array("q")  # a quarter of the memory of a list
    line = 0
    try:
        for line, row in quoted_records(text_lines(text), separator):
            if keeps(row):
                rows.append(row)
                lines.append(line)
    except BadQuotesError as error:
        check_widths(Rows(rows, lines), path)  # a quote may have gone wrong before
        open_end = "end of data" in str(error)
        received = "one open to the end of the file" if open_end else "text after a closing quote"
        message = f'needs cells in closed quotes, and "" for a quote in them. Received: {received}'
        raise DataError(message, path=path, line=error.line) from error
    return Rows(rows, lines)


def text_lines(text: str, at_once: int = 2**20) -> Iterator[str]:
    r"""Yields the lines of a text with their ends: `\n`, `\r\n` or `\r`.

    `io.StringIO` holds four bytes a character, so it is given a part of the text at a time.

    Args:
        text: Of any length.
        at_once: Characters taken at a time.

    >>> list(text_lines("a\r\nb\rc\n\nd", at_once=2))
    ['a\r\n', 'b\r', 'c\n', '\n', 'd']
    """
    held = ""
    for start in range(0, len(text), at_once):
        *lines, held = io.StringIO(held + text[start : start + at_once], newline="")
        yield from lines
    if held:
        yield held


class BadQuotesError(Exception):
    """Quotes that do not match.

    Args:
        message: Of Python's reader.
        line: On which the record begins.
    """

    def __init__(self, message: str, line: int):
        super().__init__(message)
        self.line = line


def quoted_records(lines: Iterable[str], separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yields the line on which each record begins, and its cells.

    Raises:
        BadQuotesError: If quotes do not match.
    """
    line = 1
    limit = csv.field_size_limit(2**31 - 1)  # without it a cell may have 131,072 characters
    try:
        reader = csv.reader(lines, delimiter=separator, strict=True)
        for row in reader:
            yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise BadQuotesError(str(error), line) from error
    finally:
        csv.field_size_limit(limit)


def plain_records(lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """Yields the number and the cells of each line, which tabs divide and nothing quotes."""
    for number, line in enumerate(lines, 1):
        yield number, line.removesuffix("\n").removesuffix("\r").split("\t")


class Quoting:
    """Whether cells that begin with a quote are quoted, as all that is seen of them tells.

    No cell may speak against it, and a doubled quote must speak for it.
    """

    def __init__(self) -> None:
        self.doubled, self.against = False, False

    def see(self, rows: Iterable[Sequence[str]]) -> None:
        """Looks at rows."""
        opened = [cell for row in rows for cell in row if cell.startswith('"')]
        self.doubled = self.doubled or any('""' in cell[1:-1] for cell in opened)
        self.against = self.against or not all(map(_QUOTED.fullmatch, opened))

    def undone(self, rows: list[list[str]]) -> list[list[str]]:
        """Returns rows without their quotes, if they are."""
        if not self.doubled or self.against:
            return rows
        return [
            [cell[1:-1].replace('""', '"') if cell.startswith('"') else cell for cell in row]
            for row in rows
        ]


def _unquoted(rows: list[list[str]]) -> list[list[str]]:
    quoting = Quoting()
    quoting.see(rows)
    return quoting.undone(rows)
