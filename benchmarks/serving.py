"""Puts a server under load: requests a second, latency, errors, CPU time and memory.

Usage: python -m benchmarks.serving MODEL_DIR [--requests 20000] [--clients 20] [--out FILE.json]

Starts `lstm-toolkit serve MODEL_DIR` as a process of its own, warms it up with 1,000 requests, and
then asks in a closed loop: each client sends its next request when it has its answer, on a
connection that stays open. Texts are those of the sample reviews, one a request. With `--url` a
server that runs already is asked, TensorFlow Serving too, and nothing is told of its memory. Prints
a table, and writes it as JSON with --out. Options that are not known here go to `serve`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import csv
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import psutil

REVIEWS = Path(__file__).parents[1] / "data" / "reviews.csv"
WARM_UP = 1_000


def bodies(form: str) -> list[bytes]:
    """Returns requests, one a review."""
    with REVIEWS.open(encoding="utf-8", newline="") as file:
        texts = [row["text"] for row in csv.DictReader(file)]
    made = []
    for text in texts:
        tensor = {"name": "text", "shape": [1], "datatype": "BYTES", "data": [text]}
        body = {"instances": [text]} if form == "v1" else {"inputs": [tensor]}
        made.append(json.dumps(body, ensure_ascii=False).encode())
    return made


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serving(model_dir: str, options: list[str]) -> Iterator[tuple[str, psutil.Process]]:
    """Yields the address of a server, and its process."""
    url = f"http://127.0.0.1:{(port := free_port())}"
    words = ["-m", "lstm_toolkit", "serve", model_dir, "--port", str(port), *options]
    with subprocess.Popen([sys.executable, *words], stdout=subprocess.DEVNULL) as server:
        try:
            wait_for(url, server)
            yield url, psutil.Process(server.pid)
        finally:
            server.terminate()


def wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    while True:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/v2/health/ready"):
            return
        if server.poll() is not None:
            raise SystemExit("the server ended, see above")
        time.sleep(0.2)


class Client:
    """One connection, which asks and waits for the answer, again and again."""

    def __init__(self, url: str, path: str):
        self._url, self._path = urlsplit(url), path

    async def run(self, jobs: Iterator[bytes], seconds: list[float], codes: Counter[str]) -> None:
        """Adds seconds and status of each answer."""
        assert self._url.hostname is not None
        reader, writer = await asyncio.open_connection(self._url.hostname, self._url.port)
        head = f"POST {self._path} HTTP/1.1\r\nHost: {self._url.netloc}\r\nContent-Length: "
        for body in jobs:
            began = time.perf_counter()
            writer.write(f"{head}{len(body)}\r\n\r\n".encode() + body)
            try:
                code = await self._answer(reader)
            except (OSError, asyncio.IncompleteReadError) as error:
                codes[type(error).__name__] += 1
                break
            seconds.append(time.perf_counter() - began)
            codes[code] += 1
        writer.close()

    async def _answer(self, reader: asyncio.StreamReader) -> str:
        head = await reader.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        await reader.readexactly(int(length))
        return head[9:12].decode()


async def load(
    url: str, path: str, requests: list[bytes], clients: int
) -> tuple[list[float], Counter[str]]:
    jobs, seconds, codes = iter(requests), [], Counter[str]()
    loops = (Client(url, path).run(jobs, seconds, codes) for _ in range(clients))
    await asyncio.gather(*loops)
    return seconds, codes


def measure(url: str, process: psutil.Process | None, given: Any) -> dict[str, Any]:
    model = given.model or Path(given.model_dir).resolve().name
    path = f"/v1/models/{model}:predict" if given.form == "v1" else f"/v2/models/{model}/infer"
    texts = bodies(given.form)
    many = [texts[i % len(texts)] for i in range(given.requests)]
    asyncio.run(load(url, path, many[:WARM_UP], given.clients))
    before = facts(process)
    own = psutil.Process().cpu_times()
    began = time.perf_counter()
    seconds, codes = asyncio.run(load(url, path, many, given.clients))
    wall = time.perf_counter() - began
    after, own_after = facts(process), psutil.Process().cpu_times()
    middle, high, highest = np.percentile(seconds, [50, 99, 100]) * 1e3
    return {
        "requests": given.requests,
        "clients": given.clients,
        "requests a second": given.requests / wall,
        "median ms": middle,
        "p99 ms": high,
        "longest ms": highest,
        "answers": dict(codes),
        "server CPU ms a request": (after["cpu"] - before["cpu"]) / given.requests * 1e3,
        "client CPU ms a request": sum(np.subtract(own_after[:2], own[:2])) / given.requests * 1e3,
        "memory growth MB": (after["memory"] - before["memory"]) / 1e6,
        "memory MB": after["memory"] / 1e6,
        "load average": os.getloadavg()[0],
    }


def facts(process: psutil.Process | None) -> dict[str, float]:
    if process is None:
        return {"cpu": float("nan"), "memory": float("nan")}
    times = process.cpu_times()
    return {"cpu": times.user + times.system, "memory": float(process.memory_info().rss)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model_dir")
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--form", choices=["v1", "v2"], default="v1")
    parser.add_argument("--url", help="a server that runs already")
    parser.add_argument("--model", help="its name of the model; default: that of the folder")
    parser.add_argument("--out", type=Path)
    given, options = parser.parse_known_args()
    if given.url:
        report = measure(given.url, None, given)
    else:
        with serving(given.model_dir, options) as (url, process):
            report = measure(url, process, given)
    for name, value in report.items():
        print(f"{name:<26}{value:,.2f}" if isinstance(value, float) else f"{name:<26}{value}")
    if given.out:
        given.out.write_text(json.dumps(report, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
