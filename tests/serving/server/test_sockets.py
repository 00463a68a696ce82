"""A server as a process: its start and end, and clients that are slow, half closed, or many."""

from __future__ import annotations

import contextlib
import http.client
import json
import shutil
import signal
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.serving_fuzz import fuzz, generate, good_request
from tests.serving.server.server_process import GOOD, PREDICT, Server, serving
from tests.serving.server.small_model import SIGNATURES

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(small_model: Path) -> Iterator[Server]:
    """One with short limits."""
    limits = {"read-limit": 1, "idle-limit": 2, "connections": 100, "max-body": 1_000_000}
    words = [word for name, value in limits.items() for word in (f"--{name}", value)]
    with serving(f"small={small_model}", *words) as started:
        yield started
        assert started.ask() == (200, {"predictions": [{"label": "A", "length": 1}]})
        assert len(started.lines) == 2, started.lines


def request(body: bytes = GOOD, length: int | None = None) -> bytes:
    head = f"POST {PREDICT} HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
    return f"{head}{len(body) if length is None else length}\r\n\r\n".encode() + body


def read_all(connection: socket.socket) -> bytes:
    parts = []
    with contextlib.suppress(ConnectionResetError):
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


@pytest.mark.parametrize("sent", [request()[:30], request(length=500)])
def test_a_slow_client_is_told_and_closed(server: Server, sent: bytes) -> None:
    with server.connect() as connection:
        began = time.monotonic()
        connection.sendall(sent)
        answer = read_all(connection)
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert answer.endswith(b'{"error":"needs the whole request within 1 seconds"}')
        assert time.monotonic() - began < 5


def test_a_client_that_sends_nothing_is_closed(server: Server) -> None:
    with server.connect() as connection:
        assert read_all(connection) == b""


def test_a_client_that_has_closed_its_own_direction_is_answered(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(request())
        connection.shutdown(socket.SHUT_WR)
        assert read_all(connection).endswith(b'{"predictions":[{"label":"A","length":1}]}')
    with server.connect() as connection:
        connection.sendall(request(length=500))
        connection.shutdown(socket.SHUT_WR)
        assert read_all(connection).startswith(b"HTTP/1.1 400 ")


def test_bodies_and_headers_that_are_too_large(server: Server) -> None:
    error = {"error": "needs a body of at most 1,000,000 bytes"}
    assert server.ask(b"a" * 20_000_000) == (413, error)
    with server.connect() as connection:
        with contextlib.suppress(OSError):
            connection.sendall(b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 20_000)
        assert read_all(connection).startswith(b"HTTP/1.1 431 ")


def test_connections_without_end_leave_others_alone(server: Server) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(300):
            stack.enter_context(server.connect())
        for _ in range(20):
            assert server.ask()[0] == 200


def test_no_request_is_a_fault(server: Server) -> None:
    import asyncio

    requests = generate(1, 800, "small", list(SIGNATURES))
    good = good_request("small", GOOD.decode())
    counts, bad = asyncio.run(fuzz(("127.0.0.1", server.port), requests, good))
    assert bad == []
    assert counts["200"] > 0
    assert counts["400"] > 100


def test_it_ends_with_what_it_took_answered(small_model: Path) -> None:
    with serving(f"small={small_model}") as server:
        slow = b'{"signature_name": "slow", "inputs": [1]}'
        busy, idle = (http.client.HTTPConnection("127.0.0.1", server.port) for _ in range(2))
        with contextlib.closing(busy), contextlib.closing(idle):
            idle.connect()
            busy.request("POST", PREDICT, slow)
            time.sleep(0.3)
            server.process.send_signal(signal.SIGTERM)
            time.sleep(0.2)
            idle.request("POST", PREDICT, GOOD)  # on a connection that was open before
            assert idle.getresponse().status == 200
            answer = busy.getresponse()
            assert answer.status == 200
            assert json.loads(answer.read()) == {"outputs": {"shape": [1], "x": [1.0]}}
        assert server.process.wait(20) == 0
        assert len(server.lines) == 2, server.lines


def test_versions_come_and_go_under_load_without_a_lost_request(
    small_model: Path, tmp_path: Path
) -> None:
    shutil.copytree(small_model, tmp_path / "small")
    with serving(tmp_path / "small", "--poll", "0.1") as server:
        codes, ended = [], threading.Event()

        def load() -> None:
            while not ended.is_set():
                codes.append(server.ask()[0])

        threads = [threading.Thread(target=load) for _ in range(4)]
        for thread in threads:
            thread.start()
        try:
            shutil.copytree(tmp_path / "small" / "1", tmp_path / "small" / "2")
            server.wait_for("small 1: answers no more")
            shutil.rmtree(tmp_path / "small" / "2")
            server.wait_for("small 2: answers no more")
        finally:
            ended.set()
            for thread in threads:
                thread.join()
        assert set(codes) == {200}
        assert len(codes) > 20
        said = [line.removeprefix("lstm-toolkit: ").strip() for line in server.lines]
        assert said[2:] == [
            "small 2: answers", "small 1: answers no more",
            "small 1: answers", "small 2: answers no more",
        ]  # fmt: skip


def test_tls(small_model: Path, tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl to make a certificate")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out",
         certificate], check=True, capture_output=True,
    )  # fmt: skip
    with serving(f"small={small_model}", "--certfile", certificate, "--keyfile", key) as server:
        context = ssl.create_default_context(cafile=str(certificate))
        asked = http.client.HTTPSConnection("localhost", server.port, context=context)
        with contextlib.closing(asked):
            asked.request("GET", "/v2/health/ready")
            assert asked.getresponse().status == 200
