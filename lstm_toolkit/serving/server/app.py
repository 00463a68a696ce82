"""The addresses of the server, and what answers there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from lstm_toolkit import __version__
from lstm_toolkit.serving.server import tfserving, v2
from lstm_toolkit.serving.server.body import read_request
from lstm_toolkit.serving.server.gateway import FAULT, Facts, Gateway, refuse
from lstm_toolkit.serving.server.json_body import write_json
from lstm_toolkit.serving.server.metrics import CONTENT_TYPE, Metrics
from lstm_toolkit.serving.server.refusals import (
    InvalidRequestError,
    RequestError,
    TimeLimitError,
    UnknownModelError,
)
from lstm_toolkit.serving.server.repository import Repository
from lstm_toolkit.serving.server.settings import ServerSettings
from lstm_toolkit.serving.server.signatures import Arrays
from lstm_toolkit.serving.server.versions import ServedVersion

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

Endpoint = Callable[[Request], Awaitable[Response]]


def build_app(
    repository: Repository,
    settings: ServerSettings,
    metrics: Metrics,
    gateway: Callable[[ASGIApp], Gateway],
    page: Sequence[Route] = (),
) -> ASGIApp:
    """Returns the server as an ASGI application.

    Args:
        repository: Models.
        settings: Limits.
        metrics: Counts, for `/metrics`.
        gateway: Wraps it in what judges, counts and logs each request.
        page: Routes of the page for people.
    """
    answers = _Answers(repository, settings)

    async def numbers(_: Request) -> Response:
        return Response(metrics.text(), media_type=CONTENT_TYPE)

    routes = [
        *_routes("/v1/models/{model}", "/versions/{version}", {
            ":predict": (answers.predict, "POST"),
            ":{verb}": (answers.unknown_verb, ""),
            "/metadata": (answers.v1_metadata, "GET"),
            "": (answers.status, "GET"),
        }),
        *_routes("/v2/models/{model}", "/versions/{version}", {
            "/infer": (answers.infer, "POST"),
            "/ready": (answers.model_ready, "GET"),
            "": (answers.v2_metadata, "GET"),
        }),
        Route("/v1/models", answers.list_models),
        Route("/v2/health/live", answers.live),
        Route("/v2/health/ready", answers.ready),
        Route("/v2", answers.server),
        Route("/metrics", numbers),
        *page,
    ]  # fmt: skip
    handlers = {HTTPException: _unknown, RequestError: _refused, Exception: _failed}
    app = Starlette(routes=routes, exception_handlers=handlers)  # type: ignore[arg-type]
    app.router.redirect_slashes = False
    return gateway(app)


def _routes(model: str, version: str, endpoints: dict[str, tuple[Endpoint, str]]) -> list[Route]:
    return [
        Route(f"{model}{part}{end}", endpoint, methods=[method] if method else METHODS)
        for end, (endpoint, method) in endpoints.items()
        for part in (version, "")
    ]


async def _unknown(request: Request, error: HTTPException) -> Response:
    if error.status_code == 405:
        allowed = {*(error.headers or {}).get("Allow", "").split(", ")} - {"HEAD"}
        return refuse(405, f"needs {', '.join(sorted(allowed))}. Received: {request.method}")
    return refuse(404, f"nothing answers at {request.url.path[:100]}")


async def _refused(_: Request, error: RequestError) -> Response:
    return refuse(error.status, str(error))


async def _failed(_: Request, __: Exception) -> Response:
    """Answers; Starlette raises the fault again, and the gateway tells it."""
    return refuse(500, FAULT)


def _json(value: Any, status: int = 200) -> Response:
    return Response(write_json(value), status, media_type="application/json")


class _Answers:
    """What stands behind the addresses."""

    def __init__(self, repository: Repository, settings: ServerSettings):
        self._repository = repository
        self._settings = settings

    def _find(self, request: Request, kind: str) -> ServedVersion:
        """Returns the version that the address names, and notes what is asked."""
        model, version = request.path_params["model"], request.path_params.get("version")
        facts: Facts = request.scope["facts"]
        facts.kind = kind
        if version is not None and not (version.isascii() and version.isdecimal()):
            raise UnknownModelError(f"{model[:100]}: no version {version[:40]}; it is a number")
        facts.model = model if model in self._repository.names() else ""
        served = self._repository.find(model, None if version is None else int(version[:20]))
        facts.version = served.number
        return served

    async def _ask(self, request: Request, kind: str, protocol: Any) -> tuple[Any, ...]:
        served = self._find(request, kind)
        body = await read_request(request, self._settings)
        call = protocol.read_call(body, served.signatures, self._settings)
        request.scope["facts"].rows = call.rows
        try:
            async with asyncio.timeout(self._settings.time_limit):
                outputs: Arrays = await served.ask(call)
        except TimeoutError:
            seconds = self._settings.time_limit
            raise TimeLimitError(f"no answer within {seconds:g} seconds") from None
        return served, body, call, outputs

    async def predict(self, request: Request) -> Response:
        """`POST /v1/models/NAME[/versions/V]:predict`."""
        _, body, call, outputs = await self._ask(request, "v1:predict", tfserving)
        return _json(tfserving.write_answer(body, call, outputs))

    async def unknown_verb(self, request: Request) -> Response:
        """`/v1/models/NAME[/versions/V]:VERB`, such as `classify`, or not as a `POST`."""
        verb = request.path_params["verb"][:40]
        raise UnknownModelError(f"needs POST …:predict. Received: {request.method} …:{verb}")

    async def infer(self, request: Request) -> Response:
        """`POST /v2/models/NAME[/versions/V]/infer`."""
        if "inference-header-content-length" in request.headers:
            raise InvalidRequestError("needs JSON without the binary extension")
        served, body, call, outputs = await self._ask(request, "v2:infer", v2)
        return _json(v2.write_answer(body, call, outputs, served.model, served.number))

    async def status(self, request: Request) -> Response:
        """`GET /v1/models/NAME[/versions/V]`."""
        model, version = request.path_params["model"], request.path_params.get("version")
        entries = self._repository.entries(model)
        chosen = {
            number: (each.state, each.error)
            for number, each in entries.items()
            if version in (None, str(number))
        }
        if not chosen:
            raise UnknownModelError(f"{model}: no version {str(version)[:40]}")
        return _json(tfserving.status(chosen))

    async def v1_metadata(self, request: Request) -> Response:
        """`GET /v1/models/NAME[/versions/V]/metadata`."""
        served = self._find(request, "v1:metadata")
        return _json(tfserving.metadata(served.model, served.number, served.signatures))

    async def list_models(self, _: Request) -> Response:
        """`GET /v1/models`, as KServe has it."""
        return _json({"models": self._repository.names()})

    async def v2_metadata(self, request: Request) -> Response:
        """`GET /v2/models/NAME[/versions/V]`."""
        served = self._find(request, "v2:metadata")
        versions = self._repository.serving(served.model)
        return _json(v2.metadata(served.model, versions, served.signatures))

    async def model_ready(self, request: Request) -> Response:
        """`GET /v2/models/NAME[/versions/V]/ready`."""
        served = self._find(request, "v2:ready")
        return _json({"name": served.model, "ready": True})

    async def live(self, _: Request) -> Response:
        """`GET /v2/health/live`."""
        return _json({"live": True})

    async def ready(self, _: Request) -> Response:
        """`GET /v2/health/ready`."""
        ready = self._repository.ready()
        return _json({"ready": ready}, 200 if ready else 503)

    async def server(self, _: Request) -> Response:
        """`GET /v2`."""
        return _json({"name": "lstm_toolkit", "version": __version__, "extensions": []})
