"""Bodies of requests, within their size and their time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request

from lstm_toolkit.serving.server.json_body import read_object
from lstm_toolkit.serving.server.refusals import (
    ContentTypeError,
    SlowClientError,
    TooLargeError,
)
from lstm_toolkit.serving.server.settings import ServerSettings


async def read_request(request: Request, limits: ServerSettings) -> dict[str, Any]:
    """Returns the JSON object in the body.

    Raises:
        RequestError: If it is too large, too slow, compressed, or no JSON object.
    """
    encoding = request.headers.get("content-encoding", "identity")
    if encoding != "identity":
        raise ContentTypeError(f"needs a body that is not compressed. Received: {encoding[:40]}")
    try:
        async with asyncio.timeout(limits.read_limit):
            body = await _read(request, limits.max_body)
    except TimeoutError:
        raise SlowClientError(
            f"needs the whole request within {limits.read_limit:g} seconds"
        ) from None
    return read_object(body)


async def _read(request: Request, most: int) -> bytes:
    length = request.headers.get("content-length", "0")
    stream = request.stream()
    size = int(length) if length.isdecimal() else 0
    body = bytearray()
    if size <= most:
        async for part in stream:
            body += part
            if len(body) > most:
                size = len(body)
                break
    if size > most:
        if request.headers.get("expect", "").lower() != "100-continue":
            await _drain(stream)
        raise TooLargeError(f"needs a body of at most {most:,} bytes")
    return bytes(body)


async def _drain(stream: AsyncIterator[bytes]) -> None:
    """Reads the rest, since many clients read no answer before they have sent everything."""
    async for _ in stream:
        pass
