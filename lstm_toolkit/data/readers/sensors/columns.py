"""Which columns of a table hold times, names of recordings, people, labels and channels."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Collection, Iterable, Mapping
from itertools import islice
from typing import Any

from lstm_toolkit.data.readers.sensors.counters import counters_among, rises
from lstm_toolkit.data.readers.series.cells import grouped, number
from lstm_toolkit.data.readers.series.columns import COUNT_NAMES, SERIES_NAMES, TIME_NAMES
from lstm_toolkit.data.readers.tables.columns import listed
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.splits.parts import SPLIT_NAMES, fold, part_of
from lstm_toolkit.errors import DataError, did_you_mean

RECORDING_NAMES = (
    *("recording", "recordingid", "session", "sessionid", "sequence", "sequenceid", "seriesid"),
    *("trial", "trialid", "run", "case", "caseid", "file", "filename", "sample", "sampleid"),
    *("window", "windowid", "beat", "beatid", *SERIES_NAMES),
)
"""Names of a column that tells recordings apart; case, spaces and signs do not count."""

GROUP_NAMES = (
    *("person", "subject", "subjectid", "user", "userid", "participant", "participantid"),
    *("patient", "patientid", "personid", "device", "deviceid", "driver", "speaker", "volunteer"),
)
"""Names of a column that tells people or devices apart, likewise."""

LABEL_NAMES = (
    *("label", "labels", "class", "classes", "category", "target", "标签", "类别", "分类"),
    *("activity", "gesture", "state", "condition", "behavior", "behaviour", "movement", "event"),
    *("activityname", "activitylabel", "motion", "action", "fault", "status", "diagnosis"),
)
"""Names of a column of labels. Not `y`, which is a channel beside `x` and `z`."""

CLOCK_NAMES = (*TIME_NAMES, "t", "seconds", "sec", "ms", "millis", "timestep", "step", "datetime")
"""Names of a column of times."""

LOOKED_AT = 200
"""Cells by which it is judged whether a column holds numbers."""


@dataclasses.dataclass(frozen=True)
class SensorColumns:
    """The columns of a table by what they hold; "" where there is none.

    Attributes:
        channels: Columns of numbers.
        recording: Tells recordings apart.
        group: Tells people or devices apart.
        time: When a row was recorded.
        label: What is to be told of it.
        split: The published split of a row.
        others: Columns that are not used.
    """

    channels: tuple[str, ...]
    recording: str
    group: str
    time: str
    label: str
    split: str
    others: tuple[str, ...] = ()

    def remarks(self) -> list[str]:
        """Tells how columns were taken that were not named."""
        roles = {
            "recordings": self.recording,
            "people or devices": self.group,
            "times": self.time,
            "labels": self.label,
        }
        told = [f"{role} in column {name}" for role, name in roles.items() if name]
        told += [f"columns ignored: {listed(list(self.others))}"] if self.others else []
        return told


def choose_sensor_columns(
    table: Table, stated: Mapping[str, str], channels: Collection[str], *, labelled: bool
) -> SensorColumns:
    """Chooses columns as stated, else by their names; channels are all others that hold numbers.

    Args:
        table: Long: a step a row.
        stated: Names by role: recording, group, time and label; "" finds one.
        channels: Names of the channels; none finds them.
        labelled: Whether labels are needed.

    Raises:
        DataError: If a column that was stated is not there, or there are no labels or channels.
    """
    names = list(table.columns)
    for name in filter(None, (*stated.values(), *channels)):
        if name not in names:
            raise DataError(
                f"needs a column `{name}`, {did_you_mean(name, names)}", path=table.path
            )
    left = {name: fold(name) for name in names if name not in channels}

    def role(name: str, known: Iterable[str]) -> str:
        chosen = stated.get(name) or _named(left, known)
        left.pop(chosen, None)
        return chosen

    for name in filter(None, stated.values()):
        left.pop(name, None)
    label = role("label", LABEL_NAMES)
    if labelled and not label:
        raise DataError(
            "needs a column of labels; name it with --set label_column=. Received columns: "
            f"{listed(names)}",
            path=table.path,
        )
    group = role("group", GROUP_NAMES)
    split = _split_column(table, left)
    left.pop(split, None)
    time = role("time", CLOCK_NAMES)
    counters = _counters(table, left, group, time)
    others = {name: left.pop(name) for name in counters}
    recording = role("recording", RECORDING_NAMES)
    if not stated.get("recording") and len(set(table.columns.get(recording, ()))) == len(table) > 1:
        others[recording], recording = fold(recording), ""  # each row has one of its own
    steps = {name: others[name] for name in counters}
    time = time or _counted_time(table, steps, group, recording)
    others.pop(time, None)
    chosen = tuple(channels) or tuple(n for n in left if _holds_numbers(table.columns[n]))
    if not chosen:
        raise DataError(
            "needs columns of numbers, one a channel; name them with --set channel_columns=. "
            f"Received columns: {listed(names)}",
            path=table.path,
        )
    commas = [name for name in chosen if "," in name]
    if commas:
        raise DataError(
            f"needs names of channels without commas. Received: {commas[0][:60]}", path=table.path
        )
    unused = tuple(n for n in names if n in others or (n in left and n not in chosen))
    return SensorColumns(chosen, recording, group, time, label, split, unused)


def _counters(table: Table, names: Mapping[str, str], group: str, time: str) -> list[str]:
    """Returns the columns that are called as if they counted steps, and do."""
    known = {"", *map(fold, (*COUNT_NAMES, *RECORDING_NAMES, *CLOCK_NAMES))}
    candidates = [name for name, plain in names.items() if plain in known]
    return counters_among(table, candidates, [group] if group else [], time)


def _counted_time(table: Table, counters: Mapping[str, str], group: str, recording: str) -> str:
    """Returns what counts steps instead of times, "" if nothing does.

    Without recordings it is taken even if counting begins anew, and is refused there: what tells
    the recordings apart is not known.
    """
    name = _named(counters, RECORDING_NAMES)
    keys = [key for key in (group, recording) if key]
    return name if name and (not recording or rises(table, name, keys)) else ""


def _named(names: Mapping[str, str], known: Iterable[str]) -> str:
    """Returns the column that has the first of the known names, "" if none has one."""
    by_plain = {plain: name for name, plain in reversed(list(names.items()))}
    return next((by_plain[each] for each in map(fold, known) if each in by_plain), "")


def _split_column(table: Table, names: Mapping[str, str]) -> str:
    """Returns a column that is named as one of splits, and names splits alone."""
    for name, plain in names.items():
        cells = {str(cell) for cell in table.columns[name] if cell is not None}
        if plain in SPLIT_NAMES and len(cells) > 1 and all(map(part_of, cells)):
            return name
    return ""


def _holds_numbers(cells: list[Any]) -> bool:
    """Tells whether a column is a channel: most of its first cells are numbers.

    Numbers that are not written plainly count too, so that they are refused and not lost.
    """
    values = ((cell, number(cell)) for cell in cells)
    there = list(islice(((c, v) for c, v in values if v is None or not math.isnan(v)), LOOKED_AT))
    numeric = sum(v is not None or grouped(str(c)) for c, v in there)
    return bool(there) and numeric > len(there) / 2
