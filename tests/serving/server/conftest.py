"""One small model, loaded once, and servers of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from starlette.routing import Route
from starlette.testclient import TestClient

from lstm_toolkit.serving.server.access_log import AccessLog
from lstm_toolkit.serving.server.app import build_app
from lstm_toolkit.serving.server.batching import Batcher
from lstm_toolkit.serving.server.folders import Root
from lstm_toolkit.serving.server.gateway import Gateway
from lstm_toolkit.serving.server.guard import Guard
from lstm_toolkit.serving.server.metrics import Metrics
from lstm_toolkit.serving.server.repository import Repository
from lstm_toolkit.serving.server.settings import ServerSettings
from lstm_toolkit.serving.server.signatures import ServedSignature
from lstm_toolkit.serving.server.versions import load_version
from tests.serving.server.small_model import save_small_model
from tests.shared import made_once

StartClient = Callable[..., TestClient]


@pytest.fixture(scope="session")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one version."""
    return made_once(tmp_path_factory, "small-model", lambda at: save_small_model(at / "1"))


@pytest.fixture(scope="session")
def executor() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as threads:
        yield threads


@pytest.fixture(scope="session")
def repository(small_model: Path, executor: ThreadPoolExecutor) -> Repository:
    """The small model, loaded."""

    def make_batcher(_: str, signature: ServedSignature) -> Batcher:
        return Batcher(signature, executor, max_batch=64, queue=256, observe=lambda *_: None)

    load = partial(load_version, make_batcher=make_batcher)
    made = Repository([Root(small_model, "small")], load, versions=1, log=lambda _: None)
    made.sync(at_once=True)
    return made


def make_app(
    repository: Repository,
    log: Callable[[str], None] = print,
    page: Sequence[Route] = (),
    **named: Any,
) -> Any:
    settings = ServerSettings(allow_hosts=("testserver",), access_log="off", **named)
    metrics = Metrics(repository)
    gateway = partial(
        Gateway, guard=Guard(settings), metrics=metrics, access_log=AccessLog("off"), log=log
    )
    return build_app(repository, settings, metrics, gateway, page)


@pytest.fixture(scope="session")
def client(repository: Repository) -> Iterator[TestClient]:
    """Asks a server with short limits."""
    app = make_app(repository, max_text=1_000, max_rows=20, max_body=20_000, time_limit=0.3)
    with TestClient(app) as asked:
        yield asked
