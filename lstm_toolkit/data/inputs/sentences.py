"""Sentences to be tagged: files in columns, with tags or without, JSON, or a sentence a line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lstm_toolkit.data.inputs.lines import line_inputs, read_lines
from lstm_toolkit.data.inputs.rows import Inputs, ReadingContext, Row, counted
from lstm_toolkit.data.inputs.tables import check_there
from lstm_toolkit.data.readers.tagged.conll import read_columns
from lstm_toolkit.data.readers.tagged.documents import is_json, records_in, text_of
from lstm_toolkit.data.readers.tagged.tagged import SUFFIXES
from lstm_toolkit.data.readers.tagged.words import in_columns
from lstm_toolkit.data.text.spaced_tokens import GIVEN, tokens_in
from lstm_toolkit.errors import DataError

FORMS = (
    "a file with a token a line, or with a token and its tag, and a blank line after each "
    "sentence, JSON with texts, or a file with a sentence a line"
)


def tokens_inputs(path: Path, context: ReadingContext) -> Inputs:
    """Reads sentences to be tagged.

    Lines are tokens if the name of the file says so, or if they come in groups with blank lines
    between and all hold equally many words; else a line is a sentence. Tokens stay as they are,
    sentences are divided.

    Args:
        path: See `FORMS`.
        context: With the settings `encoding`, `token_column` and `tag_column`.

    Raises:
        DataError: If it is missing, damaged or in no known form.
    """
    check_there(path, FORMS)
    if path.is_dir():
        raise DataError(f"needs a file. Received: a folder; needs {FORMS}", path=path)
    if not path.name.lower().endswith(SUFFIXES):
        raise DataError(f"unknown form; needs {FORMS}", path=path)
    if is_json(path):
        return _of_records(path, context)
    lines, remarks = read_lines(path, context.settings.encoding)
    if not in_columns(path, lines):
        return line_inputs(path, lines, remarks)
    return _of_columns(path, context, remarks, tagged=_is_tagged(lines))


def _is_tagged(lines: Sequence[str]) -> bool:
    return any(len(tokens_in(line)) > 1 and not line.startswith("#") for line in lines)


def _of_columns(
    path: Path, context: ReadingContext, remarks: Sequence[str], *, tagged: bool
) -> Inputs:
    chosen = context.settings
    file = read_columns(
        path,
        encoding=chosen.encoding,
        token_column=chosen.token_column if tagged else 1,
        tag_column=chosen.tag_column if tagged else None,
    )
    columns: dict[str, list[Any]] = {"text": [" ".join(each.tokens) for each in file.sentences]}
    if tagged:
        columns["tags"] = [each.tags for each in file.sentences]
    words = chosen.learn == "words"  # these are to be found
    rows = (
        Row(
            columns["text"][place],
            "".join(each.tokens) if words else GIVEN.join(each.tokens) + GIVEN,
            {name: cells[place] for name, cells in columns.items()},
        )
        for place, each in enumerate(file.sentences)
    )
    note = f"{counted(len(file.sentences), 'sentence')} of {path}"
    return Inputs(rows, columns, "; ".join([note, *file.remarks, *remarks]))


def _of_records(path: Path, context: ReadingContext) -> Inputs:
    """Returns one row a record; one without a text is an error of its own."""
    rows = []
    counts: Counter[str] = Counter()
    for line, record in records_in(path, context.settings.encoding):
        text, value = text_of(record), text_of(record, GIVEN, counts)
        problem = DataError("needs a text. Received: none", path=path, line=line)
        shown = f"line {line}" if text is None else text
        rows.append(Row(shown, problem if value is None else value, {"text": text or ""}))
    columns = {"text": [row.cells["text"] for row in rows]}
    remarks = [f"{what}: {count:,}" for what, count in counts.items()]
    note = "; ".join([f"{counted(len(rows), 'record')} of {path}", *remarks])
    return Inputs(iter(rows), columns, note)
