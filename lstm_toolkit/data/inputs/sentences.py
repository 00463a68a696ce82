"""Sentences to be tagged: files in columns, with tags or without, JSON, or a sentence a line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from lstm_toolkit.data.inputs.lines import line_inputs, read_lines
from lstm_toolkit.data.inputs.long_lines import file_lines, long_lines
from lstm_toolkit.data.inputs.rows import Inputs, ReadingContext, Row, counted
from lstm_toolkit.data.inputs.tables import check_there
from lstm_toolkit.data.readers.tagged.conll import SentenceColumns
from lstm_toolkit.data.readers.tagged.documents import is_json, records_in, text_of
from lstm_toolkit.data.readers.tagged.sentences import Sentence
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
    encoding = context.settings.encoding
    long = file_lines(path, encoding)
    lines, remarks = read_lines(path, encoding) if long is None else (long, long.remarks)
    if in_columns(path, lines):
        return _of_columns(path, context, lines, remarks)
    return long_lines(path, encoding) or line_inputs(path, list(lines), remarks)


def _of_columns(
    path: Path, context: ReadingContext, lines: Iterable[str], remarks: Sequence[str]
) -> Inputs:
    """Returns one row a sentence: a first reading checks them all, a second one gives them."""
    chosen = context.settings
    tagged = any(len(tokens_in(line)) > 1 and not line.startswith("#") for line in lines)
    columns = (chosen.token_column, chosen.tag_column) if tagged else (1, None)
    reading = SentenceColumns(path, *columns)
    count = sum(1 for _ in reading.sentences(lines))
    rows = (
        _row(sentence, tagged=tagged, words=chosen.learn == "words")
        for sentence in SentenceColumns(path, *columns).sentences(lines)
    )
    note = f"{counted(count, 'sentence')} of {path}"
    kinds: dict[str, list[Any]] = {"text": [""]} | ({"tags": [[""]]} if tagged else {})
    return Inputs(rows, kinds, "; ".join([note, *reading.remarks(), *remarks]))


def _row(sentence: Sentence, *, tagged: bool, words: bool) -> Row:
    """Returns a sentence; of one whose words are to be found, its signs alone."""
    text = " ".join(sentence.tokens)
    value = "".join(sentence.tokens) if words else GIVEN.join(sentence.tokens) + GIVEN
    return Row(text, value, {"text": text} | ({"tags": sentence.tags} if tagged else {}))


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
