"""Sends a server what it does not want, and looks that it minds none of it.

Usage: python -m benchmarks.serving_fuzz MODEL_DIR [--requests 10000] [--seed 0]

Starts `lstm-toolkit serve MODEL_DIR`, sends requests that were spoilt at random, in their JSON, in
their bytes and in their HTTP, each on a connection of its own, and counts what is answered. It
fails if an answer is a 5xx, if a connection hangs, if the server writes a line that was not
expected, or if a good request between them is not answered.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from benchmarks.serving import free_port, wait_for

TIME = 20.0
VALUES: list[Any] = [
    None, True, False, 0, -1, 1.5, 2**70, -(2**70), 1e308, "", "a", "é" * 40, "\0", [], [[]], {},
    {"b64": "aGk="}, {"b64": "%"}, {"b64": 5}, [1, "a"], [[1], [2, 3]], {"text": "a"}, "NaN",
]  # fmt: skip
KEYS = ["instances", "inputs", "signature_name", "text", "images", "id", "parameters", "outputs",
        "name", "shape", "datatype", "data", "b64", "x", ""]  # fmt: skip
HOSTS = ["evil.example", "", "[", "[::1]:x", "a@localhost", "localhost:99999", "\xff", "//"]
SHAPES: list[Any] = [[9**4_000], [1], [0], [-1], [1, 8, 8], [2**60, 2**60], "1", [1.5], None]
METHODS = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "BREW", "TRACE", "CONNECT"]


def nested(depth: int) -> Any:
    """Returns a value in many lists."""
    made: Any = 1
    for _ in range(depth):
        made = [made]
    return made


def value(random_: random.Random, depth: int = 0) -> Any:
    """Returns a JSON value, mostly a strange one."""
    kind = random_.random()
    if kind < 0.01:
        return nested(random_.randrange(90))
    if depth < 4 and kind < 0.2:
        return [value(random_, depth + 1) for _ in range(random_.randrange(4))]
    if depth < 4 and kind < 0.4:
        return {
            random_.choice(KEYS): value(random_, depth + 1) for _ in range(random_.randrange(4))
        }
    return random_.choice(VALUES)


def body(random_: random.Random, signatures: list[str]) -> bytes:
    """Returns a body: JSON of the right outline with wrong values, then perhaps wrong bytes."""
    tensor = {
        "name": random_.choice(["text", "images", "x"]),
        "shape": random_.choice([*SHAPES, [1] * random_.randrange(80)]),
        "datatype": random_.choice(["BYTES", "FP32", "INT64", "bytes", 5]),
        "data": value(random_),
    }
    outlines: list[dict[str, Any]] = [
        {"instances": value(random_)},
        {"inputs": value(random_)},
        {"instances": [value(random_) for _ in range(random_.randrange(5))]},
        {"inputs": {random_.choice(KEYS): value(random_)}},
        {"inputs": [tensor], "outputs": value(random_)},
        {"inputs": [tensor], "id": value(random_), "parameters": value(random_)},
        {random_.choice(KEYS): value(random_), random_.choice(KEYS): value(random_)},
    ]
    outline = random_.choice(outlines)
    if random_.random() < 0.4:
        outline["signature_name"] = random_.choice([*signatures, value(random_)])
    made = bytearray(json.dumps(outline, ensure_ascii=random_.random() < 0.5).encode())
    while random_.random() < 0.3:
        place = random_.randrange(len(made) + 1)
        made[place : place + random_.randrange(3)] = random_.randbytes(random_.randrange(4))
    return bytes(made)


def request(random_: random.Random, model: str, signatures: list[str]) -> bytes:
    """Returns a request, whose HTTP is wrong too now and then."""
    content = body(random_, signatures)
    path = random_.choice([
        *[f"/v1/models/{model}:predict"] * 6, *[f"/v2/models/{model}/infer"] * 6,
        f"/v1/models/{model}/versions/{random_.choice(['1', '99', 'x', '-1', '9' * 50])}:predict",
        f"/v1/models/{model}", f"/v1/models/{model}/metadata", "/v2", "/metrics",
        "/v2/health/ready", "/v1/models/%2e%2e%2f:predict", "/" + "a" * 3_000,
        f"/v1/models/{random_.random()}:predict", "//", "/?a=b", "*", "/\xe9",
    ])  # fmt: skip
    method = "POST" if random_.random() < 0.8 else random_.choice(METHODS)
    length = len(content) if random_.random() < 0.95 else random_.choice([0, 5, -1, "x", 10**9])
    host = "localhost" if random_.random() < 0.95 else random_.choice(HOSTS)
    headers = [f"Host: {host}"]
    if random_.random() < 0.1:
        headers.append("Transfer-Encoding: chunked")
        content = b"%x\r\n%b\r\n0\r\n\r\n" % (len(content), content)
    else:
        headers.append(f"Content-Length: {length}")
    if random_.random() < 0.1:
        headers.append(random_.choice([
            "Expect: 100-continue", "Content-Encoding: gzip", "Origin: http://evil.example",
            "Upgrade: websocket", "Connection: Upgrade, HTTP2-Settings", "Content-Type: \xff",
            "Inference-Header-Content-Length: 5", "A" * 5_000 + ": b", "Content-Length: 7",
            "Connection: close", "Origin: [", "Origin: null",
            "Sec-Fetch-Site: cross-site", "no colon", "Transfer-Encoding: gzip, chunked",
        ]))  # fmt: skip
    lines = [f"{method} {path} HTTP/{random_.choice(['1.1'] * 20 + ['1.0', '2.0', '9'])}", *headers]
    made = bytearray("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + content)
    if random_.random() < 0.05:
        place = random_.randrange(len(made))
        made[place : place + 1] = random_.randbytes(random_.randrange(3))
    return bytes(made)


async def send(address: tuple[str, int], content: bytes) -> str:
    """Returns the status that is answered, "closed", or "hangs"."""
    reader, writer = await asyncio.open_connection(*address)
    try:
        async with asyncio.timeout(TIME):
            writer.write(content)
            writer.write_eof()
            answer = await reader.read(64)
            while answer.startswith(b"HTTP/1.1 100"):
                answer = answer.partition(b"\r\n\r\n")[2] or await reader.read(64)
            await reader.read()
    except TimeoutError:
        return "hangs"
    except OSError:
        return "closed"
    finally:
        writer.close()
    return answer[9:12].decode("latin-1") if answer else "closed"


async def fuzz(
    address: tuple[str, int], requests: Iterator[bytes], good: bytes, clients: int = 8
) -> tuple[Counter[str], list[bytes]]:
    """Sends requests, a few at once; returns what came, and which were not minded well."""
    counts, bad = Counter[str](), []

    async def run() -> None:
        for place, each in enumerate(requests):
            counts[status := await send(address, each)] += 1
            if status == "hangs" or status.startswith("5"):
                bad.append(each)
            if place % 20 == 0 and (status := await send(address, good)) != "200":
                bad.append(status.encode() + good)

    await asyncio.gather(*(run() for _ in range(clients)))
    return counts, bad


def good_request(model: str, content: str) -> bytes:
    """Returns a request that must be answered."""
    made = content.encode()
    head = f"POST /v1/models/{model}:predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
    return f"{head}{len(made)}\r\n\r\n".encode() + made


def generate(seed: int, count: int, model: str, signatures: list[str]) -> Iterator[bytes]:
    """Yields requests that follow from the seed."""
    random_ = random.Random(seed)
    return (request(random_, model, signatures) for _ in range(count))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model_dir")
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--model", default="fuzzed")
    parser.add_argument("--good", default='{"instances": ["a"]}', help="a body to be answered")
    given = parser.parse_args()
    port = free_port()
    words = ["-m", "lstm_toolkit", "serve", f"{given.model}={given.model_dir}", "--port", str(port),
             "--access-log", "off", "--read-limit", "2"]  # fmt: skip
    with subprocess.Popen([sys.executable, *words], stderr=subprocess.PIPE, text=True) as server:
        url = f"http://127.0.0.1:{port}"
        wait_for(url, server)
        signatures = ["serving_default", "explain", "uint8", "translate", "nope"]
        requests = generate(given.seed, given.requests, given.model, signatures)
        address = ("127.0.0.1", urlsplit(url).port or 0)
        good = good_request(given.model, given.good)
        counts, bad = asyncio.run(fuzz(address, requests, good))
        server.terminate()
        _, lines = server.communicate()
    expected = ("answers", "listening at")
    told = [line for line in lines.splitlines() if not any(each in line for each in expected)]
    print("\n".join(f"{status:<8}{count:>8,}" for status, count in sorted(counts.items())))
    print("\n".join(map(repr, bad[:5])))
    print("\n".join(told[:20]))
    sys.exit(bool(bad or told or server.returncode))


if __name__ == "__main__":
    main()
