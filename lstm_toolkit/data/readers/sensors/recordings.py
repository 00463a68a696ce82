"""Recordings of several channels, from tables with a step a row."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.inputs.rows import counted
from lstm_toolkit.data.labels import label_text
from lstm_toolkit.data.readers.sensors.columns import SensorColumns
from lstm_toolkit.data.readers.series.cells import missing_words, number, numbers
from lstm_toolkit.data.readers.series.stand_ins import stand_in_remarks
from lstm_toolkit.data.readers.series.times import read_times
from lstm_toolkit.data.readers.tables.table import Table, as_text
from lstm_toolkit.data.splits.parts import TRAIN, part_of
from lstm_toolkit.errors import DataError

Floats = NDArray[np.float32]

SECOND = 1_000_000_000


@dataclasses.dataclass(frozen=True, eq=False)
class Recording:
    """Steps of one recording, in their order.

    Attributes:
        name: "" where a table holds one alone.
        values: `float32[steps, channels]`, NaN where one is missing.
        times: `float64[steps]`, seconds since 1970 of dates, or as they are counted; rising.
        labels: `object[steps]` of `str`, "" where there is none.
        group: The person or the device, "" if none is told.
        part: The published split, "" if there is none.
        place: Says in which file and line a step stands.
        dated: Whether times are dates.
        timed: Whether times were told, and do not count the rows.
    """

    name: str
    values: Floats
    times: NDArray[np.float64]
    labels: NDArray[Any]
    group: str = ""
    part: str = ""
    place: Callable[[int], dict[str, Any]] = lambda _: {}
    dated: bool = False
    timed: bool = False

    def __len__(self) -> int:
        return len(self.values)

    def time(self, step: int) -> Any:
        """Returns when a step was recorded, as people write it."""
        moment = float(self.times[step])
        if not self.dated:
            return int(moment) if moment.is_integer() else round(moment, 9)
        import pandas as pd

        # To microseconds: seconds since 1970 hold no more.
        text = str(pd.Timestamp(round(moment * 1e6) * 1000))
        return text.rstrip("0") if "." in text else text

    def said(self) -> str:
        """Returns its name for messages."""
        return f" of recording {self.name[:40]}" if self.name else ""


def recordings_of(table: Table, columns: SensorColumns, name: str = "") -> list[Recording]:
    """Returns the recordings of a table, in the order of their first rows.

    Args:
        table: Long: a step a row; recordings may stand in any order among each other.
        columns: What they hold.
        name: Of the recording, where the table holds one alone, such as its file's.

    Raises:
        DataError: With line and recording, if a cell is no number or a time does not rise.
    """
    keys = _keys(table, columns)

    def place(row: int) -> str:
        words = [word for word in keys[row] if word]
        return f" of recording {'/'.join(words)[:40]}" if words else ""

    cells = np.stack([numbers(table, each, place) for each in columns.channels], axis=1)
    times, dated = _times(table, columns.time, place)
    labels = _labels(table, columns.label)
    members: dict[tuple[str, str, str], list[int]] = {}
    for row, key in enumerate(keys):
        members.setdefault(key, []).append(row)
    found = []
    for (recording, group, part), places in members.items():
        rows = np.array(places)
        moments = np.arange(len(rows), dtype=np.float64) if times is None else times[rows]
        _check_rising(table, columns, rows, moments, place)
        words = list(dict.fromkeys(filter(None, (name, group, recording))))
        found.append(
            Recording(
                "/".join(words),
                cells[rows].astype(np.float32),
                moments,
                labels[rows],
                group,
                part,
                _places(table, rows),
                dated,
                times is not None,
            )
        )
    return found


def _keys(table: Table, columns: SensorColumns) -> list[tuple[str, str, str]]:
    """Returns of each row its recording, its person, and its split."""
    parts = [
        [as_text(cell).strip() for cell in table.columns[name]] if name else [""] * len(table)
        for name in (columns.recording, columns.group, columns.split)
    ]
    for name, words in zip((columns.recording, columns.group), parts, strict=False):
        row = words.index("") if name and "" in words else None
        if row is not None:
            raise DataError(
                f"needs a name in every row of column {name}. Received: an empty cell",
                path=table.path,
                line=table.line(row),
            )
    parts[2] = [part_of(word) or (TRAIN if columns.split else "") for word in parts[2]]
    return list(zip(*parts, strict=True))


def _times(
    table: Table, column: str, place: Callable[[int], str]
) -> tuple[NDArray[np.float64] | None, bool]:
    """Returns the time of each row; seconds since 1970 of dates, else numbers as they are."""
    if not column:
        return None, False
    plain = [number(cell) for cell in table.columns[column]]
    fractions = any(value is not None and not float(value).is_integer() for value in plain)
    if fractions and all(value is not None and not math.isnan(value) for value in plain):
        return np.array(plain, np.float64), False
    read = read_times(table, [column], place)
    scale = SECOND if read.dated else 1
    return read.times.astype(np.float64) / scale, read.dated


def _labels(table: Table, column: str) -> NDArray[Any]:
    """Returns labels as people read them; "" of an empty cell, and of `nan` as NumPy writes it."""
    labels = np.full(len(table), "", object)
    if column:
        texts = [label_text(cell) for cell in table.columns[column]]
        labels[:] = ["" if text.casefold() == "nan" else text for text in texts]
    return labels


def _places(table: Table, rows: NDArray[np.int64]) -> Callable[[int], dict[str, Any]]:
    return lambda step: {"path": table.path, "line": table.line(int(rows[step]))}


def _check_rising(
    table: Table,
    columns: SensorColumns,
    rows: NDArray[np.int64],
    times: NDArray[np.float64],
    place: Callable[[int], str],
) -> None:
    falls = np.flatnonzero(np.diff(times) <= 0)
    if not len(falls):
        return
    row = int(rows[falls[0] + 1])
    same = ", which is the same" if times[falls[0]] == times[falls[0] + 1] else ""
    hint = "" if columns.recording else "; a column that tells recordings apart is recording_column"
    raise DataError(
        f"needs a time later than the one before it in column {columns.time}{place(row)}. "
        f"Received: {table.columns[columns.time][row]}{same}{hint}",
        path=table.path,
        line=table.line(row),
    )


def missing_remarks(recordings: Sequence[Recording], words: str, names: Sequence[str]) -> list[str]:
    """Returns remarks on values that are missing or seem so, and channels that never change."""
    values = np.concatenate([each.values for each in recordings])
    known = np.isfinite(values)
    gone = int((~known).sum())
    told = []
    if gone:
        most = int((~known).sum(axis=0).argmax())
        share = (~known[:, most]).mean()
        ways = f"{words}; " if words else ""
        told.append(
            f"{counted(gone, 'value')} missing ({ways}most in {names[most][:40]}: {share:.1%})"
        )
    low = np.where(known, values, np.inf).min(axis=0)
    high = np.where(known, values, -np.inf).max(axis=0)
    same = [name for name, a, b in zip(names, low, high, strict=True) if a >= b]
    if same:
        more = f" and {len(same) - 3} more" if len(same) > 3 else ""
        told.append(f"no change in channel {', '.join(same[:3])[:90]}{more}: left out of account")
    return told + stand_in_remarks(zip(names, values.T, strict=True))


def missing_in(table: Table, channels: Sequence[str]) -> str:
    """Returns how missing values are written in a table."""
    return missing_words([cell for name in channels for cell in table.columns[name]])
