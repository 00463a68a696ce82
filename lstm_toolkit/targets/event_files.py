"""Events as files: tables, JSON, and figures with bands."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from lstm_toolkit.errors import InputError
from lstm_toolkit.system.files import atomic_write, check_writable, write_text
from lstm_toolkit.targets.events import Event, EventTracker

TABLES, DRAWINGS = (".csv", ".json"), (".png", ".pdf", ".svg")
DRAWN = 4
"""Series in a figure: those with the most events."""


def check_forms(events: str, plot: str) -> None:
    """Refuses files that could not be written, before anything is computed.

    Raises:
        InputError: If a name does not end as it should, or a folder cannot be written to.
    """
    for name, file, forms in (("events", events, TABLES), ("plot", plot, DRAWINGS)):
        if file and Path(file).suffix.lower() not in forms:
            raise InputError(f"--{name} must end in {', '.join(forms)}. Received: {file}")
        if file:
            check_writable(Path(file).parent)


def write_events(
    answers: Sequence[Mapping[str, Any]],
    tracker: Callable[[], EventTracker],
    events: str,
    plot: str,
) -> int:
    """Puts answers together to events, and writes them.

    Args:
        answers: Each with its `row`, whose `group` and `time` say where it stands; or with an
            `error`.
        tracker: Returns one for a series.
        events: A file of `TABLES`, or "".
        plot: A file of `DRAWINGS`, or "".

    Returns:
        How many events were not told of.
    """
    series: dict[str, list[Mapping[str, Any]]] = {}
    for answer in answers:
        row = answer["row"]
        series.setdefault(f"{row.source} {row.group}".strip(), []).append(answer)
    trackers = {name: tracker() for name in series}
    ended = {name: _events(name, steps, trackers[name]) for name, steps in series.items()}
    if events:
        _write_table(Path(events), [event for each in ended.values() for event in each])
    if plot:
        _draw(Path(plot), series, ended)
    return sum(each.suppressed for each in trackers.values())


def _events(name: str, steps: Sequence[Mapping[str, Any]], tracker: EventTracker) -> list[Event]:
    tracker.series = name
    told = [
        tracker.step(
            str(each["row"].time), each.get("score"), each.get("alarm", False), each.get("channel")
        )
        for each in steps
    ]
    return [event for event in (*told, tracker.end()) if event is not None]


def _write_table(path: Path, events: Sequence[Event]) -> None:
    rows = [event.to_json() for event in events]
    if path.suffix.lower() == ".json":
        write_text(path, json.dumps({"events": rows}, ensure_ascii=False, indent=1) + "\n")
        return
    text = io.StringIO()
    names = [field.name for field in dataclasses.fields(Event) if field.name != "first"]
    table = csv.DictWriter(text, names, lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    write_text(path, text.getvalue())


def _draw(
    path: Path,
    series: Mapping[str, Sequence[Mapping[str, Any]]],
    ended: Mapping[str, Sequence[Event]],
) -> None:
    from lstm_toolkit.figures.anomalies import several_series

    most = sorted(series, key=lambda name: -len(ended[name]))[:DRAWN]
    parts = {name: _scores(series[name]) for name in most}
    bands = {name: [(e.first, e.first + e.steps) for e in ended[name]] for name in most}
    with atomic_write(path) as draft, draft.open("wb") as file:
        several_series(parts, bands).savefig(file, format=path.suffix[1:].lower())


def _scores(steps: Sequence[Mapping[str, Any]]) -> Any:
    scores = (each.get("score") for each in steps)
    return np.array([math.nan if score is None else score for score in scores])
