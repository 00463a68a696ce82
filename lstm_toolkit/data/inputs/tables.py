"""Rows of tables of texts, of files with a text a line, and of folders with a text a file."""

from __future__ import annotations

import contextlib
import dataclasses
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from lstm_toolkit.data.account import Account
from lstm_toolkit.data.inputs.long_files import (
    Chosen,
    is_long,
    joined,
    long_lines,
    long_table,
    table_rows,
)
from lstm_toolkit.data.inputs.rows import Inputs, ReadingContext, Row, counted
from lstm_toolkit.data.readers.tables.columns import (
    LABEL_NAMES,
    TEXT_NAMES,
    Table,
    choose_columns,
    has_header,
)
from lstm_toolkit.data.readers.tables.folders import choose_tables, read_tables
from lstm_toolkit.data.readers.tables.label_lines import divide, is_label_lines
from lstm_toolkit.data.readers.tables.parts.contract import Parts
from lstm_toolkit.data.readers.tables.parts.joined import JoinedParts
from lstm_toolkit.data.readers.tables.parts.opening import open_parts
from lstm_toolkit.data.readers.tables.tables import SUFFIXES as TABLE_SUFFIXES
from lstm_toolkit.data.readers.tables.tables import (
    TABLES,
    Expected,
    read_table,
    table_suffix,
)
from lstm_toolkit.data.readers.texts.class_folders import SUFFIXES, others_in, walk
from lstm_toolkit.data.readers.texts.folders import read_bytes
from lstm_toolkit.data.readers.texts.nested import unfolded
from lstm_toolkit.data.readers.texts.texts import tables_in
from lstm_toolkit.data.splits.parts import fold
from lstm_toolkit.data.text.encodings import decode, decoding_remarks, wrongly_decoded
from lstm_toolkit.errors import DataError

FORMS = f"{TABLES}, a .txt file with a text a line, or a folder of .txt files or of tables"

LINES = ".txt"


def text_inputs(path: Path, context: ReadingContext) -> Inputs:
    """Reads texts: rows of a table, lines of a .txt file, or the .txt files of a folder.

    Lines that all hold one tab or more, equally many, are rows of a table, too, and so are lines
    that begin with `__label__`, as fastText writes them.

    Args:
        path: See `FORMS`.
        context: With the settings `text_column`, `encoding`, `sheet` and `separator`.

    Raises:
        DataError: If it is missing, damaged or in no known form, or the column of texts cannot
            be told.
    """
    check_there(path, FORMS)
    if path.is_dir():
        tables = tables_in(path, labelled=False)
        _check_one_kind(path)
        return _of_tables(path, tables, context) if tables else folder_inputs(path, context)
    if is_lines(path):
        inputs = long_lines(path, context.settings.encoding) if is_long(path) else None
        if inputs is not None:
            return inputs
        lines, remarks = read_lines(path, context.settings.encoding)
        if not is_tabbed(lines):
            return line_inputs(path, lines, remarks)
    return _of_table(path, context)


def _check_one_kind(root: Path) -> None:
    """Refuses a folder of texts and tables: which of them is to be answered is not known."""
    files = walk(root)
    tables = [file for file in files if table_suffix(file) in TABLE_SUFFIXES]
    texts = [file for file in files if file.name.lower().endswith(SUFFIXES)]
    if tables and texts:
        raise DataError(
            "needs a folder of .txt files or of tables; give the files themselves. Received: "
            f"{counted(len(texts), '.txt file')}, such as {texts[0].name[:60]}, and "
            f"{counted(len(tables), 'table')}, such as {tables[0].name[:60]}",
            path=root,
        )


def check_there(path: Path, forms: str) -> None:
    """Raises `DataError` if there is no such file or folder."""
    if not path.exists():
        raise DataError(f"no such file or folder; needs {forms}", path=path)


def is_lines(path: Path) -> bool:
    """Tells whether a file holds lines by its name."""
    return path.name.lower().endswith((LINES, f"{LINES}.gz"))


def read_lines(path: Path, encoding: str) -> tuple[list[str], list[str]]:
    r"""Returns the lines of a file, which only \n and \r\n end, and what is to be told of them."""
    content = read_bytes(path)
    text = decode(content, encoding, path)
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    lines = lines if lines[-1] else lines[:-1]
    if not lines:
        raise DataError("is empty; needs a text a line", path=path)
    return lines, [*decoding_remarks(content, encoding), *wrongly_decoded(lines)]


