"""JSON of which no more is held than one value.

Values are decoded by Python's own decoder, as in a file that is read whole, so that numbers,
repeated names and lone surrogates come out the same.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from lstm_toolkit.data.readers.tables.json_records import DECODER
from lstm_toolkit.data.readers.tables.parts.contract import (
    HEAD_LETTERS,
    IrregularError,
    open_binary,
    regular,
)

PIECE = 2**16
"""Letters read at a time, at least."""

LONGEST = HEAD_LETTERS
"""Letters of one value, at most."""

_SPACES = " \t\n\r"


class JsonStream:
    """Reads values one after the other; for `with`.

    Every method raises `IrregularError` where something else stands.

    Args:
        path: The file.
        encoding: Of it.
    """

    def __init__(self, path: Path, encoding: str):
        self._file = io.TextIOWrapper(open_binary(path), encoding, newline="")
        self._text, self._at, self._ended = "", 0, False

    def __enter__(self) -> JsonStream:
        with regular():
            self._text = self._file.read(PIECE).removeprefix("\ufeff")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def sign(self) -> str:
        """Returns the next sign that is no space, "" at the end, and stays before it."""
        while True:
            text, size = self._text, len(self._text)
            while self._at < size and text[self._at] in _SPACES:
                self._at += 1
            if self._at < size or not self._more():
                return self._text[self._at : self._at + 1]

    def skip(self, sign: str) -> bool:
        """Goes on behind a sign; tells whether it stood there."""
        there = self.sign() == sign
        self._at += there
        return there

    def need(self, sign: str) -> None:
        """Goes on behind a sign that must stand there."""
        if not self.skip(sign):
            raise IrregularError

    def end(self) -> None:
        """Makes sure that nothing follows."""
        if self.sign():
            raise IrregularError

    def value(self) -> Any:
        """Returns the next value."""
        if not self.sign():
            raise IrregularError
        while True:
            decoded = self._decoded()
            if decoded and (decoded[1] < len(self._text) or self._ended):  # a number may go on
                value, self._at = decoded
                return value
            if self._ended or len(self._text) - self._at > LONGEST:
                raise IrregularError
            self._more()

    def _decoded(self) -> tuple[Any, int] | None:
        """Returns a value and where it ends; None of one that is cut off, or of no JSON."""
        try:
            return DECODER.raw_decode(self._text, self._at)
        except ValueError:
            return None
        except RecursionError as error:
            raise IrregularError from error

    def array(self) -> Iterator[Any]:
        """Yields the items of an array."""
        self.need("[")
        if self.skip("]"):
            return
        while True:
            yield self.value()
            if self.skip("]"):
                return
            self.need(",")

    def names(self) -> Iterator[str]:
        """Yields the names of an object; what stands under each has to be read in between."""
        self.need("{")
        if self.skip("}"):
            return
        while True:
            if self.sign() != '"':
                raise IrregularError
            name = self.value()
            self.need(":")
            yield name
            if self.skip("}"):
                return
            self.need(",")

    def _more(self) -> bool:
        """Reads as much again as waits, so that a long value is not decoded too often."""
        waiting = self._text[self._at :]
        with regular():
            piece = self._file.read(max(PIECE, len(waiting)))
        self._text, self._at, self._ended = waiting + piece, 0, not piece
        return bool(piece)
