"""Reads sentences in columns: a token and its tag a line, a blank line after each sentence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from lstm_toolkit.data.readers.tagged.sentences import Sentence, TaggedFile
from lstm_toolkit.data.readers.texts.folders import read_bytes
from lstm_toolkit.data.text.encodings import decode
from lstm_toolkit.data.text.spaced_tokens import SPACES, tokens_in, without_given
from lstm_toolkit.errors import DataError

SUFFIXES = (".conll", ".conllu", ".tsv", ".txt", ".bio", ".iob", ".bmes", ".gz")

_COMMENT = re.compile(r"#\s*(\S+ = |newdoc|newpar|global\.columns)")
_NO_WORD = re.compile(r"\d+[-.]\d+")
_CONLL_U = (2, 4)
"""Columns of words and of their parts of speech in CoNLL-U."""


def read_columns(
    path: Path, *, encoding: str = "utf-8", token_column: int = 1, tag_column: int | None = -1
) -> TaggedFile:
    """Reads a file in columns, divided by tabs, or by spaces where the first line has no tab.

    Lines that begin with # before a sentence are comments if they read `# name = value` or have
    other columns than the rest; `-DOCSTART-` stands between documents.

    Args:
        path: The file.
        encoding: Of the file.
        token_column: Counted from 1, from the end if below 0.
        tag_column: Likewise; None reads tokens alone.

    Raises:
        DataError: If a line has another number of columns than the first, or a cell is missing.
    """
    text = decode(read_bytes(path), encoding, path)
    columns = SentenceColumns(path, token_column, tag_column)
    sentences = list(columns.sentences(text.split("\n")))
    return TaggedFile(path, sentences, remarks=tuple(columns.remarks()))


class SentenceColumns:
    """Reads lines of one file, and counts what is no token.

    Args:
        path: The file, for messages.
        token_column: See `read_columns`.
        tag_column: Likewise.
    """

    def __init__(self, path: Path, token_column: int, tag_column: int | None):
        self.path, self.width = path, 0
        self.is_conll_u = ".conllu" in path.name.lower() and (token_column, tag_column) == (1, -1)
        self.chosen = _CONLL_U if self.is_conll_u else (token_column, tag_column)
        self.tabs: bool | None = None
        self.counts: Counter[str] = Counter()

    def sentences(self, lines: Iterable[str]) -> Iterator[Sentence]:
        """Yields sentences, each when its last line was read.

        Raises:
            DataError: See `read_columns`.
        """
        sentence = Sentence([], [])
        for number, raw in enumerate(chain(lines, [""]), 1):
            line = raw.strip(SPACES.replace("\t", ""))
            if self._is_comment(line, begins=not sentence.tokens):
                self.counts["comment lines"] += 1
                continue
            cells = self._cells(line)
            if not cells or cells[0] == "-DOCSTART-":
                if sentence.tokens:
                    yield sentence
                sentence = Sentence([], [])
                continue
            if self.is_conll_u and _NO_WORD.fullmatch(cells[0]):
                self.counts["lines of several words or of none, left out"] += 1
                continue
            if not sentence.tokens:
                sentence = Sentence([], [], number)
            self._add(sentence, cells, number)

    def _is_comment(self, line: str, *, begins: bool) -> bool:
        if not begins or not line.startswith("#"):
            return False
        cells = self._cells(line)
        other_columns = len(cells) != self.width if self.width else len(cells) > 2
        return bool(_COMMENT.match(line)) or (line.startswith("# ") and other_columns)

    def _cells(self, line: str) -> list[str]:
        if not line.strip(SPACES):
            return []
        if self.tabs is None and not line.startswith("#"):
            self.tabs = "\t" in line
        if not self.tabs:
            return tokens_in(line)
        return [cell.strip(SPACES) for cell in line.split("\t")]

    def _add(self, sentence: Sentence, cells: list[str], number: int) -> None:
        token_column, tag_column = self.chosen
        if len(cells) == 1 and tag_column is not None:
            message = f"needs a token and its tag. Received: {cells[0][:60]}"
            raise DataError(message, path=self.path, line=number)
        self.width = self.width or len(cells)
        if len(cells) != self.width:
            message = f"needs {self.width} columns, as the lines before. Received: {len(cells)}"
            raise DataError(message, path=self.path, line=number)
        token = self._cell(cells, token_column, number)
        if len(tokens_in(token)) > 1:
            token = "\u00a0".join(tokens_in(token))
            self.counts["tokens with spaces, which now do not break"] += 1
        sentence.tokens.append(without_given(token, self.counts))
        if tag_column is not None:
            sentence.tags.append(self._cell(cells, tag_column, number))

    def _cell(self, cells: list[str], column: int, number: int) -> str:
        place = column - 1 if column > 0 else len(cells) + column
        if not 0 <= place < len(cells) or column == 0:
            message = f"needs a column {column}. Received: {len(cells)} columns"
            raise DataError(message, path=self.path, line=number)
        if not cells[place]:
            received = " ".join(cells).strip()[:60] or "none"
            message = f"needs a token and its tag. Received: {received}"
            raise DataError(message, path=self.path, line=number)
        return cells[place]

    def remarks(self) -> Iterator[str]:
        """Tells, once all was read, of what is no token."""
        for name, count in self.counts.items():
            yield f"{name}: {count:,}"
        if self.is_conll_u and self.width:
            yield "words in column 2, tags in column 4, as CoNLL-U has them"
