"""Tables read a part at a time, so that memory does not grow with the file.

Only what is alike throughout is read so. Whatever is not ends in `IrregularError`; read whole by
`tables.read_table`, it is judged, and told with its line.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import itertools
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from lstm_toolkit.data.readers.tables.columns import Table
from lstm_toolkit.data.readers.tables.delimited import (
    BadQuotesError,
    Quoting,
    find_dialect,
    plain_records,
    quoted_records,
)
from lstm_toolkit.data.readers.tables.headers import (
    NO_HEADER,
    Header,
    Rows,
    count_titles,
    named_table,
    with_header,
    with_lines,
)
from lstm_toolkit.data.readers.tables.json_shapes import from_records, is_object, read_record
from lstm_toolkit.data.readers.tables.parquet import as_frame
from lstm_toolkit.data.readers.tables.tables import Expected, from_frame, table_suffix
from lstm_toolkit.data.text.encodings import JUDGED, check_zeros, decoding_remarks
from lstm_toolkit.system.archives import open_gzip

PART = 4096
"""Rows in a part."""

HEAD = 10_000
"""Rows by which header and columns are told."""

_HEAD_LETTERS = 2**20
"""Letters by which the separator is told."""


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


def open_parts(path: Path, encoding: str, expected: Expected) -> Parts:
    """Opens a table in a form that can be read so.

    Raises:
        IrregularError: If it is in another one.
        DataError: As `read_table` does.
    """
    suffix = table_suffix(path)
    with open_binary(path) as file:
        start = file.read(JUDGED)
    if start[:4] == b"PAR1" and path.suffix.lower() != ".gz":
        return _Parquet(path)
    if start[:2] == b"PK" or suffix in (".parquet", ".xlsx", ".xls"):
        raise IrregularError
    check_zeros(start, encoding, path)
    remarks = tuple(decoding_remarks(start, encoding))
    if suffix in (".json", ".jsonl", ".ndjson"):
        return _JsonLines(path, encoding, remarks)
    if suffix in (".csv", ".tsv", *expected.tabbed):
        tabbed = suffix in (".tsv", *expected.tabbed)
        return _Delimited(path, encoding, expected, remarks, tabbed=tabbed)
    raise IrregularError


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
        first = True
        for line in file:
            yield line.removeprefix("\ufeff") if first else line
            first = False


class _Delimited:
    def __init__(
        self,
        path: Path,
        encoding: str,
        expected: Expected,
        remarks: tuple[str, ...],
        *,
        tabbed: bool,
    ):
        self._path, self._encoding, self._keeps = path, encoding, expected.keeps
        with regular(), io.TextIOWrapper(open_binary(path), encoding, newline="") as file:
            text = file.read(_HEAD_LETTERS).removeprefix("\ufeff")
        if "\n" not in text:  # of an old Macintosh
            raise IrregularError
        self._dialect = find_dialect(
            text, names=expected.names, separator=expected.separator, tabbed=tabbed
        )
        self._quoting = Quoting()
        records = list(itertools.islice(self._records(), HEAD))
        lines = [line for line, _ in records]
        cells = self._unquoted([row for _, row in records])
        self._begun = self._quoting.doubled, self._quoting.against
        if not cells:
            raise IrregularError
        self._titles = count_titles(cells, expected.names)
        table = with_header(Rows(cells, lines, remarks), path, expected.names, expected.has_header)
        self._header = None if NO_HEADER in table.remarks else cells[self._titles]
        self._unnamed = [i for i, name in enumerate(self._header or ()) if not name.strip()]
        self._repeated: list[int] = []
        # In the order of a table that is read whole.
        told = tuple(remark for remark in table.remarks if remark not in remarks)
        self.head = Table(table.columns, table.lines, path, (*told, *remarks))
        self._above = {
            reason: count
            for reason, count in table.left_out.items()
            if reason.startswith("above the header")
        }

    @property
    def left_out(self) -> Mapping[str, int]:
        """Counts titles, and headers that came again."""
        if not self._repeated:
            return self._above
        reason = with_lines("with the header again", self._repeated)
        return {**self._above, reason: len(self._repeated)}

    def tables(self) -> Iterator[Table]:
        """Yields the rows."""
        records = self._body()
        while group := list(itertools.islice(records, PART)):
            rows = self._unquoted([row for _, row in group])
            lines = [line for line, _ in group]
            yield named_table(self.head.columns, zip(*rows, strict=True), lines, self._path)
        if (self._quoting.doubled, self._quoting.against) != self._begun:
            raise IrregularError

    def _body(self) -> Iterator[tuple[int, list[str]]]:
        """Yields rows below the header."""
        self._repeated, width = [], len(self.head.columns)
        header = None if self._header is None else Header(self._header)
        first = self._titles + (header is not None)
        for line, row in itertools.islice(self._records(), first, None):
            if len(row) != width or not all(row[place].strip() for place in self._unnamed):
                raise IrregularError
            if header is not None and header.again(row):
                self._repeated.append(line)
                continue
            if header is not None and header.in_another_order(row):
                raise IrregularError
            yield line, row

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        quoted, skipped = self._dialect.quoted, self._dialect.skipped
        lines = read_lines(self._path, self._encoding, "" if quoted else "\n")
        lines = itertools.islice(lines, skipped, None)
        with regular():
            records = (
                quoted_records(lines, self._dialect.separator) if quoted else plain_records(lines)
            )
            for line, row in records:
                if self._keeps(row):
                    yield line + skipped, row

    def _unquoted(self, rows: list[list[str]]) -> list[list[str]]:
        if self._dialect.quoted:
            return rows
        self._quoting.see(rows)
        return self._quoting.undone(rows)


class _JsonLines:
    left_out: Mapping[str, int] = {}

    def __init__(self, path: Path, encoding: str, remarks: tuple[str, ...]):
        self._path, self._encoding = path, encoding
        first = list(itertools.islice(self._lines(), 2))
        if len(first) < 2 or not is_object(first[0][1]):
            raise IrregularError
        records = list(itertools.islice(self._lines(), HEAD))
        table = from_records([self._record(*each) for each in records], path, ())
        self.head = Table(table.columns, [line for line, _ in records], path, remarks)

    def tables(self) -> Iterator[Table]:
        """Yields the rows."""
        lines = self._lines()
        while group := list(itertools.islice(lines, PART)):
            records = [self._record(*each) for each in group]
            known = dict.fromkeys(self.head.columns)
            table = from_records([known, *records], self._path, ())
            if list(table.columns) != list(self.head.columns):
                raise IrregularError
            columns = {name: cells[1:] for name, cells in table.columns.items()}
            yield Table(columns, [line for line, _ in group], self._path)

    def _record(self, line: int, text: str) -> dict[str, Any]:
        record = read_record(text, self._path, line)
        return {" ".join(name.split()): cell for name, cell in record.items()}

    def _lines(self) -> Iterator[tuple[int, str]]:
        lines = enumerate(read_lines(self._path, self._encoding), 1)
        return ((number, line) for number, line in lines if line.strip())


class _Parquet:
    left_out: Mapping[str, int] = {}

    def __init__(self, path: Path):
        self._path = path
        self._gaps: set[str] = set()
        self.head = next(self._read(HEAD))

    def tables(self) -> Iterator[Table]:
        """Yields the rows."""
        return self._read(PART)

    def _read(self, rows: int) -> Iterator[Table]:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            with pq.ParquetFile(self._path) as file:
                for batch in file.iter_batches(rows):
                    table = pa.Table.from_batches([batch])
                    table = table.replace_schema_metadata(file.schema_arrow.metadata)
                    yield from_frame(as_frame(self._as_if_whole(table)), self._path)
        except (pa.ArrowException, OSError) as error:
            raise IrregularError from error

    def _as_if_whole(self, table: Any) -> Any:
        """Makes whole numbers floats where one is missing anywhere, as pandas does."""
        import pyarrow as pa

        for place, field in enumerate(table.schema):
            if not pa.types.is_integer(field.type):
                continue
            if table.column(place).null_count:
                self._gaps.add(field.name)
            if field.name in self._gaps:
                floats = table.column(place).cast(pa.float64(), safe=False)
                table = table.set_column(place, field.name, floats)
        return table


def hold_objects(table: Table) -> bool:
    """Tells whether a cell holds an object, whose values may become columns."""
    return any(isinstance(cell, Mapping) for cells in table.columns.values() for cell in cells)


class Kinds:
    """A few cells that stand for all: of each type one, of numbers the greatest.

    Args:
        names: Of the columns.
    """

    def __init__(self, names: Sequence[str]):
        self._kept: dict[str, dict[Any, Any]] = {name: {} for name in names}

    def see(self, columns: Mapping[str, Sequence[Any]]) -> None:
        """Looks at cells."""
        for name, cells in columns.items():
            kept = self._kept[name]
            if all(type(cell) is str for cell in cells):
                kept.setdefault(str, cells[0])
                continue
            for cell in cells:
                _keep(kept, cell)

    def columns(self) -> dict[str, list[Any]]:
        """Returns the cells by column."""
        return {name: list(map(_plain, kept.values())) for name, kept in self._kept.items()}


def _keep(kept: dict[Any, Any], cell: Any) -> None:
    kind = type(cell)
    if isinstance(cell, list | tuple) or hasattr(cell, "tolist"):
        inner = kept.setdefault(kind, {})
        for each in cell if isinstance(inner, dict) and hasattr(cell, "__len__") else ():
            _keep(inner, each)
    elif kind not in kept or (isinstance(cell, int | float) and abs(cell) > abs(kept[kind])):
        kept[kind] = cell


def _plain(kept: Any) -> Any:
    return [_plain(each) for each in kept.values()] if isinstance(kept, dict) else kept