def is_tabbed(lines: Sequence[str]) -> bool:
    r"""Tells whether lines are rows of a table: all hold equally many tabs.

    >>> is_tabbed(["good\tfine film", "bad\tdull"]), is_tabbed(["a\tb", "plain"])
    (True, False)
    """
    tabs = {line.count("\t") for line in lines if line.strip()}
    return len(tabs) == 1 and tabs != {0}


def line_inputs(path: Path, lines: Sequence[str], remarks: Sequence[str]) -> Inputs:
    """Returns one row a line; the labels of fastText are cells of their own."""
    columns: dict[str, list[Any]] = {"text": list(lines)}
    if is_label_lines("\n".join(lines)):
        divided = [divide(line) for line in lines]
        columns = {"text": [text for text, _ in divided], "label": [label for _, label in divided]}
    note = "; ".join([f"{counted(len(lines), 'line')} of {path}", *remarks])
    return Inputs(table_rows(columns, columns["text"]), columns, note)


def folder_inputs(root: Path, context: ReadingContext) -> Inputs:
    """Returns one row a .txt file, however deep, in the order of their paths.

    The note tells of other files, which are not answered.
    """
    files = sorted(
        file
        for file in root.rglob("*")
        if file.name.lower().endswith(SUFFIXES) and not file.name.startswith(".")
    )
    if not files:
        raise DataError("needs .txt files. Received: a folder without any", path=root)
    others = others_in(root, files, "of another kind")
    account = Account(len(files) + sum(others.values()), len(files), others, "files")
    return Inputs(
        (_file_row(file, root, context.settings.encoding) for file in files),
        {"file": [file.relative_to(root).as_posix() for file in files]},
        "; ".join([f"{counted(len(files), 'file')} of {root}", *account.remarks()]),
    )


def _file_row(file: Path, root: Path, encoding: str) -> Row:
    cells = {"file": file.relative_to(root).as_posix()}
    try:
        return Row(str(file), decode(read_bytes(file), encoding, file).strip(), cells)
    except DataError as error:
        return Row(str(file), error, cells)


def _of_table(path: Path, context: ReadingContext) -> Inputs:
    inputs = long_as_told(path, context, _every_row(path, context), partial(_chosen, context))
    if inputs is not None:
        return inputs
    chosen = _chosen(context, _read(path, context))
    return of_table(chosen.table, joined(chosen.table, chosen.texts), chosen.told)


def _chosen(context: ReadingContext, table: Table) -> Chosen:
    table = unfolded(table)
    texts = _text_columns(table, context)
    return Chosen(table, texts, f"texts in column {' + '.join(texts)}")


def _of_tables(root: Path, files: Sequence[Path], context: ReadingContext) -> Inputs:
    """Returns the rows of the tables in a folder, as training puts them together."""
    used = choose_tables(files, root)
    others = others_in(root, used, "not among the tables read")
    return _long_tables(root, used, others, context) or _whole_tables(root, used, others, context)


def _long_tables(
    root: Path, used: Mapping[Path, str], others: Mapping[str, int], context: ReadingContext
) -> Inputs | None:
    if not _in_parts(used, context):
        return None

    def opened() -> Parts:
        tables = [(str(file.relative_to(root)), part, one(file)) for file, part in used.items()]
        if len(tables) == 1:
            return tables[0][2]
        return JoinedParts(tables, root, partial(_text_columns, context=context))

    def one(file: Path) -> Parts:
        _, stated = _as_told(context, _every_row(file, context))
        return open_parts(file, context.settings.encoding, stated)

    return long_table(opened, partial(_chosen, context), others)


def _whole_tables(
    root: Path, used: Mapping[Path, str], others: Mapping[str, int], context: ReadingContext
) -> Inputs:
    needed = partial(_text_columns, context=context)
    table = read_tables(used, root, lambda file: _read(file, context), needed)
    table = dataclasses.replace(table, left_out={**table.left_out, **others})
    chosen = _text_columns(table, context)
    told = f"texts in column {' + '.join(chosen)}"
    return of_table(table, joined(table, chosen), told, "rows and files" if others else "rows")


def _read(path: Path, context: ReadingContext) -> Table:
    return unfolded(read_as_told(path, context, _every_row(path, context)))


