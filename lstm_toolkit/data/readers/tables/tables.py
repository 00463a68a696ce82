"""Tables of texts: CSV, TSV, JSON Lines, Parquet, Excel and data frames."""

from __future__ import annotations

import contextlib
import dataclasses
import warnings
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from lstm_toolkit.data.readers.tables.columns import LABEL_NAMES, TEXT_NAMES, has_header
from lstm_toolkit.data.readers.tables.delimited import find_separator, read_delimited
from lstm_toolkit.data.readers.tables.headers import Rows, named_table, with_header
from lstm_toolkit.data.readers.tables.joined import join_tables
from lstm_toolkit.data.readers.tables.json_shapes import read_json
from lstm_toolkit.data.readers.tables.label_lines import is_label_lines, read_label_lines
from lstm_toolkit.data.readers.tables.parquet import read_parquet
from lstm_toolkit.data.readers.tables.table import Table, as_text
from lstm_toolkit.data.readers.tables.workbooks import choose_sheets, other_sheets, read_sheets
from lstm_toolkit.data.readers.texts.folders import read_bytes
from lstm_toolkit.data.splits.parts import fold, part_of
from lstm_toolkit.data.text.encodings import decode
from lstm_toolkit.data.text.wrongly_decoded import decoding_remarks
from lstm_toolkit.errors import DataError
from lstm_toolkit.system.archives import check_zip

if TYPE_CHECKING:
    import pandas as pd

TABLES = (
    "a .csv, .tsv, .jsonl, .ndjson, .json, .parquet, .xlsx or .xls table, each with .gz "
    "after it or not"
)
FORMS = (
    f"{TABLES}, a .txt of `label<TAB>text` or `__label__` lines, or a folder of .txt files with "
    "one sub-folder a class"
)

_DELIMITED = (".csv", ".tsv", ".txt")
_JSON = (".json", ".jsonl", ".ndjson")
_EXCEL = (".xlsx", ".xls")
SUFFIXES = (*_DELIMITED[:2], *_JSON, *_EXCEL, ".parquet")
"""How names of tables end, `.gz` behind it or not."""

_ZIP, _OLE, _PARQUET = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"PAR1"
"""With what files of Excel (new and old) and of Parquet begin."""


@dataclasses.dataclass(frozen=True)
class Expected:
    """What a table is read for, and how.

    Attributes:
        forms: What is needed, for the messages.
        has_header: Tells from all rows whether the first names the columns.
        tabbed: Suffixes that are read as TSV too.
        blank: Whether rows with nothing in any of several cells are kept.
        names: How columns may be called, by which headers are found.
        sheet: Name or number of the sheet of a workbook; "" finds it.
        separator: Between the cells of CSV and TSV; "" finds it.
        labelled: Whether texts with labels are expected, so that lists by name may be classes.
    """

    forms: str = FORMS
    has_header: Callable[[Sequence[Sequence[str]]], bool] = has_header
    tabbed: tuple[str, ...] = ()
    blank: bool = False
    names: Collection[str] = (*TEXT_NAMES, *LABEL_NAMES)
    sheet: str = ""
    separator: str = ""
    labelled: bool = False

    def keeps(self, row: Sequence[str]) -> bool:
        """Tells whether a row is one, and no blank line."""
        return any(map(str.strip, row)) or (self.blank and len(row) > 1)


LABELLED_TEXTS = Expected(labelled=True)


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
    """Reads a file in the form that its content and its name tell, see `FORMS`.

    Args:
        path: The file.
        encoding: Of CSV, TSV and JSON.
        expected: What it is read for.

    Raises:
        DataError: With the line where it can be known, if the file is of no known form,
            empty, truncated, not text in `encoding`, or its rows or quotes do not match.
    """
    suffix = table_suffix(path)
    if suffix not in (*SUFFIXES, ".txt"):
        raise DataError("unknown form; needs " + expected.forms, path=path)
    content = read_bytes(path)
    text_named_excel = suffix in _EXCEL and content[:2] not in (_ZIP[:2], _OLE[:2])
    if content[:4] in (_ZIP, _OLE) or (suffix in _EXCEL and content and not text_named_excel):
        return _excel(content, path, expected)
    if content[:4] == _PARQUET or (suffix == ".parquet" and content):
        return _parquet(content, path)
    text = decode(content, encoding, path)
    if not text or text.isspace():
        raise DataError("is empty; needs " + expected.forms, path=path)
    if _is_page(text) or (text_named_excel and text.lstrip()[:1] == "<"):
        message = "is a page of HTML or XML; save it as .xlsx or .csv. Received: first sign <"
        raise DataError(message, path=path)
    doubts = decoding_remarks(content, encoding)
    del content  # which is as large as the text
    table = _of_text(text, suffix, path, expected)
    return dataclasses.replace(table, remarks=(*table.remarks, *doubts))


