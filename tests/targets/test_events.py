"""Alarms become events, the same step by step as all at once."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lstm_toolkit.data.inputs.rows import Row
from lstm_toolkit.errors import InputError
from lstm_toolkit.targets.event_files import write_events
from lstm_toolkit.targets.events import EventTracker
from lstm_toolkit.targets.series_scores import SeriesScore, trailing_mean


def events(alarms: str, merge: int = 1, quiet: int = 0) -> list[tuple[int, int]]:
    """Returns first and last steps of events, of alarms that are written as `x`."""
    tracker = EventTracker(merge, quiet)
    ended = [tracker.step(str(n), 1.0, sign == "x", "a") for n, sign in enumerate(alarms)]
    return [(e.first, e.last) for e in (*ended, tracker.end()) if e is not None]


@pytest.mark.parametrize(
    ("alarms", "merge", "quiet", "wanted"),
    [
        ("..xx..x..", 0, 0, [(2, 3), (6, 6)]),
        ("..xx..x..", 1, 0, [(2, 3), (6, 6)]),
        ("..xx..x..", 2, 0, [(2, 6)]),
        ("x.......x", 0, 7, [(0, 0), (8, 8)]),
        ("x.......x", 0, 8, [(0, 0)]),
        ("x..xxxxxx", 0, 3, [(0, 0), (3, 8)]),
        ("xxx", 0, 0, [(0, 2)]),
        ("...", 3, 3, []),
    ],
)
def test_alarms_near_each_other_are_one_event(
    alarms: str, merge: int, quiet: int, wanted: list[tuple[int, int]]
) -> None:
    assert events(alarms, merge, quiet) == wanted


@pytest.mark.parametrize("seed", range(20))
def test_every_alarm_is_in_one_event_and_gaps_are_wide(seed: int) -> None:
    rng = np.random.default_rng(seed)
    alarms, merge = rng.random(200) < 0.2, int(rng.integers(0, 6))
    found = events("".join("x" if each else "." for each in alarms), merge)
    inside = np.zeros(200, bool)
    for first, last in found:
        inside[first : last + 1] = True
        assert alarms[first]
        assert alarms[last]
    assert not (alarms & ~inside).any()
    assert all(later[0] - before[1] - 1 > merge for before, later in zip(found, found[1:]))  # noqa: B905, RUF007


def test_events_are_written_by_series(tmp_path: Path) -> None:
    answers = [
        {"row": Row("", None, group=name, time=f"{name}{step}"), "score": score, "alarm": score > 2}
        | {"channel": "heat"}
        for step, score in enumerate((1.0, 3.0, 5.0, 1.0))
        for name in ("b", "a")
    ]
    table, drawing = tmp_path / "events.csv", tmp_path / "events.svg"
    write_events(answers, lambda: EventTracker(0, 0), str(table), str(drawing))
    assert pd.read_csv(table).to_dict("records") == [
        {"series": name, "start": f"{name}1", "end": f"{name}2", "peak": f"{name}2"}
        | {"score": 5.0, "channel": "heat", "steps": 2}
        for name in ("b", "a")
    ]
    assert "<svg" in drawing.read_text(encoding="utf-8")
    write_events(answers, lambda: EventTracker(0, 0), str(tmp_path / "events.json"), "")
    assert len(json.loads((tmp_path / "events.json").read_text())["events"]) == 2


def test_files_of_other_kinds_are_refused_before_anything_is_computed() -> None:
    from lstm_toolkit.targets.anomaly_state import AnomalyOptions

    with pytest.raises(InputError) as error:
        AnomalyOptions(events="events.xlsx")
    assert str(error.value) == "--events must end in .csv, .json. Received: events.xlsx"


def test_scores_are_averaged_within_their_series() -> None:
    scores, series = np.arange(9.0), np.repeat(["a", "b"], [5, 4])
    wanted = []
    for name in ("a", "b"):
        one = SeriesScore(3, 0, (1.0, 1.0))
        wanted += [one.step(score) for score in scores[series == name]]
    known = np.ones(9, bool)
    assert trailing_mean(scores, series, 3, known).tolist() == wanted
    gaps = np.insert(scores, 2, 0.0), np.insert(series, 2, "a"), np.insert(known, 2, False)
    averaged = trailing_mean(gaps[0], gaps[1], 3, gaps[2])
    assert averaged.tolist() == [*wanted[:2], 0.0, *wanted[2:]]


def test_what_goes_on_for_long_becomes_usual() -> None:
    one = SeriesScore(1, 50, (1.0, 0.5))
    told = [one.step(4.0) for _ in range(400)]
    assert told[0] == 4.0
    assert told[-1] == pytest.approx(1.0, abs=0.3)


def test_events_that_are_not_told_of_are_counted() -> None:
    answers = [
        {"row": Row("", None, time=str(step)), "score": 1.0, "alarm": step in (0, 3, 6)}
        | {"channel": "heat"}
        for step in range(9)
    ]
    assert write_events(answers, lambda: EventTracker(0, 9), "", "") == 2
