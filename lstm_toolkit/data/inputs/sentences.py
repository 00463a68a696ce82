"""Sentences to be tagged: files in columns, with tags or without, or a sentence a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from lstm_toolkit.data.inputs.rows import Inputs, ReadingContext, Row, counted
from lstm_toolkit.data.inputs.tables import check_there, line_inputs, read_lines
from lstm_toolkit.data.readers.tagged.conll import SUFFIXES, tokens_in
from lstm_toolkit.errors import DataError

FORMS = (
    "a file with a token a line, or with a token and its tag, and a blank line after each "
    "sentence, or a file with a sentence a line"
)

_IN_COLUMNS = (".conll", ".bio", ".iob")


def tokens_inputs(path: Path, context: ReadingContext) -> Inputs:
    """Reads sentences to be tagged.

    Lines are tokens if the name of the file says so, or if they come in groups with blank lines
    between and all hold equally many words; else a line is a sentence.

    Args:
        path: See `FORMS`.
        context: With the setting `encoding`.

    Raises:
        DataError: If it is missing, damaged or in no known form.
    """
    check_there(path, FORMS)
    if path.is_dir():
        raise DataError(f"needs a file. Received: a folder; needs {FORMS}", path=path)
    if not path.name.endswith(SUFFIXES):
        raise DataError(f"unknown form; needs {FORMS}", path=path)
    lines, remarks = read_lines(path, context.settings.encoding)
    if not _in_columns(path, lines):
        return line_inputs(path, lines, remarks)
    sentences = list(_sentences(lines))
    texts = [" ".join(row[0] for row in rows) for rows in sentences]
    columns: dict[str, list[Any]] = {"text": texts}
    if all(len(row) > 1 for rows in sentences for row in rows):
        columns["tags"] = [[row[-1] for row in rows] for rows in sentences]
    rows = (
        Row(text, text, {name: cells[place] for name, cells in columns.items()})
        for place, text in enumerate(texts)
    )
    return Inputs(
        rows, columns, "; ".join([f"{counted(len(sentences), 'sentence')} of {path}", *remarks])
    )


def _in_columns(path: Path, lines: Sequence[str]) -> bool:
    if path.name.removesuffix(".gz").endswith(_IN_COLUMNS):
        return True
    widths = {len(tokens_in(line)) for line in lines if line.strip()}
    return len(widths) == 1 and "" in map(str.strip, lines[:-1])


def _sentences(lines: Sequence[str]) -> Iterator[list[list[str]]]:
    """Yields the words of each line of a sentence."""
    sentence: list[list[str]] = []
    for line in [*lines, ""]:
        cells = tokens_in(line)
        if line.startswith("# ") and len(cells) > 2:  # a comment, as in CoNLL-U
            continue
        if cells and cells[0] != "-DOCSTART-":
            sentence.append(cells)
        elif sentence:
            yield sentence
            sentence = []