def _is_page(text: str) -> bool:
    """Tells whether a page of HTML was saved under the name of a table."""
    return text[:1000].lstrip().casefold().startswith(("<!doctype html", "<html"))


def _of_text(text: str, suffix: str, path: Path, expected: Expected) -> Table:
    if suffix in _JSON:
        named = partial(_named, path=path, expected=expected)
        by_line = suffix != ".json"
        return read_json(text, path, named, by_line=by_line, labelled=expected.labelled)
    if suffix == ".txt" and suffix not in expected.tabbed:
        return _lines(text, path, expected)
    return _delimited(text, path, expected, tabbed=suffix in (".tsv", *expected.tabbed))


def table_suffix(path: Path) -> str:
    """Returns how a file's name ends, without `.gz`, in small letters."""
    form = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    return form.suffix.lower()


def from_frame(frame: pd.DataFrame, path: Path | None = None) -> Table:
    """Returns the cells of a data frame, None for missing values.

    Levels of the index that have names are columns, too, unless there is one of that name.
    """
    levels = [name for name in frame.index.names if name is not None and name not in frame]
    if levels:
        frame = frame.reset_index(levels)
    cells = (
        [None if gone else cell for cell, gone in zip(column.tolist(), column.isna(), strict=True)]
        for _, column in frame.items()
    )
    return named_table([as_text(name) for name in frame.columns], cells, (), path)


def _named(rows: Rows, path: Path, expected: Expected) -> Table:
    if not rows.cells:
        raise DataError("is empty; needs " + expected.forms, path=path)
    return with_header(rows, path, expected.names, expected.has_header)


def _delimited(text: str, path: Path, expected: Expected, *, tabbed: bool) -> Table:
    rows = read_delimited(
        text,
        path,
        expected.keeps,
        names=expected.names,
        separator=expected.separator,
        tabbed=tabbed,
    )
    return _named(rows, path, expected)


def _lines(text: str, path: Path, expected: Expected) -> Table:
    """Reads a text file whose lines hold labels, or cells."""
    if is_label_lines(text):
        return read_label_lines(text, path)
    separator = expected.separator or find_separator(text, expected.names)
    lines = [line for line in text.splitlines() if line.strip()]
    divided = sum(separator in line for line in lines)
    named = not {fold(cell) for cell in lines[0].split(separator)}.isdisjoint(expected.names)
    told = expected.separator or expected.has_header is not has_header
    if not (separator == "\t" or named or told) or divided < 0.9 * len(lines):
        raise DataError("unknown form; needs " + expected.forms, path=path)
    return _delimited(text, path, expected, tabbed=separator == "\t")


def _parquet(content: bytes, path: Path) -> Table:
    with _foreign(path, "Parquet"):
        # Cells are decoded as they are taken out, and not before.
        return from_frame(read_parquet(content), path)


def _excel(content: bytes, path: Path, expected: Expected) -> Table:
    with _foreign(path, "Excel"):
        if content[:2] == b"PK":
            check_zip(path, content)
        sheets = read_sheets(content, expected.keeps)
    if not sheets:
        raise DataError("is empty; needs " + expected.forms, path=path)
    try:
        chosen = choose_sheets(sheets, expected.sheet, expected.names)
    except DataError as error:
        raise DataError(str(error), path=path) from error
    tables = [(name, part_of(name), _named(rows, path, expected)) for name, rows in chosen.items()]
    table = (
        tables[0][2] if len(tables) == 1 else join_tables(tables, path, lambda each: each.columns)
    )
    others = {name: len(rows.cells) for name, rows in sheets.items() if name not in chosen}
    remarks, left_out = other_sheets(chosen, others)
    return dataclasses.replace(
        table,
        remarks=(*workbook_remarks(path), *remarks, *table.remarks),
        left_out={**table.left_out, **left_out},
    )


def workbook_remarks(path: Path) -> tuple[str, ...]:
    """Tells of a workbook of Excel whose name says that it is something else."""
    return () if table_suffix(path) in _EXCEL else ("read as a workbook of Excel",)


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
        problem = " ".join(str(error).split())[:200]
        raise DataError(f"is damaged, or no {form} file. {problem}", path=path) from error
