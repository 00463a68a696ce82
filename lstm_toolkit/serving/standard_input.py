"""Standard input: decoded as files are, a line an input, or refused where it is a table."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from lstm_toolkit.data.inputs.lines import is_tabbed
from lstm_toolkit.data.readers.pairs.columns import SOURCE_NAMES, TARGET_NAMES
from lstm_toolkit.data.readers.pairs.exchange import BARS
from lstm_toolkit.data.readers.pairs.languages import language
from lstm_toolkit.data.readers.tables.columns import LABEL_NAMES, TEXT_NAMES
from lstm_toolkit.data.splits.parts import fold
from lstm_toolkit.data.text.encodings import check_encoding, check_zeros, is_other_kind, not_text
from lstm_toolkit.data.text.wrongly_decoded import decoding_remarks
from lstm_toolkit.errors import DataError
from lstm_toolkit.system.pointers import check_pointer

STDIN = Path("standard input")
"""How it is called in messages."""

CHUNK = 64 * 1024
"""Bytes that are decoded at a time; by the first ones form and encoding are judged."""

_ADVICE = "save it to a file and give --data FILE, or leave what is no text out"
_NAME = re.compile(r"[\w.\- ]{1,30}")


def line_groups(stream: BinaryIO, encoding: str = "utf-8") -> Iterator[list[str]]:
    r"""Yields lines as they come, those of a chunk together; only `\n` and `\r\n` end one.

    Args:
        stream: Bytes.
        encoding: Of them; a byte-order mark of UTF-8 is left out.

    Raises:
        DataError: If a byte is not text in it, with the line; lines of the chunks before are
            given first.
    """
    check_encoding(encoding)
    decoder = codecs.getincrementaldecoder(encoding)()
    held, number, content = "", 1, b" "
    while content:
        content = read_some(stream)
        if number == 1 and not held:
            _check_kind(content, encoding)
        try:
            text = decoder.decode(content, final=not content)
            check_zeros(content, encoding, STDIN)
        except UnicodeDecodeError as error:
            raise not_text(error.object, encoding, error.start, STDIN, line=number) from error
        text = text.removeprefix("\ufeff") if number == 1 and not held else text
        *lines, held = (held + text).split("\n")
        number += len(lines)
        yield [line.removesuffix("\r") for line in lines]
    if held:
        yield [held]


def _check_kind(start: bytes, encoding: str) -> None:
    """Refuses what begins as files do that are no text, though it may decode as one."""
    check_pointer(start, STDIN)
    if is_other_kind(start):
        raise not_text(start, encoding, 0, STDIN)


def read_some(stream: BinaryIO) -> bytes:
    """Returns what is there, up to a chunk; waits only if there is nothing."""
    content: bytes = getattr(stream, "read1", stream.read)(CHUNK)
    return content


def text_lines(
    stream: BinaryIO, encoding: str, columns: Sequence[str], report: Callable[[str], None]
) -> Iterator[str]:
    """Yields texts, one a line.

    Args:
        stream: Bytes.
        encoding: Of them.
        columns: Names of columns that the training knew.
        report: Is told if the text looks like another encoding.

    Raises:
        DataError: If the bytes are not text in it, or a table.
    """
    first = True
    for lines in line_groups(stream, encoding):
        if first and lines:
            first = False
            check_no_table(lines, columns)
            for remark in decoding_remarks("\n".join(lines).encode(encoding), encoding):
                report(remark)
        yield from lines


def check_no_table(lines: Sequence[str], columns: Sequence[str] = ()) -> None:
    """Refuses a table or JSON Lines where a text a line is wanted: its header is no text.

    Args:
        lines: The first lines.
        columns: Names of columns that the training knew.

    Raises:
        DataError: If the first line reads like a header, or lines are JSON objects or pairs.
    """
    filled = [line for line in lines if line.strip()]
    if not filled:
        return
    if all(map(_is_object, filled)) or re.match(r"\[\s*(\{|$)", filled[0]):
        raise DataError(f"needs a text a line. Received: JSON objects; {_ADVICE}", path=STDIN)
    if all(f" {BARS} " in line for line in filled):
        received = f"two sides with {BARS} between"
        raise DataError(f"needs a text a line. Received: {received}; {_ADVICE}", path=STDIN)
    if _is_header(filled, {fold(name) for name in columns if name}):
        raise DataError(
            f"needs a text a line. Received: what reads like the header of a table, "
            f"{filled[0][:60]}; {_ADVICE}",
            path=STDIN,
            line=1,
        )


def _is_object(line: str) -> bool:
    try:
        return line.lstrip().startswith("{") and isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _is_header(lines: Sequence[str], columns: set[str]) -> bool:
    """Tells whether the first line names columns, by its words or by what is below it."""
    known = {*TEXT_NAMES, *LABEL_NAMES, *SOURCE_NAMES, *TARGET_NAMES, *columns}
    first = lines[0]
    for sign in ("\t", ",", ";", "|"):
        cells = [cell.strip().strip('"') for cell in first.split(sign)]
        if len(cells) > 1 and all(map(_NAME.fullmatch, cells)):
            words = max(len(cell.split()) for cell in cells)
            if any(fold(cell) in known for cell in cells) and words < 3:
                return True
            below = [line.count(sign) for line in lines[1:]]
            if words == 1 and below and all(count >= len(cells) - 1 for count in below):
                return True
            if sum(bool(language(cell)) for cell in cells) == len(cells) and words < 3:
                return True
    quoted = len(lines) > 1 and all(re.fullmatch(r'".*"', line) for line in lines[1:])
    return (
        fold(first) in known
        or (quoted and len(first.split()) == 1)
        or (is_tabbed(lines) and len(lines) > 1)
    )