def _every_row(path: Path, context: ReadingContext) -> Expected:
    return every_row(path, FORMS, partial(names_columns, known=(context.settings.text_column,)))


def _text_columns(table: Table, context: ReadingContext) -> tuple[str, ...]:
    column = context.column("text_column", table.columns)
    return choose_columns(table, column, labelled=False).texts


def read_as_told(path: Path, context: ReadingContext, expected: Expected) -> Table:
    """Reads a table with the sheet and the separator that were stated for it.

    Those of the training are tried where none were: new data may have others.

    Raises:
        DataError: As `read_table` does.
    """
    encoding = context.settings.encoding
    trained, stated = _as_told(context, expected)
    if trained != stated:
        with contextlib.suppress(DataError):
            table = read_table(path, encoding, trained)
            # Of one column alone, the separator may be another one here.
            if len(table.columns) > 1 or trained.separator == stated.separator:
                return table
    return read_table(path, encoding, stated)


def _as_told(context: ReadingContext, expected: Expected) -> tuple[Expected, Expected]:
    """Returns what is expected with the sheet and the separator of the training, and stated."""
    told: dict[str, Any] = {
        name: getattr(context.settings, name, "") for name in ("sheet", "separator")
    }
    stated = {name: value for name, value in told.items() if name in context.stated}
    return dataclasses.replace(expected, **told), dataclasses.replace(expected, **stated)


def _in_parts(paths: Iterable[Path], context: ReadingContext) -> bool:
    """Tells whether files are long, and not to be tried in two ways."""
    trained, stated = _as_told(context, Expected())
    return is_long(*paths) and trained == stated


def long_as_told(
    path: Path, context: ReadingContext, expected: Expected, choose: Callable[[Table], Chosen]
) -> Inputs | None:
    """Returns the rows of a long table, read as `read_as_told` reads a whole one.

    Returns:
        None if it is not long, or has to be read whole, see `long_table`.
    """
    if not _in_parts([path], context):
        return None
    _, stated = _as_told(context, expected)
    return long_table(partial(open_parts, path, context.settings.encoding, stated), choose)


class _EveryRow(Expected):
    """Keeps rows of one empty cell, too; a line without any is no row."""

    def keeps(self, row: Sequence[str]) -> bool:
        """Tells whether a row is one."""
        return bool(row)


def every_row(
    path: Path, forms: str, header: Callable[[Sequence[Sequence[str]]], bool]
) -> Expected:
    """Returns what a table is read for whose rows are all to be answered.

    Blank rows of a spreadsheet are none: below the last row there may be many.
    """
    kind = _EveryRow if ".csv" in path.suffixes[-2:] else Expected
    blank = not path.suffix.lower().startswith(".xls")
    return kind(forms, header, tabbed=(LINES,), blank=blank)


def of_table(table: Table, texts: Sequence[str], told: str, unit: str = "rows") -> Inputs:
    """Returns a table's rows with one text each.

    Args:
        table: What was read.
        texts: Of its rows.
        told: Where they stand.
        unit: Of what was left out; the note says how many, and why.
    """
    account = Account(len(texts) + sum(table.left_out.values()), len(texts), table.left_out, unit)
    remarks = [*table.remarks, *account.remarks(), *wrongly_decoded(texts)]
    note = "; ".join([f"{counted(len(texts), 'row')}: {told}, of {table.path}", *remarks])
    return Inputs(table_rows(table.columns, texts), table.columns, note)


def names_columns(
    rows: Sequence[Sequence[str]],
    known: Sequence[str] = (),
    several: Callable[[Sequence[Sequence[str]]], bool] | None = None,
) -> bool:
    """Tells whether the first row names the columns; of one column, if in doubt it does not.

    Args:
        rows: The cells of each row.
        known: Names that the training knew.
        several: Tells it of several columns.
    """
    first = {" ".join(cell.split()) for cell in rows[0]}
    if first & set(known) or {fold(cell) for cell in first} & {*TEXT_NAMES, *LABEL_NAMES}:
        return True
    if len(rows[0]) > 1:
        plain = all(len(cell.split()) < 5 and not cell.strip().isdecimal() for cell in rows[0])
        return (several or has_header)(rows) and plain
    words = [len(row[0].split()) for row in rows[1:]]
    return bool(words) and len(rows[0][0].split()) == 1 and statistics.median(words) > 3
