"""Tables of texts: CSV, TSV, JSON Lines, Parquet, Excel and data frames."""

from __future__ import annotations

import contextlib
import csv
import dataclasses
import io
import json
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lstm_toolkit.data.readers.tables.columns import Table, as_text, has_header
from lstm_toolkit.data.readers.texts.folders import read_bytes
from lstm_toolkit.data.text.encodings import decode, decoding_remarks
from lstm_toolkit.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

TABLES = (
    "a .csv, .tsv, .jsonl, .ndjson, .json, .parquet, .xlsx or .xls table, each with .gz "
    "after it or not"
)
FORMS = f"{TABLES}, or a folder of .txt files with one sub-folder a class"

_QUOTED = re.compile(r'"(?:[^"]++|"")*+"')


@dataclasses.dataclass(frozen=True)
class Expected:
    """What a table is read for.

    Attributes:
        forms: What is needed, for the messages.
        has_header: Tells from all rows whether the first names the columns.
        tabbed: Suffixes that are read as TSV too.
        blank: Whether rows with nothing in any of several cells are kept.
    """

    forms: str = FORMS
    has_header: Callable[[Sequence[Sequence[str]]], bool] = has_header
    tabbed: tuple[str, ...] = ()
    blank: bool = False

    def keeps(self, row: Sequence[str]) -> bool:
        """Tells whether a row is one, and no blank line."""
        return any(map(str.strip, row)) or (self.blank and len(row) > 1)


LABELLED_TEXTS = Expected()


def read_data(
    data: Path | pd.DataFrame,
    encoding: str,
    folder: Callable[[Path], Table],
    expected: Expected = LABELLED_TEXTS,
) -> Table:
    """Reads a data frame, a file, or by `folder` a folder.

    Raises:
        DataError: If there is no such file, or as `read_table` and `folder` do.
    """
    if not isinstance(data, Path):
        return from_frame(data)
    if not data.exists():
        raise DataError("no such file or folder; needs " + expected.forms, path=data)
    return folder(data) if data.is_dir() else read_table(data, encoding, expected)


def read_table(path: Path, encoding: str = "utf-8", expected: Expected = LABELLED_TEXTS) -> Table:
    """Reads a file in the form that its name tells, see `FORMS`.

    Args:
        path: The file.
        encoding: Of CSV, TSV and JSON.
        expected: What it is read for.

    Raises:
        DataError: With the line where it can be known, if the file is of no known form,
            empty, truncated, not text in `encoding`, or its rows or quotes do not match.
    """
    form = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    suffix = form.suffix.lower()
    suffix = ".tsv" if suffix in expected.tabbed else suffix
    if suffix not in _TEXTS and suffix not in _BINARIES:
        raise DataError("unknown form; needs " + expected.forms, path=path)
    content = read_bytes(path)
    if suffix in _BINARIES and content:
        return _BINARIES[suffix](content, path, expected)
    text = decode(content, encoding, path)
    if not text or text.isspace():
        raise DataError("is empty; needs " + expected.forms, path=path)
    table = _TEXTS[suffix](text, path, expected)
    remarks = (*table.remarks, *decoding_remarks(content, encoding))
    return dataclasses.replace(table, remarks=remarks)


def from_frame(frame: pd.DataFrame, path: Path | None = None) -> Table:
    """Returns the cells of a data frame, None for missing values."""
    cells = (
        [None if gone else cell for cell, gone in zip(column.tolist(), column.isna(), strict=True)]
        for _, column in frame.items()
    )
    return _table([as_text(name) for name in frame.columns], cells, (), path)


# CSV and TSV take Python's own reader, not pandas: it knows on which line a record starts,
# tells when quotes do not match, and keeps NUL.


def _csv(text: str, path: Path, expected: Expected) -> Table:
    first = text.partition("\n")[0]
    delimiter = "," if "," in first else max(",;\t", key=first.count)
    return _with_header(*_split_quoted(text, path, delimiter, expected), path, expected)


