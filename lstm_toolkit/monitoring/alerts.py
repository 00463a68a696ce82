"""Judges the days that are over, and tells what changed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from lstm_toolkit.monitoring.changes import Change, Days, Rules, changes
from lstm_toolkit.monitoring.dated import date_text
from lstm_toolkit.monitoring.journal import Journal

BEGINNING = b'{"number": '
"""Of a line of ours."""


def judge(journal: Journal, until: int, rules: Rules) -> None:
    """Judges each day after the last one that was, up to another; only inside `writing`.

    After an alert, what is usual is learnt anew from its day on.
    """
    judged = journal.judged
    if until <= judged:
        return
    for entity in journal.entities(after=judged):
        days = journal.days(entity, before=judged, most=rules.reference + rules.recent + 1)
        first = int(np.searchsorted(days.day, journal.alerted(entity)))
        start, stop = np.searchsorted(days.day, [judged + 1, until + 1]).tolist()
        for place, change in changes(days, rules, start=start, stop=stop, first=first):
            day = int(days.day[place])
            journal.alert(entity, day, _alert(journal, entity, days, place, change))
    journal.judged = until


def _alert(journal: Journal, entity: str, days: Days, place: int, change: Change) -> dict[str, Any]:
    day, since = int(days.day[place]), int(days.day[change.since])
    return {
        "entity": entity,
        "date": date_text(day),
        "direction": change.direction,
        "method": change.method,
        "statistic": round(change.statistic, 2),
        "index": round(float(days.mean[place]), 4),
        "usual": round(change.usual, 4),
        "since": date_text(since),
        "texts": int(days.count[place]),
        "headlines": journal.headlines(entity, since, day, change.direction),
    }


def tell(journal: Journal, show: Callable[[dict[str, Any]], None]) -> list[dict[str, Any]]:
    """Shows the alerts that were not told yet, and then notes that they were.

    So none is lost; one that was shown in the moment of a crash may be shown again.

    Returns:
        These alerts.
    """
    alerts = journal.alerts(untold=True)
    for alert in alerts:
        show(alert)
        journal.tell(alert["number"])
    return alerts


def write_alerts(journal: Journal, path: Path) -> None:
    """Brings a file of JSON Lines up to the journal: each alert stands in it once.

    The end of a line of ours that a crash cut off is written anew; all else stays.

    Raises:
        OSError: If the file cannot be written.
    """
    with path.open("ab+") as file:
        file.seek(0)
        content = file.read()
        whole = content[: content.rfind(b"\n") + 1]
        if content[len(whole) :].startswith(BEGINNING):
            file.truncate(len(whole))
        elif len(content) > len(whole):
            file.write(b"\n")
        there = set(_told(whole))
        for alert in journal.alerts():
            if (alert["watch"], alert["number"]) not in there:
                file.write((json.dumps(alert, ensure_ascii=False) + "\n").encode("utf-8"))
        file.flush()
        os.fsync(file.fileno())


def _told(content: bytes) -> Iterator[tuple[str, int]]:
    for line in content.splitlines():
        try:
            alert = json.loads(line)
            yield alert["watch"], alert["number"]
        except (ValueError, KeyError, TypeError):  # somebody's own line
            continue


def alert_line(alert: dict[str, Any]) -> str:
    """Returns an alert in one line for people.

    >>> alert_line({"date": "2024-01-31", "entity": "", "direction": "down", "index": -0.4,
    ...             "usual": 0.25, "method": "cusum", "statistic": -4.2, "since": "2024-01-30",
    ...             "texts": 31, "headlines": [{"text": "Profit halves"}]})
    '2024-01-31, all texts: down to -0.40 from 0.25, cusum -4.2 since 2024-01-30: Profit halves'
    """
    cause = alert["headlines"][0]["text"] if alert["headlines"] else ""
    return (
        f"{alert['date']}, {alert['entity'] or 'all texts'}: {alert['direction']} to "
        f"{alert['index']:.2f} from {alert['usual']:.2f}, {alert['method']} "
        f"{alert['statistic']:.1f} since {alert['since']}: {cause}"
    )
