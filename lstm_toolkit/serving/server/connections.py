"""Connections that are slow, idle, half closed, or too many, so that none holds up the others.

uvicorn has no limit on how long a client may take to send its headers, on their size, or on
what it does with an answer. `Connection` notes until when each connection must have got on;
`Connections` closes those that have not.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from lstm_toolkit.serving.server.json_body import write_json
from lstm_toolkit.serving.server.settings import ServerSettings

MOST_HEADERS = 64 * 1024
"""Bytes of a request before its body."""

LINGER = 1.0
"""Seconds for which idle connections may still bring a request when the server ends."""


class Connections:
    """The open connections of one server.

    Args:
        settings: Limits of time and number.
    """

    def __init__(self, settings: ServerSettings):
        self.settings = settings
        self._idle: dict[Connection, None] = {}  # the longest idle first
        self._open: set[Connection] = set()

    def __len__(self) -> int:
        return len(self._open)

    def add(self, connection: Connection) -> bool:
        """Takes a new connection in, for which the one that is idle for longest may have to go.

        Returns:
            Whether there is room.
        """
        if len(self._open) >= self.settings.connections:
            if not self._idle:
                return False
            self.remove(oldest := next(iter(self._idle)))
            oldest.transport.abort()
        self._open.add(connection)
        self._idle[connection] = None
        return True

    def remove(self, connection: Connection) -> None:
        """Forgets a connection that is closed."""
        self._open.discard(connection)
        self._idle.pop(connection, None)

    def mark(self, connection: Connection, *, idle: bool) -> None:
        """Notes whether a connection is between requests."""
        self._idle.pop(connection, None)
        if idle and connection in self._open:
            self._idle[connection] = None

    async def watch(self) -> None:
        """Closes, for ever, what has not got on in time."""
        while True:
            await asyncio.sleep(min(1.0, self.settings.read_limit / 4))
            now = time.monotonic()
            for connection in [each for each in self._open if each.deadline < now]:
                connection.give_up()


class Connection(HttpToolsProtocol):
    """One connection.

    Attributes:
        deadline: Until when it must have got on, on the monotonic clock.
    """

    def __init__(self, *args: Any, connections: Connections, **named: Any):
        super().__init__(*args, **named)
        self._table = connections
        self._in_body = False
        self._header_bytes = 0
        self._ending = False
        self.deadline = 0.0
        self._within(connections.settings.idle_limit)

    def _within(self, seconds: float) -> None:
        self.deadline = time.monotonic() + seconds

    @property
    def _answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def connection_made(self, transport: Any) -> None:  # noqa: D102
        super().connection_made(transport)
        if not self._table.add(self):
            self._refuse(429, f"needs at most {len(self._table):,} connections. Come back later")

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: D102
        self._table.remove(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:  # noqa: D102
        if not self._in_body and not self._answering:
            if not self._header_bytes:
                self._within(self._table.settings.read_limit)
            self._header_bytes += len(data)
        super().data_received(data)
        if self._header_bytes > MOST_HEADERS and not self._in_body and not self._answering:
            self._refuse(431, f"needs headers of at most {MOST_HEADERS:,} bytes")

    def on_headers_complete(self) -> None:  # noqa: D102
        super().on_headers_complete()
        settings = self._table.settings
        self._in_body, self._header_bytes = True, 0
        # What is late inside of it is told; this is for clients that do not read their answer.
        self._within(2 * settings.read_limit + settings.time_limit)
        self._table.mark(self, idle=False)
        if self._ending and self.cycle is not None:
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:  # noqa: D102
        super().on_message_complete()
        self._in_body = False

    def on_response_complete(self) -> None:  # noqa: D102
        super().on_response_complete()
        settings = self._table.settings
        self._within(settings.read_limit if self._in_body else settings.idle_limit)
        self._table.mark(self, idle=not self._answering)

    def eof_received(self) -> bool | None:  # type: ignore[override]
        """Answers a client that has sent everything and closed its own direction."""
        if self._answering and not self._in_body and self.scheme != "https":
            self.cycle.keep_alive = False
            return True
        started = self._answering and self.cycle.response_started
        if (self._in_body or self._header_bytes) and not started:
            self._refuse(400, "needs a whole request. Received: the beginning of one")
        return None

    def shutdown(self) -> None:
        """Lets a request that is on its way be answered when the server ends."""
        if self._answering:
            self.cycle.keep_alive = False
            return
        self._ending = True
        self.loop.call_later(LINGER, self._close_idle)

    def _close_idle(self) -> None:
        if not self._answering:
            self.transport.close()

    def give_up(self) -> None:
        """Closes the connection, with a word where the client may hear it."""
        if self._answering or not self._header_bytes:
            self.transport.abort()
            return
        seconds = self._table.settings.read_limit
        self._refuse(408, f"needs the whole request within {seconds:g} seconds")

    def send_400_response(self, msg: str) -> None:
        """Tells in JSON that what came is no HTTP."""
        self._refuse(400, "needs a request in HTTP/1.1")

    def _refuse(self, status: int, message: str) -> None:
        if self.transport.is_closing():
            return
        body = write_json({"error": message})
        self.transport.write(
            STATUS_LINE[status] + b"content-type: application/json\r\ncontent-length: "
            b"%d\r\nconnection: close\r\n\r\n%b" % (len(body), body)
        )
        self.transport.close()