def _tsv(text: str, path: Path, expected: Expected) -> Table:
    # Published sets of tab-separated texts are not quoted: " is a character like any other.
    # Read as quoted, they lose rows in silence between a text that opens with " and a later
    # one that ends with it. So only lines that do not come out even can say otherwise.
    cells = (line.removesuffix("\r").split("\t") for line in text.split("\n"))
    lines = [(number, row) for number, row in enumerate(cells, 1) if expected.keeps(row)]
    rows = [row for _, row in lines]
    even = all(len(row) == len(rows[0]) for row in rows)
    if not even and '"' in text:
        with contextlib.suppress(DataError):
            return _with_header(*_split_quoted(text, path, "\t", expected), path, expected)
    numbers = [number for number, _ in lines]
    _check_widths(rows, numbers, path)
    return _with_header(_unquoted(rows), numbers, path, expected)


def _split_quoted(
    text: str, path: Path, delimiter: str, expected: Expected
) -> tuple[list[list[str]], list[int]]:
    """Returns the cells and the first line of each record that is not blank."""
    rows: list[list[str]] = []
    lines: list[int] = []
    line = 1
    limit = csv.field_size_limit(2**31 - 1)  # without it a cell may have 131,072 characters
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        for row in reader:
            if expected.keeps(row):
                rows.append(row)
                lines.append(line)
            line = reader.line_num + 1
    except csv.Error as error:
        _check_widths(rows, lines, path)  # a quote may have gone wrong before
        open_end = "end of data" in str(error)
        received = "one open to the end of the file" if open_end else "text after a closing quote"
        message = f'needs cells in closed quotes, and "" for a quote in them. Received: {received}'
        raise DataError(message, path=path, line=line) from error
    finally:
        csv.field_size_limit(limit)
    _check_widths(rows, lines, path)
    return rows, lines


def _check_widths(rows: Sequence[Sequence[str]], lines: Sequence[int], path: Path) -> None:
    for row, line in zip(rows, lines, strict=True):
        if len(row) != len(rows[0]):
            raise DataError(
                f"needs {len(rows[0])} cells a row, as in the first. Received: {len(row)}",
                path=path,
                line=line,
            )


def _unquoted(rows: list[list[str]]) -> list[list[str]]:
    """Undoes quoting where no cell speaks against it and a doubled quote speaks for it."""
    opened = [cell for row in rows for cell in row if cell.startswith('"')]
    doubled = any('""' in cell[1:-1] for cell in opened)
    if not doubled or not all(map(_QUOTED.fullmatch, opened)):
        return rows
    return [
        [cell[1:-1].replace('""', '"') if cell.startswith('"') else cell for cell in row]
        for row in rows
    ]


# Not strict: a control character that stands in a string as it is becomes a space later.


def _json(text: str, path: Path, expected: Expected) -> Table:
    if not text.lstrip().startswith("["):
        return _json_lines(text, path, expected)
    try:
        records = json.loads(text, strict=False)
    except json.JSONDecodeError as error:
        message = f"needs an array of JSON objects. {error.msg} at character {error.colno}"
        raise DataError(message, path=path, line=error.lineno) from error
    except (ValueError, RecursionError) as error:  # a number too long, or too deep a nesting
        raise DataError(f"needs an array of JSON objects. {error}", path=path) from error
    for number, record in enumerate(records, 1):
        if not isinstance(record, dict):
            received = f"{_shown(json.dumps(record))} as item {number}"
            raise DataError(f"needs an array of JSON objects. Received: {received}", path=path)
    return _from_records(records, (), path)


def _json_lines(text: str, path: Path, _: Expected) -> Table:
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    records = [_record(line, path, number) for number, line in lines]
    return _from_records(records, [number for number, _ in lines], path)


def _record(text: str, path: Path, line: int) -> dict[str, Any]:
    needs = "needs a JSON object on each line. "
    try:
        record = json.loads(text, strict=False)
    except json.JSONDecodeError as error:
        message = f"{needs}{error.msg} at character {error.colno}"
        raise DataError(message, path=path, line=line) from error
    except (ValueError, RecursionError) as error:
        raise DataError(f"{needs}{error}", path=path, line=line) from error
    if not isinstance(record, dict):
        raise DataError(f"{needs}Received: {_shown(text.strip())}", path=path, line=line)
    return record


