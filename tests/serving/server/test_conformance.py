"""Recorded requests, replayed against this server and whichever other one is there.

TensorFlow Serving is asked if `tensorflow_model_server` can be found. Any server that runs with the
model of `small_model.py` under the name `small` is asked with its address in `SERVER_URL`; with
`SERVER_PROTOCOL=v1` or `v2` if it speaks one of the two alone:

    python -c 'from tests.serving.server.small_model import *; save_small_model(Path("small/1"))'
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

RECORDED = json.loads(Path(__file__).with_name("recorded.json").read_text(encoding="utf-8"))
SERVER = shutil.which("tensorflow_model_server")

Ask = Callable[[str, str, bytes | None], tuple[int, bytes]]


def agrees(expected: Any, received: Any) -> bool:
    """Compares JSON; `*` stands for anything."""
    if expected == "*":
        return True
    if type(expected) is not float and type(expected) is not type(received):
        return False
    if isinstance(expected, dict):
        return expected.keys() == received.keys() and all(
            agrees(value, received[name]) for name, value in expected.items()
        )
    if isinstance(expected, list):
        return len(expected) == len(received) and all(map(agrees, expected, received))
    return bool(received == (pytest.approx(expected) if type(expected) is float else expected))


def replay(ask: Ask, protocols: tuple[str, ...]) -> dict[str, Any]:
    """Returns what was answered otherwise than recorded, by name."""
    wrong = {}
    for each in RECORDED:
        if each["path"].startswith(protocols):
            body = json.dumps(each["body"]).encode() if "body" in each else None
            status, content = ask(each.get("method", "POST"), each["path"], body)
            good = status == each.get("status", 200)
            if not good or ("answer" in each and not agrees(each["answer"], json.loads(content))):
                wrong[each["name"]] = (status, content)
    return wrong


def over_http(url: str) -> Ask:
    def ask(method: str, path: str, body: bytes | None) -> tuple[int, bytes]:
        request = urllib.request.Request(url + path, body, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    return ask


def test_this_server_answers_as_recorded(client: TestClient) -> None:
    def ask(method: str, path: str, body: bytes | None) -> tuple[int, bytes]:
        answer = client.request(method, path, content=body)
        return answer.status_code, answer.content

    assert replay(ask, ("/v1", "/v2")) == {}


def test_what_differs_is_found(client: TestClient) -> None:
    def ask(_: str, path: str, __: bytes | None) -> tuple[int, bytes]:
        return (404, b'{"error": ""}') if "none" in path else (200, b'{"predictions": [21.6]}')

    names = set(replay(ask, ("/v1",)))
    assert {"numbers", "rows", "status"} <= names
    assert "no such model" not in names


@contextlib.contextmanager
def tensorflow_serving(model: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [str(SERVER), "--port=0", f"--rest_api_port={port}", "--model_name=small",
             f"--model_base_path={model}"]  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    with subprocess.Popen(words, stderr=subprocess.DEVNULL) as server:
        try:
            for _ in range(200):
                with contextlib.suppress(OSError):
                    if over_http(url)("GET", "/v1/models/small", None)[0] == 200:
                        break
                time.sleep(0.2)
            yield url
        finally:
            server.terminate()


@pytest.mark.slow
@pytest.mark.skipif(SERVER is None, reason="needs the binary tensorflow_model_server")
def test_tensorflow_serving_answers_as_recorded(small_model: Path) -> None:
    with tensorflow_serving(small_model) as url:
        assert replay(over_http(url), ("/v1",)) == {}


@pytest.mark.skipif("SERVER_URL" not in os.environ, reason="needs SERVER_URL, of a server")
def test_a_server_that_runs_answers_as_recorded() -> None:
    protocol = os.environ.get("SERVER_PROTOCOL")
    protocols = (f"/{protocol}",) if protocol else ("/v1", "/v2")
    assert replay(over_http(os.environ["SERVER_URL"]), protocols) == {}
