"""One server from its start to its end."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import uvicorn

from lstm_toolkit.errors import InputError
from lstm_toolkit.serving.server.access_log import AccessLog
from lstm_toolkit.serving.server.app import build_app
from lstm_toolkit.serving.server.batching import Batcher
from lstm_toolkit.serving.server.connections import Connection, Connections
from lstm_toolkit.serving.server.folders import Root
from lstm_toolkit.serving.server.gateway import Gateway
from lstm_toolkit.serving.server.guard import Guard
from lstm_toolkit.serving.server.listening import address, bind, check_tls
from lstm_toolkit.serving.server.metrics import Metrics
from lstm_toolkit.serving.server.page import page_routes
from lstm_toolkit.serving.server.repository import Repository
from lstm_toolkit.serving.server.settings import ServerSettings
from lstm_toolkit.serving.server.signatures import ServedSignature
from lstm_toolkit.serving.server.versions import load_version

THREADS = 32
"""Signatures that are asked at once at most; each waits in a thread."""

BACKLOG = 2_048
"""Connections that may wait until they are taken."""

Log = Callable[[str], None]


def serve(roots: Sequence[Root], settings: ServerSettings, log: Log) -> None:
    """Serves until the process is told to end (SIGTERM, SIGINT).

    Args:
        roots: Folders of models.
        settings: What was asked for.
        log: Is given lines for people to read.

    Raises:
        InputError: If no model can be loaded, or the address cannot be listened to.
    """
    check_tls(settings)
    guard = Guard(settings)
    access_log = AccessLog(settings.access_log)
    with bind(settings) as listener, ThreadPoolExecutor(THREADS, "model") as executor:
        batching: dict[str, Any] = {"max_batch": settings.max_batch, "queue": settings.queue}

        def make_batcher(model: str, signature: ServedSignature) -> Batcher:
            observe = partial(metrics.on_batch, model)
            return Batcher(signature, executor, observe=observe, **batching)

        load = partial(load_version, make_batcher=make_batcher)
        repository = Repository(roots, load, versions=settings.versions, log=log)
        connections = Connections(settings)
        metrics = Metrics(repository, lambda: len(connections))
        repository.sync(at_once=True)
        if not any(repository.serving(name) for name in repository.names()):
            raise InputError("needs a model that can be served, see above. Received: none")
        gateway = partial(Gateway, guard=guard, metrics=metrics, access_log=access_log, log=log)
        app = build_app(repository, settings, metrics, gateway, page_routes(repository))
        with watching(repository, settings.poll):
            gc.collect()
            gc.freeze()  # what is loaded now stays; collecting need not look at it again
            listener.listen(BACKLOG)  # who reads the line may connect at once
            log(f"listening at {address(settings, listener)}")
            run(app, settings, listener, connections)
        access_log.close()
        _end(executor)


@contextlib.contextmanager
def watching(repository: Repository, interval: float) -> Iterator[None]:
    """Keeps the models as their folders are, from a thread of its own."""
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(interval):
            repository.sync()

    threading.Thread(target=watch, name="folders", daemon=True).start()
    try:
        yield
    finally:
        ended.set()


def run(
    app: Any, settings: ServerSettings, listener: socket.socket, connections: Connections
) -> None:
    """Answers requests until the process is told to end, then those that it has taken."""
    _allow_files(settings.connections)
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
    config = uvicorn.Config(
        app,
        http=partial(Connection, connections=connections),  # type: ignore[arg-type]
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        backlog=BACKLOG,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=int(settings.idle_limit) + 1,
        timeout_graceful_shutdown=int(settings.time_limit + settings.read_limit) + 1,
        ssl_certfile=settings.certfile,
        ssl_keyfile=settings.keyfile,
    )
    server = uvicorn.Server(config)

    async def main() -> None:
        watcher = asyncio.create_task(connections.watch())
        await server.serve(sockets=[listener])
        watcher.cancel()

    with _signals_end_well(), asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(main())


@contextlib.contextmanager
def _signals_end_well() -> Iterator[None]:
    """Uvicorn sends itself the signal again when it has ended; that has done its work."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kinds = (signal.SIGTERM, signal.SIGINT)
    before = {kind: signal.signal(kind, lambda *_: None) for kind in kinds}
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Returns uvloop's where it is installed; it is not made for Windows."""
    with contextlib.suppress(ImportError):
        import uvloop

        return uvloop.new_event_loop
    return None


def _allow_files(connections: int) -> None:
    """Lets the process have as many open files as connections, where the system allows it."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + 256
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _end(executor: ThreadPoolExecutor) -> None:
    """Leaves the process if a model still works on what nobody waits for."""
    executor.shutdown(wait=False, cancel_futures=True)
    for thread in executor._threads:
        thread.join(timeout=1)
    if any(thread.is_alive() for thread in executor._threads):
        sys.stdout.flush()
        os._exit(0)
