"""Made flows of a network, with bursts, scans and floods, to try what tells anomalies."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CHANNELS = (
    *("packets_per_s", "bytes_per_s", "flows_per_s"),
    *("distinct_ports", "distinct_hosts", "syn_share"),
)
DAY = 1440
"""Minutes."""
MINUTES = 5 * DAY
EVENTS = 22
"""Of all kinds, over the whole time."""

Columns = dict[str, NDArray[np.float64]]


def sample_flows(minutes: int = MINUTES, seed: int = 0) -> dict[str, NDArray[np.generic]]:
    """Returns a table of what a router counts in each minute, days by days.

    A burst moves far more bytes, a scan knocks at far more ports with few bytes, and a flood
    opens far more connections than are answered.

    Args:
        minutes: Rows.
        seed: Same seed, same table.

    Returns:
        `time` (`datetime64[s]`), the columns `CHANNELS` (`float64`), and `anomaly` (0 or 1).
    """
    rng = np.random.default_rng(seed)
    columns = _usual(rng, minutes)
    marked = np.zeros(minutes, np.int64)
    spaces = np.linspace(0.05, 0.98, EVENTS) + rng.uniform(-0.01, 0.01, EVENTS)
    for place, begin in enumerate((spaces * minutes).astype(int)):
        length = int(rng.integers(5, 20))
        part = slice(begin, min(begin + length, minutes))
        (_burst, _scan, _flood)[place % 3](rng, columns, part)
        marked[part] = 1
    times = np.datetime64("2026-03-02T00:00:00") + np.arange(minutes).astype("timedelta64[m]")
    rounded = {name: values.round(3) for name, values in columns.items()}
    return {"time": times.astype("datetime64[s]"), **rounded, "anomaly": marked}


def _usual(rng: np.random.Generator, minutes: int) -> Columns:
    """Returns a day's rise and fall, with noise that lasts for some minutes."""
    clock = np.arange(minutes) % DAY / DAY
    load = 1.0 + 0.6 * np.sin(2 * np.pi * (clock - 0.3)) + 0.2 * np.sin(4 * np.pi * clock)
    load = load * np.exp(_lasting(rng, minutes, 0.9, 0.12))
    flows = 40 * load * np.exp(_lasting(rng, minutes, 0.5, 0.08))
    packets = 900 * load * np.exp(_lasting(rng, minutes, 0.5, 0.08))
    size = 650 * np.exp(_lasting(rng, minutes, 0.7, 0.06))
    return {
        "packets_per_s": packets,
        "bytes_per_s": packets * size,
        "flows_per_s": flows,
        "distinct_ports": 25 + 0.6 * flows + rng.normal(0, 2.0, minutes),
        "distinct_hosts": 60 + 1.5 * flows + rng.normal(0, 4.0, minutes),
        "syn_share": np.clip(0.08 + _lasting(rng, minutes, 0.6, 0.01), 0.01, 0.9),
    }


def _lasting(
    rng: np.random.Generator, count: int, memory: float, size: float
) -> NDArray[np.float64]:
    """Returns noise of this deviation, each value of which keeps a share of the one before."""
    shocks = rng.normal(0, size * np.sqrt(1 - memory**2), count)
    values = np.zeros(count)
    for step in range(1, count):
        values[step] = memory * values[step - 1] + shocks[step]
    return values


def _burst(rng: np.random.Generator, columns: Columns, part: slice) -> None:
    more = rng.uniform(1.6, 4.0)
    columns["bytes_per_s"][part] *= more
    columns["packets_per_s"][part] *= 1 + 0.5 * (more - 1)


def _scan(rng: np.random.Generator, columns: Columns, part: slice) -> None:
    columns["distinct_ports"][part] += rng.uniform(25, 150)
    columns["flows_per_s"][part] *= rng.uniform(1.1, 1.4)


def _flood(rng: np.random.Generator, columns: Columns, part: slice) -> None:
    columns["syn_share"][part] += rng.uniform(0.06, 0.5)
    columns["packets_per_s"][part] *= rng.uniform(1.1, 2.0)
    columns["distinct_hosts"][part] += rng.uniform(20, 200)
