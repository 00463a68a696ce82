"""What each request passes first and last: it is judged, timed, counted and logged."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lstm_toolkit.errors import foreign_error
from lstm_toolkit.serving.server.access_log import AccessLog
from lstm_toolkit.serving.server.guard import Guard
from lstm_toolkit.serving.server.json_body import write_json
from lstm_toolkit.serving.server.metrics import Metrics
from lstm_toolkit.serving.server.refusals import RequestError

FAULT = "the server failed; its log says more"

GONE = 499
"""Stands in log and counts where the client went away before it was answered."""


@dataclasses.dataclass
class Facts:
    """What is noted of a request on its way.

    Attributes:
        kind: Address and verb, such as `v1:predict`.
        model: A model that is served, or nothing.
        version: That answered, or 0.
        rows: That were asked, if they are rows.
        status: Of the answer.
        sent: Bytes of the answer's body.
    """

    kind: str = ""
    model: str = ""
    version: int = 0
    rows: int | None = None
    status: int = GONE
    sent: int = 0


def refuse(status: int, message: str) -> Response:
    """Returns an answer that says what was wrong, in JSON."""
    headers = {}
    if status in (429, 503):
        headers["retry-after"] = "1"
    if status == 401:
        headers["www-authenticate"] = "Bearer"
    return Response(write_json({"error": message}), status, headers, media_type="application/json")


class Gateway:
    """Wraps the application.

    Args:
        app: What answers.
        guard: Judges requests by their headers.
        metrics: Counts them.
        access_log: Writes a line for each.
        log: Is given lines for people to read, on what must not happen.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        guard: Guard,
        metrics: Metrics,
        access_log: AccessLog,
        log: Callable[[str], None],
    ):
        self._app = app
        self._guard = guard
        self._metrics = metrics
        self._access_log = access_log
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        facts = scope["facts"] = Facts()

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                facts.status = message["status"]
                message["headers"].append((b"x-content-type-options", b"nosniff"))
            else:
                facts.sent += len(message.get("body", b""))
            await send(message)

        try:
            await self._answer(scope, receive, noting, facts)
        finally:
            self._note(scope, facts, time.perf_counter() - began)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, facts: Facts) -> None:
        try:
            self._guard.check(scope["method"], scope["path"], Headers(scope=scope))
            await self._app(scope, receive, send)
        except RequestError as error:
            await refuse(error.status, str(error))(scope, receive, send)
        except ClientDisconnect:
            facts.status = GONE
        except Exception as error:
            self._log(f"{scope['method']} {scope['path'][:100]}: {foreign_error(error)}")
            if facts.status == GONE:
                await refuse(500, FAULT)(scope, receive, send)

    def _note(self, scope: Scope, facts: Facts, seconds: float) -> None:
        self._metrics.on_request(facts.kind, facts.model, facts.status, seconds)
        client = scope.get("client")
        self._access_log.write(
            client=client[0] if client else None,
            method=scope["method"],
            path=scope["path"][:200],
            status=facts.status,
            ms=round(seconds * 1e3, 2),
            model=facts.model or None,
            version=facts.version or None,
            rows=facts.rows,
            bytes=facts.sent,
        )
