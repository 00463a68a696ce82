"""Rows of tables of questions, and of files with a question a line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lstm_toolkit.data.inputs.lines import is_lines, is_tabbed, line_inputs, read_lines
from lstm_toolkit.data.inputs.rows import Inputs, ReadingContext
from lstm_toolkit.data.inputs.stated import every_row, names_columns, read_as_told
from lstm_toolkit.data.inputs.tables import check_there, of_table
from lstm_toolkit.data.readers.questions.columns import QUESTION_NAMES, choose_question
from lstm_toolkit.data.readers.tables.tables import TABLES
from lstm_toolkit.data.splits.parts import fold
from lstm_toolkit.errors import DataError

FORMS = f"{TABLES}, or a .txt file with a question a line"


def question_inputs(path: Path, context: ReadingContext) -> Inputs:
    """Reads questions to be answered: rows of a table, or lines of a .txt file.

    Args:
        path: See `FORMS`.
        context: With the settings `text_column`, `encoding`, `sheet` and `separator`.

    Raises:
        DataError: If it is missing, damaged or in no known form, or the column of questions
            cannot be told.
    """
    check_there(path, FORMS)
    if path.is_dir():
        raise DataError(f"needs {FORMS}. Received: a folder", path=path)
    if is_lines(path):
        lines, remarks = read_lines(path, context.settings.encoding)
        if not is_tabbed(lines):
            return line_inputs(path, lines, remarks)
    known = (context.settings.text_column, *QUESTION_NAMES)
    table = read_as_told(
        path, context, every_row(path, FORMS, lambda rows: _has_header(rows, known))
    )
    column = choose_question(table, context.column("text_column", table.columns))
    return of_table(table, table.texts(column), f"questions in column {column}")


def _has_header(rows: Sequence[Sequence[str]], known: tuple[str, ...]) -> bool:
    return bool({fold(cell) for cell in rows[0]} & set(map(fold, known))) or names_columns(rows)
