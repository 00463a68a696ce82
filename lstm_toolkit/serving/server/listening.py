"""Where the server listens, found out before models are loaded for nothing."""

from __future__ import annotations

import socket
import ssl

from lstm_toolkit.errors import InputError
from lstm_toolkit.serving.server.settings import ServerSettings


def bind(settings: ServerSettings) -> socket.socket:
    """Returns a socket that is bound to the address.

    Raises:
        InputError: If it is taken, or not this machine's.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        raise InputError(
            f"{settings.host}:{settings.port}: cannot be listened to; choose another with --host "
            f"or --port. {error.strerror}"
        ) from None
    listener.setblocking(False)
    return listener


def check_tls(settings: ServerSettings) -> None:
    """Reads the files for TLS.

    Raises:
        InputError: If they cannot be read, or do not belong together.
    """
    if settings.certfile is None:
        return
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(settings.certfile, settings.keyfile, lambda: "")
    except (OSError, ValueError) as error:
        raise InputError(
            f"{settings.certfile}: needs a certificate in PEM and its key, without a password. "
            f"{error}"
        ) from None


def address(settings: ServerSettings, listener: socket.socket) -> str:
    """Returns where clients find the server."""
    host, port = listener.getsockname()[:2]
    scheme = "https" if settings.certfile else "http"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"
