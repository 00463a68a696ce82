"""One JSON object a request: when, who, what, how long; never what was asked or answered."""

from __future__ import annotations

import json
import sys
import threading
from collections import deque
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from lstm_toolkit.errors import InputError

MOST = 10_000
"""Lines that wait to be written; where nobody reads them, the oldest are lost."""

INTERVAL = 0.25
"""Seconds between writes."""


class AccessLog:
    """Writes lines from a thread of its own, so that a slow reader holds up no request.

    Args:
        where: A file, `-` for standard output, or `off`.
    """

    def __init__(self, where: str):
        self._lines: deque[str] = deque(maxlen=MOST)
        self._stream = _open(where)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="access log", daemon=True)
        if self._stream is not None:
            self._thread.start()

    def write(self, **facts: Any) -> None:
        """Adds a line."""
        if self._stream is not None:
            now = datetime.now(UTC).isoformat(timespec="milliseconds")
            self._lines.append(json.dumps({"time": now, **facts}, ensure_ascii=False))

    def close(self) -> None:
        """Writes what waits."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join(timeout=2)
        if self._stream is not None and self._stream is not sys.stdout:
            self._stream.close()

    def _run(self) -> None:
        while not self._closing.wait(INTERVAL):
            self._flush()
        self._flush()

    def _flush(self) -> None:
        assert self._stream is not None
        waiting = [self._lines.popleft() for _ in range(len(self._lines))]
        if not waiting:
            return
        try:
            self._stream.write("".join(f"{line}\n" for line in waiting))
            self._stream.flush()
        except (OSError, ValueError):  # the reader is gone; the server is not
            self._stream = None
            self._closing.set()


def _open(where: str) -> TextIO | None:
    if where in ("-", "off"):
        return sys.stdout if where == "-" else None
    try:
        return Path(where).open("a", encoding="utf-8")
    except OSError as error:
        raise InputError(f"{where}: cannot be written. {error.strerror}") from None
