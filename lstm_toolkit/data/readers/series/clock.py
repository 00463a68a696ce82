"""When values of series were observed: times, the frequency they have in common, and its grid."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.errors import DataError

Times = NDArray[np.int64]

DAY = 86_400_000_000_000
"""Nanoseconds of a day."""

UNITS: tuple[tuple[Literal["D", "s", "ms", "us", "ns"], int], ...] = (
    *(("D", DAY), ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1000), ("ns", 1)),
)
"""To which times are written, the coarsest first, with their nanoseconds."""

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
CALENDAR = (
    (27, 32, ("MS", "ME", "BMS", "BME")),
    (80, 100, tuple(f"{q}-{m}" for q in ("QS", "QE", "BQS", "BQE") for m in MONTHS)),
    (360, 370, tuple(f"{y}-{m}" for y in ("YS", "YE", "BYS", "BYE") for m in MONTHS)),
)
"""Frequencies whose steps are not equally long, by how many days these have, from and below."""

LONGEST = 20
"""Steps of a grid for each row that was observed; of more the times are taken for wrong."""


@dataclasses.dataclass(frozen=True)
class Clock:
    """The steps between the values of series.

    Attributes:
        frequency: As pandas writes it, such as "h" or "MS"; "" where times are counted.
        step: Between counted times.
    """

    frequency: str
    step: int = 1

    @property
    def dated(self) -> bool:
        """Whether times are dates: nanoseconds since 1970."""
        return bool(self.frequency)

    @property
    def has_seasons(self) -> bool:
        """Whether several steps make up a year, a week or a day."""
        return self.dated and int(np.diff(self.after(0, 2))[0]) < 183 * DAY

    @property
    def length(self) -> int:
        """Nanoseconds of a step, of those that are not equally long on average."""
        return int(np.diff(self.after(0, 5)).mean())

    def grid(self, first: int, last: int) -> Times:
        """Returns all times from one to another, both of them among those where on the grid."""
        if not self.dated:
            return np.arange(first, last + 1, self.step)
        import pandas as pd

        dates = pd.date_range(pd.Timestamp(first), pd.Timestamp(last), freq=self.frequency)
        return nanoseconds(dates)

    def after(self, last: int, count: int) -> Times:
        """Returns the next times."""
        if not self.dated:
            return last + self.step * np.arange(1, count + 1)
        import pandas as pd

        start = pd.Timestamp(last)
        dates = pd.date_range(start, periods=count + 2, freq=self.frequency)
        return nanoseconds(dates[dates > start])[:count]

    def texts(self, times: Times) -> list[Any]:
        """Returns times as people write them; counted ones are numbers."""
        if not self.dated:
            return [int(time) for time in times]
        unit = next(unit for unit, length in UNITS if not (np.asarray(times) % length).any())
        words = np.datetime_as_string(np.asarray(times).astype("datetime64[ns]"), unit=unit)
        return [word.replace("T", " ") for word in words.tolist()]


def nanoseconds(dates: Any) -> Times:
    """Returns dates of pandas as `int64`, whatever unit they are kept in."""
    return dates.to_numpy("datetime64[ns]").astype(np.int64)


class IrregularTimesError(DataError):
    """A time that is not on the grid of the others."""

    def __init__(self, series: int, row: int, frequency: str, gap: str):
        super().__init__(f"{frequency} {gap}")
        self.series, self.row, self.frequency, self.gap = series, row, frequency, gap


def find_clock(times: Sequence[Times], *, dated: bool, frequency: str = "") -> Clock:
    """Returns the steps that all series have in common.

    Args:
        times: Of each series, rising.
        dated: Whether they are nanoseconds since 1970, not counted.
        frequency: As pandas writes it, where it was stated.

    Raises:
        IrregularTimesError: If a time is not on the grid of the others.
        DataError: If pandas does not know the frequency.
    """
    gaps = np.concatenate([np.diff(each) for each in times])
    if not dated:
        clock = Clock("", int(_most_frequent(gaps)) if len(gaps) else 1)
        _check_on_grid(times, clock.step, f"{clock.step:,}", int.__str__)
        return clock
    if frequency:
        clock = Clock(_known(frequency))
        _check_near(times, clock.length, clock.frequency, _words)
    elif not len(gaps):
        return Clock("D")
    else:
        _check_near(times, _most_frequent(gaps), _words(_most_frequent(gaps)), _words)
        found = _calendar(times, gaps)
        if found is not None:
            return found
        step = _most_frequent(gaps)
        _check_on_grid(times, step, _words(step), _words)
        return Clock(_alias(step, times))
    for series, each in enumerate(times):
        wrong = np.flatnonzero(~np.isin(each, clock.grid(each[0], each[-1])))
        if len(wrong) or not len(clock.grid(each[0], each[0])):
            row = int(wrong[0]) if len(wrong) else 0
            raise IrregularTimesError(series, row, clock.frequency, "a time between")
    return clock


def _most_frequent(gaps: Times) -> int:
    values, counts = np.unique(gaps, return_counts=True)
    return int(values[counts.argmax()])


def _known(frequency: str) -> str:
    import pandas as pd

    try:
        return pd.tseries.frequencies.to_offset(frequency).freqstr
    except (ValueError, AttributeError):
        raise DataError(
            "needs a frequency as pandas writes it, such as h, D, W, MS. "
            f"Received: frequency={frequency}"
        ) from None


def _calendar(times: Sequence[Times], gaps: Times) -> Clock | None:
    """Returns business days, months, quarters or years, if all times are such."""
    import pandas as pd

    typical = _most_frequent(gaps)
    if typical == DAY:
        every = np.unique(np.concatenate(times))
        dates = pd.DatetimeIndex(every)
        whole = bool((dates == dates.normalize()).all())
        spans_weeks = every[-1] - every[0] > 13 * DAY
        return Clock("B") if whole and spans_weeks and dates.day_of_week.max() < 5 else None
    for least, most, names in CALENDAR:
        for name in names if least * DAY <= typical < most * DAY else ():
            clock = Clock(name)
            if all(np.isin(each, clock.grid(each[0], each[-1])).all() for each in times):
                return clock
    return None


def _alias(step: int, times: Sequence[Times]) -> str:
    """Returns what pandas calls a step; weeks by their day, if all series have the same."""
    import pandas as pd

    if step == 7 * DAY:
        firsts = pd.DatetimeIndex([int(each[0]) for each in times if len(each)])
        if len(firsts.day_of_week.unique()) == 1:
            return f"W-{DAYS[firsts.day_of_week[0]]}"
    if step % DAY == 0:
        return "D" if step == DAY else f"{step // DAY}D"
    return pd.tseries.frequencies.to_offset(pd.Timedelta(step)).freqstr


def _words(gap: int) -> str:
    import pandas as pd

    words = str(pd.Timedelta(int(gap))).removeprefix("0 days ").removesuffix(" 00:00:00")
    return "1 day" if words == "1 days" else words


def _check_on_grid(times: Sequence[Times], step: int, frequency: str, words: Any) -> None:
    _check_near(times, step, frequency, words)
    for series, each in enumerate(times):
        _check_gaps(series, each, np.diff(each) % step != 0, frequency, words)


def _check_near(times: Sequence[Times], step: int, frequency: str, words: Any) -> None:
    """Refuses a time so far from the one before it that the grid between would fill memory."""
    for series, each in enumerate(times):
        far = np.diff(each) > step * (LONGEST * len(each) + 1000)
        _check_gaps(series, each, far, frequency, words)


def _check_gaps(
    series: int, times: Times, wrong: NDArray[np.bool_], frequency: str, words: Any
) -> None:
    if wrong.any():
        row = int(wrong.argmax()) + 1
        gap = words(int(times[row] - times[row - 1]))
        raise IrregularTimesError(series, row, frequency, gap)
