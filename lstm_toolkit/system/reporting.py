"""Where long work tells how it goes: lines for people, and how far it is."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from lstm_toolkit.errors import LONGEST, bounded


def silent(*_: Any) -> None:
    """Tells nobody."""


@dataclasses.dataclass(frozen=True)
class Reporter:
    """A log and a progress callback.

    Attributes:
        log: Is given lines for people to read.
        progress: Is given the number of epochs done, fractions too, and training steps a second.
    """

    log: Callable[[str], None] = silent
    progress: Callable[[float, float], None] = silent

    def note(self, text: str) -> None:
        """Logs a note in lines that are no longer than messages are."""
        for line in note_lines(text):
            self.log(line)


def note_lines(note: str) -> list[str]:
    """Returns a note in lines of at most `LONGEST` characters, divided between its remarks.

    Args:
        note: Remarks with semicolons between them. One that is too long alone loses its middle.

    >>> note_lines("60 rows; 3 left out")
    ['60 rows; 3 left out']
    >>> [len(line) for line in note_lines("; ".join(["x" * 150] * 5))]
    [302, 302, 150]
    """
    lines: list[str] = []
    for remark in (bounded(part) for part in note.split("; ")):
        if lines and len(lines[-1]) + len(remark) + 2 <= LONGEST:
            lines[-1] += f"; {remark}"
        else:
            lines.append(remark)
    return lines


SILENT = Reporter()
PRINTING = Reporter(log=print)
