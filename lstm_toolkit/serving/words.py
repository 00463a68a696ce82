"""What the words after `predict` stand for: files, standard input, or inputs themselves."""

from __future__ import annotations

import dataclasses
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from lstm_toolkit.data.inputs.rows import Row, names_file
from lstm_toolkit.data.text.encodings import decode
from lstm_toolkit.errors import DataError
from lstm_toolkit.serving.prediction import Model
from lstm_toolkit.serving.standard_input import STDIN, line_groups, read_some, text_lines

WORD = Path("a word of the command line")

COLUMNS = ("text_column", "source_column", "target_column", "label_column")
"""Settings with names of columns, by which a header is known."""


@dataclasses.dataclass(frozen=True)
class Words:
    """Turns words into what `answer_rows` takes.

    Attributes:
        model: What answers.
        options: Of the task.
        settings: How files and standard input are read, by name.
        stdin: Standard input, as bytes.
        report: Is told lines for people.
    """

    model: Model
    options: Any
    settings: Mapping[str, str]
    stdin: BinaryIO
    report: Callable[[str], None]

    @property
    def encoding(self) -> str:
        """The encoding that was stated, UTF-8 where none was."""
        return self.settings.get("encoding", "utf-8")

    def inputs(self, words: Iterable[str]) -> Iterator[Any]:
        """Yields words and rows, in their order.

        Raises:
            DataError: If standard input is no text, or a table where lines are wanted.
        """
        for word in words:
            if word == "-":
                yield from self._standard_input()
            elif self._is_file(word):
                yield from self._rows(Path(word), word)
            else:
                yield self._text(word)

    def _is_file(self, word: str) -> bool:
        if self.model.task.words_are_files:
            return Path(word).exists()
        return names_file(word)

    def _text(self, word: str) -> Any:
        """Returns a word, from the bytes that were typed where they are not UTF-8."""
        if not any("\ud800" <= sign <= "\udfff" for sign in word):
            return word
        try:
            return decode(os.fsencode(word), self.encoding, WORD)
        except DataError as error:
            return Row(word.encode("utf-8", "replace").decode(), error)

    def _rows(self, path: Path, name: str) -> Iterator[Row]:
        try:
            inputs = self.model.read_inputs(path, self.options, self.settings)
        except DataError as error:
            yield Row(name, error)
            return
        self.report(inputs.note)
        yield from inputs.rows

    def _standard_input(self) -> Iterator[Any]:
        task = self.model.task
        if task.table_on_stdin:
            yield from self._table_or_lines()
        elif task.words_are_files or len(task.features) > 1:
            for lines in line_groups(self.stdin, self.encoding):
                yield from lines
        else:
            own = self.model.settings
            columns = [getattr(own, name, "") for name in COLUMNS]
            for number, line in enumerate(
                text_lines(self.stdin, self.encoding, columns, self.report), 1
            ):
                yield Row(line, self._line(line, number))

    def _line(self, line: str, number: int) -> Any:
        """Returns a line, or what is wrong with the name of a file."""
        if len(line.split()) == 1 and names_file(line) and Path(line).suffix:
            message = "is the name of a file, not a text; give --data FILE"
            return DataError(message, path=STDIN, line=number)
        return line

    def _table_or_lines(self) -> Iterator[Any]:
        """Yields lines if the first is an input by itself, or else the rows of one table."""
        content = b"".join(iter(lambda: read_some(self.stdin), b""))
        text = decode(content, self.encoding, STDIN)
        lines = text.removesuffix("\n").split("\n")
        try:
            list(self.model.task.parse(lines[0], self.model.states, self.options))
        except DataError:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / f"{STDIN}.csv"
                path.write_text(text, encoding="utf-8")
                plain = {n: v for n, v in self.settings.items() if n != "encoding"}
                inputs = self.model.read_inputs(path, self.options, {**plain, "encoding": "utf-8"})
                yield from list(inputs.rows)
        else:
            yield from lines