def _from_records(records: list[dict[str, Any]], lines: Sequence[int], path: Path) -> Table:
    names = list(dict.fromkeys(name for record in records for name in record))
    cells = ([record.get(name) for record in records] for name in names)
    return _table(names, cells, lines, path)


def _shown(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"


def _parquet(content: bytes, path: Path, _: Expected) -> Table:
    import pandas as pd

    with _foreign(path, "Parquet"):
        # Cells are decoded as they are taken out, and not before.
        return from_frame(pd.read_parquet(io.BytesIO(content)), path)


def _excel(content: bytes, path: Path, expected: Expected) -> Table:
    import pandas as pd

    with _foreign(path, "Excel"), pd.ExcelFile(io.BytesIO(content)) as book:
        sheets = len(book.sheet_names)
        frame = book.parse(0, header=None, dtype=object, keep_default_na=False, na_values=[])
    if frame.empty:
        raise DataError("is empty; needs " + expected.forms, path=path)
    table = from_frame(frame)
    cells = zip(*map(table.texts, table.columns), strict=True)
    rows = [(line, list(row)) for line, row in enumerate(cells, 1) if expected.keeps(row)]
    remarks = (f"first of {sheets} sheets",) if sheets > 1 else ()
    return _with_header(
        [row for _, row in rows], [line for line, _ in rows], path, expected, remarks
    )


@contextlib.contextmanager
def _foreign(path: Path, form: str) -> Iterator[None]:
    """Turns what other packages raise and warn of into one line."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and rules that openpyxl does not read
            yield
    except DataError:
        raise
    except ImportError as error:
        message = f"needs a reader of {form}; pip install 'lstm_toolkit[tables]'"
        raise DataError(message, path=path) from error
    except Exception as error:  # each reader has errors of its own for each way to be damaged
        problem = " ".join(str(error).split())
        raise DataError(f"is damaged, or no {form} file. {problem}", path=path) from error


def _with_header(
    rows: list[list[str]],
    lines: list[int],
    path: Path,
    expected: Expected,
    remarks: tuple[str, ...] = (),
) -> Table:
    """Takes the names of the columns from the first row, or counts them if it has none."""
    if not rows:
        raise DataError("is empty; needs " + expected.forms, path=path)
    if expected.has_header(rows):
        names, rows, lines = rows[0], rows[1:], lines[1:]
    else:
        names = [str(number) for number, _ in enumerate(rows[0], 1)]
        remarks = (*remarks, "no header")
    if not rows:
        raise DataError("needs at least one row under the header. Received: none", path=path)
    return _table(names, zip(*rows, strict=True), lines, path, remarks)


def _table(
    names: Iterable[str],
    cells: Iterable[Iterable[Any]],
    lines: Sequence[int],
    path: Path | None,
    remarks: tuple[str, ...] = (),
) -> Table:
    plain = (name.encode(errors="replace").decode() for name in names)  # no lone surrogates
    tidy = [" ".join(name.split()) or str(number) for number, name in enumerate(plain, 1)]
    name, count = next(iter(Counter(tidy).most_common(1)), ("", 0))
    if count > 1:
        raise DataError(f"needs each column once. Received: {name} {count} times", path=path)
    columns = dict(zip(tidy, map(list, cells), strict=True))
    if not any(columns.values()):
        raise DataError("needs at least one row. Received: none", path=path)
    return Table(columns, lines, path, remarks)


_TEXTS: dict[str, Callable[[str, Path, Expected], Table]] = {
    ".csv": _csv,
    ".tsv": _tsv,
    ".jsonl": _json_lines,
    ".ndjson": _json_lines,
    ".json": _json,
}
_BINARIES: dict[str, Callable[[bytes, Path, Expected], Table]] = {
    ".parquet": _parquet,
    ".xlsx": _excel,
    ".xls": _excel,
}
