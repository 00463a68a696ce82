"""Who may ask: browsers from the server's own page alone, and others with the token.

A page of another site can have a browser send requests to 127.0.0.1. Browsers tell where such a
request comes from (`Origin`, `Sec-Fetch-Site`), and by which name they call the server (`Host`):
a name of another site that was made to point here is not taken.
"""

from __future__ import annotations

import hmac
import ipaddress
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from starlette.datastructures import Headers

from lstm_toolkit.errors import InputError
from lstm_toolkit.serving.server.refusals import ForbiddenError, UnauthorizedError
from lstm_toolkit.serving.server.settings import ServerSettings

OPEN = ("/v2/health/live", "/v2/health/ready", "/v2/health")
"""Addresses that need no token, since those who watch over servers ask them."""

GUARDED = ("/v1", "/v2", "/metrics", "/page/models")
"""Where models and numbers are; the other files of the page for people hold none."""


class Guard:
    """Checks requests by their headers.

    Args:
        settings: With the host that is listened to, names that are allowed, and the token's file.

    Raises:
        InputError: If the token cannot be read.
    """

    def __init__(self, settings: ServerSettings):
        self._token = read_token(settings.token_file)
        self._hosts = allowed_hosts(settings)

    def check(self, method: str, path: str, headers: Headers) -> None:
        """Lets a request pass.

        Raises:
            ForbiddenError: If it comes from a page of another site, or by another name.
            UnauthorizedError: If it lacks the token.
        """
        self._check_host(headers.get("host"))
        self._check_origin(method, headers)
        if self._token and path not in OPEN and path.startswith(GUARDED):
            given = headers.get("authorization", "")
            if not hmac.compare_digest(given.encode(), b"Bearer " + self._token):
                raise UnauthorizedError("needs the header `Authorization: Bearer TOKEN`")

    def _check_host(self, host: str | None) -> None:
        if host is None or self._hosts is None:
            return
        if "@" in host or _split(f"//{host}").hostname not in self._hosts:
            raise ForbiddenError(
                f"needs a host that is allowed, as by --allow-hosts. Received: {host[:100]}"
            )

    def _check_origin(self, method: str, headers: Headers) -> None:
        origin = headers.get("origin")
        if origin is not None and _split(origin).netloc != headers.get("host"):
            raise ForbiddenError(
                f"needs a page of this server. Received: a request from {origin[:100]}"
            )
        followed_link = method == "GET" and headers.get("sec-fetch-mode") == "navigate"
        if headers.get("sec-fetch-site") in ("cross-site", "same-site") and not followed_link:
            raise ForbiddenError("needs a page of this server. Received: a request from elsewhere")


def _split(url: str) -> SplitResult:
    """Returns the parts of an address; none of what is no address."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def read_token(path: str | None) -> bytes:
    """Returns the token in a file, without the blanks around it; empty without a file.

    Raises:
        InputError: If there is none in it.
    """
    if path is None:
        return b""
    try:
        token = Path(path).read_bytes().strip()
    except OSError as error:
        raise InputError(f"{path}: cannot be read. {error.strerror}") from None
    if len(token) < 8 or not token.isascii() or len(token.split()) != 1:
        raise InputError(f"{path}: needs a token of 8 signs or more in one line, without blanks")
    return token


def allowed_hosts(settings: ServerSettings) -> set[str] | None:
    """Returns the names by which the server may be called; None stands for any."""
    if "*" in settings.allow_hosts:
        return None
    local = _is_loopback(settings.host)
    if not local and not settings.allow_hosts:
        return None
    names = {settings.host.lower(), *(name.lower() for name in settings.allow_hosts)}
    return names | {"localhost", "127.0.0.1", "::1"}


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
