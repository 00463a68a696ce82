"""Rows of tables of texts, of files with a text a line, and of folders with a text a file."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from lstm_toolkit.data.account import Account
from lstm_toolkit.data.inputs.lines import is_lines, is_tabbed, line_inputs, read_lines
from lstm_toolkit.data.inputs.long_files import (
    Chosen,
    joined,
    long_table,
    table_rows,
)
from lstm_toolkit.data.inputs.long_lines import long_lines
from lstm_toolkit.data.inputs.rows import Inputs, ReadingContext, Row, counted
from lstm_toolkit.data.inputs.stated import (
    every_row,
    expected_as_told,
    is_read_in_parts,
    long_as_told,
    names_columns,
    read_as_told,
)
from lstm_toolkit.data.readers.tables.columns import choose_columns
from lstm_toolkit.data.readers.tables.folders import choose_tables, read_tables
from lstm_toolkit.data.readers.tables.parts.contract import Parts
from lstm_toolkit.data.readers.tables.parts.joined import JoinedParts
from lstm_toolkit.data.readers.tables.parts.opening import open_parts
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.readers.tables.tables import SUFFIXES as TABLE_SUFFIXES
from lstm_toolkit.data.readers.tables.tables import TABLES, Expected, table_suffix
from lstm_toolkit.data.readers.texts.class_folders import SUFFIXES, others_in, walk
from lstm_toolkit.data.readers.texts.folders import read_bytes
from lstm_toolkit.data.readers.texts.nested import unfolded
from lstm_toolkit.data.readers.texts.texts import tables_in
from lstm_toolkit.data.text.encodings import decode
from lstm_toolkit.data.text.wrongly_decoded import wrongly_decoded
from lstm_toolkit.errors import DataError

FORMS = f"{TABLES}, a .txt file with a text a line, or a folder of .txt files or of tables"


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
        inputs = long_lines(path, context.settings.encoding)
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
    if not is_read_in_parts(used, context):
        return None

    def opened() -> Parts:
        tables = [(str(file.relative_to(root)), part, one(file)) for file, part in used.items()]
        if len(tables) == 1:
            return tables[0][2]
        return JoinedParts(tables, root, partial(_text_columns, context=context))

    def one(file: Path) -> Parts:
        _, stated = expected_as_told(context, _every_row(file, context))
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
    known = partial(names_columns, known=(context.settings.text_column,))
    return dataclasses.replace(every_row(path, FORMS, known), labelled=True)


def _text_columns(table: Table, context: ReadingContext) -> tuple[str, ...]:
    column = context.column("text_column", table.columns)
    return choose_columns(table, column, labelled=False).texts


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
