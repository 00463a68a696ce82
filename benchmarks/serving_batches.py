"""Compares ways to join requests for a model, in one process and without HTTP.

Usage: python -m benchmarks.serving_batches VERSION_FOLDER [--seconds 5] [--clients 20]

VERSION_FOLDER is an export whose default signature takes texts. Clients ask in a closed loop: each
by itself, through TensorFlow's `nondifferentiable_batch_function`, and through the server's
`Batcher`. Prints requests a second, latency, and CPU time a request.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from benchmarks.serving import REVIEWS


def texts() -> list[str]:
    with REVIEWS.open(encoding="utf-8", newline="") as file:
        return [row["text"] for row in csv.DictReader(file)]


def by_threads(ask: Callable[[str], object], clients: int, seconds: float) -> list[float]:
    asked, taken, end = texts(), [], time.perf_counter() + seconds

    def run(first: int) -> None:
        for place in range(first, 10**9, clients):
            began = time.perf_counter()
            ask(asked[place % len(asked)])
            taken.append(time.perf_counter() - began)
            if began > end:
                return

    threads = [threading.Thread(target=run, args=(i,)) for i in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken


async def by_batcher(batcher: Any, clients: int, seconds: float) -> list[float]:
    asked, taken, end = texts(), [], time.perf_counter() + seconds

    async def run(first: int) -> None:
        for place in range(first, 10**9, clients):
            began = time.perf_counter()
            text = asked[place % len(asked)].encode()
            await batcher.ask({"text": np.array([text], object)}, 1)
            taken.append(time.perf_counter() - began)
            if began > end:
                return

    await asyncio.gather(*(run(i) for i in range(clients)))
    return taken


def tell(name: str, seconds: float, measure: Callable[[], list[float]]) -> None:
    before, began = psutil.Process().cpu_times(), time.perf_counter()
    taken = measure()
    wall, after = time.perf_counter() - began, psutil.Process().cpu_times()
    cpu = (after.user + after.system - before.user - before.system) / len(taken) * 1e3
    middle, high = np.percentile(taken, [50, 99]) * 1e3
    print(f"{name:<44}{len(taken) / wall:>8,.0f}{middle:>8.1f}{high:>8.1f}{cpu:>8.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("version", type=Path)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--clients", type=int, default=20)
    given = parser.parse_args()
    from lstm_toolkit.system.runtime import quiet_tensorflow

    quiet_tensorflow()
    import tensorflow as tf

    from lstm_toolkit.serving.saved_models import load_saved_model
    from lstm_toolkit.serving.server.batching import Batcher
    from lstm_toolkit.serving.server.signatures import signatures_of

    loaded = load_saved_model(given.version)
    signature = signatures_of(loaded)["serving_default"]

    def graph_batches(micros: int) -> Callable[[str], object]:
        @tf.nondifferentiable_batch_function(2, 64, micros, max_enqueued_batches=100)
        def joined(text: tf.Tensor) -> list[tf.Tensor]:
            outputs = signature.function(text=text)
            return [outputs[name] for name in signature.outputs]

        graph = tf.function(joined, input_signature=[tf.TensorSpec([None], tf.string)])
        return lambda text: [each.numpy() for each in graph(tf.constant([text]))]

    print(f"{'':<44}{'req/s':>8}{'median':>8}{'p99 ms':>8}{'CPU ms':>8}")
    alone = {"each by itself": lambda text: signature.ask({"text": np.array([text], object)})}
    graphs = {f"batched in the graph, {n} µs": graph_batches(n) for n in (0, 1_000)}
    for name, ask in (alone | graphs).items():
        ask("warm")
        tell(name, given.seconds, lambda a=ask: by_threads(a, given.clients, given.seconds))  # type: ignore[misc]
    with ThreadPoolExecutor() as executor:
        batcher = Batcher(signature, executor, max_batch=64, queue=256, observe=lambda *_: None)
        measure = lambda: asyncio.run(by_batcher(batcher, given.clients, given.seconds))  # noqa: E731
        tell("joined while the model works", given.seconds, measure)


if __name__ == "__main__":
    main()
