"""The page for people: its files, and what it has to know of the models."""

from __future__ import annotations

import contextlib
import mimetypes
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lstm_toolkit.serving.server.json_body import write_json
from lstm_toolkit.serving.server.refusals import RequestError
from lstm_toolkit.serving.server.repository import Repository

if TYPE_CHECKING:
    import tensorflow as tf

    from lstm_toolkit.serving.server.signatures import ServedSignature
    from lstm_toolkit.serving.server.versions import ServedVersion

MODELS = "/page/models"
"""Where the page asks for the models."""

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",
}
"""Nothing but the page's own files is loaded, no text becomes markup, and no page may frame it."""

KINDS = {".js": "text/javascript"}
"""Types that systems tell differently."""


def page_routes(repository: Repository) -> list[Route]:
    """Returns the routes of the page; its files are read once."""

    async def models(request: Request) -> Response:
        request.scope["facts"].kind = "page"
        content = write_json({"models": list(describe_models(repository))})
        return Response(content, headers=HEADERS, media_type="application/json")

    return [Route(MODELS, models), *_files()]


def _files() -> Iterator[Route]:
    for file in resources.files("lstm_toolkit.serving").joinpath("page").iterdir():
        suffix = file.name[file.name.rfind(".") :]
        kind = KINDS.get(suffix) or mimetypes.guess_type(file.name)[0]
        address = "/" if file.name == "index.html" else f"/page/{file.name}"
        yield _file(address, file.read_bytes(), kind)


def _file(address: str, content: bytes, kind: str | None) -> Route:
    async def answer(request: Request) -> Response:
        request.scope["facts"].kind = "page"
        return Response(content, headers=HEADERS, media_type=kind)

    return Route(address, answer)


def describe_models(repository: Repository) -> Iterator[dict[str, Any]]:
    """Yields what the page has to know of each model that answers."""
    for name in repository.names():
        with contextlib.suppress(RequestError):  # it has gone, or is not loaded yet
            yield _model(repository.find(name))


def _model(served: ServedVersion) -> dict[str, Any]:
    about = served.description
    return {
        "name": served.model,
        "version": served.number,
        "task": about.task,
        "labels": about.labels,
        "defaults": about.defaults,
        "dark_on_light": about.dark_on_light,
        "signatures": {name: _signature(each) for name, each in served.signatures.items()},
    }


def _signature(signature: ServedSignature) -> dict[str, Any]:
    return {"inputs": _tensors(signature.inputs), "outputs": _tensors(signature.outputs)}


def _tensors(specs: Mapping[str, tf.TensorSpec]) -> list[dict[str, Any]]:
    """Returns names, dtypes and shapes; -1 stands for any size, None for any rank."""
    return [
        {
            "name": name,
            "dtype": spec.dtype.name,
            "shape": None
            if spec.shape.rank is None
            else [-1 if side is None else side for side in spec.shape],
        }
        for name, spec in specs.items()
    ]
