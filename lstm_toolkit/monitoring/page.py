"""What was watched as one HTML file: an index for each entity, its alerts, and what caused them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.monitoring.dated import EVERYTHING, date_text
from lstm_toolkit.monitoring.journal import Journal
from lstm_toolkit.system.files import write_text

WIDTH, HEIGHT = 960.0, 180.0

SMOOTHING = 0.2
"""What the latest day counts in the moving average (EWMA; Roberts 1959)."""

MOST_ENTITIES = 100
"""That are drawn: all texts together, then those with most alerts."""
MOST_DAYS = 1000
"""The latest days, that are drawn."""


def write_page(journal: Journal, path: Path, account: str) -> None:
    """Writes the page, complete in itself.

    Args:
        journal: What was watched.
        path: Of the file.
        account: What became of the rows that came last.

    Raises:
        OSError: If it cannot be written.
    """
    import jinja2

    source = Path(__file__).with_name("page.html").read_text(encoding="utf-8")
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    alerts = journal.alerts()
    own: dict[str, list[dict[str, Any]]] = {entity: [] for entity in journal.entities()}
    for alert in alerts:
        own[alert["entity"]].append(alert)
    first = sorted(own, key=lambda entity: (entity != EVERYTHING, -len(own[entity]), entity))
    facts = {
        "alerts": alerts[::-1],
        "entities": [_drawn(journal, entity, own[entity]) for entity in first[:MOST_ENTITIES]],
        "left_out": max(0, len(first) - MOST_ENTITIES),
        "account": account,
        "width": WIDTH,
        "height": HEIGHT,
    }
    write_text(path, environment.from_string(source).render(facts) + "\n")


def _drawn(journal: Journal, entity: str, alerts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Returns what the page shows of an entity."""
    days = journal.days(entity)
    days = days.between(len(days) - MOST_DAYS, len(days))
    low, high = float(days.mean.min()), float(days.mean.max())
    margin = 0.05 * (high - low) or 0.1
    frame = (int(days.day[0]), int(days.day[-1]), low - margin, high + margin)
    points = _points(days.day, days.mean, frame)
    smooth = _points(days.day, ewma(days.mean), frame)
    places = {date_text(int(day)): place for place, day in enumerate(days.day)}
    return {
        "name": entity or "all texts",
        "texts": int(days.count.sum()),
        "days": len(days),
        "from": date_text(frame[0]),
        "to": date_text(frame[1]),
        "low": f"{low:.2f}",
        "high": f"{high:.2f}",
        "last": f"{float(days.mean[-1]):.2f}",
        "points": points,
        "smooth": " ".join(f"{x:.1f},{y:.1f}" for x, y in smooth),
        "alerts": [
            dict(
                zip(("x", "y"), points[places[alert["date"]]], strict=True), number=alert["number"]
            )
            for alert in alerts
            if alert["date"] in places
        ],
    }


def _points(
    day: NDArray[np.int64], value: NDArray[np.float64], frame: tuple[int, int, float, float]
) -> list[tuple[float, float]]:
    """Returns places in the drawing, of width `WIDTH` and height `HEIGHT`."""
    first, last, low, high = frame
    x = (day - first) / max(last - first, 1) * WIDTH
    y = (high - value) / (high - low) * HEIGHT
    return [(round(float(a), 1), round(float(b), 1)) for a, b in zip(x, y, strict=True)]


def ewma(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns an exponentially weighted moving average.

    >>> ewma(np.array([1.0, 0.0])).tolist()
    [1.0, 0.8]
    """
    smooth = np.array(values, np.float64)
    for place in range(1, len(smooth)):
        smooth[place] = SMOOTHING * smooth[place] + (1 - SMOOTHING) * smooth[place - 1]
    return smooth
