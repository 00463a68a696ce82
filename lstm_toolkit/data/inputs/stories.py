"""Rows of tables of stories and questions, and files with both in a line."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from lstm_toolkit.data.inputs.lines import is_lines, line_inputs, read_lines
from lstm_toolkit.data.inputs.rows import Inputs, ReadingContext
from lstm_toolkit.data.inputs.stated import every_row, names_columns, read_as_told
from lstm_toolkit.data.inputs.tables import check_there, of_table
from lstm_toolkit.data.readers.stories.stories import (
    QUESTION_NAMES,
    STORY_NAMES,
    find_column,
    story_sentences,
    with_question,
)
from lstm_toolkit.data.readers.tables.tables import TABLES
from lstm_toolkit.errors import DataError

FORMS = f"{TABLES}, or a .txt file with a story and its question a line"


def story_inputs(path: Path, context: ReadingContext) -> Inputs:
    """Reads stories with the questions that are to be answered.

    Args:
        path: See `FORMS`.
        context: With the settings `encoding`, `sheet` and `separator`.

    Raises:
        DataError: If it is missing, damaged or in no known form, or lacks a column.
    """
    check_there(path, FORMS)
    if path.is_dir():
        raise DataError(f"needs {FORMS}. Received: a folder", path=path)
    if is_lines(path):
        return line_inputs(path, *read_lines(path, context.settings.encoding))
    table = read_as_told(path, context, every_row(path, FORMS, names_columns))
    story, question = (find_column(table, names) for names in (STORY_NAMES, QUESTION_NAMES))
    stories = [story_sentences(cell) for cell in table.columns[story]]
    asked = zip(stories, table.texts(question), strict=True)
    texts = [with_question(lines, text) for lines, text in asked]
    shown = {**table.columns, story: [" ".join(filter(None, lines)) for lines in stories]}
    table = dataclasses.replace(table, columns=shown)
    return of_table(table, texts, f"stories in column {story}, questions in column {question}")
