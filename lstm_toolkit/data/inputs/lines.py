"""Files with a text a line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lstm_toolkit.data.inputs.long_files import table_rows
from lstm_toolkit.data.inputs.rows import Inputs, counted
from lstm_toolkit.data.readers.tables.label_lines import divide, is_label_lines
from lstm_toolkit.data.readers.texts.folders import read_bytes
from lstm_toolkit.data.text.encodings import decode
from lstm_toolkit.data.text.wrongly_decoded import decoding_remarks, wrongly_decoded
from lstm_toolkit.errors import DataError

LINES = ".txt"


def is_lines(path: Path) -> bool:
    """Tells whether a file holds lines by its name."""
    return path.name.lower().endswith((LINES, f"{LINES}.gz"))


def read_lines(path: Path, encoding: str) -> tuple[list[str], list[str]]:
    r"""Returns the lines of a file, which only \n and \r\n end, and what is to be told of them."""
    content = read_bytes(path)
    text = decode(content, encoding, path)
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    lines = lines if lines[-1] else lines[:-1]
    if not lines:
        raise DataError("is empty; needs a text a line", path=path)
    return lines, [*decoding_remarks(content, encoding), *wrongly_decoded(lines)]


def is_tabbed(lines: Sequence[str]) -> bool:
    r"""Tells whether lines are rows of a table: all hold equally many tabs.

    >>> is_tabbed(["good\tfine film", "bad\tdull"]), is_tabbed(["a\tb", "plain"])
    (True, False)
    """
    tabs = {line.count("\t") for line in lines if line.strip()}
    return len(tabs) == 1 and tabs != {0}


def line_inputs(path: Path, lines: Sequence[str], remarks: Sequence[str]) -> Inputs:
    """Returns one row a line; the labels of fastText are cells of their own."""
    columns: dict[str, list[Any]] = {"text": list(lines)}
    if is_label_lines("\n".join(lines)):
        divided = [divide(line) for line in lines]
        columns = {"text": [text for text, _ in divided], "label": [label for _, label in divided]}
    note = "; ".join([f"{counted(len(lines), 'line')} of {path}", *remarks])
    return Inputs(table_rows(columns, columns["text"]), columns, note)
