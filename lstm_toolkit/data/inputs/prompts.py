"""Prompts for a language model: whole files of text, their parts, or rows of tables."""

from __future__ import annotations

from pathlib import Path

from lstm_toolkit.data.inputs.long_files import table_rows
from lstm_toolkit.data.inputs.rows import Inputs, ReadingContext, Row, counted
from lstm_toolkit.data.inputs.tables import check_there, text_inputs
from lstm_toolkit.data.readers.passages.documents import (
    FORMS,
    divided,
    is_table,
    read_text_file,
)
from lstm_toolkit.errors import DataError


def prompt_inputs(path: Path, context: ReadingContext) -> Inputs:
    """Reads prompts: a table's rows, or the documents of a file of text.

    Args:
        path: See `documents.FORMS`.
        context: With the settings `encoding`, `unit` and those of tables.

    Raises:
        DataError: If it is missing, damaged or no text.
    """
    check_there(path, FORMS)
    if path.is_dir():
        raise DataError(f"needs a file. Received: a folder; needs {FORMS}", path=path)
    if is_table(path):
        return text_inputs(path, context)
    text, remarks = read_text_file(path, context.settings.encoding)
    unit = context.settings.unit
    parts = divided(text, unit)
    if not parts:
        raise DataError("is empty; needs a prompt", path=path)
    if unit == "text":
        parts = [text.removesuffix("\n")]
        rows = iter([Row(str(path), parts[0], {"prompt": parts[0]})])
        return Inputs(rows, {"prompt": parts}, "; ".join([f"the text of {path}", *remarks]))
    note = "; ".join([f"{counted(len(parts), unit)} of {path}", *remarks])
    columns: dict[str, list[object]] = {"prompt": [*parts]}
    return Inputs(table_rows(columns, parts), columns, note)
