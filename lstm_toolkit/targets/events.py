"""Alarms that follow each other, as events: from when to when, and what was strangest."""

from __future__ import annotations

import dataclasses
from typing import Any


@dataclasses.dataclass(frozen=True)
class Event:
    """Something that did not fit.

    Attributes:
        series: Its name, "" where there is one series.
        start: Time or number of its first alarm.
        end: Of its last one.
        peak: Of the highest score.
        score: The highest one.
        channel: The strangest at the peak.
        steps: From the first alarm to the last, both counted.
        first: Which step of the series the first alarm is, from 0.
    """

    series: str
    start: str
    end: str
    peak: str
    score: float
    channel: str
    steps: int
    first: int

    @property
    def last(self) -> int:
        """Which step of the series the last alarm is, from 0."""
        return self.first + self.steps - 1

    def to_json(self) -> dict[str, Any]:
        """Returns what is told of it."""
        return {name: value for name, value in vars(self).items() if name != "first"}


def suppressed_note(count: int) -> str:
    """Returns how many events were not told of.

    >>> suppressed_note(1)
    'not told of, since --quiet says so: 1 event'
    """
    return f"not told of, since --quiet says so: {count:,} event{'' if count == 1 else 's'}"


class EventTracker:
    """Puts the alarms of one series together, step by step and in constant memory.

    Args:
        merge: Steps without an alarm up to which alarms are one event.
        quiet: Steps after an event; another that is over within them is not told of.
        series: Its name.

    Attributes:
        suppressed: How many events were not told of.
    """

    def __init__(self, merge: int, quiet: int, series: str = ""):
        self.merge, self.quiet, self.series = merge, quiet, series
        self.suppressed = 0
        self._step = -1
        self._open: Event | None = None
        self._quiet_until = -1

    def step(
        self, time: str, score: float | None, alarm: bool, channel: str | None
    ) -> Event | None:
        """Takes the next step, and returns the event that has ended by it, if any."""
        self._step += 1
        ended = None
        if self._open is not None and self._step > self._open.last + self.merge + alarm:
            ended = self.end()
        if alarm and score is not None:
            self._raise(time, score, channel or "")
        return ended

    def end(self) -> Event | None:
        """Returns the event that is not over yet, if any, and ends it."""
        event, self._open = self._open, None
        if event is None:
            return None
        if event.last <= self._quiet_until:  # one that lasts longer is told of whole
            self.suppressed += 1
            return None
        self._quiet_until = event.last + self.quiet
        return event

    def _raise(self, time: str, score: float, channel: str) -> None:
        if self._open is None:
            self._open = Event(self.series, time, time, time, score, channel, 1, self._step)
            return
        longer = {"end": time, "steps": self._step - self._open.first + 1}
        if score > self._open.score:
            longer |= {"peak": time, "score": score, "channel": channel}
        self._open = dataclasses.replace(self._open, **longer)  # type: ignore[arg-type]
