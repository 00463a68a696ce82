"""Sentences to be translated: the source side of whatever holds pairs, or sentences alone."""

from __future__ import annotations

import dataclasses
from functools import partial
from pathlib import Path

from lstm_toolkit.data.inputs.lines import is_lines, is_tabbed, line_inputs, read_lines
from lstm_toolkit.data.inputs.long_files import Chosen, is_long, long_table
from lstm_toolkit.data.inputs.long_lines import long_lines
from lstm_toolkit.data.inputs.rows import Inputs, ReadingContext
from lstm_toolkit.data.inputs.stated import every_row, long_as_told, names_columns, read_as_told
from lstm_toolkit.data.inputs.tables import check_there, of_table
from lstm_toolkit.data.readers.pairs.columns import choose_pair, name_language_columns
from lstm_toolkit.data.readers.pairs.directions import RequestedColumns
from lstm_toolkit.data.readers.pairs.exchange import BARS, read_exchange
from lstm_toolkit.data.readers.pairs.exchange_parts import open_exchange
from lstm_toolkit.data.readers.pairs.folders import read_folder, read_two, split_path
from lstm_toolkit.data.readers.pairs.languages import language
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.readers.tables.tables import TABLES
from lstm_toolkit.errors import DataError

FORMS = (
    f"{TABLES}, a .tmx, a file with a sentence a line such as a.en or a.txt, two files aligned "
    "line by line as a.en+a.zh, or a folder of such files"
)

_STATED = ("source_column", "target_column", "direction")


def sentence_inputs(path: Path, context: ReadingContext) -> Inputs:
    """Reads sentences to be translated; translations that stand beside them are kept as cells.

    Args:
        path: See `FORMS`.
        context: With the settings `source_column`, `direction` and `encoding`.

    Raises:
        DataError: If it is missing, damaged or in no known form, or the column of sentences
            cannot be told.
    """
    encoding = context.settings.encoding
    both = None if path.exists() else split_path(path)
    if both is not None:
        return _sentences(read_two(*both, encoding, _asked(context)), context)
    check_there(path, FORMS)
    if path.is_dir():
        return _sentences(read_folder(path, encoding, _asked(context)), context)
    return _lines(path, context) or _table(path, context)


def _lines(path: Path, context: ReadingContext) -> Inputs | None:
    """Returns one row a line, or a side of those with bars; None of a table."""
    encoding = context.settings.encoding
    of_lines = is_lines(path) or bool(language(path.suffix.strip(".")))
    inputs = long_lines(path, encoding, bars=BARS) if of_lines else None
    if inputs is not None:
        return inputs
    inputs = _exchanged(path, context)
    if inputs is None and of_lines:
        lines, remarks = read_lines(path, encoding)
        if not is_tabbed(lines):
            return line_inputs(path, lines, remarks)
    return inputs


def _exchanged(path: Path, context: ReadingContext) -> Inputs | None:
    """Returns the source side of TMX, or of lines with bars; None of another form."""
    form = path, context.settings.encoding, _asked(context).names_header
    if is_long(path):
        inputs = long_table(partial(open_exchange, *form), partial(_chosen, context))
        if inputs is not None:
            return inputs
    exchanged = read_exchange(*form)
    return None if exchanged is None else _sentences(name_language_columns(exchanged), context)


def _table(path: Path, context: ReadingContext) -> Inputs:
    header = partial(names_columns, several=_asked(context).names_header)
    expected = every_row(path, FORMS, header)
    inputs = long_as_told(path, context, expected, partial(_chosen, context))
    if inputs is not None:
        return inputs
    table = read_as_told(path, context, expected)
    return _sentences(name_language_columns(table), context)


def _asked(context: ReadingContext) -> RequestedColumns:
    return RequestedColumns(*(getattr(context.settings, name) for name in _STATED))


def _sentences(table: Table, context: ReadingContext) -> Inputs:
    """Takes the source side of a table."""
    asked = _asked(context)
    source = next(iter(table.columns)) if table.layout else _source(table, asked, context)
    table = dataclasses.replace(table, path=table.path or Path("two files"))
    return of_table(table, table.texts(source), f"sentences in column {source}")


def _chosen(context: ReadingContext, table: Table) -> Chosen:
    table = name_language_columns(table)
    source = _source(table, _asked(context), context)
    return Chosen(table, [source], f"sentences in column {source}")


def _source(table: Table, asked: RequestedColumns, context: ReadingContext) -> str:
    try:
        return choose_pair(table, asked, labelled=False).source
    except DataError:
        if context.stated.intersection(_STATED):
            raise
        # The training's names are not here; without them there must be one choice alone.
        alone = choose_pair(table, RequestedColumns(), labelled=False)
        others = [name for name in table.columns if name != alone.source]
        if any(language(name) for name in others):
            raise
        return alone.source
