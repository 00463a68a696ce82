"""A server as a process of its own, as people start it."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

PREDICT = "/v1/models/small:predict"
GOOD = b'{"instances": ["a"]}'


class Server:
    """A process that serves, and what it said."""

    def __init__(self, process: subprocess.Popen[str], port: int, lines: list[str]):
        self.process, self.port, self.lines = process, port, lines

    def ask(self, body: bytes = GOOD, path: str = PREDICT, **headers: str) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        with contextlib.closing(connection):
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def wait_for(self, line: str, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while line not in "".join(self.lines):
            assert time.monotonic() < end, self.lines
            assert self.process.poll() is None, self.lines
            time.sleep(0.05)


@contextlib.contextmanager
def serving(*words: object) -> Iterator[Server]:
    command = [sys.executable, "-m", "lstm_toolkit", "serve", *map(str, words), "--port", "0"]
    lines: list[str] = []
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        reader = threading.Thread(target=lambda: lines.extend(iter(process.stderr.readline, "")))
        reader.start()
        server = Server(process, 0, lines)
        try:
            server.wait_for("listening at")
            server.port = int(re.findall(r"listening at \w+://\S+:(\d+)", "".join(lines))[0])
            yield server
        finally:
            process.terminate()
            process.wait(20)
            reader.join()
