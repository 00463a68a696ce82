"""Where long work tells how it goes: lines for people, and how far it is."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any


def silent(_: Any) -> None:
    """Tells nobody."""


@dataclasses.dataclass(frozen=True)
class Reporter:
    """A log and a progress callback.

    Attributes:
        log: Is given lines for people to read.
        progress: Is given the number of epochs done, fractions too.
    """

    log: Callable[[str], None] = silent
    progress: Callable[[float], None] = silent


SILENT = Reporter()
PRINTING = Reporter(log=print)
