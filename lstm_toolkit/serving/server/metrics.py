"""What the server counts, in Prometheus's form.

Labels come from loaded models and known addresses alone, so that no client can make new ones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from prometheus_client import (
    GC_COLLECTOR,
    PROCESS_COLLECTOR,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from lstm_toolkit.serving.server.repository import Repository

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
ROWS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 1024)


class Metrics:
    """Counters of one server.

    Args:
        repository: Whose models and versions are told.
        connections: Returns the number of open connections.
    """

    def __init__(self, repository: Repository, connections: Callable[[], int] = lambda: 0):
        self._registry = CollectorRegistry()
        for collector in (PROCESS_COLLECTOR, GC_COLLECTOR):
            self._registry.register(collector)
        self._registry.register(_Versions(repository))
        made: dict[str, Any] = {"registry": self._registry, "namespace": "lstm_toolkit"}
        self._requests = Counter(
            "requests", "Requests by address, model and status.", ("kind", "model", "code"), **made
        )
        self._seconds = Histogram(
            "request_seconds", "From the headers of a request to the end of its answer.",
            ("kind", "model"), buckets=SECONDS, **made,
        )  # fmt: skip
        self._rows = Histogram(
            "batch_rows", "Rows that a model is asked at once.",
            ("model",), buckets=ROWS, **made,
        )  # fmt: skip
        self._joined = Counter(
            "batched_requests", "Requests that models were asked.", ("model",), **made
        )
        Gauge("connections", "Open connections.", **made).set_function(connections)

    def on_request(self, kind: str, model: str, status: int, seconds: float) -> None:
        """Counts a request."""
        self._requests.labels(kind, model, str(status)).inc()
        self._seconds.labels(kind, model).observe(seconds)

    def on_batch(self, model: str, requests: int, rows: int) -> None:
        """Counts a batch."""
        self._rows.labels(model).observe(rows)
        self._joined.labels(model).inc(requests)

    def text(self) -> bytes:
        """Returns everything that was counted."""
        return generate_latest(self._registry)


class _Versions(Collector):
    """Tells which versions there are when it is asked."""

    def __init__(self, repository: Repository):
        self._repository = repository

    def collect(self) -> list[Metric]:
        """Returns one gauge."""
        gauge = GaugeMetricFamily(
            "lstm_toolkit_model_version", "1 for each version in a folder.",
            labels=("model", "version", "state"),
        )  # fmt: skip
        for model in self._repository.names():
            for number, entry in self._repository.entries(model).items():
                gauge.add_metric((model, str(number), entry.state), 1)
        return [gauge]
